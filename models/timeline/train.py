"""
Trains the reader. Goes on from its checkpoint when started again.

    python3 models/timeline/train.py --minutes 75
"""
import argparse
import collections
import json
import os
import random
import subprocess
import sys
import time

import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from timeline.model import WIDTH, Spoken, forward, new_model  # noqa: E402
from timeline.questions import KINDS, NOT_SHOWN  # noqa: E402
from timeline.samples import pack  # noqa: E402
from timeline.tokens import load  # noqa: E402

# Which heads are taught where to look, by (layer, head).
TAUGHT = {
    (0, 0): "back1", (0, 1): "back2", (0, 2): "back3",
    (1, 0): "owner", (1, 1): "kind", (1, 2): "number", (1, 3): "named", (1, 4): "prior",
    (2, 0): "mention", (2, 1): "named", (2, 2): "copy", (2, 3): "copy", (2, 4): "source", (2, 5): "next",
    (3, 0): "copy", (3, 1): "copy", (3, 2): "copy", (3, 3): "source", (3, 4): "next", (3, 5): "mention",
}


def contexts(seed, size):
    """Texts of timelines, drawn and rendered by the product's own code."""
    make = subprocess.run([sys.executable, os.path.join(HERE, "timelines.py"), "--count", "400", "--seed", str(seed), "--from-size", "0.05", "--to-size", str(size)],
                          stdout=subprocess.PIPE, check=True)
    out = subprocess.run(["node", os.path.join(HERE, "render.mjs")], input=make.stdout, stdout=subprocess.PIPE, check=True)
    return [json.loads(line)["text"] for line in out.stdout.decode().splitlines()]


def looks_of(packed, starts):
    """{(layer, head): (from, to)}"""
    s = len(packed.ids)
    edges = [*packed.starts, s]
    before = torch.arange(s) - 1
    for a in packed.starts:
        before[a] = packed.context - 1
    before[0] = 0
    back = {"back1": before, "back2": before[before], "back3": before[before[before]]}
    every = torch.arange(s)
    out = {}
    for place, name in TAUGHT.items():
        if name in back:
            out[place] = (every[3:], back[name][3:])
        elif name in packed.looks:
            out[place] = tuple(packed.looks[name])
    return out


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--out", default=os.path.join(HERE, "..", "training", "timeline.pt"))
    a.add_argument("--minutes", type=float, default=75)
    a.add_argument("--rate", type=float, default=3e-3)
    a.add_argument("--last-rate", type=float, default=1e-4)
    a.add_argument("--batch", type=int, default=2)
    a.add_argument("--questions", type=int, default=12)
    a.add_argument("--attention", type=float, default=0.15)
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--grow", type=float, default=0.4, help="part of the time after which contexts are as long as they get")
    a.add_argument("--size", type=float, default=1.0, help="how many events the largest clips have, 0 to 1")
    a.add_argument("--threads", type=int, default=1)
    o = a.parse_args()
    torch.set_num_threads(o.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(o.seed)
    tokenizer = load()
    model = new_model()
    # Training only: which kind of question it is, before the last layer. The answer's first word alone teaches that slowly.
    topic = torch.nn.Linear(WIDTH, len(KINDS))
    step, kept = 0, torch.load(o.out) if os.path.exists(o.out) else None
    if kept:
        model.load_state_dict(kept["model"])
        topic.load_state_dict(kept["topic"])
        step = kept["step"]
    spoken = Spoken(model)
    model.lm_head.weight.requires_grad_(False)
    params = [p for p in [*model.parameters(), *topic.parameters(), *spoken.parameters()] if p.requires_grad]
    opt = torch.optim.AdamW(params, lr=o.rate, betas=(0.9, 0.98), weight_decay=0.01)
    if kept:
        spoken.load_state_dict(kept["map"])
        # A checkpoint that was packed for the repository has none.
        if "opt" in kept:
            opt.load_state_dict(kept["opt"])
    first, begun, pool, seen, tokens = step, time.time(), [], collections.defaultdict(list), 0
    saved = begun
    while time.time() - begun < o.minutes * 60:
        done = (time.time() - begun) / (o.minutes * 60)
        rng = random.Random(f"{o.seed} {step}")
        if len(pool) < o.batch * 2:
            size = o.size * min(1.0, 0.25 + 0.75 * done / o.grow)
            pool += contexts(o.seed * 100_000 + step, size)
            rng.shuffle(pool)
        for g in opt.param_groups:
            g["lr"] = max(o.last_rate, o.rate * min(1, (step - first + 1) / 25) * (1 - done))
        opt.zero_grad()
        trained = 0
        while trained < o.batch and pool:
            packed = pack(tokenizer, pool.pop(), rng, o.questions, 1100)
            if not packed:
                continue
            trained += 1
            logits, look, hits, inner = forward(model, packed.ids, packed.starts, packed.context, packed.wanted, looks_of(packed, packed.starts), spoken.map)
            each = F.cross_entropy(logits, packed.targets, reduction="none")
            loss = (each * packed.weights).sum() / packed.weights.sum()
            about = topic(F.normalize(inner[packed.asks], dim=-1) * WIDTH ** 0.5)
            ((loss + o.attention * look + 0.2 * F.cross_entropy(about, packed.topics)) / o.batch).backward()
            right = logits.argmax(-1) == packed.targets
            tokens += len(packed.ids)
            seen["loss"].append(loss.item())
            seen["right"].append(right.float().mean().item())
            seen["topic"].append((about.argmax(-1) == packed.topics).float().mean().item())
            for key, value in hits.items():
                seen[f"{key[0]}.{key[1]}{'q' if key[2] else 'c'} {TAUGHT[key[:2]]}"].append(value)
            whole = torch.ones(len(packed.questions)).scatter_reduce(0, packed.of, right.float(), "amin")
            for question, good in zip(packed.questions, whole.tolist()):
                seen["whole"].append(good)
                seen["=" + ("none" if question.parts == [NOT_SHOWN] and question.kind != "unknown" else question.kind)].append(good)
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        opt.step()
        step += 1
        if step % 25 == 0:
            mean = {k: sum(v) / len(v) for k, v in seen.items()}
            looks = " ".join(f"{k}:{v:.2f}" for k, v in sorted(mean.items()) if k[0].isdigit())
            kinds = " ".join(f"{k[1:]}:{v:.2f}" for k, v in sorted(mean.items()) if k[0] == "=")
            print(f"step {step} {time.time() - begun:.0f}s loss {mean['loss']:.3f} right {mean['right']:.4f} whole {mean['whole']:.3f} topic {mean['topic']:.3f} tokens/s {tokens / (time.time() - begun):.0f}\n  {looks}\n  {kinds}", flush=True)
            seen.clear()
        if time.time() - saved > 90:
            save(o.out, model, topic, spoken, opt, step)
            saved = time.time()
    save(o.out, model, topic, spoken, opt, step)


def save(path, model, topic, spoken, opt, step):
    spoken.put_into(model)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    torch.save({"model": model.state_dict(), "topic": topic.state_dict(), "map": spoken.state_dict(), "opt": opt.state_dict(), "step": step}, path + ".new")
    os.replace(path + ".new", path)


if __name__ == "__main__":
    main()
