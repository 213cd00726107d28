"""
Halves a training checkpoint so that it can live in the repository and training can go on from it anywhere.

    python3 models/toybox/pack_checkpoint.py models/training/joint.pt models/videochat-mini/checkpoint.pt

To go on: copy it to models/training/joint.pt and run train_joint.py; parameters become fp32 again, the optimiser starts anew.
"""
import sys

import torch


def halve(v):
    if isinstance(v, dict):
        return {k: halve(x) for k, x in v.items()}
    return v.half() if torch.is_tensor(v) and v.is_floating_point() else v


def main():
    source, target = sys.argv[1:3]
    kept = {k: v for k, v in torch.load(source, map_location="cpu").items() if k != "opt"}
    torch.save(halve(kept), target)


if __name__ == "__main__":
    main()
