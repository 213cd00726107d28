"""Stage 3: the Q-Former learns to read clips: each anchored query finds its object, its motion, its times and places. Resumable."""
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
from reference.videochat import VisualSide  # noqa: E402
from toybox.degrade import degrade  # noqa: E402
from toybox.facts import COLOUR_ROW, PAIRS, PLACE_BINS, ROWS, SHAPE_ROW, TIME_BINS, WHOLE_ROW, bumps, clip_targets, fact_rows, stack  # noqa: E402
from toybox.init import init_reader, init_vit, sinusoid  # noqa: E402
from toybox.render import render_clips  # noqa: E402
from toybox.tokenizer import Tokenizer  # noqa: E402
from toybox.train_language import FactReader  # noqa: E402
from toybox.train_patches import PatchHeads, normalise  # noqa: E402
from toybox.world import COLOURS, SHAPES, frame_seconds, sample_clip  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ONE_HOT = len(COLOURS) + len(SHAPES)


class AnchoredQueries(nn.Module):
    """The 96 queries as sums of a colour and a shape part, so that a pair never seen is still asked for."""

    def __init__(self, width):
        super().__init__()
        self.colour = nn.Parameter(torch.randn(len(COLOURS), width) * 0.02)
        self.shape = nn.Parameter(torch.randn(len(SHAPES), width) * 0.02)
        self.kind = nn.Parameter(torch.randn(3, width) * 0.02)
        self.free = nn.Parameter(torch.randn(ROWS - WHOLE_ROW, width) * 0.15)
        with torch.no_grad():
            self.colour[:, :len(COLOURS)] += torch.eye(len(COLOURS))
            self.shape[:, len(COLOURS):ONE_HOT] += torch.eye(len(SHAPES))
            for i in range(3):
                self.kind[i, ONE_HOT + i] += 0.5

    def forward(self):
        pairs = [self.colour[COLOURS.index(c)] + self.shape[SHAPES.index(s)] + self.kind[0] for s, c in PAIRS]
        return torch.cat([torch.stack(pairs), self.colour + self.kind[1], self.shape + self.kind[2], self.free])[None]


class ReaderHeads(nn.Module):
    """Training-only readouts of the Q-Former's rows."""

    def __init__(self, width):
        super().__init__()
        self.present = nn.Linear(width, 1)
        self.motion = nn.Linear(width, 7)
        self.times = nn.Linear(width, 2 * TIME_BINS)
        self.places = nn.Linear(width, 4 * PLACE_BINS)
        self.radii = nn.Linear(width, 2)
        self.counts = nn.Linear(width, 5)
        nn.init.constant_(self.present.bias, -3.0)

    def loss(self, rows, t):
        pair, counted = rows[:, :48], rows[:, COLOUR_ROW:WHOLE_ROW + 1]
        logit = self.present(pair)[..., 0]
        there = t["present"] > 0
        n = there.sum().clamp(min=1)
        present = F.binary_cross_entropy_with_logits(logit, t["present"], pos_weight=torch.tensor(3.0), reduction="sum") / n
        seen = pair[there]
        motion = F.cross_entropy(self.motion(seen), t["motion"][there])
        soft = lambda z, y: -(y * z.log_softmax(-1)).sum(-1).mean()
        times = soft(self.times(seen).reshape(-1, 2, TIME_BINS), bumps(t["times"][there], TIME_BINS))
        places = soft(self.places(seen).reshape(-1, 4, PLACE_BINS), bumps(t["places"][there], PLACE_BINS))
        radii = F.smooth_l1_loss(self.radii(seen), t["radii"][there] * 10)
        counts = F.cross_entropy(self.counts(counted).flatten(0, 1), t["counts"].flatten())
        with torch.no_grad():
            found = ((logit > 0) & there).sum().item() / n.item()
            false = ((logit > 0) & ~there).sum().item() / n.item()
            moved = (self.motion(seen).argmax(-1) == t["motion"][there]).float().mean().item()
            z = self.places(seen).reshape(-1, 4, PLACE_BINS).softmax(-1) @ (torch.arange(PLACE_BINS).float() / (PLACE_BINS - 1))
            cell = ((z * 3).floor().clamp(0, 2) == (t["places"][there] * 3).floor().clamp(0, 2))[:, :2].all(-1).float().mean().item()
            z = self.times(seen).reshape(-1, 2, TIME_BINS).softmax(-1) @ (torch.arange(TIME_BINS).float() / (TIME_BINS - 1))
            y = t["times"][there]
            inter = (torch.minimum(z[:, 1], y[:, 1]) - torch.maximum(z[:, 0], y[:, 0])).clamp(min=0)
            union = torch.maximum(z[:, 1], y[:, 1]) - torch.minimum(z[:, 0], y[:, 0])
            when = (inter / union >= 0.5).float().mean().item()
            whole = (self.counts(counted[:, 14]).argmax(-1) == t["counts"][:, 14]).float().mean().item()
        total = 0.5 * present + 1.5 * motion + 0.7 * times + 0.7 * places + radii + counts
        return total, {"found": found, "false": false, "motion": moved, "cell": cell, "when": when, "count": whole}


@torch.no_grad()
def anchor(model, patch):
    """
    First cross-attention: a query's colour and shape meet the patch logits that stage 1 taught, some heads prefer
    early frames and some late ones. Frame positions go where they disturb neither.
    """
    width = model.config.vision.width
    gamma = patch.norm.weight
    colour, shape = patch.colour.weight[:len(COLOURS)] * gamma, patch.shape.weight[:len(SHAPES)] * gamma
    colour, shape = colour - colour.mean(0), shape - shape.mean(0)
    taken = torch.cat([colour, shape, patch.geometry.weight * gamma])
    basis = torch.linalg.qr(taken.t())[0]
    g = torch.Generator().manual_seed(5)
    spread = torch.randn(width, 17, generator=g)
    spread = torch.linalg.qr(spread - basis @ (basis.t() @ spread))[0]
    n = model.frame_positions.shape[1]
    at = (torch.arange(n).float() + 0.5) / n
    waves, _ = sinusoid(at * 8, 16, 2.5, 24.0)
    model.frame_positions.copy_((torch.cat([(2 * at - 1)[:, None] * 3, waves * 1.2], 1) @ spread.t())[None])
    ramp = spread[:, 0]
    early = [0.0, -1.0, 1.0, -0.4, 0.4, 0.0]
    for layer in model.Qformer.bert.encoder.layer:
        a = layer.crossattention.self
        heads, size = layer.crossattention.heads, model.config.qformer.width // layer.crossattention.heads
        for h in range(heads):
            rows = slice(h * size, h * size + ONE_HOT + 1)
            a.query.weight[rows] *= 0.1
            a.key.weight[rows] *= 0.1
            for i in range(ONE_HOT):
                a.query.weight[h * size + i, i] = 0.4
            a.key.weight[h * size:h * size + len(COLOURS)] = colour
            a.key.weight[h * size + len(COLOURS):h * size + ONE_HOT] = shape
            a.key.weight[h * size + ONE_HOT] = ramp
            a.query.bias[h * size + ONE_HOT] = early[h] * 5.0


def kept_tokens(vit, pixels, owner, keep):
    """
    ViT outputs [B,T,K,C] for K of the patches of each frame: those on and around objects, and some others.
    pixels [B,T,3,H,W], owner [B,T,H,W]. Training only: the ViT learnt on windows, so fewer patches do not surprise it.
    """
    b, t, _, h, w = pixels.shape
    n, p = b * t, vit.config.patch_size
    x = vit.patch_embed(pixels.transpose(1, 2)) + vit.pos_embed[:, 1:]
    near = F.max_pool2d((owner.reshape(n, 1, h, w) >= 0).float(), p)
    near = F.max_pool2d(near, 3, 1, 1).flatten(1)
    order = (near + torch.rand(near.shape) * 0.9).argsort(1, descending=True)[:, :keep]
    x = torch.gather(x, 1, order[..., None].expand(-1, -1, x.shape[-1]))
    x = torch.cat([(vit.cls_token + vit.pos_embed[:, :1]).expand(n, -1, -1), x], 1)
    for block in vit.blocks:
        x = block(x)
    return x.reshape(b, t, keep + 1, -1)


def batch(rng, size, segments=8):
    clips = [sample_clip(rng) for _ in range(size)]
    frames, owner = render_clips(rng, clips, [frame_seconds(c, segments) for c in clips])
    damaged = torch.cat([degrade(rng, f) for f in frames]).reshape(frames.shape)
    return clips, normalise(damaged), owner


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--out", default="models/training/reader.pt")
    a.add_argument("--patches", default="models/training/patches.pt")
    a.add_argument("--language", default="models/training/language.pt")
    a.add_argument("--steps", type=int, default=3000)
    a.add_argument("--batch", type=int, default=8)
    a.add_argument("--keep", type=int, default=64)
    a.add_argument("--threads", type=int, default=1)
    a.add_argument("--minutes", type=float, default=1e9)
    o = a.parse_args()
    torch.set_num_threads(o.threads)
    torch.manual_seed(3)
    tokenizer = Tokenizer.load(os.path.join(HERE, "vocabulary.json"))
    config = mini(len(tokenizer))
    model, heads, queries = VisualSide(config), ReaderHeads(config.qformer.width), AnchoredQueries(config.qformer.width)
    init_vit(model.visual_encoder)
    init_reader(model)
    step = 0
    if os.path.exists(o.out):
        s = torch.load(o.out)
        model.load_state_dict(s["visual"]), heads.load_state_dict(s["heads"]), queries.load_state_dict(s["queries"])
        step = s["step"]
    else:
        s = torch.load(o.patches)
        model.visual_encoder.load_state_dict(s["vit"])
        patch = PatchHeads(config.vision.width)
        patch.load_state_dict(s["heads"])
        anchor(model, patch)
        model.llama_proj.weight.data.mul_(0.2)
        s = None
    facts = FactReader(config.llama.width)
    vit = model.visual_encoder
    trained = [p for n, p in model.named_parameters() if not n.startswith("visual_encoder") and "query_tokens" not in n]
    params = trained + list(heads.parameters()) + list(queries.parameters())
    opt = torch.optim.AdamW(params, lr=1e-3, betas=(0.9, 0.98), weight_decay=0.01)
    if s:
        opt.load_state_dict(s["opt"])
    begun, seen = time.time(), []
    while step < o.steps and time.time() - begun < o.minutes * 60:
        if (step % 200 == 0 or not seen) and os.path.exists(o.language):
            facts.load_state_dict(torch.load(o.language)["facts"])
        rng = random.Random(20_000_000 + step)
        for g in opt.param_groups:
            g["lr"] = 1e-3 * min(1, (step + 1) / 100) * max(0.1, 1 - step / o.steps)
        clips, pixels, owner = batch(rng, o.batch)
        t = stack([clip_targets(c) for c in clips])
        with torch.no_grad():
            tokens = kept_tokens(vit, pixels, owner, o.keep)
            goal = facts(fact_rows(t))
        x = model.ln_vision(tokens) + model.frame_position(pixels.shape[1])
        rows = model.read(x.flatten(1, 2), queries())
        loss, m = heads.loss(rows, t)
        weight = torch.cat([0.06 + t["present"], torch.full((o.batch, 15), 0.3), torch.full((o.batch, ROWS - 63), 0.02)], 1)
        gap = ((model.llama_proj(rows) - goal).pow(2).mean(-1) * weight).sum() / weight.sum()
        there = goal[:, :48][t["present"] > 0]
        scale = (there - there.mean(0)).pow(2).mean().detach().clamp(min=1e-4) if len(there) > 1 else goal.var()
        m["align"] = (gap / scale).item()
        loss = loss + 4.0 * gap / scale
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(params, 1.0)
        opt.step()
        step += 1
        seen.append({"loss": loss.item(), **m})
        if step % 25 == 0:
            print(f"step {step} " + " ".join(f"{k} {sum(v[k] for v in seen) / len(seen):.3f}" for k in seen[0]) + f" {time.time() - begun:.0f}s", flush=True)
            seen = []
        if step % 100 == 0 or step == o.steps:
            torch.save({"visual": model.state_dict(), "heads": heads.state_dict(), "queries": queries.state_dict(), "opt": opt.state_dict(), "step": step}, o.out + ".new")
            os.replace(o.out + ".new", o.out)


if __name__ == "__main__":
    main()
