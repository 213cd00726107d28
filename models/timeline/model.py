"""The reader's size, and its forward pass over a context that several questions share."""
import os
import sys

import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from reference.config import LlamaConfig  # noqa: E402
from reference.llama import Llama, rotary, rotate  # noqa: E402

WIDTH, HEADS, DEPTH, HIDDEN, VOCAB, CONTEXT = 192, 6, 4, 512, 1024, 1024


# Long contexts are searched by what stands there: most of a head's pairs must hardly turn with the distance.
ROPE_BASE = 1e6
# Heads that copy from the context, by (layer, head): they begin by looking for what followed the same token, or the same two.
COPYING = {(2, 2): 1, (2, 3): 2, (3, 0): 1, (3, 1): 2, (3, 2): 1}


def config():
    return LlamaConfig(vocab=VOCAB, width=WIDTH, heads=HEADS, depth=DEPTH, hidden=HIDDEN, context=CONTEXT, rope_base=ROPE_BASE)


@torch.no_grad()
def new_model():
    model = Llama(config())
    for name, p in model.named_parameters():
        if p.dim() > 1:
            # What a token is must not drown in what the layers add to it.
            scale = 0.5 if "embed" in name else 0.02 if "lm_head" in name else p.shape[1] ** -0.5 * (0.4 if name.endswith(("o_proj.weight", "down_proj.weight")) else 1)
            torch.nn.init.normal_(p, std=scale)
    neighbours(model)
    return model


def neighbours(model):
    """
    Heads that begin as what they will be. The first layer's first three look one, two and three tokens back and note what
    stands there; those of COPYING look where the context's notes are the same as here, and pass on what stands there.
    """
    size = WIDTH // HEADS
    rows = lambda head: slice(head * size, (head + 1) * size)
    embed = model.model.embed_tokens.weight
    # One channel is the same for every token: looking back depends on nothing else.
    embed[:, 0] = 3.0
    angle = 1.0 / ROPE_BASE ** (torch.arange(0, size, 2).float() / size)
    strength = torch.zeros(size // 2)
    strength[:5] = torch.tensor([1.43, 1.3, 1.14, 0.97, 0.75])
    first = model.model.layers[0].self_attn
    basis = torch.linalg.qr(torch.randn(WIDTH, WIDTH))[0]
    basis[:, 0] = 0
    notes = torch.linalg.qr(torch.randn(WIDTH, WIDTH))[0]
    code = basis[:size]
    for head in range(3):
        for proj, turn in ((first.q_proj, 0.0), (first.k_proj, head + 1.0)):
            proj.weight[rows(head)] = 0
            proj.weight[rows(head), 0] = torch.cat([strength * (turn * angle).cos(), strength * (turn * angle).sin()])
        first.v_proj.weight[rows(head)] = code
        first.o_proj.weight[:, rows(head)] = 0.6 * notes[:, rows(head)]
    # Pairs that do not turn much over a context.
    still = (angle < 3e-3).repeat(2)[:, None]
    turned = torch.linalg.qr(torch.randn(WIDTH, WIDTH))[0]
    for place, ((layer, head), back) in enumerate(COPYING.items()):
        attention = model.model.layers[layer].self_attn
        here = code if back == 1 else notes[:, rows(0)].t()
        attention.q_proj.weight[rows(head)] = 2.0 * here * still
        attention.k_proj.weight[rows(head)] = 2.0 * notes[:, rows(back - 1)].t() * still
        part = basis[rows(place)]
        attention.v_proj.weight[rows(head)] = part
        attention.o_proj.weight[:, rows(head)] = turned @ part.t()
    # What was copied is said in channels of its own, or each token would first of all say itself.
    model.lm_head.weight.copy_(0.06 * (embed - embed.mean(0)) @ turned.t())


def forward(model, ids, starts, context, wanted, taught, spoken=None):
    """
    One context and its questions, each of which sees the context and itself.

    ids [S]: the context's tokens, then those of the questions. starts: where each question starts in it. context: tokens
    of the context. wanted [W]: places whose next token is to be told. taught: {(layer, head): (from [n], to [n])}, places
    to be looked at. spoken [D,D]: while training, see `Spoken`; else the model's own `lm_head` tells tokens.
    -> logits [W,V], loss of the looking, share of looks that hit by (layer, head), what goes into the last layer [S,D]
    """
    c = model.config
    size, s = c.width // c.heads, len(ids)
    edges = [*starts, s]
    places = torch.cat([torch.arange(context)] + [torch.arange(b - a) + context for a, b in zip(edges, edges[1:])])
    cos, sin = rotary(int(places.max()) + 1, size, c.rope_base, ids.device)
    cos, sin = cos[places], sin[places]
    group = torch.zeros(s, dtype=torch.long)
    for i, (a, b) in enumerate(zip(edges, edges[1:])):
        group[a:b] = i + 1
    inner = torch.full((context, context), float("-inf")).triu(1)
    rows = torch.arange(s)
    ask = slice(context, s)
    outer = torch.where((group[None] == 0) | ((group[None] == group[ask, None]) & (rows[None] <= rows[ask, None])), 0.0, float("-inf"))
    x = model.model.embed_tokens(ids)
    look, hits, inner_x = 0.0, {}, x
    for index, layer in enumerate(model.model.layers):
        last = index == c.depth - 1
        if last:
            inner_x = x
        h = layer.input_layernorm(x)
        split = lambda y: y.reshape(-1, c.heads, size).transpose(0, 1).contiguous()
        k, v = rotate(split(layer.self_attn.k_proj(h)), cos, sin), split(layer.self_attn.v_proj(h))
        # Nothing reads what the last layer makes of the context.
        first = context if last else 0
        q = rotate(split(layer.self_attn.q_proj(h[first:])), cos[first:], sin[first:]) * size ** -0.5
        weights = []
        if not last:
            weights.append((q[:, :context] @ k[:, :context].transpose(1, 2) + inner).softmax(-1))
        weights.append((q[:, context - first:] @ k.transpose(1, 2) + outer).softmax(-1))
        for head in range(c.heads):
            if (index, head) not in taught:
                continue
            at, to = taught[index, head]
            for block, low, high in ((weights[0], 0, context), (weights[-1], context, s)) if not last else ((weights[-1], context, s),):
                keep = (at >= low) & (at < high)
                if keep.any():
                    p = block[head][at[keep] - low]
                    found = p.gather(1, to[keep, None])[:, 0]
                    look = look - (found + 1e-6).log().mean()
                    hits[index, head, low > 0] = (found > 0.5).float().mean().item()
        out = [w @ (v[:, :context] if w.shape[-1] == context else v) for w in weights]
        mixed = torch.cat(out, 1) if len(out) > 1 else out[0]
        x = x[first:] + layer.self_attn.o_proj(mixed.transpose(0, 1).reshape(-1, c.width))
        x = x + layer.mlp(layer.post_attention_layernorm(x))
    x = model.model.norm(x[wanted - context])
    logits = (x @ spoken.t()) @ model.model.embed_tokens.weight.t() if spoken is not None else model.lm_head(x)
    return logits, look, hits, inner_x


class Spoken(torch.nn.Module):
    """
    While training, tokens are told by one map of what they are read as: copying a token that is hardly ever seen is then
    learnt from those that are seen often.
    """

    def __init__(self, model):
        super().__init__()
        self.map = torch.nn.Parameter(torch.linalg.lstsq(model.model.embed_tokens.weight.detach(), model.lm_head.weight.detach()).solution)

    @torch.no_grad()
    def put_into(self, model):
        """What the map comes to, as the `lm_head` that a LLaMA has."""
        model.lm_head.weight.copy_(model.model.embed_tokens.weight @ self.map)
