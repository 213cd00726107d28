"""
Timelines as the product makes them, of clips that never were.

    python3 models/timeline/timelines.py --count 1000 --seed 1 | node models/timeline/render.mjs > contexts.jsonl

`render.mjs` writes each as a textual context with the server's own code. `--test` takes the words that training never sees.
"""
import argparse
import json
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from timeline.names import ACTIONS, sentence, text, thing  # noqa: E402


def span(rng, length, share=None):
    """[start, end] in seconds, within a clip."""
    part = length * (share or rng.choice([0.05, 0.1, 0.2, 0.4, 0.8, 1.0])) * rng.uniform(0.5, 1)
    start = rng.uniform(0, length - part) if rng.random() < 0.85 else 0.0
    return start, length if rng.random() < 0.1 else start + part


def apart(rng, length, count):
    """`count` spans in order that do not touch."""
    cuts = sorted(rng.uniform(0, length) for _ in range(2 * count))
    return [(cuts[2 * i], cuts[2 * i + 1]) for i in range(count)]


def sample(rng, size, test=False):
    """{timeline, captions?, span?}; `size` 0…1: from a few events to many."""
    length = rng.choice([rng.uniform(0.2, 4), rng.uniform(4, 15), rng.uniform(4, 30), rng.uniform(10, 100), rng.uniform(60, 600), rng.uniform(300, 8000)])
    if rng.random() < 0.02:
        length = 0.0
    few = lambda most: rng.randint(0, max(1, round(most * size)))
    events = []
    # In most real clips much is there from the first frame to the last: several lines then have the same times.
    steady = 0 if test or rng.random() < 0.4 else rng.uniform(0.4, 1)

    def some():
        return (0, length) if rng.random() < steady else span(rng, length)

    def add(track, label, times, source="model", **more):
        events.append({"track": track, "label": label, "startSeconds": round(times[0], 3), "endSeconds": round(times[1], 3), "confidence": 1, "source": source, **more})

    if rng.random() < 0.12:
        # Captions alone.
        pieces = []
    else:
        pieces = [kind for kind in ("objects", "text", "speech", "actions", "faces", "motion", "shots") if rng.random() < 0.62]
    if "objects" in pieces:
        for name in {thing(rng, test): None for _ in range(few(7) or 1)}:
            for times in ([some()] if rng.random() < 0.7 + 0.3 * steady else apart(rng, length, rng.randint(2, 4 if size > 0.5 else 2))):
                add("objects", name, times, count=rng.choice([1, 1, 1, 2, 2, 3, 4, rng.randint(5, 15)]))
    if "text" in pieces:
        for _ in range(few(6) or 1):
            add("text", text(rng, test), span(rng, length))
    if "speech" in pieces:
        voice = rng.random()
        for times in apart(rng, length, few(6) or 1):
            if voice < 0.35 or (voice < 0.45 and rng.random() < 0.5):
                add("speech", "speech", times)
            else:
                add("speech", sentence(rng, test), times, "subtitles")
    if "actions" in pieces:
        for name in rng.sample(ACTIONS, rng.choice([1, 1, 2, 3])):
            for times in [some()] if rng.random() < steady else apart(rng, length, 1 + few(2)):
                add("people", name, times, count=rng.choice([1, 1, 2]))
    if "faces" in pieces:
        for times in apart(rng, length, 1 + few(2)):
            add("people", "face", times, count=rng.choice([1, 1, 2, 3]))
    if "motion" in pieces:
        edges = [0.0, *sorted(rng.uniform(0, length) for _ in range(few(3))), length]
        state = None
        for start, end in zip(edges, edges[1:]):
            state = rng.choice([s for s in ("still", "moving", "moving", "dark") if s != state])
            add("motion", state, (start, end), "frames")
    if "shots" in pieces:
        edges = [0.0, *sorted(rng.uniform(0, length) for _ in range(few(4))), length]
        for start, end in zip(edges, edges[1:]):
            add("shots", "shot", (start, end), "frames")
    captions = []
    if not pieces or rng.random() < 0.06:
        edges = [0.0, *sorted(rng.uniform(0, length) for _ in range(1 + few(8))), length]
        for start, end in zip(edges, edges[1:]):
            captions.append({"startSeconds": start, "endSeconds": end, "text": rng.choice([sentence, sentence, text])(rng, test)})
    events.sort(key=lambda e: (e["startSeconds"], e["endSeconds"], rng.random()))
    for i, event in enumerate(events):
        event["id"] = str(i)
    out = {"timeline": {"contentHash": "0" * 64, "durationSeconds": round(length, 3), "tracks": [], "events": events, "frameSeconds": [], "models": []}}
    if captions:
        out["captions"] = captions
    if rng.random() < 0.2 and length > 8:
        start = rng.uniform(0, length * 0.6)
        out["span"] = {"startSeconds": start, "endSeconds": rng.uniform(start + 4, length)}
    return out


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--count", type=int, default=1000)
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--from-size", type=float, default=0.1)
    a.add_argument("--to-size", type=float, default=1.0)
    a.add_argument("--test", action="store_true")
    o = a.parse_args()
    rng = random.Random(f"{'test' if o.test else 'train'} {o.seed}")
    for _ in range(o.count):
        print(json.dumps(sample(rng, rng.uniform(o.from_size, o.to_size), o.test), ensure_ascii=False))


if __name__ == "__main__":
    main()
