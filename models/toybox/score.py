"""
Scores answers by facts: `python3 models/toybox/score.py TRUTH.jsonl ANSWERS.jsonl` prints accuracy by kind.

Colour, shape, motion, count, yes/no and grid words must be the right ones and no wrong one of the same class may
appear; `when` passes at IoU >= 0.5; `describe` needs F1 >= 0.8 over (colour, shape) pairs.
"""
import json
import re
import sys
from collections import defaultdict

COLOURS = ["red", "orange", "yellow", "green", "blue", "purple", "white", "black"]
SHAPES = ["circle", "square", "triangle", "star", "ring", "cross"]
NUMBERS = {"no": 0, "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
MOTIONS = {"stays still": ["stays still", "still"], "moves left": ["left"], "moves right": ["right"], "moves up": ["up"], "moves down": ["down"],
           "grows": ["grow", "grows"], "shrinks": ["shrink", "shrinks"]}
ROWS, COLUMNS = ["top", "middle", "bottom"], ["left", "centre", "right"]


def words(text):
    return re.findall(r"[a-z]+|\d+(?:\.\d+)?", text.lower().replace("center", "centre"))


def only(found, right):
    return set(found) == {right}


def right(truth, answer):
    kind, w = truth["kind"], words(answer)
    if kind in ("colour", "order") and not only([c for c in w if c in COLOURS], truth["colour"]):
        return False
    if kind in ("shape", "order") and not only([s for s in w if s in SHAPES], truth["shape"]):
        return False
    if kind == "count":
        said = {NUMBERS.get(x, int(x) if x.isdigit() else None) for x in w} - {None}
        return said == {truth["count"]}
    if kind == "motion":
        said = {m for m, keys in MOTIONS.items() if any(k in w or k in answer.lower() and " " in k for k in keys)}
        return said == {truth["motion"]}
    if kind in ("existence", "relation"):
        return only([x for x in w if x in ("yes", "no")][:1], "yes" if truth["yes"] else "no")
    if kind == "where":
        row, column = truth["grid"]
        return only([x for x in w if x in ROWS], row) and only([x for x in w if x in COLUMNS], column)
    if kind == "when":
        numbers = [float(x) for x in w if x[0].isdigit()]
        if len(numbers) != 2:
            return False
        a, b = truth["span"]
        overlap = max(0.0, min(b, numbers[1]) - max(a, numbers[0]))
        return overlap / max(1e-9, max(b, numbers[1]) - min(a, numbers[0])) >= 0.5
    if kind == "describe":
        said = set(zip(*[iter([x for x in w if x in COLOURS or x in SHAPES])] * 2))
        want = {tuple(p) for p in truth["pairs"]}
        return 2 * len(said & want) / max(1, len(said) + len(want)) >= 0.8
    return True


def main():
    truths = {t["id"]: t for t in map(json.loads, open(sys.argv[1]))}
    total, good, held, wrong = defaultdict(int), defaultdict(int), [0, 0], []
    for line in open(sys.argv[2]):
        a = json.loads(line)
        t = truths[a["id"]]
        ok = right(t, a.get("answer") or "")
        total[t["kind"]] += 1
        good[t["kind"]] += ok
        if t.get("held_out_pair"):
            held[0] += ok
            held[1] += 1
        if not ok:
            wrong.append((a["id"], a.get("answer"), {k: v for k, v in t.items() if k not in ("id", "kind", "held_out_pair")}))
    for kind in sorted(total):
        print(f"{kind:10} {good[kind] / total[kind]:.3f}  ({good[kind]}/{total[kind]})")
    n = sum(total.values())
    print(f"{'overall':10} {sum(good.values()) / max(1, n):.3f}  ({sum(good.values())}/{n})")
    if held[1]:
        print(f"clips with a held-out pair: {held[0] / held[1]:.3f}  ({held[0]}/{held[1]})")
    if "--wrong" in sys.argv:
        for row in wrong:
            print(*row)


if __name__ == "__main__":
    main()
