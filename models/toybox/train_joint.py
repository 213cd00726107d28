"""
Stage 4: the whole of videochat-mini on whole frames. Without --answers only the eyes adapt (dense labels, reader's
readouts, fact rows); with it the language model answers from what the eyes really see. Resumable.
"""
import argparse
import os
import random
import sys
import time

import torch
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from reference.config import mini  # noqa: E402
from reference.videochat import VideoChat  # noqa: E402
from toybox.degrade import degrade  # noqa: E402
from toybox.facts import ROWS, clip_targets, fact_rows, stack  # noqa: E402
from toybox.render import background, clip_states, draw, junk, patch_labels  # noqa: E402
from toybox.tokenizer import Tokenizer  # noqa: E402
from toybox.train_language import FactReader, Referents, answer_loss, make_batch, token_weights  # noqa: E402
from toybox.train_patches import PatchHeads, normalise  # noqa: E402
from toybox.train_reader import AnchoredQueries, ReaderHeads  # noqa: E402
from toybox.world import frame_seconds, sample_clip  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


def whole_frames(rng, clips, segments, size=96):
    """Damaged, normalised pixels [B,T,3,S,S] and the dense labels of their patches."""
    states, canvases = [], []
    for clip in clips:
        s, colours = clip_states(rng, clip, frame_seconds(clip, segments), size)
        back = junk(rng, size) if not clip.things and rng.random() < 0.7 else background(rng, colours, size)
        states.append(s)
        canvases.append(back[None].expand(segments, -1, -1, -1))
    states = torch.cat(states)
    canvas, owner = draw(torch.cat(canvases).clone(), states, torch.zeros(len(states), 2), size)
    labels = patch_labels(owner, states, torch.zeros(len(states), 2))
    frames = torch.cat([degrade(rng, f) for f in canvas.reshape(len(clips), segments, 3, size, size)])
    return normalise(frames).reshape(len(clips), segments, 3, size, size), labels


def save(path, model, queries, parts, step, opt):
    """The checkpoint holds the plain model (queries written out) beside what only training needs."""
    with torch.no_grad():
        q = queries()
        n = model.query_tokens.shape[1]
        model.query_tokens.copy_(q[:, :n])
        model.extra_query_tokens.copy_(q[:, n:])
    torch.save({"model": model.state_dict(), "queries": queries.state_dict(), "step": step, "opt": opt.state_dict(),
                **{k: v.state_dict() for k, v in parts.items()}}, path + ".new")
    os.replace(path + ".new", path)


def share(folder, batches, count, kept=4):
    """Leaves the newest shares in a folder."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f"{count % kept}.pt")
    torch.save(([c for clips, _ in batches for c in clips], torch.cat([rows for _, rows in batches])), path + ".new")
    os.replace(path + ".new", path)


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--out", default="models/training/joint.pt")
    a.add_argument("--reader", default="models/training/reader.pt")
    a.add_argument("--patches", default="models/training/patches.pt")
    a.add_argument("--language", default="models/training/language.pt")
    a.add_argument("--fresh-language", action="store_true", help="take the language model from --language again")
    a.add_argument("--answers", action="store_true")
    a.add_argument("--freeze-eyes", action="store_true", help="with --answers: only the language model learns, from what the eyes see now")
    a.add_argument("--freeze-vit", action="store_true", help="the Q-Former, the projection and the language model learn")
    a.add_argument("--steps", type=int, default=1000)
    a.add_argument("--batch", type=int, default=8)
    a.add_argument("--turns", type=int, default=8)
    a.add_argument("--rate", type=float, default=4e-4)
    a.add_argument("--share", help="folder to write the newest rows to, for train_language.py --seen")
    a.add_argument("--threads", type=int, default=1)
    a.add_argument("--minutes", type=float, default=1e9)
    o = a.parse_args()
    torch.set_num_threads(o.threads)
    torch.manual_seed(4)
    tokenizer = Tokenizer.load(os.path.join(HERE, "vocabulary.json"))
    config = mini(len(tokenizer))
    model, queries = VideoChat(config), AnchoredQueries(config.qformer.width)
    parts = {"heads": ReaderHeads(config.qformer.width), "patch": PatchHeads(config.vision.width), "facts": FactReader(config.llama.width)}
    step, state = 0, None
    if os.path.exists(o.out):
        s = torch.load(o.out)
        state = s.get("opt")
        model.load_state_dict(s["model"]), queries.load_state_dict(s["queries"])
        for k, v in parts.items():
            v.load_state_dict(s[k])
        step = s["step"]
    else:
        s = torch.load(o.reader)
        model.load_state_dict(s["visual"], strict=False)
        queries.load_state_dict(s["queries"]), parts["heads"].load_state_dict(s["heads"])
        parts["patch"].load_state_dict(torch.load(o.patches)["heads"])
    if o.fresh_language or not os.path.exists(o.out):
        s = torch.load(o.language)
        model.llama_model.load_state_dict(s["llama"]), parts["facts"].load_state_dict(s["facts"])
    del s
    llama, referents, weight_of = model.llama_model, Referents(tokenizer), token_weights(tokenizer)
    fixed = ("llama_model", "visual_encoder") if o.freeze_vit else ("llama_model",)
    eyes = [p for n, p in model.named_parameters() if not n.startswith(fixed) and "query_tokens" not in n]
    side = list(queries.parameters()) + list(parts["heads"].parameters()) + list(parts["patch"].parameters())
    params = ([] if o.freeze_eyes else eyes + side) + (list(llama.parameters()) if o.answers else [])
    opt = torch.optim.AdamW(params, lr=o.rate, betas=(0.9, 0.98), weight_decay=0.01)
    if state and [len(g["params"]) for g in state["param_groups"]] == [len(params)]:
        opt.load_state_dict(state)
    first, begun, seen, shared, shares = step, time.time(), [], [], 0
    while step < o.steps and time.time() - begun < o.minutes * 60:
        rng = random.Random((30_000_000 if o.answers else 40_000_000) + step)
        # Whichever runs out first, steps or minutes, sets the decay.
        done = max((step - first) / max(1, o.steps - first), (time.time() - begun) / (o.minutes * 60))
        for g in opt.param_groups:
            g["lr"] = o.rate * min(1, (step - first + 1) / 50) * max(0.05, 1 - done)
        segments = rng.choice([8] * 8 + [4, 6, 12])
        clips = [sample_clip(rng) for _ in range(o.batch)]
        pixels, labels = whole_frames(rng, clips, segments)
        t = stack([clip_targets(c) for c in clips])
        torch.set_grad_enabled(not (o.freeze_eyes or o.freeze_vit))
        # The dense labels read the ViT's last block: the tokens before ln_vision, without the classes and the video token.
        seen_tokens = model.visual_encoder(pixels.transpose(1, 2))
        patches = seen_tokens[:, :-1].reshape(o.batch * segments, -1, seen_tokens.shape[-1])[:, 1:]
        dense, shape, _ = parts["patch"].loss(patches, *labels)
        torch.set_grad_enabled(not o.freeze_eyes)
        rows = model.read(model.place_frames(model.ln_vision(seen_tokens), segments), queries())
        reader, m = parts["heads"].loss(rows, t)
        spoken = model.llama_proj(rows)
        with torch.no_grad():
            goal = parts["facts"](fact_rows(t))
        there = goal[:, :48][t["present"] > 0]
        scale = (there - there.mean(0)).pow(2).mean().clamp(min=1e-4) if len(there) > 1 else goal.var()
        weight = torch.cat([0.06 + t["present"], torch.full((o.batch, 15), 0.3), torch.full((o.batch, ROWS - 63), 0.02)], 1)
        gap = ((spoken - goal).pow(2).mean(-1) * weight).sum() / weight.sum()
        m["align"] = (gap / scale).item()
        m["patch"] = shape
        loss = reader + dense + 4.0 * gap / scale
        torch.set_grad_enabled(True)
        if o.answers:
            before, after, target, looks = make_batch(tokenizer, rng, clips, o.turns, segments, referents)
            words, right, look, _ = answer_loss(llama, before, spoken, after, target, looks, weight_of)
            loss = 0.3 * loss + 4.0 * words + 0.5 * look
            m["words"], m["right"] = words.item(), right
        if o.share and segments == 8:
            shared.append((clips, spoken.detach().half()))
        if len(shared) == 20:
            share(o.share, shared, shares)
            shared, shares = [], shares + 1
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(params, 1.0)
        opt.step()
        step += 1
        seen.append({"loss": loss.item(), **m})
        if step % 20 == 0:
            print(f"step {step} " + " ".join(f"{k} {sum(v[k] for v in seen) / len(seen):.3f}" for k in seen[0]) + f" {time.time() - begun:.0f}s", flush=True)
            seen = []
        if step % 60 == 0 or step == o.steps:
            save(o.out, model, queries, parts, step, opt)
    save(o.out, model, queries, parts, step, opt)


if __name__ == "__main__":
    main()
