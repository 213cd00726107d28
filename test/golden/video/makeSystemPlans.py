"""Frame numbers and resized pictures of the companion systems, for systemPlans.json and interpolatedFrames.json.

    python3 test/golden/video/makeSystemPlans.py

Needs numpy and torch. `midpoints` is Video-ChatGPT's sampler, `linspace` that of VTimeLLM and Video-LLaVA, `starts` that of
Video-LLaMA, `pieces` ImageBind's (the ends of clips of 2 s that are spread evenly); pictures are resized by torch's `interpolate`, as Video-ChatGPT (nearest), Video-LLaVA (linear) and VTimeLLM (cubic) do.
"""
import base64
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

HERE = Path(__file__).parent


def midpoints(n, most):
    count = min(n, most)
    step = float(n - 1) / count
    ends = [int(np.round(step * i)) for i in range(count + 1)]
    return [(a + b) // 2 for a, b in zip(ends, ends[1:])]


def linspace(n, count):
    return np.linspace(0, n - 1, count, dtype=int).tolist()


def starts(n, most):
    # Where the step is rounded down, arange has one frame more; the model has no place for it.
    return np.arange(0, n, n / min(n, most)).astype(int).tolist()[:min(n, most)]


def pieces(n, fps, count):
    ends, clips = [], -(-count // 2)
    for i in range(clips):
        start = max(0, n / fps - 2) * i / max(1, clips - 1)
        begin, end = (int(np.ceil(round(t * fps, 6))) for t in (start, start + 2))
        frames = list(range(n))[min(begin, n - 1):end]
        ends += [frames[k] for k in np.linspace(0, len(frames) - 1, 2, dtype=int)]
    return ends[:count]


def rate(n, fps, per_second, most):
    wanted = min(most, max(1, int(np.round(per_second * n / fps))))
    first, last = 0, n - 1
    if n / fps - 2 > most * per_second:
        first, last = int(fps), min(int(n - fps), n - 1)
    return np.unique(np.linspace(first, last, wanted, dtype=int)).tolist()


def plans():
    rng = np.random.RandomState(5)
    cases = [(235, 100), (300, 100), (101, 100), (100, 100), (37, 100), (1, 100), (2, 8), (5, 8), (300, 8), (107892, 100), (795, 64)]
    cases += [(int(rng.randint(1, 9000)), int(rng.randint(1, 129))) for _ in range(20)]
    out = []
    for n, count in cases:
        fps = float(rng.choice([10, 23.976023976023978, 25, 30]))
        out.append({"frames": n, "count": count, "fps": fps, "midpoints": midpoints(n, count), "linspace": linspace(n, count),
                    "starts": starts(n, count), "pieces": pieces(n, fps, count), "rate": rate(n, fps, 1, count)})
    return out


def pictures():
    rng, out = np.random.RandomState(6), []
    for w, h, size, fit in [(41, 27, 8, "shorterSideCrop"), (27, 41, 12, "shorterSideCrop"), (19, 12, 7, "squash"),
                            (5, 7, 16, "shorterSideCrop"), (8, 8, 8, "squash"), (1, 1, 4, "squash"), (33, 9, 16, "squash")]:
        data = rng.randint(0, 256, (h, w, 3)).astype(np.uint8)
        x = torch.from_numpy(data).permute(2, 0, 1)[None].float()
        for name, mode in (("nearest", "nearest"), ("linear", "bilinear"), ("cubic", "bicubic")):
            if fit == "squash":
                nw = nh = size
            else:
                nw, nh = (size, int(size * h / w)) if w <= h else (int(size * w / h), size)
            y = F.interpolate(x, size=(nh, nw), mode=mode, **({} if mode == "nearest" else {"align_corners": False}))
            left, top = int(round((nw - size) / 2.0)), int(round((nh - size) / 2.0))
            y = y[0, :, top:top + size, left:left + size]
            out.append({"width": w, "height": h, "size": size, "fit": fit, "resample": name, "data": base64.b64encode(data.tobytes()).decode(),
                        "values": [round(v, 3) for v in y.flatten().tolist()]})
    return out


for name, cases in (("systemPlans", plans()), ("interpolatedFrames", pictures())):
    (HERE / f"{name}.json").write_text("[" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "]\n")
