"""
Questions about held-out timelines, with what a right answer holds.

    python3 models/timeline/timelines.py --test --count 120 --seed 7 | node models/timeline/render.mjs \\
        | python3 models/timeline/testset.py > testset.jsonl

Names, texts and wordings are none of those trained on (of the COCO labels and the wordings' own words, all are).
"""
import argparse
import json
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from timeline.facts import read  # noqa: E402
from timeline.questions import NOT_SHOWN, Asker, KINDS  # noqa: E402


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--most", type=int, default=10**9, help="questions of each kind")
    a.add_argument("--known-wordings", action="store_true", help="asked as in training; names and texts are held out all the same")
    o = a.parse_args()
    rng = random.Random(f"testset {o.seed}")
    asked = {kind: [0, 0] for kind in KINDS}
    for row in sys.stdin:
        text = json.loads(row)["text"]
        asker = Asker(read(text), rng, test=not o.known_wordings)
        for kind in rng.sample(KINDS, len(KINDS)):
            question = getattr(asker, kind)()
            absent = question.parts == [NOT_SHOWN]
            # Of most kinds no more than a third goes unanswered.
            if sum(asked[kind]) >= o.most or (absent and kind != "unknown" and asked[kind][1] > (sum(asked[kind]) + 1) / 3):
                continue
            asked[kind][0 if not absent else 1] += 1
            print(json.dumps({"text": text, "kind": kind, "question": question.text, "answer": question.answer(text).strip(), "absent": absent}, ensure_ascii=False))


if __name__ == "__main__":
    main()
