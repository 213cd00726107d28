"""
The held-out test: clips drawn by another renderer (Pillow polygons, real mp4/webm/avi files) and asked with other wordings.

    python3 models/toybox/testset.py --out DIR --clips 200

writes DIR/clips/*.mp4|webm|avi, DIR/questions.jsonl (input of `videochat batch`) and DIR/truth.jsonl (input of score.py).
"""
import argparse
import json
import math
import os
import random
import subprocess
import sys

from PIL import Image, ImageDraw, ImageFilter

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from toybox.test_wordings import ASK  # noqa: E402
from toybox.world import FIRST_TEST_SEED, HELD_OUT_PAIRS, RGB, place, sample_clip  # noqa: E402

SUPER = 2
SIZES = [(320, 240), (640, 360), (480, 480), (360, 640), (854, 480), (960, 540), (240, 320), (160, 120), (400, 300), (640, 480)]
CODECS = [("mp4", ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "23"]), ("mp4", ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "30"]),
          ("webm", ["-c:v", "libvpx-vp9", "-b:v", "600k", "-cpu-used", "8", "-deadline", "realtime"]), ("avi", ["-c:v", "mpeg4", "-q:v", "5"])]

def polygon(shape, x, y, r):
    if shape == "square":
        return [(x - 0.85 * r, y - 0.85 * r), (x + 0.85 * r, y - 0.85 * r), (x + 0.85 * r, y + 0.85 * r), (x - 0.85 * r, y + 0.85 * r)]
    if shape == "triangle":
        return [(x + r * math.cos(a), y + r * math.sin(a)) for a in (-math.pi / 2, math.pi / 6, 5 * math.pi / 6)]
    if shape == "star":
        return [(x + (r if i % 2 == 0 else 0.42 * r) * math.cos(-math.pi / 2 + i * math.pi / 5),
                 y + (r if i % 2 == 0 else 0.42 * r) * math.sin(-math.pi / 2 + i * math.pi / 5)) for i in range(10)]
    w = 0.33 * r
    return [(x - w, y - r), (x + w, y - r), (x + w, y - w), (x + r, y - w), (x + r, y + w), (x + w, y + w), (x + w, y + r),
            (x - w, y + r), (x - w, y + w), (x - r, y + w), (x - r, y - w), (x - w, y - w)]


def draw_thing(image, thing, colour, t, ox, oy, side):
    pen = ImageDraw.Draw(image)
    x, y, r = thing.at(t)
    x, y, r = (ox + x * side) * SUPER, (oy + y * side) * SUPER, r * side * SUPER
    box = [x - r, y - r, x + r, y + r]
    if thing.shape == "circle":
        pen.ellipse(box, fill=colour)
    elif thing.shape == "ring":
        pen.ellipse(box, outline=colour, width=max(2, int(r * 0.42)))
    else:
        pen.polygon(polygon(thing.shape, x, y, r), fill=colour)


def backdrop(rng, width, height, avoid):
    def colour():
        while True:
            c = tuple(rng.randint(20, 235) for _ in range(3))
            if all(math.dist(c, a) > 100 for a in avoid):
                return c
    kind = rng.choice(["plain", "gradient", "noise", "blobs"])
    base = Image.new("RGB", (width, height), colour())
    if kind == "gradient":
        other = tuple(min(255, max(0, v + rng.randint(-40, 40))) for v in base.getpixel((0, 0)))
        mask = Image.linear_gradient("L").resize((width, height))
        base = Image.composite(Image.new("RGB", (width, height), other), base, mask)
    elif kind == "noise":
        noise = Image.effect_noise((max(8, width // 6), max(8, height // 6)), 30).resize((width, height), Image.BICUBIC)
        base = Image.blend(base, Image.merge("RGB", [noise] * 3), 0.15)
    elif kind == "blobs":
        pen = ImageDraw.Draw(base)
        for _ in range(6):
            c = tuple(min(255, max(0, v + rng.randint(-35, 35))) for v in base.getpixel((0, 0)))
            x, y, r = rng.randrange(width), rng.randrange(height), rng.randint(width // 10, width // 4)
            pen.ellipse([x - r, y - r, x + r, y + r], fill=c)
        base = base.filter(ImageFilter.GaussianBlur(width // 20))
    return base


def write_clip(rng, clip, folder, name):
    width, height = rng.choice(SIZES)
    side = min(width, height)
    ox, oy = (width - side) / 2, (height - side) / 2
    colours = [tuple(min(255, max(0, v + rng.randint(-18, 18))) for v in RGB[t.colour]) for t in clip.things]
    back = backdrop(rng, width, height, colours)
    extension, codec = rng.choices(CODECS, [4, 2, 2, 2])[0]
    path = os.path.join(folder, f"{name}.{extension}")
    command = ["ffmpeg", "-y", "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(clip.fps), "-i", "-", "-threads", "1", *codec, path]
    pipe = subprocess.Popen(command, stdin=subprocess.PIPE)
    still = None
    big = back.resize((width * SUPER, height * SUPER))
    for i in range(clip.frames):
        t = i / clip.fps
        shown = [(k, th) for k, th in enumerate(clip.things) if clip.visible(th, t)]
        key = tuple(k for k, th in shown) if all(th.motion == "stays still" for _, th in shown) else None
        if key is None or still is None or still[0] != key:
            image = big.copy()
            for k, th in shown:
                draw_thing(image, th, colours[k], t, ox, oy, side)
            data = image.resize((width, height), Image.BOX).tobytes()
            still = (key, data) if key is not None else None
        pipe.stdin.write(data)
    pipe.stdin.close()
    if pipe.wait() != 0:
        raise RuntimeError(f"ffmpeg failed on {path}")
    return path


def thing_slots(thing):
    return {"colour": thing.colour, "shape": thing.shape}


def ask(rng, clip, kind):
    """(question, truth) in a wording of this file, or None."""
    things = clip.things
    word = rng.choice(ASK[kind])
    if kind == "count":
        return word, {"count": len(things)}
    if kind == "describe":
        return word, {"pairs": [[t.colour, t.shape] for t in things]}
    if kind == "existence":
        shape, colour = rng.choice(things).pair if rng.random() < 0.5 else (rng.choice(things).shape, rng.choice(list(RGB)))
        return word.format(colour=colour, shape=shape), {"yes": any(t.pair == (shape, colour) for t in things)}
    if kind == "order":
        ranked = sorted(things, key=lambda t: t.start)
        if len(things) < 2 or ranked[0].start == ranked[1].start:
            return None
        return word, {"colour": ranked[0].colour, "shape": ranked[0].shape}
    if kind == "relation":
        for _ in range(10):
            if len(things) < 2:
                return None
            a, b = rng.sample(things, 2)
            start, end = max(a.start, b.start), min(a.end, b.end)
            if start >= end:
                continue
            axis = rng.randrange(2)
            gaps = [a.at(start + (end - start) * k / 8)[axis] - b.at(start + (end - start) * k / 8)[axis] for k in range(9)]
            if max(gaps) > -0.03 and min(gaps) < 0.03:
                continue
            first = rng.random() < 0.5
            relation = (["to the left of", "to the right of"], ["above", "below"])[axis][0 if first else 1]
            return word.format(relation=relation, colour2=b.colour, shape2=b.shape, **thing_slots(a)), {"yes": (gaps[0] < 0) == first}
        return None
    thing = rng.choice(things)
    if kind == "colour" and sum(t.shape == thing.shape for t in things) > 1:
        return None
    if kind == "shape" and sum(t.colour == thing.colour for t in things) > 1:
        return None
    truth = {"colour": {"colour": thing.colour}, "shape": {"shape": thing.shape}, "motion": {"motion": thing.motion},
             "where": {"grid": place(thing)}, "when": {"span": [thing.start, min(thing.end, clip.duration)]}}[kind]
    return word.format(**thing_slots(thing)), truth


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--out", required=True)
    a.add_argument("--clips", type=int, default=200)
    a.add_argument("--seed", type=int, default=FIRST_TEST_SEED)
    o = a.parse_args()
    os.makedirs(os.path.join(o.out, "clips"), exist_ok=True)
    with open(os.path.join(o.out, "questions.jsonl"), "w") as questions, open(os.path.join(o.out, "truth.jsonl"), "w") as truths:
        for i in range(o.clips):
            rng = random.Random(o.seed + i)
            clip = sample_clip(rng, held_out=True, empty=0)
            path = write_clip(rng, clip, os.path.join(o.out, "clips"), f"{i:04d}")
            kinds = list(ASK)
            rng.shuffle(kinds)
            held = any(t.pair in HELD_OUT_PAIRS for t in clip.things)
            for kind in kinds[:7]:
                made = ask(rng, clip, kind)
                if not made:
                    continue
                question, truth = made
                if rng.random() < 0.15:
                    question = question.lower().rstrip("?.")
                key = f"{i:04d}-{kind}"
                questions.write(json.dumps({"id": key, "video": os.path.relpath(path, o.out), "question": question}) + "\n")
                truths.write(json.dumps({"id": key, "kind": kind, "held_out_pair": held, **truth}) + "\n")


if __name__ == "__main__":
    main()
