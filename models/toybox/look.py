"""
Stage 5a: the finished eyes look at many clips and write down the rows they see, for the language model to learn from
(`train_language.py --seen`). Nothing learns here; it runs until it is stopped and keeps the newest shares.
"""
import argparse
import os
import random
import sys

import torch

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from reference.config import mini  # noqa: E402
from reference.videochat import VideoChat  # noqa: E402
from toybox.tokenizer import Tokenizer  # noqa: E402
from toybox.train_joint import HERE, share, whole_frames  # noqa: E402
from toybox.world import sample_clip  # noqa: E402


@torch.no_grad()
def main():
    a = argparse.ArgumentParser()
    a.add_argument("--model", default="models/training/joint.pt")
    a.add_argument("--share", required=True, help="folder to write to")
    a.add_argument("--shares", type=int, default=40, help="how many shares of 160 clips are kept")
    a.add_argument("--batch", type=int, default=8)
    a.add_argument("--seed", type=int, default=50_000_000)
    a.add_argument("--threads", type=int, default=1)
    o = a.parse_args()
    torch.set_num_threads(o.threads)
    model = VideoChat(mini(len(Tokenizer.load(os.path.join(HERE, "vocabulary.json")))))
    model.load_state_dict(torch.load(o.model, map_location="cpu")["model"])
    count = 0
    while True:
        batches = []
        for _ in range(20):
            rng = random.Random(o.seed)
            o.seed += 1
            clips = [sample_clip(rng) for _ in range(o.batch)]
            pixels, _ = whole_frames(rng, clips, 8)
            batches.append((clips, model(pixels).half()))
        share(o.share, batches, count, o.shares)
        count += 1
        print(f"{count * 20 * o.batch} clips", flush=True)


if __name__ == "__main__":
    main()
