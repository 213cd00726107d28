"""Generated files with the original's keys at reduced width, for the companion systems. Values have few digits, so they pack well."""
import json
import os

import torch

from .checkpoints import language_shapes
from .config import LlamaConfig
from .make_original_files import V, sentencepiece, write_safetensors
from .tower import tower_shapes

# Few layers: what goldens are made with. The tests of the files use the original's counts.
LLAMA = LlamaConfig(vocab=V, width=32, heads=4, depth=2, hidden=48, context=2048)


class Values:
    """Weights by their shapes: norms near one, biases and tables small, matrices such that sizes are kept."""

    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)

    def of(self, key, shape):
        draw = torch.randn(shape, generator=self.generator)
        if len(shape) == 1:
            norm = "norm" in key.lower() and key.endswith("weight")
            return (draw * 8).round() / 64 + float(norm)
        table = "embed_tokens" in key or "embedding" in key and "patch" not in key
        scale = 1.0 if table else float(torch.Size(shape[1:]).numel()) ** -0.5
        return (draw * 8).round() / 8 * 2.0 ** round(float(torch.tensor(scale).log2()))

    def all(self, shapes):
        return {key: self.of(key, shape) for key, shape in shapes.items()}


def write_llama(folder, config=LLAMA, seed=1, extra=None, prefix="", section=None, added=None):
    """
    A Hugging Face LLaMA folder of one safetensors file; `extra`: more tensors in it, as merged checkpoints have them; prefix and
    section: those of a larger model; added: {token: id}.
    """
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "config.json"), "w") as f:
        facts = {"architectures": ["LlamaForCausalLM"], "hidden_size": config.width, "intermediate_size": config.hidden,
                 "num_attention_heads": config.heads, "num_hidden_layers": config.depth, "rms_norm_eps": config.rms_eps,
                 "vocab_size": config.vocab, "max_position_embeddings": config.context}
        json.dump({section: facts} if section else facts, f)
    if added:
        with open(os.path.join(folder, "added_tokens.json"), "w") as f:
            json.dump(added, f)
    with open(os.path.join(folder, "tokenizer.model"), "wb") as f:
        f.write(sentencepiece())
    tensors = Values(seed).all(language_shapes(config))
    write_safetensors(os.path.join(folder, "model.safetensors"), {**{prefix + k: t.half() if t.dim() > 1 else t for k, t in tensors.items()}, **(extra or {})})


def tower_tensors(config, seed=2):
    tensors = Values(seed).all(tower_shapes(config))
    tensors["visual_projection.weight"] = Values(seed + 100).of("visual_projection.weight", (config.projection, config.width))
    return tensors


def write_clip(folder, config, seed=2):
    """A Hugging Face CLIP folder: the image tower, and a piece of the text tower that nobody reads."""
    os.makedirs(folder, exist_ok=True)
    tensors = {**tower_tensors(config, seed), "text_model.final_layer_norm.weight": torch.ones(4), "logit_scale": torch.tensor([4.6])}
    write_safetensors(os.path.join(folder, "model.safetensors"), tensors)


class OpenAiClip(torch.nn.Module):
    """A module whose attributes are named as those of OpenAI's CLIP, so that its TorchScript archive is one like `ViT-L-14.pt`."""

    def __init__(self, tensors):
        super().__init__()
        for key, tensor in tensors.items():
            *path, name = key.split(".")
            at = self
            for part in path:
                if part not in at._modules:
                    at.add_module(part, torch.nn.Module())
                at = at._modules[part]
            at.register_parameter(name, torch.nn.Parameter(tensor, requires_grad=False))

    def forward(self, x):
        return x


def to_openai(tensors, depth):
    """Hugging Face's keys -> OpenAI's: the inverse of `clip_files.from_openai`."""
    e, v = "vision_model.embeddings.", "visual."
    out = {v + "class_embedding": tensors[e + "class_embedding"], v + "conv1.weight": tensors[e + "patch_embedding.weight"],
           v + "positional_embedding": tensors[e + "position_embedding.weight"], v + "proj": tensors["visual_projection.weight"].t().contiguous()}
    for end in ("weight", "bias"):
        out[f"{v}ln_pre.{end}"] = tensors[f"vision_model.pre_layrnorm.{end}"]
        out[f"{v}ln_post.{end}"] = tensors[f"vision_model.post_layernorm.{end}"]
        for i in range(depth):
            old, new = f"vision_model.encoder.layers.{i}.", f"{v}transformer.resblocks.{i}."
            out[f"{new}attn.in_proj_{end}"] = torch.cat([tensors[f"{old}self_attn.{n}_proj.{end}"] for n in "qkv"])
            for a, b in (("self_attn.out_proj", "attn.out_proj"), ("layer_norm1", "ln_1"), ("layer_norm2", "ln_2"), ("mlp.fc1", "mlp.c_fc"), ("mlp.fc2", "mlp.c_proj")):
                out[f"{new}{b}.{end}"] = tensors[f"{old}{a}.{end}"]
    return out
