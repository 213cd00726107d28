"""
A VideoChat of the original's full size with random weights, to see that 7B exports, loads and answers (nonsense), and
what it costs. About 6.5 GB of disk, 1 GB of memory.

    python3 models/export/full_size.py --out DIR
    npx videochat chat CLIP "question" --models DIR/.. --model videochat-7b-random
"""
import argparse
import os
import sys
import time
import zlib

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from export.checkpoint import load_vocabulary  # noqa: E402
from export.export_videochat import export_all  # noqa: E402
from reference.checkpoints import language_shapes, visual_shapes  # noqa: E402
from reference.config import full_size  # noqa: E402


POOL = 8_388_593  # a prime: no width divides it, so the rows of a matrix differ


def pooled(draw, seed):
    """take(key, count): values from a pool of random ones, from a place that depends on the key alone."""
    pool = draw(np.random.default_rng(seed))
    return lambda key, count: np.resize(np.roll(pool, -(zlib.crc32(key.encode()) % POOL)), count)


def random_visual(config, seed=0):
    """get(key): each Linear keeps the size of what it reads, residual branches add a fifth; finite in float16."""
    shapes, take = visual_shapes(config), pooled(lambda rng: rng.standard_normal(POOL, np.float32), seed)
    residual = ("attn.proj.weight", "fc2.weight", "out_proj.weight", "c_proj.weight")

    def get(key):
        shape = shapes[key]
        if len(shape) == 1:
            return np.full(shape, float("norm" in key.lower() and key.endswith("weight") or ".ln_" in key and key.endswith("weight")
                                        or key == "ln_vision.weight"), np.float32)
        fan_in = int(np.prod(shape[1:])) if "token" not in key and "pos_embed" not in key else 1
        scale = fan_in ** -0.5 * (0.2 if key.endswith(residual) else 1)
        return take(key, int(np.prod(shape))).reshape(shape) * np.float32(scale)
    return get


def random_language(c, seed=1):
    """get(key): norms of ones; matrices as random Q4_0 blocks, written as they are, with no float form in between."""
    shapes, take = language_shapes(c), pooled(lambda rng: np.frombuffer(rng.bytes(POOL), np.uint8), seed)

    def get(key):
        shape = shapes[key]
        if len(shape) == 1:
            return np.ones(shape, np.float32)
        # Nibbles 0…15 stand for −8…7, of deviation 4.6.
        scale = (1.0 if "embed" in key else shape[1] ** -0.5) / 4.6
        blocks = np.empty((shape[0] * shape[1] // 32, 18), np.uint8)
        blocks[:, :2] = np.array([scale], np.float16).view(np.uint8)
        blocks[:, 2:] = take(key, len(blocks) * 16).reshape(-1, 16)
        return blocks.tobytes()
    return get


def synthetic_vocabulary(size):
    """The mini model's pieces, then invented words."""
    pieces = [tuple(v) for v in load_vocabulary()]
    return pieces + [(f"\u2581w{i}", -1e6 - i, 1) for i in range(size - len(pieces))]


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--out", required=True)
    o = a.parse_args()
    config, begun = full_size(), time.time()
    export_all(config, random_visual(config), random_language(config.llama), synthetic_vocabulary(config.llama.vocab), o.out, "q4_0",
               note=lambda what: print(f"{time.time() - begun:6.1f}s {what}", flush=True), id="videochat-7b-random",
               name="VideoChat 7B, random weights", description="The full-size shape with random weights: answers nonsense.",
               version="0.0.0-random", licence="MIT", demonstration=True)
    total = sum(os.path.getsize(os.path.join(o.out, f)) for f in os.listdir(o.out))
    print(f"{time.time() - begun:6.1f}s done, {total / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()
