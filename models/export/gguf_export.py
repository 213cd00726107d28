"""
The LLaMA of VideoChat as GGUF.

    python3 models/export/gguf_export.py CHECKPOINT language.gguf [--type f16|q8_0|q4_0|f32]
"""
import argparse
import os
import sys


sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from export.gguf_writer import F16, F32, FILE_TYPE, Q4_0, Q8_0, GgufWriter  # noqa: E402

TYPES = {"f32": F32, "f16": F16, "q8_0": Q8_0, "q4_0": Q4_0}
LAYER = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
}


def interleave(weight, heads):
    """Rows of a query or key projection from half-split rotary order (Hugging Face) to adjacent pairs (ggml)."""
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def language_tensors(c):
    """[(GGUF name, key in the state dict without `llama_model.`, shape, is a rotary projection)]"""
    shapes = {"mlp.gate_proj": (c.hidden, c.width), "mlp.up_proj": (c.hidden, c.width), "mlp.down_proj": (c.width, c.hidden)}
    out = [("token_embd", "model.embed_tokens", (c.vocab, c.width), False)]
    for i in range(c.depth):
        for key, name in LAYER.items():
            shape = (c.width,) if "norm" in key else shapes.get(key, (c.width, c.width))
            out.append((f"blk.{i}.{name}", f"model.layers.{i}.{key}", shape, name in ("attn_q", "attn_k")))
    out += [("output_norm", "model.norm", (c.width,), False), ("output", "lm_head", (c.vocab, c.width), False)]
    return out


def write_metadata(w, c, kind, vocabulary, name, licence, more_heads=0):
    if len(vocabulary) != c.vocab:
        raise ValueError(f"the vocabulary has {len(vocabulary)} pieces, the model {c.vocab}")
    w.string("general.architecture", "llama")
    w.string("general.name", name)
    w.string("general.license", licence)
    w.uint("general.file_type", FILE_TYPE[kind])
    w.uint("general.quantization_version", 2)
    for key, value in (("context_length", c.context), ("embedding_length", c.width), ("block_count", c.depth),
                       ("feed_forward_length", c.hidden), ("attention.head_count", c.heads + more_heads),
                       ("attention.head_count_kv", c.heads + more_heads), ("rope.dimension_count", c.width // c.heads),
                       ("vocab_size", c.vocab)):
        w.uint("llama." + key, value)
    for key in ("key_length", "value_length") if more_heads else ():
        w.uint("llama.attention." + key, c.width // c.heads)
    w.float("llama.attention.layer_norm_rms_epsilon", c.rms_eps)
    w.float("llama.rope.freq_base", c.rope_base)
    w.string("tokenizer.ggml.model", "llama")
    w.strings("tokenizer.ggml.tokens", [v[0] for v in vocabulary])
    w.floats("tokenizer.ggml.scores", [v[1] for v in vocabulary])
    w.ints("tokenizer.ggml.token_type", [v[2] for v in vocabulary])
    for key, value in (("bos", 1), ("eos", 2), ("unknown", 0)):
        w.uint(f"tokenizer.ggml.{key}_token_id", value)
    w.bool("tokenizer.ggml.add_bos_token", True)
    w.bool("tokenizer.ggml.add_eos_token", False)
    w.bool("tokenizer.ggml.add_space_prefix", True)


def export_language(c, get, vocabulary, path, kind="f16", name="videochat", licence="MIT"):
    """
    c: LlamaConfig. get(key) -> float32 array by Hugging Face's name, or bytes in the target type (already permuted).
    vocabulary: [(text, score, GGUF token type)] in id order.
    """
    w = GgufWriter()
    write_metadata(w, c, TYPES[kind], vocabulary, name, licence)
    for gguf_name, key, shape, rotary in language_tensors(c):
        def make(key=key, shape=shape, rotary=rotary):
            array = get(key + ".weight")
            if isinstance(array, bytes):
                return array
            if array.shape != shape:
                raise ValueError(f"{key}.weight is {list(array.shape)} where {list(shape)} belongs")
            return interleave(array, c.heads) if rotary else array
        # llama.cpp wants norms in float32, whatever the matrices are.
        w.tensor(gguf_name + ".weight", shape, TYPES[kind] if len(shape) > 1 else F32, make)
    w.write(path)


def main():
    from export.checkpoint import load_model, load_vocabulary
    a = argparse.ArgumentParser()
    a.add_argument("checkpoint")
    a.add_argument("out")
    a.add_argument("--type", choices=TYPES, default="f16")
    o = a.parse_args()
    model = load_model(o.checkpoint)
    state = model.llama_model.state_dict()
    export_language(model.config.llama, lambda key: state[key].float().numpy(), load_vocabulary(), o.out, o.type, "videochat-mini")


if __name__ == "__main__":
    main()
