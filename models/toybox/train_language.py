"""Stage 2: the LLaMA learns to answer from the facts of a clip given as 96 rows, while the eyes are still learning. Resumable."""
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
from reference.llama import Llama  # noqa: E402
from toybox.facts import FIELD, WIDTH, clip_targets, fact_rows, stack  # noqa: E402
from toybox.prompts import conversation_ids, time_message  # noqa: E402
from toybox.questions import conversation  # noqa: E402
from toybox.tokenizer import Tokenizer  # noqa: E402
from toybox.world import COLOURS, SHAPES, frame_indices, sample_clip  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


def make_batch(tokenizer, rng, clips, turns, segments=8):
    """Padded [B,L] ids before and after the rows; targets −100 where there is nothing to learn."""
    rows = []
    for clip in clips:
        message = time_message(frame_indices(clip.frames, segments), clip.fps)
        rows.append(conversation_ids(tokenizer, message, conversation(rng, clip, rng.randint(max(1, turns - 3), turns))))
    before = torch.tensor([r[0] for r in rows])
    length = max(len(r[1]) for r in rows)
    after = torch.zeros(len(rows), length, dtype=torch.long)
    target = torch.full((len(rows), length), -100)
    for i, (_, ids, mask) in enumerate(rows):
        after[i, :len(ids)] = torch.tensor(ids)
        target[i, :len(ids)] = torch.where(torch.tensor(mask) > 0, torch.tensor(ids), torch.tensor(-100))
    return before, after, target


def answer_loss(llama, before, rows, after, target):
    """Cross-entropy of the answers' tokens, and the share predicted right."""
    e = llama.model.embed_tokens
    x = torch.cat([e(before), rows, e(after)], 1)
    h = llama.hidden(x)
    at = before.shape[1] + rows.shape[1]
    h = h[:, at - 1:-1]
    keep = target != -100
    logits = llama.lm_head(h[keep])
    want = target[keep]
    return F.cross_entropy(logits, want), (logits.argmax(-1) == want).float().mean().item()


class FactReader(nn.Module):
    """Facts [B,96,WIDTH] -> rows [B,96,D]; stands in for the visual side."""

    def __init__(self, width):
        super().__init__()
        self.proj = nn.Linear(WIDTH, width)

    def forward(self, facts):
        return self.proj(facts)


@torch.no_grad()
def init_language(llama, facts, tokenizer):
    for name, p in llama.named_parameters():
        if p.dim() == 2:
            p.normal_(std=0.15 if "embed" in name else p.shape[1] ** -0.5 * (0.5 if "o_proj" in name or "down" in name else 1))
    facts.proj.weight.normal_(std=0.12)
    facts.proj.bias.zero_()
    # A fact and its word begin as the same direction.
    for field, words in (("colour", COLOURS), ("shape", SHAPES)):
        for i, word in enumerate(words):
            facts.proj.weight[:, FIELD[field].start + i] = llama.model.embed_tokens.weight[tokenizer.encode(word)[0]]


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--out", default="models/training/language.pt")
    a.add_argument("--steps", type=int, default=6000)
    a.add_argument("--batch", type=int, default=12)
    a.add_argument("--turns", type=int, default=8)
    a.add_argument("--settle", type=int, default=1200, help="step after which the fact rows no longer change")
    a.add_argument("--threads", type=int, default=1)
    a.add_argument("--minutes", type=float, default=1e9)
    o = a.parse_args()
    torch.set_num_threads(o.threads)
    torch.manual_seed(2)
    tokenizer = Tokenizer.load(os.path.join(HERE, "vocabulary.json"))
    config = mini(len(tokenizer))
    llama, facts = Llama(config.llama), FactReader(config.llama.width)
    init_language(llama, facts, tokenizer)
    params = list(llama.parameters()) + list(facts.parameters())
    opt = torch.optim.AdamW(params, lr=1e-3, betas=(0.9, 0.98), weight_decay=0.02)
    step = 0
    if os.path.exists(o.out):
        s = torch.load(o.out)
        llama.load_state_dict(s["llama"]), facts.load_state_dict(s["facts"]), opt.load_state_dict(s["opt"])
        step = s["step"]
    noise = torch.Generator().manual_seed(step + 11)
    begun, seen = time.time(), []
    while step < o.steps and time.time() - begun < o.minutes * 60:
        rng = random.Random(10_000_000 + step)
        for g in opt.param_groups:
            g["lr"] = 2e-3 * min(1, (step + 1) / 200) * max(0.1, 1 - step / o.steps)
        clips = [sample_clip(rng) for _ in range(o.batch)]
        before, after, target = make_batch(tokenizer, rng, clips, o.turns)
        rows = facts(fact_rows(stack([clip_targets(c) for c in clips]), noise))
        rows = rows + torch.randn_like(rows) * torch.rand(len(clips), 1, 1) * 0.08
        loss, right = answer_loss(llama, before, rows, after, target)
        opt.zero_grad()
        loss.backward()
        if step >= o.settle:
            # From here on the visual side learns to hit these rows: they must hold still.
            for p in facts.parameters():
                p.grad = None
        nn.utils.clip_grad_norm_(params, 1.0)
        opt.step()
        step += 1
        seen.append((loss.item(), right))
        if step % 50 == 0:
            m = [sum(v) / len(v) for v in zip(*seen)]
            print(f"step {step} loss {m[0]:.4f} tokens right {m[1]:.4f} {time.time() - begun:.0f}s", flush=True)
            seen = []
        if step % 200 == 0 or step == o.steps:
            os.makedirs(os.path.dirname(o.out), exist_ok=True)
            torch.save({"llama": llama.state_dict(), "facts": facts.state_dict(), "opt": opt.state_dict(), "step": step}, o.out + ".new")
            os.replace(o.out + ".new", o.out)


if __name__ == "__main__":
    main()
