"""
Scores answers by facts: names, quotations, numbers and times.

    python3 models/timeline/score.py answers.jsonl

An answer is right if it tells the same facts as the reference in the same order and no others: each text between quotes,
each time (`from a to b seconds`), each number, each name, and whether it says that the timeline does not show it. Words
that only make a sentence do not count.
"""
import argparse
import collections
import json
import re

FILLER = {"from", "to", "and", "at", "seconds", "yes", "the", "a", "it", "shows", "most", "once", "first", "last", "after", "before", "that", "is", "clip", "lasts", "objects", "object", "more", "has"}


def facts(answer):
    """What an answer tells, in order."""
    answer = " ".join(answer.split())
    if answer.startswith("The timeline does not show that"):
        return ["not shown"]
    out = []
    for quoted, word in re.findall(r'"([^"]*)"|([\w.\'-]+)', answer):
        if quoted:
            out.append(quoted)
        elif word.strip(".").lower() not in FILLER:
            out.append(word.strip(".").lower())
    return out


def main():
    a = argparse.ArgumentParser()
    a.add_argument("answers")
    a.add_argument("--wrong", type=int, default=0, help="show so many wrong answers of each kind")
    o = a.parse_args()
    right, total, shown, absent = collections.Counter(), collections.Counter(), collections.Counter(), [0, 0]
    with open(o.answers, encoding="utf-8") as f:
        for row in f:
            item = json.loads(row)
            kind = item["kind"]
            good = facts(item["said"]) == facts(item["answer"])
            total[kind] += 1
            right[kind] += good
            if item["absent"]:
                absent[0] += good
                absent[1] += 1
            if not good and shown[kind] < o.wrong:
                shown[kind] += 1
                print(f"[{kind}] {item['question']}\n  want {item['answer']}\n  said {item['said'].strip()}")
    for kind in sorted(total):
        print(f"| {kind} | {right[kind] / total[kind]:.3f} | {right[kind]}/{total[kind]} |")
    print(f"| not shown | {absent[0] / max(1, absent[1]):.3f} | {absent[0]}/{absent[1]} |")
    print(f"| overall | {sum(right.values()) / sum(total.values()):.3f} | {sum(right.values())}/{sum(total.values())} |")


if __name__ == "__main__":
    main()
