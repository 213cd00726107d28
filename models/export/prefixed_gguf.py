"""
A LLaMA in Meta's form as GGUF with room for a prefix: one more head, whose values are the constant 1 in their first place.

Its queries, keys and outgoing columns are zero, so it changes nothing, until a LoRA on `attn_output` picks its constant.
"""
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from export.gguf_export import TYPES, write_metadata  # noqa: E402
from export.gguf_writer import F32, GgufWriter  # noqa: E402

INTO = {"attention.wq": "attn_q", "attention.wk": "attn_k", "attention.wv": "attn_v"}
FEED_FORWARD = {"feed_forward.w1": "ffn_gate", "feed_forward.w2": "ffn_down", "feed_forward.w3": "ffn_up"}


def export_prefixed(c, get, bias, vocabulary, path, kind="f16", name="model", licence=""):
    """get(key) -> float32 array by Meta's name; bias(key) -> the same of a bias, or None. Meta's rotary pairs are ggml's."""
    w, size = GgufWriter(), c.width // c.heads
    write_metadata(w, c, TYPES[kind], vocabulary, name, licence, more_heads=1)
    w.uint("videochat.constant_column", c.width)

    def add(gguf, shape, make):
        w.tensor(gguf, shape, TYPES[kind] if len(shape) > 1 else F32, make)

    def add_bias(gguf, key, more=()):
        value = bias(key)
        if value is not None or len(more):
            # Values have no bias of their own, only the constant.
            value = np.zeros(c.width, np.float32) if value is None else value
            joined = np.concatenate([value, np.asarray(more, np.float32)])
            add(gguf + ".bias", joined.shape, lambda: joined)

    constant = np.eye(1, size)[0]
    add("token_embd.weight", (c.vocab, c.width), lambda: get("tok_embeddings.weight"))
    for i in range(c.depth):
        for key, gguf in INTO.items():
            key, gguf = f"layers.{i}.{key}", f"blk.{i}.{gguf}"
            add(gguf + ".weight", (c.width + size, c.width), lambda key=key: np.pad(get(key + ".weight"), ((0, size), (0, 0))))
            has = key.endswith("wv") or bias(key) is not None
            add_bias(gguf, key, (constant if key.endswith("wv") else 0 * constant) if has else ())
        out, to = f"layers.{i}.attention.wo", f"blk.{i}.attn_output"
        add(to + ".weight", (c.width, c.width + size), lambda key=out: np.pad(get(key + ".weight"), ((0, 0), (0, size))))
        add_bias(to, out)
        for key, gguf in FEED_FORWARD.items():
            key, gguf = f"layers.{i}.{key}", f"blk.{i}.{gguf}"
            add(gguf + ".weight", (c.width, c.hidden) if gguf.endswith("down") else (c.hidden, c.width), lambda key=key: get(key + ".weight"))
            add_bias(gguf, key)
        for key in ("attention_norm", "ffn_norm"):
            add(f"blk.{i}.{key.replace('attention', 'attn')}.weight", (c.width,), lambda key=f"layers.{i}.{key}.weight": get(key))
    add("output_norm.weight", (c.width,), lambda: get("norm.weight"))
    add("output.weight", (c.vocab, c.width), lambda: get("output.weight"))
    w.write(path)
