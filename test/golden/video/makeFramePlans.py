"""Frame plans as VideoChat's own Python computes them, for framePlans.json.

    python3 makeFramePlans.py > framePlans.json

Needs numpy. The functions follow OpenGVLab/Ask-Anything (video_chat/demo.py get_index, load_video;
video_chat dataset/video_utils.py get_frame_indices; MVBench's bounded get_index).
"""
import json
import numpy as np


def videochat(n, s):
    seg = float(n - 1) / s
    start = int(seg / 2)
    return [int(start + int(np.round(seg * i))) for i in range(s)]


def bounded(n, s, fps, start, end):
    first = max(0, round(start * fps))
    last = min(round(end * fps), n - 1)
    seg = float(last - first) / s
    return [int(first + (seg / 2) + np.round(seg * i)) for i in range(s)]


def middle(n, s):
    parts = min(s, n)
    bounds = np.linspace(start=0, stop=n, num=parts + 1).astype(int)
    out = [int((a + b - 1) // 2) for a, b in zip(bounds[:-1], bounds[1:])]
    return out + [out[-1]] * (s - len(out))


def fps_plan(n, rate, fps, most):
    duration = float(n) / fps
    delta = 1 / rate
    seconds = np.arange(0 + delta / 2, duration + delta / 2, delta)
    indices = np.around(seconds * fps).astype(int)
    return [int(i) for i in indices if i < n][:most]


def message(indices, fps):
    sec = ", ".join(str(round(np.float64(i) / fps, 1)) for i in np.array(indices))
    return f"The video contains {len(indices)} frames sampled at {sec} seconds."


rng = np.random.RandomState(7)
cases = []
pairs = [(235, 8, 24.0), (300, 16, 30.0), (300, 8, 30.0), (250, 8, 25.0), (1800, 8, 30.0), (100, 8, 29.97002997),
         (21, 8, 20.0), (16, 8, 25.0), (5, 8, 25.0), (1, 8, 30.0), (795, 8, 10.0), (107892, 64, 30000 / 1001)]
for _ in range(50):
    pairs.append((int(rng.randint(1, 5000)), int(rng.randint(1, 65)),
                  float(rng.choice([10, 12.5, 15, 20, 23.976023976023978, 24, 25, 29.97002997002997, 30, 50, 60, 26.777]))))
for n, s, fps in pairs:
    v = videochat(n, s)
    rate = float(rng.choice([0.25, 0.5, 1, 2, 3, 7.5]))
    start = float(rng.randint(0, 50)) / 50 * n / fps * 0.7
    end = start + max(0.2 * n / fps, 2 / fps)
    cases.append({"frames": n, "count": s, "fps": fps, "videochat": v, "message": message(v, fps),
                  "middle": middle(n, s), "rate": rate, "fpsPlan": fps_plan(n, rate, fps, 64),
                  "start": start, "end": end,
                  "bounded": bounded(n, s, fps, start, end) if n > 4 else None})
print("[" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "]")
