"""
Generates a SmolVLM2 at reduced width in its published layout: the inputs and outputs of its ONNX encoder, and a GGUF with its
vocabulary size, its token ids, byte-level BPE, shared key-value heads and tied tables.
"""
import os
from dataclasses import dataclass

import numpy as np
import torch

from export.export_mini import describe_files, write_manifest
from export.gguf_export import interleave
from export.gguf_writer import F16, F32, FILE_TYPE, GgufWriter
from export.onnx_builder import OnnxBuilder
from reference.config import LlamaConfig
from reference.generated import Values
from reference.smolvlm2.manifest import rules
from reference.smolvlm2.model import Config, graph, visual_shapes
from reference.tower import TowerConfig

# 1024 patches and 64 rows for each frame, as in the original.
SMALL = Config(TowerConfig(image_size=64, patch_size=2, width=8, heads=2, depth=2, hidden=16, class_token=False, siglip=True, eps=1e-6))
VOCABULARY, FIRST_ADDED = 49280, 49152
CONTROL = {0: "<|endoftext|>", 1: "<|im_start|>", 2: "<|im_end|>", 49152: "<global-img>", 49189: "<fake_token_around_image>",
           49190: "<image>", 49279: "<end_of_utterance>", **{49153 + 6 * r + c: f"<row_{r + 1}_col_{c + 1}>" for r in range(6) for c in range(6)}}
MERGES = ["Ġ a", "Ġ t", "h e", "i n", "Ġt he", "e r", "o n", "Ġ s", "r e", "a n", "Ġa n", "m e", "a me", "r ame", "F rame"]


@dataclass
class Llama:
    """SmolLM2's shape, of which 3 query heads share one key-value head."""
    width: int = 48
    heads: int = 6
    shared: int = 2
    depth: int = 2
    hidden: int = 64
    context: int = 8192
    base: float = 100000.0
    eps: float = 1e-5


def byte_names():
    """GPT-2's names of the 256 bytes."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in plain]
    return {**{b: chr(b) for b in plain}, **{b: chr(256 + i) for i, b in enumerate(rest)}}


def vocabulary():
    """[(text, GGUF type)] in id order: control tokens, bytes, merged pieces, pieces that nothing is tokenised to, added tokens."""
    pieces = sorted(byte_names().values()) + [m.replace(" ", "") for m in MERGES]
    out = [(CONTROL.get(i, f"<reserved_{i}>"), 3) for i in range(17)] + [(p, 1) for p in pieces]
    out += [(f"Ġunused{i}", 1) for i in range(len(out), FIRST_ADDED)]
    return out + [(CONTROL.get(i, f"<|reserved_special_token_{i - FIRST_ADDED}|>"), 3) for i in range(FIRST_ADDED, VOCABULARY)]


def language_tensors(c, seed=31):
    """{Hugging Face's key: tensor}; rows of pieces that are never used are zero."""
    kv, shapes = c.width // c.heads * c.shared, {"model.norm.weight": (c.width,)}
    for i in range(c.depth):
        p = f"model.layers.{i}."
        shapes.update({p + "self_attn.q_proj.weight": (c.width, c.width), p + "self_attn.k_proj.weight": (kv, c.width),
                       p + "self_attn.v_proj.weight": (kv, c.width), p + "self_attn.o_proj.weight": (c.width, c.width),
                       p + "mlp.gate_proj.weight": (c.hidden, c.width), p + "mlp.up_proj.weight": (c.hidden, c.width),
                       p + "mlp.down_proj.weight": (c.width, c.hidden), p + "input_layernorm.weight": (c.width,),
                       p + "post_attention_layernorm.weight": (c.width,)})
    out, used = Values(seed).all(shapes), 17 + 256 + len(MERGES)
    table = torch.zeros(VOCABULARY, c.width)
    table[:used] = Values(seed + 1).of("embed_tokens", (used, c.width)) / 16
    ids = sorted(i for i in CONTROL if i >= FIRST_ADDED)
    table[ids] = Values(seed + 2).of("embed_tokens", (len(ids), c.width)) / 16
    return {**out, "model.embed_tokens.weight": table}


def as_reference(c, tensors):
    """(config, tensors) of `reference/llama.py`, in which every query head has a key-value head of its own."""
    out, d = {}, c.width // c.heads
    for key, tensor in tensors.items():
        if key.endswith(("k_proj.weight", "v_proj.weight")):
            tensor = tensor.reshape(c.shared, d, -1).repeat_interleave(c.heads // c.shared, 0).reshape(c.width, -1)
        out[key] = tensor
    out["lm_head.weight"] = tensors["model.embed_tokens.weight"]
    return LlamaConfig(vocab=VOCABULARY, width=c.width, heads=c.heads, depth=c.depth, hidden=c.hidden, rms_eps=c.eps, rope_base=c.base, context=c.context), out


def write_gguf(c, tensors, path):
    w = GgufWriter()
    w.string("general.architecture", "llama")
    w.string("general.name", "smolvlm2, generated")
    w.uint("general.file_type", FILE_TYPE[F16])
    for key, value in (("context_length", c.context), ("embedding_length", c.width), ("block_count", c.depth), ("feed_forward_length", c.hidden),
                       ("attention.head_count", c.heads), ("attention.head_count_kv", c.shared), ("rope.dimension_count", c.width // c.heads),
                       ("vocab_size", VOCABULARY)):
        w.uint("llama." + key, value)
    w.float("llama.attention.layer_norm_rms_epsilon", c.eps)
    w.float("llama.rope.freq_base", c.base)
    w.string("tokenizer.ggml.model", "gpt2")
    w.string("tokenizer.ggml.pre", "smollm")
    pieces = vocabulary()
    w.strings("tokenizer.ggml.tokens", [text for text, _ in pieces])
    w.ints("tokenizer.ggml.token_type", [kind for _, kind in pieces])
    w.strings("tokenizer.ggml.merges", MERGES)
    for key, value in (("bos", 1), ("eos", 49279), ("padding", 2)):
        w.uint(f"tokenizer.ggml.{key}_token_id", value)
    w.bool("tokenizer.ggml.add_bos_token", False)
    w.bool("tokenizer.ggml.add_space_prefix", False)
    names = {"self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate",
             "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down", "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm"}
    listed = [("token_embd", "model.embed_tokens", 0)]
    for i in range(c.depth):
        heads = {"attn_q": c.heads, "attn_k": c.shared}
        listed += [(f"blk.{i}.{new}", f"model.layers.{i}.{old}", heads.get(new, 0)) for old, new in names.items()]
    for name, key, heads in [*listed, ("output_norm", "model.norm", 0)]:
        array = tensors[key + ".weight"].numpy()
        w.tensor(name + ".weight", array.shape, F16 if array.ndim > 1 else F32, lambda a=array, h=heads: interleave(a, h) if h else np.asarray(a))
    w.write(path)


def write_pair(out, config=SMALL, llama=None, **identity):
    """-> ({key: tensor} of the visual side, {key: tensor} of the language model)"""
    llama = llama or Llama()
    os.makedirs(out, exist_ok=True)
    visual, language = Values(33).all(visual_shapes(config, llama.width)), language_tensors(llama)
    with open(os.path.join(out, "vision_encoder.onnx"), "wb") as f:
        f.write(graph(config, lambda key: visual[key].numpy(), llama.width)(OnnxBuilder(), identity["id"]).SerializeToString())
    write_gguf(llama, language, os.path.join(out, "language.f16.gguf"))
    made = rules(llama.width, config.tower.image_size, config.rows)
    made["encoder"].update(variants={"fp32": "vision"}, default="fp32")
    write_manifest(out, {"$schema": "../manifest.schema.json", "schemaVersion": 1, **identity,
                         "files": describe_files(out, {"vision": "vision_encoder.onnx", "language": "language.f16.gguf"}), **made,
                         "language": {"variants": {"f16": "language"}, "default": "f16", "contextLength": llama.context}})
    return visual, language
