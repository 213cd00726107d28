"""BLIP-2's Q-Former, query path only: post-LN BERT layers that cross-attend to the visual tokens."""
import torch
from torch import nn
import torch.nn.functional as F


class SelfProjections(nn.Module):
    def __init__(self, width, source):
        super().__init__()
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(source, width)
        self.value = nn.Linear(source, width)


class Output(nn.Module):
    def __init__(self, inner, width):
        super().__init__()
        self.dense = nn.Linear(inner, width)
        self.LayerNorm = nn.LayerNorm(width, eps=1e-12)

    def forward(self, h, residual):
        return self.LayerNorm(self.dense(h) + residual)


class Attention(nn.Module):
    """BERT attention; `source` is the width of what is attended to."""

    def __init__(self, c, source):
        super().__init__()
        self.heads = c.heads
        self.self = SelfProjections(c.width, source)
        self.output = Output(c.width, c.width)

    def forward(self, x, source):
        b, n, d = x.shape
        m, h, dh = source.shape[1], self.heads, d // self.heads
        q = self.self.query(x).reshape(b, n, h, dh).transpose(1, 2)
        k = self.self.key(source).reshape(b, m, h, dh).permute(0, 2, 3, 1)
        v = self.self.value(source).reshape(b, m, h, dh).transpose(1, 2)
        a = torch.matmul(q * dh ** -0.5, k).softmax(-1)
        return self.output(torch.matmul(a, v).transpose(1, 2).reshape(b, n, d), x)


class Intermediate(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.dense = nn.Linear(c.width, c.hidden)

    def forward(self, x):
        return F.gelu(self.dense(x))


class Layer(nn.Module):
    def __init__(self, c, vision_width, index):
        super().__init__()
        self.attention = Attention(c, c.width)
        if index % c.cross_attention_every == 0:
            self.crossattention = Attention(c, vision_width)
        else:
            self.crossattention = None
        self.intermediate_query = Intermediate(c)
        self.output_query = Output(c.hidden, c.width)

    def forward(self, x, visual):
        x = self.attention(x, x)
        if self.crossattention is not None:
            x = self.crossattention(x, visual)
        return self.output_query(self.intermediate_query(x), x)


class Embeddings(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.LayerNorm = nn.LayerNorm(width, eps=1e-12)


class Encoder(nn.Module):
    def __init__(self, c, vision_width):
        super().__init__()
        self.layer = nn.ModuleList([Layer(c, vision_width, i) for i in range(c.depth)])


class Bert(nn.Module):
    def __init__(self, c, vision_width):
        super().__init__()
        self.embeddings = Embeddings(c.width)
        self.encoder = Encoder(c, vision_width)


class QFormer(nn.Module):
    """queries [B,Q,W], visual [B,N,C] -> [B,Q,W]."""

    def __init__(self, c, vision_width):
        super().__init__()
        self.bert = Bert(c, vision_width)

    def forward(self, queries, visual):
        x = self.bert.embeddings.LayerNorm(queries)
        for layer in self.bert.encoder.layer:
            x = layer(x, visual)
        return x
