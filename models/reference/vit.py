"""EVA ViT (VideoChat paper, section 3.1; BLIP-2's eva_vit_g) with the global MHRA branch of UniFormerV2."""
import torch
from torch import nn
import torch.nn.functional as F


class PatchEmbed(nn.Module):
    """[B,3,T,H,W] -> [B*T, patches, width]; a Conv3d of one frame's depth, as in the original."""

    def __init__(self, c):
        super().__init__()
        p = c.patch_size
        self.proj = nn.Conv3d(3, c.width, (1, p, p), (1, p, p))

    def forward(self, x):
        b, _, t, h, w = x.shape
        # The convolution does not overlap: unfolding it is one matrix product and exports for any T.
        p = self.proj.kernel_size[1]
        x = x.reshape(b, 3, t, h // p, p, w // p, p).permute(0, 2, 3, 5, 1, 4, 6)
        x = x.reshape(-1, (h // p) * (w // p), 3 * p * p)
        return F.linear(x, self.proj.weight.flatten(1), self.proj.bias)


class Attention(nn.Module):
    """qkv without bias plus learned q and v biases; the key bias is fixed at zero."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.scale = (width // heads) ** -0.5
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.q_bias = nn.Parameter(torch.zeros(width))
        self.v_bias = nn.Parameter(torch.zeros(width))
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        n, s, d = x.shape
        bias = torch.cat([self.q_bias, torch.zeros_like(self.v_bias), self.v_bias])
        q, k, v = F.linear(x, self.qkv.weight, bias).reshape(n, s, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        a = torch.matmul(q * self.scale, k.transpose(-2, -1)).softmax(-1)
        return self.proj(torch.matmul(a, v).transpose(1, 2).reshape(n, s, d))


class Mlp(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.norm1 = nn.LayerNorm(c.width, eps=1e-6)
        self.attn = Attention(c.width, c.heads)
        self.norm2 = nn.LayerNorm(c.width, eps=1e-6)
        self.mlp = Mlp(c.width, c.mlp_hidden)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class GlobalMHRAAttention(nn.Module):
    """nn.MultiheadAttention's parameters and arithmetic for one query row; keeps its state-dict keys."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        self.out_proj = nn.Linear(width, width)
        nn.init.xavier_uniform_(self.in_proj_weight)
        nn.init.zeros_(self.out_proj.weight)
        nn.init.zeros_(self.out_proj.bias)

    def forward(self, x, u):
        b, s, d = u.shape
        wq, wk, wv = self.in_proj_weight.chunk(3)
        bq, bk, bv = self.in_proj_bias.chunk(3)
        h, dh = self.heads, d // self.heads
        q = F.linear(x, wq, bq).reshape(b, 1, h, dh).transpose(1, 2)
        k = F.linear(u, wk, bk).reshape(b, s, h, dh).permute(0, 2, 3, 1)
        v = F.linear(u, wv, bv).reshape(b, s, h, dh).transpose(1, 2)
        a = torch.matmul(q * dh ** -0.5, k).softmax(-1)
        return self.out_proj(torch.matmul(a, v).transpose(1, 2).reshape(b, 1, d))


class GlobalMHRAMlp(nn.Module):
    def __init__(self, width, hidden, dropout):
        super().__init__()
        self.c_fc = nn.Linear(width, hidden)
        self.dropout = nn.Dropout(dropout)
        self.c_proj = nn.Linear(hidden, width)
        nn.init.zeros_(self.c_proj.weight)
        nn.init.zeros_(self.c_proj.bias)

    def forward(self, x):
        return self.c_proj(self.dropout(F.gelu(self.c_fc(x))))


class GlobalMHRA(nn.Module):
    """One learned query reads all tokens of all frames after a 3x3x3 depthwise position encoding (UniFormerV2)."""

    def __init__(self, c):
        super().__init__()
        self.dpe = nn.Conv3d(c.width, c.width, 3, padding=1, groups=c.width)
        self.attn = GlobalMHRAAttention(c.width, c.heads)
        self.ln_1 = nn.LayerNorm(c.width)
        self.ln_2 = nn.LayerNorm(c.width)
        self.ln_3 = nn.LayerNorm(c.width)
        self.mlp = GlobalMHRAMlp(c.width, c.gmhra_mlp_hidden, c.gmhra_dropout)
        nn.init.zeros_(self.dpe.weight)
        nn.init.zeros_(self.dpe.bias)

    def forward(self, x, y, grid):
        """x [B,1,C] running query; y [B,T,1+patches,C] block output; grid = patches per side."""
        b, t, s, c = y.shape
        u = self.ln_3(y)
        p = u[:, :, 1:].permute(0, 3, 1, 2).reshape(b, c, t, grid, grid)
        p = self.dpe(p).reshape(b, c, t, s - 1).permute(0, 2, 3, 1)
        u = torch.cat([u[:, :, :1], u[:, :, 1:] + p], 2).reshape(b, t * s, c)
        x = x + self.attn(self.ln_1(x), u)
        return x + self.mlp(self.ln_2(x))


class VisionTransformer(nn.Module):
    """[B,3,T,H,W] -> [B, T*(patches+1)+1, C]: every frame's tokens in order, then one video token."""

    def __init__(self, c):
        super().__init__()
        self.config = c
        self.grid = c.image_size // c.patch_size
        self.patch_embed = PatchEmbed(c)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, c.width))
        self.pos_embed = nn.Parameter(torch.zeros(1, self.grid ** 2 + 1, c.width))
        self.blocks = nn.ModuleList([Block(c) for _ in range(c.depth)])
        self.gmhra_cls_token = nn.Parameter(torch.zeros(1, 1, c.width))
        self.gmhra = nn.ModuleList([GlobalMHRA(c) for _ in range(c.gmhra_layers)])

    def embed(self, pixels):
        x = self.patch_embed(pixels)
        cls = self.cls_token + torch.zeros_like(x[:, :1])
        return torch.cat([cls, x], 1) + self.pos_embed

    def forward(self, pixels):
        b, _, t = pixels.shape[:3]
        y = self.embed(pixels)
        c, s = self.config.width, self.grid ** 2 + 1
        first = self.config.depth - self.config.gmhra_layers
        video = self.gmhra_cls_token + torch.zeros_like(y[:1, :1]).expand(b, 1, c)
        for i, block in enumerate(self.blocks):
            y = block(y)
            if i >= first:
                video = self.gmhra[i - first](video, y.reshape(b, t, s, c), self.grid)
        return torch.cat([y.reshape(b, t * s, c), video], 1)
