"""Sizes of pictures and what SmolVLM2's processor cuts them to, for tiledPictures.json.

    python3 makeTiledPictures.py > tiledPictures.json

Needs numpy and Pillow. Bytes are kept as a hash of all tiles.
"""
import hashlib
import json
import os
import sys

import numpy as np

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "models")]
from reference.smolvlm2.tiles import cut  # noqa: E402


def picture(width, height):
    """`test/unit/video/tiles.test.ts` computes the same."""
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    return ((x * 7 + y * 13 + c * 29 + x * y + x * x * (c + 1) // 5) % 256).astype(np.uint8)


cases = []
for width, height, side, edge in [
    (640, 480, 512, 2048), (640, 360, 64, 256), (360, 640, 64, 256), (64, 64, 64, 256), (1, 1, 64, 256), (100, 75, 64, 256),
    (257, 256, 64, 256), (255, 256, 64, 256), (30000, 10, 64, 256), (7, 3000, 64, 256), (333, 111, 64, 192), (50, 33, 64, 64),
    (129, 200, 48, 128), (97, 31, 27, 100),
]:
    parts, rows, columns = cut(picture(width, height), side, edge)
    digest = hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()
    cases.append({"width": width, "height": height, "side": side, "longestEdge": edge, "rows": rows, "columns": columns, "tiles": len(parts), "sha256": digest})
print("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]")
