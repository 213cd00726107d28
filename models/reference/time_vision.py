"""
Time of the reference's visual side at the size of videochat-mini, for `npm run bench`. Prints one JSON object.

    python3 models/reference/time_vision.py --frames 8 --threads 2
"""
import argparse
import json
import os
import statistics
import sys
import time

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from reference.config import mini  # noqa: E402
from reference.videochat import VisualSide  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=8)
    parser.add_argument("--threads", type=int, default=0)
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    config = mini(1000)
    model = VisualSide(config).eval()
    pixels = torch.randn(1, args.frames, 3, config.vision.image_size, config.vision.image_size)
    times = []
    with torch.no_grad():
        for _ in range(6):
            start = time.perf_counter()
            model(pixels)
            times.append((time.perf_counter() - start) * 1000)
    # The first run warms the caches.
    print(json.dumps({"milliseconds": statistics.median(times[1:]), "version": torch.__version__}))


if __name__ == "__main__":
    main()
