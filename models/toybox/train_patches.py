"""Stage 1: the ViT learns shapes and colours from small windows with dense patch labels. Resumable."""
import argparse
import os
import random
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from reference.config import mini  # noqa: E402
from reference.vit import VisionTransformer  # noqa: E402
from toybox.degrade import degrade  # noqa: E402
from toybox.init import init_vit  # noqa: E402
from toybox.render import PALETTE, patch_labels, render_windows  # noqa: E402
from toybox.world import COLOURS, HELD_OUT_PAIRS, SHAPES  # noqa: E402

MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073])[:, None, None]
STD = torch.tensor([0.26862954, 0.26130258, 0.27577711])[:, None, None]


def normalise(frames):
    """0..255 [...,3,H,W] -> CLIP-normalised."""
    return (frames / 255 - MEAN) / STD


class PatchHeads(nn.Module):
    """What each patch shows: background or object, its shape, its colour, where its centre is, how large it is."""

    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.shape = nn.Linear(width, len(SHAPES) + 1)
        self.colour = nn.Linear(width, len(COLOURS) + 1)
        self.geometry = nn.Linear(width, 3)

    def loss(self, tokens, label, rows, geometry):
        """tokens [N,P,C]; see patch_labels. Returns the loss and (shape, colour) accuracy on objects."""
        x = self.norm(tokens)
        known = label != -2
        inside = label >= 0
        shape = torch.where(inside, rows[..., 4].long(), torch.full_like(label, len(SHAPES)))
        gap = (rows[..., 5:8][:, :, None] - PALETTE).pow(2).sum(-1).argmin(-1)
        colour = torch.where(inside, gap, torch.full_like(label, len(COLOURS)))
        weight = torch.where(inside, 1.0, 0.3) * known
        s, c = self.shape(x), self.colour(x)
        ls = (F.cross_entropy(s.transpose(1, 2), shape, reduction="none") * weight).sum() / weight.sum()
        lc = (F.cross_entropy(c.transpose(1, 2), colour, reduction="none") * weight).sum() / weight.sum()
        lg = (F.smooth_l1_loss(self.geometry(x), geometry / 8, reduction="none").mean(-1) * inside).sum() / inside.sum().clamp(min=1)
        hit = lambda z, y: ((z.argmax(-1) == y) & inside).sum().item() / max(1, inside.sum().item())
        return ls + 0.7 * lc + lg, hit(s, shape), hit(c, colour)


def window_tokens(vit, pixels, origin, patch=8):
    """Runs the ViT on windows [N,3,w,w]: the tokens carry the positions of the window's place in the square."""
    n, _, h, w = pixels.shape
    x = vit.patch_embed(pixels[:, :, None])
    gy, gx = torch.meshgrid(torch.arange(h // patch), torch.arange(w // patch), indexing="ij")
    index = (gy + (origin[:, 1] / patch).long()[:, None, None]) * vit.grid + gx + (origin[:, 0] / patch).long()[:, None, None]
    x = x + vit.pos_embed[0, 1:][index.flatten(1)]
    cls = (vit.cls_token + vit.pos_embed[:, :1]).expand(n, -1, -1)
    x = torch.cat([cls, x], 1)
    for block in vit.blocks:
        x = block(x)
    return x[:, 1:]


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--out", default="models/training/patches.pt")
    a.add_argument("--steps", type=int, default=6000)
    a.add_argument("--batch", type=int, default=128)
    a.add_argument("--threads", type=int, default=1)
    a.add_argument("--minutes", type=float, default=1e9)
    o = a.parse_args()
    torch.set_num_threads(o.threads)
    torch.manual_seed(1)
    vit = VisionTransformer(mini(1000).vision)
    init_vit(vit)
    heads = PatchHeads(128)
    params = [p for n, p in vit.named_parameters() if "gmhra" not in n] + list(heads.parameters())
    opt = torch.optim.AdamW(params, lr=1e-3, betas=(0.9, 0.98), weight_decay=0.01)
    step = 0
    if os.path.exists(o.out):
        s = torch.load(o.out)
        vit.load_state_dict(s["vit"]), heads.load_state_dict(s["heads"]), opt.load_state_dict(s["opt"])
        step = s["step"]
    begun, seen = time.time(), []
    while step < o.steps and time.time() - begun < o.minutes * 60:
        rng = random.Random(step)
        lr = 1.2e-3 * min(1, (step + 1) / 150) * max(0.08, 1 - step / o.steps)
        for g in opt.param_groups:
            g["lr"] = lr
        canvas, owner, states, origin = render_windows(rng, o.batch)
        label, rows, geometry = patch_labels(owner, states, origin)
        tokens = window_tokens(vit, normalise(degrade(rng, canvas)), origin)
        loss, s, c = heads.loss(tokens, label, rows, geometry)
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(params, 1.0)
        opt.step()
        step += 1
        seen.append((loss.item(), s, c))
        if step % 50 == 0:
            m = [sum(v) / len(v) for v in zip(*seen)]
            print(f"step {step} loss {m[0]:.3f} shape {m[1]:.3f} colour {m[2]:.3f} {time.time() - begun:.0f}s", flush=True)
            seen = []
        if step % 200 == 0 or step == o.steps:
            os.makedirs(os.path.dirname(o.out), exist_ok=True)
            torch.save({"vit": vit.state_dict(), "heads": heads.state_dict(), "opt": opt.state_dict(), "step": step}, o.out + ".new")
            os.replace(o.out + ".new", o.out)


if __name__ == "__main__":
    main()
