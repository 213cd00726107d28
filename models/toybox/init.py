"""Initial weights that let a small ViT and Q-Former learn to see from thousands of clips instead of millions."""
import math

import torch


def sinusoid(positions, dims, shortest, longest):
    """[N] positions -> [N, dims] sines and cosines of wavelengths from `shortest` to `longest`."""
    k = torch.arange(dims // 2).float()
    wave = shortest * (longest / shortest) ** (k / max(1, dims // 2 - 1))
    angle = positions[:, None] * 2 * math.pi / wave[None]
    return torch.stack([angle.sin(), angle.cos()], -1).flatten(1), wave


def grid_positions(grid, dims):
    """[grid*grid, dims]: half of the dims for x, half for y."""
    axis, wave = sinusoid(torch.arange(grid).float(), dims // 2, 3.0, 2.6 * grid)
    y, x = torch.meshgrid(torch.arange(grid), torch.arange(grid), indexing="ij")
    return torch.cat([axis[x.flatten()], axis[y.flatten()]], 1), wave


def shift(wave, offset):
    """Block rotation R with R·p(u) = p(u + offset) for sinusoid(p)."""
    n = len(wave)
    r = torch.zeros(2 * n, 2 * n)
    for i, w in enumerate(wave):
        a = 2 * math.pi * offset / float(w)
        r[2 * i, 2 * i], r[2 * i, 2 * i + 1] = math.cos(a), math.sin(a)
        r[2 * i + 1, 2 * i], r[2 * i + 1, 2 * i + 1] = -math.sin(a), math.cos(a)
    return r


OFFSETS = [[(-1, 0), (1, 0), (0, -1), (0, 1)], [(-1, -1), (1, -1), (-1, 1), (1, 1)],
           [(-2, 0), (2, 0), (0, -2), (0, 2)], [(0, 0), (0, 0), (0, 0), (0, 0)]]


@torch.no_grad()
def init_vit(vit):
    """
    Sine-cosine positions in the first head-width of channels, patch content in the others; heads of the first
    blocks look at fixed neighbours (as convolutional initialisation of ViTs does), all of it free to change.
    """
    c = vit.config
    dims = c.width // c.heads
    positions, wave = grid_positions(vit.grid, dims)
    vit.pos_embed.zero_()
    vit.pos_embed[0, 1:, :dims] = positions
    torch.nn.init.orthogonal_(vit.patch_embed.proj.weight.flatten(1))
    vit.patch_embed.proj.weight.mul_(1.5)
    vit.patch_embed.proj.weight[:dims] = 0
    vit.patch_embed.proj.bias.zero_()
    vit.cls_token.normal_(std=0.5)
    vit.cls_token[..., :dims] = 0
    vit.gmhra_cls_token.normal_(std=0.5)
    for i, block in enumerate(vit.blocks):
        for linear in (block.attn.proj, block.mlp.fc1, block.mlp.fc2):
            torch.nn.init.xavier_uniform_(linear.weight)
            linear.bias.zero_()
        block.attn.proj.weight.mul_(0.5)
        block.mlp.fc2.weight.mul_(0.5)
        w = block.attn.qkv.weight
        torch.nn.init.xavier_uniform_(w)
        if i >= len(OFFSETS):
            continue
        q, k = w[:c.width], w[c.width:2 * c.width]
        for h, (dx, dy) in enumerate(OFFSETS[i][:c.heads]):
            rows = slice(h * dims, (h + 1) * dims)
            q[rows] *= 0.3
            k[rows] *= 0.3
            sharp = 1.25 if i < 3 else 0.8
            half = dims // 2
            q[rows, :dims] = 0
            q[h * dims:h * dims + half, :half] = shift(wave, dx) * sharp
            q[h * dims + half:(h + 1) * dims, half:dims] = shift(wave, dy) * sharp
            k[rows, :dims] = torch.eye(dims) * sharp


@torch.no_grad()
def init_reader(model):
    """Frame positions as sine-cosine of a size that is not drowned, and sharper first queries and keys."""
    n = model.frame_positions.shape[1]
    table, _ = sinusoid(torch.arange(n).float() / n * 8, 32, 2.5, 24.0)
    g = torch.Generator().manual_seed(5)
    spread = torch.linalg.qr(torch.randn(model.config.vision.width, 32, generator=g))[0]
    model.frame_positions.copy_((table @ spread.t())[None] * 1.6)
    for layer in model.Qformer.bert.encoder.layer:
        for attention in (layer.attention, layer.crossattention):
            if attention is None:
                continue
            for linear in (attention.self.query, attention.self.key):
                torch.nn.init.xavier_uniform_(linear.weight, gain=1.4)
                linear.bias.zero_()


@torch.no_grad()
def name_facts(proj, embed, tokenizer, field, strength=0.8):
    """
    Adds to each fact's row the embedding of the words that say it, so that whatever has learnt to copy a word for
    colours and shapes can copy motions, places and numbers too. proj.weight [D,facts], embed.weight [V,D].
    """
    def say(column, *names):
        for name in names:
            ids = tokenizer.encode(name)
            assert len(ids) == 1, name
            proj.weight[:, column] += strength * embed.weight[ids[0]]
    for i, names in enumerate((("stays", "still"), ("moves", "left"), ("moves", "right"), ("moves", "up"), ("moves", "down"), ("grows",), ("shrinks",))):
        say(field["motion"].start + i, *names)
    for name, names in (("x0", ("left", "centre", "right")), ("y0", ("top", "middle", "bottom"))):
        bins = field[name].stop - field[name].start
        for i in range(bins):
            say(field[name].start + i, names[min(2, int(i / (bins - 1) * 3))])
    for i, name in enumerate(("no", "one", "two", "three", "four")):
        say(field["number"].start + i, name)
    say(field["always"].start, "throughout")
