"""
The image towers of CLIP's family (CLIP, SigLIP, LanguageBind) over weights by the keys of Hugging Face's `vision_model`.
One arithmetic in torch here; `export/tower_graph.py` is the same as ONNX.
"""
from dataclasses import dataclass

import torch
import torch.nn.functional as F


@dataclass
class TowerConfig:
    """CLIP ViT-L/14 unless said otherwise."""
    image_size: int = 224
    patch_size: int = 14
    width: int = 1024
    heads: int = 16
    depth: int = 24
    hidden: int = 4096
    projection: int = 768
    # CLIP has a class token, a norm before the blocks and QuickGELU; SigLIP a bias on the patches and GELU by tanh instead.
    class_token: bool = True
    siglip: bool = False
    eps: float = 1e-5
    # LanguageBind-Video: attention over so many frames in each block. 0: none.
    frames: int = 0

    @property
    def patches(self):
        return (self.image_size // self.patch_size) ** 2

    @property
    def tokens(self):
        return self.patches + int(self.class_token)


def _linear(out, key, rows, columns):
    out[key + ".weight"], out[key + ".bias"] = (rows, columns), (rows,)


def _norm(out, key, width):
    out[key + ".weight"] = out[key + ".bias"] = (width,)


def tower_shapes(c, prefix="vision_model."):
    """{key: shape}; without the projection to the space shared with texts."""
    out, w = {}, c.width
    out[prefix + "embeddings.patch_embedding.weight"] = (w, 3, c.patch_size, c.patch_size)
    out[prefix + "embeddings.position_embedding.weight"] = (c.tokens, w)
    if c.siglip:
        out[prefix + "embeddings.patch_embedding.bias"] = (w,)
    else:
        out[prefix + "embeddings.class_embedding"] = (w,)
        _norm(out, prefix + "pre_layrnorm", w)
    for i in range(c.depth):
        layer = f"{prefix}encoder.layers.{i}."
        for kind in ("temporal_", "") if c.frames else ("",):
            attention = layer + (kind and "temporal_attn" or "self_attn")
            for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
                _linear(out, f"{attention}.{name}", w, w)
            _norm(out, f"{layer}{kind}layer_norm1", w)
        if c.frames:
            out[layer + "temporal_embedding"] = (1, c.frames, w)
        _norm(out, layer + "layer_norm2", w)
        _linear(out, layer + "mlp.fc1", c.hidden, w), _linear(out, layer + "mlp.fc2", w, c.hidden)
    _norm(out, prefix + "post_layernorm", w)
    return out


class Tower:
    """`get(key)` -> float32 tensor."""

    def __init__(self, config, get, prefix="vision_model."):
        self.c, self.get, self.prefix = config, get, prefix

    def linear(self, x, key):
        return F.linear(x, self.get(key + ".weight"), self.get(key + ".bias"))

    def norm(self, x, key):
        return F.layer_norm(x, (self.c.width,), self.get(key + ".weight"), self.get(key + ".bias"), self.c.eps)

    def attend(self, x, key):
        split = lambda t: t.reshape(*t.shape[:2], self.c.heads, -1).transpose(1, 2)
        q, k, v = (split(self.linear(x, f"{key}.{name}_proj")) for name in "qkv")
        share = (q * q.shape[-1] ** -0.5 @ k.transpose(2, 3)).softmax(-1)
        return self.linear((share @ v).transpose(1, 2).flatten(2), key + ".out_proj")

    def mlp(self, x, key):
        h = self.linear(x, key + ".fc1")
        h = 0.5 * h * (1 + torch.tanh((2 / torch.pi) ** 0.5 * (h + 0.044715 * h ** 3))) if self.c.siglip else h * torch.sigmoid(1.702 * h)
        return self.linear(h, key + ".fc2")

    def embed(self, pixels):
        """[T,3,H,W] -> [T,tokens,width]"""
        key = self.prefix + "embeddings."
        bias = self.get(key + "patch_embedding.bias") if self.c.siglip else None
        x = F.conv2d(pixels, self.get(key + "patch_embedding.weight"), bias, self.c.patch_size).flatten(2).transpose(1, 2)
        if self.c.class_token:
            x = torch.cat([self.get(key + "class_embedding").expand(len(x), 1, -1), x], 1)
        x = x + self.get(key + "position_embedding.weight")
        return x if self.c.siglip else self.norm(x, self.prefix + "pre_layrnorm")

    def over_time(self, x, layer):
        """Each token attends to itself in the other frames."""
        y = x.transpose(0, 1)
        if len(x) != 1:
            y = y + self.get(layer + "temporal_embedding")[:, :len(x)]
        return (y + self.attend(self.norm(y, layer + "temporal_layer_norm1"), layer + "temporal_attn")).transpose(0, 1)

    def states(self, pixels, layers):
        """Hidden states after so many blocks: [T,tokens,width]."""
        x = self.embed(pixels)
        for i in range(layers):
            layer = f"{self.prefix}encoder.layers.{i}."
            if self.c.frames:
                x = self.over_time(x, layer)
            x = x + self.attend(self.norm(x, layer + "layer_norm1"), layer + "self_attn")
            x = x + self.mlp(self.norm(x, layer + "layer_norm2"), layer + "mlp")
        return x
