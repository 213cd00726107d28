"""LLaMA with Hugging Face's parameter names; rotary embedding in the half-split form of that implementation."""
import torch
from torch import nn
import torch.nn.functional as F


class RMSNorm(nn.Module):
    def __init__(self, width, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps))


def rotary(length, dim, base, device):
    """cos and sin of [length, dim]."""
    frequency = 1.0 / base ** (torch.arange(0, dim, 2, device=device).float() / dim)
    angle = torch.outer(torch.arange(length, device=device).float(), frequency)
    angle = torch.cat([angle, angle], -1)
    return angle.cos(), angle.sin()


def rotate(x, cos, sin):
    half = x.shape[-1] // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin


class SelfAttention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.heads = c.heads
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            setattr(self, name, nn.Linear(c.width, c.width, bias=False))

    def forward(self, x, cos, sin, mask):
        b, s, d = x.shape
        split = lambda y: y.reshape(b, s, self.heads, d // self.heads).transpose(1, 2)
        q, k, v = split(self.q_proj(x)), split(self.k_proj(x)), split(self.v_proj(x))
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        a = (torch.matmul(q, k.transpose(-2, -1)) * (d // self.heads) ** -0.5 + mask).softmax(-1)
        return self.o_proj(torch.matmul(a, v).transpose(1, 2).reshape(b, s, d))


class MLP(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.gate_proj = nn.Linear(c.width, c.hidden, bias=False)
        self.up_proj = nn.Linear(c.width, c.hidden, bias=False)
        self.down_proj = nn.Linear(c.hidden, c.width, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class DecoderLayer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.self_attn = SelfAttention(c)
        self.mlp = MLP(c)
        self.input_layernorm = RMSNorm(c.width, c.rms_eps)
        self.post_attention_layernorm = RMSNorm(c.width, c.rms_eps)

    def forward(self, x, cos, sin, mask):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, mask)
        return x + self.mlp(self.post_attention_layernorm(x))


class LlamaModel(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.embed_tokens = nn.Embedding(c.vocab, c.width)
        self.layers = nn.ModuleList([DecoderLayer(c) for _ in range(c.depth)])
        self.norm = RMSNorm(c.width, c.rms_eps)


class Llama(nn.Module):
    """input embeddings [B,S,D] -> logits [B,S,V]."""

    def __init__(self, c):
        super().__init__()
        self.config = c
        self.model = LlamaModel(c)
        self.lm_head = nn.Linear(c.width, c.vocab, bias=False)

    def hidden(self, x):
        s = x.shape[1]
        cos, sin = rotary(s, self.config.width // self.config.heads, self.config.rope_base, x.device)
        mask = torch.full((s, s), float("-inf"), device=x.device, dtype=x.dtype).triu(1)
        for layer in self.model.layers:
            x = layer(x, cos.to(x.dtype), sin.to(x.dtype), mask)
        return self.model.norm(x)

    def forward(self, x):
        return self.lm_head(self.hidden(x))
