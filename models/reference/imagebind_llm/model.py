"""ImageBind-LLM in torch: ImageBind's image branch, retrieval, the bridge, and LLaMA in Meta's form with a prefix in each layer."""
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F

from reference.config import LlamaConfig
from reference.video_llama.model import sounds
from reference.video_llama.sound import SoundConfig, block_shapes, sound_shapes

V = "modality_preprocessors.vision."


@dataclass
class VisionConfig:
    """ImageBind-Huge's."""
    image_size: int = 224
    patch_size: int = 14
    width: int = 1280
    heads: int = 16
    depth: int = 32
    hidden: int = 5120
    out: int = 1024
    # Frames that one kernel covers; a picture stands still for as long.
    together: int = 2


@dataclass
class Config:
    vision: VisionConfig = field(default_factory=VisionConfig)
    sound: SoundConfig = field(default_factory=lambda: SoundConfig(clips=3))
    clips: int = 5
    crops: int = 3
    bridges: int = 3
    neighbours: int = 10
    temperature: float = 20.0
    share: float = 0.5


def vision_shapes(v):
    patches = (v.image_size // v.patch_size) ** 2
    out = {V + "cls_token": (1, 1, v.width), V + "rgbt_stem.proj.1.weight": (v.width, 3, v.together, v.patch_size, v.patch_size),
           V + "pos_embedding_helper.pos_embed": (1, 1 + patches, v.width), "modality_heads.vision.2.weight": (v.out, v.width)}
    norms = ["modality_trunks.vision.pre_transformer_layer.0", "modality_heads.vision.0"]
    for i in range(v.depth):
        b = f"modality_trunks.vision.blocks.{i}."
        out.update(block_shapes(b, v, biased=False))
        norms += [b + "norm_1", b + "norm_2"]
    for norm in norms:
        out[norm + ".weight"] = out[norm + ".bias"] = (v.width,)
    return out


def bind_shapes(config):
    """Of what is used of imagebind_huge.pth."""
    return {**vision_shapes(config.vision), **sound_shapes(config.sound)}


def bridge_shapes(config, llama, legacy=True):
    """Of what comes before the LLaMA in 7B.pth. legacy: layer norms and biases; else RMS norms and none."""
    out = {"image_bind_proj.weight": (llama.width, config.vision.out), "image_bind_proj.bias": (llama.width,), "prefix_query.weight": (llama.depth, llama.width)}
    for n in range(1, config.bridges + 1):
        wide = {1: (4 * llama.width, llama.width), 2: (llama.width, 4 * llama.width), 3: (4 * llama.width, llama.width)}
        out[f"image_bind_norm_{n}.weight"] = (llama.width,)
        out.update({f"image_bind_f{k}_{n}.weight": shape for k, shape in wide.items()})
        if legacy:
            out[f"image_bind_norm_{n}.bias"] = (llama.width,)
            out.update({f"image_bind_f{k}_{n}.bias": shape[:1] for k, shape in wide.items()})
    return out


def meta_shapes(c):
    """Of LLaMA in Meta's names."""
    out = {"tok_embeddings.weight": (c.vocab, c.width), "norm.weight": (c.width,), "output.weight": (c.vocab, c.width)}
    for i in range(c.depth):
        layer = f"layers.{i}."
        out.update({f"{layer}attention.w{n}.weight": (c.width, c.width) for n in "qkvo"})
        out.update({f"{layer}feed_forward.w{n}.weight": (c.width, c.hidden) if n == 2 else (c.hidden, c.width) for n in (1, 2, 3)})
        out[layer + "attention_norm.weight"] = out[layer + "ffn_norm.weight"] = (c.width,)
    return out


def tuned_shapes(c, rank=16):
    """Of what was trained inside the LLaMA: gates, norms, biases, low-rank changes."""
    out = {"llama.norm.weight": (c.width,)}
    for i in range(c.depth):
        layer = f"llama.layers.{i}."
        out[layer + "attention.gate"] = (1, c.heads, 1, 1)
        out[layer + "attention_norm.weight"] = out[layer + "ffn_norm.weight"] = (c.width,)
        out[layer + "attention.wq.bias"] = out[layer + "attention.wo.bias"] = (c.width,)
        parts = {**{f"attention.lora_w{n}": (c.width, c.width) for n in "qkvo"},
                 **{f"feed_forward.lora_w{n}": (c.width, c.hidden) if n == 2 else (c.hidden, c.width) for n in (1, 2, 3)}}
        for n in (1, 2, 3):
            out[f"{layer}feed_forward.w{n}.bias"] = (c.width if n == 2 else c.hidden,)
        for key, (rows, columns) in parts.items():
            out[f"{layer}{key}_l1.weight"], out[f"{layer}{key}_l2.weight"] = (rank, columns), (rows, rank)
    return out


@torch.no_grad()
def look(v, get, pixels):
    """pixels [N,together,3,H,W] -> [N,out], each of length 1"""
    x = F.conv3d(pixels.transpose(1, 2), get(V + "rgbt_stem.proj.1.weight"), None, (v.together, v.patch_size, v.patch_size)).flatten(2).transpose(1, 2)
    x = torch.cat([get(V + "cls_token").expand(len(x), -1, -1), x], 1) + get(V + "pos_embedding_helper.pos_embed")
    norm = lambda y, key: F.layer_norm(y, (v.width,), get(key + ".weight"), get(key + ".bias"), 1e-6)
    x = norm(x, "modality_trunks.vision.pre_transformer_layer.0")
    for i in range(v.depth):
        block = f"modality_trunks.vision.blocks.{i}."
        own = torch.nn.MultiheadAttention(v.width, v.heads, batch_first=True)
        own.load_state_dict({key: get(f"{block}attn.{key}") for key in own.state_dict()})
        y = norm(x, block + "norm_1")
        x = x + own(y, y, y)[0]
        h = F.gelu(F.linear(norm(x, block + "norm_2"), get(block + "mlp.fc1.weight"), get(block + "mlp.fc1.bias")))
        x = x + F.linear(h, get(block + "mlp.fc2.weight"), get(block + "mlp.fc2.bias"))
    return F.normalize(norm(x, "modality_heads.vision.0")[:, 0] @ get("modality_heads.vision.2.weight").T, dim=-1)


def see(config, get, pixels):
    """[N,together,3,H,W]: pieces of a clip, each crop of them; or a picture, twice -> [out] of length 1"""
    return F.normalize(look(config.vision, get, pixels).mean(0), dim=-1)


@torch.no_grad()
def hear(config, get, samples):
    """samples [clips,n] -> [out] of length 1"""
    return F.normalize(sounds(config.sound, get, samples).mean(0), dim=-1)


def mix(vectors, weights):
    total = sum(weights) + 1e-6
    return sum(vector * (weight / total) for vector, weight in zip(vectors, weights))


def retrieve(config, table, vector):
    """The vector, moved towards those of its nearest neighbours in a table of vectors [N,out]."""
    near, places = (table @ vector).topk(min(config.neighbours, len(table)))
    found = F.normalize((near * config.temperature).softmax(0) @ table[places], dim=0)
    return F.normalize((1 - config.share) * vector + config.share * found, dim=0)


@torch.no_grad()
def bridge(config, get, has, vector):
    """[out] -> [width]: what the prefix of each layer is made of"""
    x = F.linear(vector, get("image_bind_proj.weight"), get("image_bind_proj.bias"))
    for n in range(1, config.bridges + 1):
        part = lambda k, y: F.linear(y, get(f"image_bind_f{k}_{n}.weight"), get(f"image_bind_f{k}_{n}.bias") if has(f"image_bind_f{k}_{n}.bias") else None)
        weight = get(f"image_bind_norm_{n}.weight")
        if has(f"image_bind_norm_{n}.bias"):
            y = F.layer_norm(x, weight.shape, weight, get(f"image_bind_norm_{n}.bias"))
        else:
            y = x * torch.rsqrt(x.pow(2).mean() + 1e-6) * weight
        x = x + part(2, F.silu(part(1, y)) * part(3, y))
    return x


class Llama:
    """
    Meta's LLaMA as ImageBind-LLM tuned it, step by step: rotary pairs as complex numbers, low-rank changes beside the
    weights, and the prefix as attention over one more token with a gate of its own. get(key): tensors of both files.
    """

    def __init__(self, config: LlamaConfig, get, has):
        self.c, self.get, self.has = config, get, has

    def linear(self, x, key, tuned=True):
        y, part = x @ self.get(key + ".weight").T, "llama." + key
        if not tuned:
            return y
        low = part.rsplit(".", 1)
        l1, l2 = (f"{low[0]}.lora_{low[1]}_l{n}.weight" for n in (1, 2))
        if self.has(l1):
            y = y + x @ self.get(l1).T @ self.get(l2).T
        return y + self.get(part + ".bias") if self.has(part + ".bias") else y

    def norm(self, x, key):
        weight = self.get("llama." + key if self.has("llama." + key) else key)
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.c.rms_eps) * weight

    def heads(self, x):
        return x.reshape(len(x), self.c.heads, -1).transpose(0, 1)

    def turned(self, x):
        size = x.shape[-1]
        angle = torch.outer(torch.arange(x.shape[1]).float(), 1 / self.c.rope_base ** (torch.arange(0, size, 2).float() / size))
        pairs = torch.view_as_complex(x.reshape(*x.shape[:2], -1, 2).contiguous()) * torch.polar(torch.ones_like(angle), angle)
        return torch.view_as_real(pairs).reshape(x.shape)

    def attend(self, x, i, prefix):
        key = f"layers.{i}.attention."
        q, k, v = (self.heads(self.linear(x, f"{key}w{n}")) for n in "qkv")
        q, k, scale = self.turned(q), self.turned(k), (self.c.width // self.c.heads) ** -0.5
        hidden = torch.full((len(x), len(x)), float("-inf")).triu(1)
        y = (q @ k.transpose(1, 2) * scale + hidden).softmax(-1) @ v
        if prefix is not None:
            more_k, more_v = (self.heads(self.linear((prefix + self.get("prefix_query.weight")[i])[None], f"{key}w{n}", tuned=False)) for n in "kv")
            share = self.get(f"llama.{key}gate")[0].tanh() * (q @ more_k.transpose(1, 2) * scale).softmax(-1)
            y = y + share @ more_v
        return self.linear(y.transpose(0, 1).flatten(1), key + "wo")

    @torch.no_grad()
    def added(self, i, prefix):
        """[width]: what a prefix adds to a layer's attention, the same at every position"""
        key = f"layers.{i}.attention."
        value = self.heads(self.linear((prefix + self.get("prefix_query.weight")[i])[None], key + "wv", tuned=False))
        y = (self.get(f"llama.{key}gate")[0].tanh() * value).transpose(0, 1).flatten(1)
        return self.linear(y, key + "wo")[0] - self.linear(torch.zeros_like(y), key + "wo")[0]

    @torch.no_grad()
    def scores(self, ids, prefix=None):
        """ids, prefix [width] or none -> logits after the last"""
        x = self.get("tok_embeddings.weight")[ids]
        for i in range(self.c.depth):
            x = x + self.attend(self.norm(x, f"layers.{i}.attention_norm.weight"), i, prefix)
            y, key = self.norm(x, f"layers.{i}.ffn_norm.weight"), f"layers.{i}.feed_forward."
            x = x + self.linear(F.silu(self.linear(y, key + "w1")) * self.linear(y, key + "w3"), key + "w2")
        return self.norm(x[-1], "norm.weight") @ self.get("output.weight").T
