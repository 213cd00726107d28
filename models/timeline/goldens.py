"""
What the PyTorch model answers to fixed questions: test/golden/model/timeline.json. Depends on the weights; `export.py` runs it.

    python3 models/timeline/goldens.py CHECKPOINT

Computed in float32 on weights rounded to float16, those of the GGUF. An answer in which two tokens are ever nearly tied is
left out.
"""
import json
import os
import random
import sys

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
sys.path.insert(0, os.path.join(HERE, ".."))
from timeline.facts import read  # noqa: E402
from timeline.model import forward, new_model  # noqa: E402
from timeline.questions import KINDS, Asker  # noqa: E402
from timeline.tokens import BOS, EOS, load, prompt  # noqa: E402

OUT = os.path.join(ROOT, "test", "golden", "model", "timeline.json")
MOST, LEAD = 60, 0.05


@torch.no_grad()
def answer(model, tokenizer, text, question):
    """(answer, ids, smallest lead of a token over the next one)"""
    context = [BOS, *tokenizer.encode(text + "\n")]
    ids, said, lead = context + tokenizer.encode(prompt(question), False), [], float("inf")
    while len(said) < MOST:
        now = ids + said
        logits, *_ = forward(model, torch.tensor(now), [len(context)], len(context), torch.tensor([len(now) - 1]), {})
        (best, second), (token, _) = logits[0].topk(2)
        lead = min(lead, float(best - second))
        if int(token) == EOS:
            break
        said.append(int(token))
    return tokenizer.decode(said).strip(), said, lead


def main():
    torch.set_num_threads(1)
    tokenizer, model, rng = load(), new_model(), random.Random(11)
    model.load_state_dict(torch.load(sys.argv[1])["model"])
    model = model.half().float()
    with open(os.path.join(ROOT, "test", "golden", "context", "street.txt"), encoding="utf-8") as f:
        text = f.read()
    # Captions would be what it is about; here the events are.
    text = "\n".join(row for row in text.split("\n") if ": A man" not in row and ":it barks" not in row)
    questions = [getattr(Asker(read(text), rng, test=True), kind)().text for kind in KINDS]
    golden = []
    for question in questions:
        said, ids, lead = answer(model, tokenizer, text, question)
        if lead >= LEAD and len(ids) < MOST:
            golden.append({"question": question, "answer": said, "ids": ids})
    with open(OUT, "w", encoding="utf-8") as f:
        json.dump({"context": text, "answers": golden}, f, indent=1, ensure_ascii=False)
        f.write("\n")
    print(f"{len(golden)} golden answers")


if __name__ == "__main__":
    main()
