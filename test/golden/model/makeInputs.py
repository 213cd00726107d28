"""
Makes the fixed inputs of the model's golden files: frames of six toybox clips (clips.u8.gz, [6,8,96,96,3] RGB) and
the conversations held about them (inputs.json). They do not depend on the weights: run once, then keep them.

    python3 test/golden/model/makeInputs.py
"""
import gzip
import json
import os
import random
import sys

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "models"))
from toybox.prompts import time_message  # noqa: E402
from toybox.questions import conversation  # noqa: E402
from toybox.render import render_clips  # noqa: E402
from toybox.world import clip_from_seed, frame_indices, frame_seconds  # noqa: E402

SEEDS = [1_000_001 + 7 * i for i in range(6)]
ODD = ["HOW MANY OBJECTS ARE THERE", "what colour is it???", "Où est le cercle rouge?", "  is there a star  ",
       "Describe the video.\nThen count the objects.", "数一数"]


def main():
    frames, conversations = [], []
    for n, seed in enumerate(SEEDS):
        clip = clip_from_seed(seed)
        rng = random.Random(seed)
        canvas, _ = render_clips(random.Random(seed), [clip], [frame_seconds(clip)])
        frames.append(canvas[0].round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1))
        message = time_message(frame_indices(clip.frames), clip.fps)
        single = [[q] for _, q, *_ in conversation(rng, clip, 10)] + [[ODD[n]]]
        several = [[q for _, q, *_ in conversation(rng, clip, 3)]]
        conversations += [{"clip": n, "timeMessage": message, "questions": q} for q in single + several]
    data = torch.stack(frames).numpy()
    with open(os.path.join(HERE, "clips.u8.gz"), "wb") as f:
        f.write(gzip.compress(data.tobytes(), 9, mtime=0))
    # Frames of the embedding cases, counted through all clips.
    cases = [{"frames": [3]}, {"frames": [8, 15]}, {"frames": list(range(16, 24))}, {"frames": list(range(24, 40))},
             {"frames": [(5 * i) % 48 for i in range(64)]}]
    with open(os.path.join(HERE, "inputs.json"), "w", encoding="utf-8") as f:
        json.dump({"shape": list(data.shape), "embeddingCases": cases, "conversations": conversations}, f, indent=1,
                  ensure_ascii=False)
        f.write("\n")


if __name__ == "__main__":
    main()
