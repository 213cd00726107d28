"""Small pictures and what Pillow makes of them, for resizedFrames.json.

    python3 makeResizedFrames.py > resizedFrames.json

Needs numpy and Pillow. `shorterSideCrop` follows torchvision's Resize(int, BICUBIC) and CenterCrop.
"""
import base64
import json
import numpy as np
from PIL import Image


def fit(image, size, how):
    if how == "squash":
        return image.resize((size, size), Image.BICUBIC)
    w, h = image.size
    short, long = (w, h) if w <= h else (h, w)
    new_long = int(size * long / short)
    nw, nh = (size, new_long) if w <= h else (new_long, size)
    image = image.resize((nw, nh), Image.BICUBIC)
    left, top = int(round((nw - size) / 2.0)), int(round((nh - size) / 2.0))
    return image.crop((left, top, left + size, top + size))


def picture(w, h, rng, kind):
    if kind == "noise":
        return rng.randint(0, 256, (h, w, 3)).astype(np.uint8)
    if kind == "edges":  # overshoot at both ends of the range
        return (np.indices((h, w)).sum(0) // 3 % 2 * 255).astype(np.uint8)[..., None].repeat(3, 2)
    y, x = np.mgrid[0:h, 0:w]
    return np.stack([x * 255 // max(1, w - 1), y * 255 // max(1, h - 1), (x * y) % 256], 2).astype(np.uint8)


rng = np.random.RandomState(3)
cases = []
for w, h, size, how, kind in [
    (41, 27, 8, "shorterSideCrop", "noise"), (27, 41, 8, "shorterSideCrop", "noise"),
    (64, 36, 24, "shorterSideCrop", "gradient"), (53, 30, 16, "shorterSideCrop", "edges"),
    (30, 53, 17, "shorterSideCrop", "edges"), (5, 7, 16, "shorterSideCrop", "noise"),
    (24, 31, 24, "shorterSideCrop", "noise"), (40, 30, 12, "squash", "noise"),
    (16, 9, 20, "squash", "gradient"), (1, 1, 6, "squash", "noise"), (1, 1, 6, "shorterSideCrop", "noise"),
    (90, 3, 6, "shorterSideCrop", "noise"), (12, 12, 12, "squash", "noise"), (19, 12, 12, "squash", "edges"),
]:
    data = picture(w, h, rng, kind)
    out = np.asarray(fit(Image.fromarray(data), size, how))
    cases.append({"width": w, "height": h, "size": size, "fit": how,
                  "data": base64.b64encode(data.tobytes()).decode(), "resized": base64.b64encode(out.tobytes()).decode()})
print("[" + ",\n".join(json.dumps(c) for c in cases) + "]")
