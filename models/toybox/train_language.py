"""Stage 2: the LLaMA learns to answer from the facts of a clip given as 96 rows, while the eyes are still learning. Resumable."""
import argparse
import glob
import os
import random
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from reference.config import mini  # noqa: E402
from reference.llama import Llama, rotary, rotate  # noqa: E402
from toybox.init import name_facts  # noqa: E402
from toybox.facts import FIELD, WIDTH, clip_targets, fact_rows, row_of, stack  # noqa: E402
from toybox.prompts import conversation_ids, time_message  # noqa: E402
from toybox.questions import NUMBERS, conversation  # noqa: E402
from toybox.tokenizer import Tokenizer  # noqa: E402
from toybox.world import COLOURS, COLUMNS, ROWS as GRID_ROWS, SHAPES, frame_indices, sample_clip  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


FACT_WEIGHT = 4.0
NOUNS = ["object", "thing", "shape", "item", "figure", "one"]


class Referents:
    """Which row a token speaks of: the teaching of attention needs to know."""

    def __init__(self, tokenizer):
        def ids(words):
            out = {}
            for i, word in enumerate(words):
                for form in (word, word.capitalize()):
                    piece = tokenizer.encode(form)
                    if len(piece) == 1:
                        out[piece[0]] = i
            return out
        self.colour, self.shape, self.noun = ids(COLOURS), ids(SHAPES), ids(NOUNS)

    def mentions(self, clip, tokens):
        """[len(tokens)] row index at the last word of each phrase that names something, else −1."""
        out = [-1] * len(tokens)
        for i, token in enumerate(tokens):
            colour = self.colour.get(tokens[i - 1]) if i else None
            shape = self.shape.get(token)
            if shape is None and (colour is None or token not in self.noun):
                continue
            name = (None if shape is None else SHAPES[shape], None if colour is None else COLOURS[colour])
            out[i] = row_of(meant(clip, name))
        return out


def meant(clip, name):
    """The pair of the only thing that fits a name; the name itself when none or several do."""
    fits = [t.pair for t in clip.things if name[0] in (None, t.shape) and name[1] in (None, t.colour)]
    return fits[0] if len(fits) == 1 else name


def attention_targets(tokenizer, referents, clips, conversations, after):
    """
    Where to look, −1 where it does not matter, and [(clip, place before the answer, gap in x, gap in y)] of questions
    that compare two things. [B,L] row for words that name something; for the words of an answer the
    first and the second row it rests on, and the places in `after` of the words that named them (pronouns reach back
    a turn).
    """
    named, spoken, other, phrase, phrase_other = (torch.full(after.shape, -1) for _ in range(5))
    gaps = []
    for b, (clip, (turns, ids, mask)) in enumerate(zip(clips, conversations)):
        named[b, :len(ids)] = torch.tensor(referents.mentions(clip, ids))
        at = 0
        for kind, _, _, names in turns:
            while not mask[at]:
                at += 1
            end = at
            while end < len(mask) and mask[end]:
                end += 1
            # The token before an answer word is the one that must find it.
            words = slice(at - 1, end - 1)
            for name, rows, places in zip(names, (spoken, other), (phrase, phrase_other)):
                rows[b, words] = row = row_of(name)
                earlier = torch.nonzero((named[b, :at] == row) | (named[b, :at] == row_of(meant(clip, name))))
                if len(earlier) and kind not in ("order", "which"):
                    places[b, words] = earlier[-1, 0]
            if kind == "relation":
                first, second = (next(t for t in clip.things if t.pair == name) for name in names)
                gaps.append((b, at - 1, *mean_gap(first, second)))
            if kind in ("describe", "list"):
                row = -1
                for i in range(end - 1, at - 2, -1):
                    spoken[b, i] = row
                    if named[b, i] >= 0:
                        row = int(named[b, i])
                        spoken[b, i] = row if kind == "describe" else spoken[b, i]
            at = end
    return named, spoken, other, phrase, phrase_other, gaps


def mean_gap(first, second):
    """(x, y) of one thing minus those of another, over the time both are visible."""
    start, end = max(first.start, second.start), min(first.end, second.end)
    pairs = [(first.at(start + (end - start) * k / 4), second.at(start + (end - start) * k / 4)) for k in range(5)]
    return tuple(sum(p[axis] - q[axis] for p, q in pairs) / len(pairs) for axis in range(2))


def make_batch(tokenizer, rng, clips, turns, segments=8, referents=None):
    """Padded [B,L] ids before and after the rows; targets −100 where there is nothing to learn; attention targets."""
    rows, talks = [], []
    for clip in clips:
        message = time_message(frame_indices(clip.frames, segments), clip.fps)
        talk = conversation(rng, clip, rng.randint(max(1, turns - 1), turns))
        rows.append(conversation_ids(tokenizer, message, talk))
        talks.append((talk, rows[-1][1], rows[-1][2]))
    before = torch.tensor([r[0] for r in rows])
    length = max(len(r[1]) for r in rows)
    after = torch.zeros(len(rows), length, dtype=torch.long)
    target = torch.full((len(rows), length), -100)
    for i, (_, ids, mask) in enumerate(rows):
        after[i, :len(ids)] = torch.tensor(ids)
        target[i, :len(ids)] = torch.where(torch.tensor(mask) > 0, torch.tensor(ids), torch.tensor(-100))
    if referents is None:
        return before, after, target
    return before, after, target, attention_targets(tokenizer, referents, clips, talks, after)


# Which heads are taught where to look: (layer, heads, index into attention_targets).
TAUGHT = [(1, (0, 1), 0), (1, (2, 3), 3), (1, (4,), 4), (2, (0, 1), 1), (2, (2, 3), 2), (3, (0, 1), 1), (3, (2, 3), 2)]


def attention_loss(llama, inputs, looks, before, rows):
    """Cross-entropy between taught heads' attention and the row that is spoken of, over inputs of the layers."""
    c = llama.config
    size = c.width // c.heads
    total, hit = 0.0, []
    offset = before + rows
    for index, heads, which in TAUGHT:
        layer = llama.model.layers[index]
        x = layer.input_layernorm(inputs[index])
        s = x.shape[1]
        cos, sin = rotary(s, size, c.rope_base, x.device)
        b, at = torch.nonzero(looks[which] >= 0, as_tuple=True)
        if not len(b):
            hit += [float("nan")] * len(heads)
            continue
        goal = looks[which][b, at] + (offset if which > 2 else before)
        for h in heads:
            cut = slice(h * size, (h + 1) * size)
            q = rotate(x @ layer.self_attn.q_proj.weight[cut].t(), cos, sin)[b, at + offset]
            k = rotate(x @ layer.self_attn.k_proj.weight[cut].t(), cos, sin)
            score = torch.einsum("nd,nsd->ns", q, k[b]) * size ** -0.5
            score = score.masked_fill(torch.arange(s)[None] > (at + offset)[:, None], -1e9)
            total = total + F.cross_entropy(score, goal)
            hit.append((score.argmax(-1) == goal).float().mean().item())
    return total / sum(len(heads) for _, heads, _ in TAUGHT), hit


class Comparer(nn.Module):
    """
    Training-only readout of which of two things is further right and which is lower, before the last layer. Yes or no
    alone teaches that badly: it is this, turned around by the words of the question.
    """

    def __init__(self, width):
        super().__init__()
        self.sides = nn.Linear(width, 2)

    def loss(self, inputs, gaps, offset):
        """(loss, share right) over inputs [B,S,D] of the last layer."""
        if not gaps:
            return torch.zeros(()), float("nan")
        b, at = torch.tensor([g[:2] for g in gaps]).t()
        gap = torch.tensor([g[2:] for g in gaps])
        x = inputs[b, at + offset]
        logits = self.sides(x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6))
        sure = (gap.abs() > 0.05).float()
        loss = F.binary_cross_entropy_with_logits(logits, (gap > 0).float(), weight=sure)
        return loss, ((((logits > 0) == (gap > 0)).float() * sure).sum() / sure.sum().clamp(min=1)).item()


def hidden_with_inputs(llama, x):
    """Llama.hidden, and what went into each layer."""
    s, c = x.shape[1], llama.config
    cos, sin = rotary(s, c.width // c.heads, c.rope_base, x.device)
    mask = torch.full((s, s), float("-inf")).triu(1)
    inputs = []
    for layer in llama.model.layers:
        inputs.append(x)
        x = layer(x, cos, sin, mask)
    return llama.model.norm(x), inputs


def token_weights(tokenizer):
    """[V] how much each token of an answer matters: words that tell a fact more than those that only make a sentence."""
    weight = torch.ones(len(tokenizer))
    facts = [*COLOURS, *SHAPES, *NUMBERS, *GRID_ROWS, *COLUMNS, "stays", "moves", "left", "right", "up", "down", "grows", "shrinks",
             "throughout", "Yes", "No", *map(str, range(21))]
    for fact in facts:
        weight[tokenizer.encode(fact)] = FACT_WEIGHT
    return weight


def answer_loss(llama, before, rows, after, target, looks=None, weight=None, comparer=None):
    """Cross-entropy of the answers' tokens, the share predicted right, and the loss and hits of what is taught beside."""
    e = llama.model.embed_tokens
    x = torch.cat([e(before), rows, e(after)], 1)
    h, inputs = hidden_with_inputs(llama, x)
    at = before.shape[1] + rows.shape[1]
    h = h[:, at - 1:-1]
    look, hits = attention_loss(llama, inputs, looks, before.shape[1], rows.shape[1]) if looks else (0.0, [])
    if comparer:
        compared, hit = comparer.loss(inputs[-1], looks[-1], at)
        look, hits = look + compared, [*hits, hit]
    keep = target != -100
    logits = llama.lm_head(h[keep])
    want = target[keep]
    return F.cross_entropy(logits, want, weight), (logits.argmax(-1) == want).float().mean().item(), look, hits


class FactReader(nn.Module):
    """Facts [B,96,WIDTH] -> rows [B,96,D]; stands in for the visual side."""

    def __init__(self, width):
        super().__init__()
        self.proj = nn.Linear(WIDTH, width)

    def forward(self, facts):
        return self.proj(facts)


class SeenRows:
    """Rows that the eyes, learning beside this process, have written for clips they saw (`train_joint.py --share`)."""

    def __init__(self, folder):
        self.folder, self.clips, self.rows = folder, [], None

    def refresh(self):
        shares = [torch.load(path) for path in glob.glob(os.path.join(self.folder, "*.pt"))] if self.folder else []
        if shares:
            self.clips = [clip for clips, _ in shares for clip in clips]
            self.rows = torch.cat([rows for _, rows in shares])

    def draw(self, rng, count):
        """`count` clips and their rows, none as long as there is nothing."""
        at = rng.sample(range(len(self.clips)), count) if len(self.clips) >= count else []
        return [self.clips[i] for i in at], self.rows[at].float() if at else None


def save(path, llama, facts, opt, step):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    torch.save({"llama": llama.state_dict(), "facts": facts.state_dict(), "opt": opt.state_dict(), "step": step}, path + ".new")
    os.replace(path + ".new", path)


@torch.no_grad()
def meet(llama, own, partner):
    """Two processes learn from different clips; from time to time each takes the mean of both (local SGD)."""
    weights = list(llama.parameters())
    if os.path.exists(partner):
        for mine, theirs in zip(weights, torch.load(partner)):
            mine.lerp_(theirs, 0.5)
    torch.save([p.detach().clone() for p in weights], own + ".new")
    os.replace(own + ".new", own)


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
    a.add_argument("--name-facts", action="store_true", help="before training goes on, add the words to the fact rows")
    a.add_argument("--attention", type=float, default=1.0, help="weight of teaching heads where to look")
    a.add_argument("--rate", type=float, default=2e-3)
    a.add_argument("--seed", type=int, default=10_000_000)
    a.add_argument("--partner", help="file where another process of this script, with another seed and file, leaves its weights: every 40 steps both become the mean")
    a.add_argument("--seen", help="folder of rows from the eyes: half of each batch is taken from there")
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
    comparer = Comparer(config.llama.width)
    beside = torch.optim.Adam(comparer.parameters(), lr=3e-3)
    step = 0
    if os.path.exists(o.out):
        s = torch.load(o.out)
        llama.load_state_dict(s["llama"]), facts.load_state_dict(s["facts"])
        if "opt" in s:
            opt.load_state_dict(s["opt"])
        step = s["step"]
    if o.name_facts:
        name_facts(facts.proj, llama.model.embed_tokens, tokenizer, FIELD)
    referents = Referents(tokenizer)
    noise = torch.Generator().manual_seed(step + 11)
    weight, pool = token_weights(tokenizer), SeenRows(o.seen)
    first, begun, seen = step, time.time(), []
    while step < o.steps and time.time() - begun < o.minutes * 60:
        rng = random.Random(o.seed + step)
        if step % 20 == 0:
            pool.refresh()
        # Whichever runs out first, steps or minutes, sets the decay.
        done = max((step - first) / max(1, o.steps - first), (time.time() - begun) / (o.minutes * 60))
        for g in opt.param_groups:
            g["lr"] = o.rate * min(1, (step - first + 1) / 200) * max(0.1, 1 - done)
        known, real = pool.draw(rng, o.batch // 2)
        clips = [sample_clip(rng) for _ in range(o.batch - len(known))]
        rows = facts(fact_rows(stack([clip_targets(c) for c in clips]), noise))
        rows = rows + torch.randn_like(rows) * torch.rand(len(clips), 1, 1) * 0.08
        if known:
            clips, rows = clips + known, torch.cat([rows, real])
        before, after, target, looks = make_batch(tokenizer, rng, clips, o.turns, referents=referents)
        loss, right, look, hits = answer_loss(llama, before, rows, after, target, looks, weight, comparer)
        opt.zero_grad()
        beside.zero_grad()
        (loss + o.attention * look).backward()
        if step >= o.settle:
            # From here on the visual side learns to hit these rows: they must hold still.
            for p in facts.parameters():
                p.grad = None
        nn.utils.clip_grad_norm_(params, 1.0)
        opt.step()
        beside.step()
        step += 1
        seen.append((loss.item(), right, *hits))
        if step % 25 == 0:
            m = torch.tensor(seen).nanmean(0).tolist()
            print(f"step {step} loss {m[0]:.4f} tokens right {m[1]:.4f} looks {' '.join(f'{v:.2f}' for v in m[2:])} {time.time() - begun:.0f}s", flush=True)
            seen = []
        if o.partner and step % 40 == 0:
            meet(llama, o.out + ".weights", o.partner)
        if step % 100 == 0:
            save(o.out, llama, facts, opt, step)
    save(o.out, llama, facts, opt, step)


if __name__ == "__main__":
    main()
