"""Draws toybox frames as tensors, many at a time, in random styles: the training renderer (torch only)."""
import math
import random

import torch
import torch.nn.functional as F

from .world import COLOURS, RGB, SHAPES

PALETTE = torch.tensor([RGB[c] for c in COLOURS], dtype=torch.float32)
STYLE = {"star_inner": (0.36, 0.55), "ring_inner": (0.45, 0.72), "cross_arm": (0.24, 0.42), "square_half": (0.72, 1.0),
         "triangle_base": (0.8, 1.05)}


def signed_distance(kind, x, y, r, s):
    """Distance in pixels to a shape's edge, negative inside. x, y [..], r [..] in pixels, s = style dict of tensors."""
    if kind == "circle":
        return torch.sqrt(x * x + y * y) - r
    if kind == "square":
        return torch.maximum(x.abs(), y.abs()) - r * s["square_half"]
    if kind == "ring":
        d = torch.sqrt(x * x + y * y)
        return torch.maximum(d - r, r * s["ring_inner"] - d)
    if kind == "cross":
        a, b, w = x.abs(), y.abs(), r * s["cross_arm"]
        return torch.minimum(torch.maximum(a - r, b - w), torch.maximum(a - w, b - r))
    if kind == "triangle":
        # Apex at (0,-r), base at y = base*r*0.55.
        bottom = r * 0.6 * s["triangle_base"]
        half = r * 0.95 * s["triangle_base"]
        height = r + bottom
        norm = torch.sqrt(height * height + half * half)
        slope = (x.abs() * height - (y + r) * half) / norm
        return torch.maximum(slope, y - bottom)
    angle = torch.atan2(x, -y)
    sector = 2 * math.pi / 5
    folded = (torch.remainder(angle + sector / 2, sector) - sector / 2).abs()
    d = torch.sqrt(x * x + y * y)
    px, py = d * torch.cos(folded), d * torch.sin(folded)
    inner = r * s["star_inner"]
    bx, by = inner * math.cos(sector / 2), inner * math.sin(sector / 2)
    ex, ey = bx - r, by
    return ((px - r) * ey - py * ex) / torch.sqrt(ex * ex + ey * ey)


def sample_style(rng):
    s = {k: rng.uniform(*v) for k, v in STYLE.items()}
    s["turn"] = rng.uniform(-0.12, 0.12) if rng.random() < 0.3 else 0.0
    s["edge"] = rng.uniform(0.6, 1.4)
    s["shade"] = rng.uniform(-0.12, 0.12) if rng.random() < 0.3 else 0.0
    return s


STYLE_KEYS = ["star_inner", "ring_inner", "cross_arm", "square_half", "triangle_base", "turn", "edge", "shade"]


def draw(canvas, states, origin, size):
    """
    Composites objects on canvas [N,3,h,w] (0..255, changed and returned).
    states [N,K,16]: visible, x, y, r (pixels of the full square), shape, colour rgb (3), style (8).
    origin [N,2]: pixel (x, y) of the canvas' top left in the full square. Returns canvas and the owner map
    [N,h,w]: index of the object on top, or -1.
    """
    n, _, h, w = canvas.shape
    k = states.shape[1]
    ys = torch.arange(h, dtype=torch.float32) + 0.5
    xs = torch.arange(w, dtype=torch.float32) + 0.5
    owner = torch.full((n, h, w), -1, dtype=torch.long)
    for j in range(k):
        rows = torch.nonzero(states[:, j, 0] > 0)[:, 0]
        if not len(rows):
            continue
        for kind_index, kind in enumerate(SHAPES):
            pick = rows[states[rows, j, 4] == kind_index]
            if not len(pick):
                continue
            o = states[pick, j]
            at = lambda i: o[:, i][:, None, None]
            x = xs[None, None, :] + origin[pick, 0][:, None, None] - at(1)
            y = ys[None, :, None] + origin[pick, 1][:, None, None] - at(2)
            style = {key: at(8 + i) for i, key in enumerate(STYLE_KEYS)}
            turn = style["turn"]
            u, v = x * torch.cos(turn) + y * torch.sin(turn), y * torch.cos(turn) - x * torch.sin(turn)
            d = signed_distance(kind, u, v, at(3), style)
            alpha = (0.5 - d / style["edge"]).clamp(0, 1)[:, None]
            shade = 1 + style["shade"] * (v / at(3)).clamp(-1, 1)
            colour = (o[:, 5:8, None, None] * shade[:, None]).clamp(0, 255)
            canvas[pick] = canvas[pick] * (1 - alpha) + colour * alpha
            here = owner[pick]
            here[alpha[:, 0] > 0.5] = j
            owner[pick] = here
    return canvas, owner


def background(rng, avoid, size):
    """[3,size,size]: one colour, a gradient, soft noise or blobs, apart from every colour in `avoid`."""
    def colour():
        for _ in range(60):
            c = torch.tensor([rng.uniform(0, 255) for _ in range(3)])
            if all((c - a).norm() > 95 for a in avoid):
                return c
        return torch.tensor([128.0, 128.0, 128.0])
    kind = rng.random()
    base = colour()[:, None, None].expand(3, size, size).clone()
    if kind < 0.35:
        return base
    if kind < 0.6:
        other = base[:, :1, :1] + torch.tensor([rng.uniform(-45, 45) for _ in range(3)])[:, None, None]
        ramp = torch.linspace(0, 1, size)
        mixed = ramp[None, None, :] if rng.random() < 0.5 else ramp[None, :, None]
        return (base * (1 - mixed) + other * mixed).clamp(0, 255)
    cells = rng.choice([3, 4, 6, 12, 24]) if kind < 0.8 else rng.choice([2, 3, 5])
    g = torch.Generator().manual_seed(rng.randrange(1 << 30))
    noise = torch.randn(1, 3 if rng.random() < 0.5 else 1, cells, cells, generator=g) * rng.uniform(8, 28)
    return (base + F.interpolate(noise, size=(size, size), mode="bicubic", align_corners=False)[0]).clamp(0, 255)


def junk(rng, size):
    """[3,size,size]: something from outside the world; nothing in it has a name here."""
    g = torch.Generator().manual_seed(rng.randrange(1 << 30))
    out = torch.zeros(1, 3, size, size)
    for cells in (3, 6, 12, 24, 48):
        out += F.interpolate(torch.randn(1, 3, cells, cells, generator=g) * rng.uniform(5, 60), size=(size, size),
                             mode="bilinear", align_corners=False)
    return (out[0] + rng.uniform(60, 190)).clamp(0, 255)


def thing_colour(rng, colour):
    return [min(255.0, max(0.0, v + rng.uniform(-20, 20))) for v in RGB[colour]]


def clip_states(rng, clip, times, size):
    """([T,K,16] states, list of colours) of one clip at media times; K = 4."""
    states = torch.zeros(len(times), 4, 16)
    colours = []
    for k, thing in enumerate(clip.things):
        rgb = thing_colour(rng, thing.colour)
        colours.append(torch.tensor(rgb))
        style = sample_style(rng)
        fixed = [SHAPES.index(thing.shape), *rgb, *[style[key] for key in STYLE_KEYS]]
        for i, t in enumerate(times):
            if clip.visible(thing, t):
                x, y, r = thing.at(t)
                states[i, k] = torch.tensor([1.0, x * size, y * size, r * size, *fixed])
    return states, colours


def render_clips(rng, clips, times, size=96):
    """frames [B,T,3,size,size] 0..255 and owners [B,T,size,size]; times[b] = T media times."""
    states, canvases = [], []
    for clip, at in zip(clips, times):
        s, colours = clip_states(rng, clip, at, size)
        bg = junk(rng, size) if not clip.things and rng.random() < 0.7 else background(rng, colours, size)
        states.append(s)
        canvases.append(bg[None].expand(len(at), -1, -1, -1))
    b, t = len(clips), len(times[0])
    canvas = torch.cat(canvases).clone()
    canvas, owner = draw(canvas, torch.cat(states), torch.zeros(b * t, 2), size)
    return canvas.reshape(b, t, 3, size, size), owner.reshape(b, t, size, size)


def render_windows(rng, count, window=48, size=96):
    """
    Single frames of `window` pixels cut from the square, one to three objects near, for teaching the ViT its
    shapes cheaply. Returns canvas [N,3,w,w], owner, states and origins (multiples of 8 pixels).
    """
    states = torch.zeros(count, 3, 16)
    origin = torch.zeros(count, 2)
    canvases = []
    for n in range(count):
        ox, oy = rng.randrange(0, (size - window) // 8 + 1) * 8, rng.randrange(0, (size - window) // 8 + 1) * 8
        origin[n] = torch.tensor([float(ox), float(oy)])
        colours = []
        for k in range(rng.choices([0, 1, 2, 3], [0.05, 0.45, 0.35, 0.15])[0]):
            shape, colour = rng.choice(SHAPES), rng.choice(COLOURS)
            rgb = thing_colour(rng, colour)
            colours.append(torch.tensor(rgb))
            style = sample_style(rng)
            states[n, k] = torch.tensor([1.0, ox + rng.uniform(2, window - 2), oy + rng.uniform(2, window - 2),
                                         rng.uniform(0.06, 0.18) * size, SHAPES.index(shape), *rgb,
                                         *[style[key] for key in STYLE_KEYS]])
        canvases.append(junk(rng, window) if not colours and rng.random() < 0.7 else background(rng, colours, window))
    canvas, owner = draw(torch.stack(canvases), states, origin, size)
    return canvas, owner, states, origin


def patch_labels(owner, states, origin, patch=8):
    """
    Dense labels of each patch from owner [N,h,w] and states [N,K,16]: object index [N,P] (-1 none, -2 unclear),
    and the object's centre relative to the patch centre and its radius, in pixels [N,P,3].
    """
    n, h, w = owner.shape
    k = states.shape[1]
    blocks = owner.reshape(n, h // patch, patch, w // patch, patch).permute(0, 1, 3, 2, 4).reshape(n, -1, patch * patch)
    share = torch.stack([(blocks == j).float().mean(-1) for j in range(k)], -1)
    best, index = share.max(-1)
    label = torch.where(best > 0.2, index, torch.where(best > 0.05, torch.full_like(index, -2), torch.full_like(index, -1)))
    gy, gx = torch.meshgrid(torch.arange(h // patch), torch.arange(w // patch), indexing="ij")
    centre = torch.stack([gx, gy], -1).reshape(1, -1, 2).float() * patch + patch / 2 + origin[:, None, :]
    rows = states[torch.arange(n)[:, None], label.clamp(min=0)]
    geometry = torch.cat([rows[..., 1:3] - centre, rows[..., 3:4]], -1)
    return label, rows, geometry
