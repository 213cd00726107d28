"""
Generates the original files at reduced width: exactly the keys, nesting and leftovers of eva_vit_g.pth,
blip2_pretrained_flant5xxl.pth, videochat_7b.pth and a Vicuna folder, with random values.

    python3 models/reference/make_original_files.py FOLDER
"""
import json
import os
import struct
import sys

import torch

if __package__ in (None, ""):
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    __package__ = "reference"
from reference.config import LlamaConfig, QFormerConfig, VideoChatConfig, VisionConfig  # noqa: E402

# Every count is the original's (39 of 40 blocks, 8 global MHRA, 12 and 32 layers, 32+64 queries); only widths shrink.
C, H, Q, QF, D, F, V = 32, 48, 24, 40, 64, 96, 300


def reduced():
    return VideoChatConfig(
        VisionConfig(image_size=28, patch_size=14, width=C, heads=16, mlp_hidden=H, gmhra_mlp_hidden=H, gmhra_dropout=0.0),
        QFormerConfig(width=Q, heads=12, hidden=QF),
        LlamaConfig(vocab=V + 1, width=D, heads=32, hidden=F))


class Maker:
    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)
        self.out = {}

    def tensor(self, key, *shape):
        self.out[key] = torch.randn(*shape, generator=self.generator) * 0.1

    def linear(self, key, rows, columns):
        self.tensor(key + ".weight", rows, columns)
        self.tensor(key + ".bias", rows)

    def norm(self, key, width):
        self.tensor(key + ".weight", width)
        self.out[key + ".weight"] += 1
        self.tensor(key + ".bias", width)


def eva(grid=2):
    """Bare dict, 40 blocks, 2-D patch kernel, classification head."""
    m = Maker(1)
    m.tensor("cls_token", 1, 1, C)
    m.tensor("pos_embed", 1, grid * grid + 1, C)
    m.tensor("patch_embed.proj.weight", C, 3, 14, 14)
    m.tensor("patch_embed.proj.bias", C)
    for i in range(40):
        b = f"blocks.{i}."
        m.norm(b + "norm1", C)
        m.tensor(b + "attn.q_bias", C)
        m.tensor(b + "attn.v_bias", C)
        m.tensor(b + "attn.qkv.weight", 3 * C, C)
        m.linear(b + "attn.proj", C, C)
        m.norm(b + "norm2", C)
        m.linear(b + "mlp.fc1", H, C)
        m.linear(b + "mlp.fc2", C, H)
    m.norm("norm", C)
    m.linear("head", 10, C)
    return m.out


def bert_layer(m, i):
    p = f"Qformer.bert.encoder.layer.{i}."
    for name, source in (("attention", Q), ("crossattention", C)):
        if name == "attention" or i % 2 == 0:
            m.linear(f"{p}{name}.self.query", Q, Q)
            m.linear(f"{p}{name}.self.key", Q, source)
            m.linear(f"{p}{name}.self.value", Q, source)
            m.linear(f"{p}{name}.output.dense", Q, Q)
            m.norm(f"{p}{name}.output.LayerNorm", Q)
    for end in ("", "_query"):
        m.linear(f"{p}intermediate{end}.dense", QF, Q)
        m.linear(f"{p}output{end}.dense", Q, QF)
        m.norm(f"{p}output{end}.LayerNorm", Q)


def blip2():
    """{"model": …} with the text half of the Q-Former and the projection to T5."""
    m = Maker(2)
    m.tensor("query_tokens", 1, 32, Q)
    m.norm("ln_vision", C)
    m.out["Qformer.bert.embeddings.position_ids"] = torch.arange(16)[None]
    m.tensor("Qformer.bert.embeddings.word_embeddings.weight", 50, Q)
    m.tensor("Qformer.bert.embeddings.position_embeddings.weight", 16, Q)
    m.norm("Qformer.bert.embeddings.LayerNorm", Q)
    for i in range(12):
        bert_layer(m, i)
    m.tensor("Qformer.cls.predictions.bias", 50)
    m.linear("Qformer.cls.predictions.transform.dense", Q, Q)
    m.norm("Qformer.cls.predictions.transform.LayerNorm", Q)
    m.linear("t5_proj", 20, Q)
    return {"model": m.out}


def videochat(width=D):
    """{"model": the trained parts} and what the training script leaves beside them."""
    m = Maker(3)
    m.tensor("visual_encoder.gmhra_cls_token", 1, 1, C)
    for j in range(8):
        g = f"visual_encoder.gmhra.{j}."
        m.tensor(g + "dpe.weight", C, 1, 3, 3, 3)
        m.tensor(g + "dpe.bias", C)
        m.tensor(g + "attn.in_proj_weight", 3 * C, C)
        m.tensor(g + "attn.in_proj_bias", 3 * C)
        m.linear(g + "attn.out_proj", C, C)
        for n in (1, 2, 3):
            m.norm(f"{g}ln_{n}", C)
        m.linear(g + "mlp.c_fc", H, C)
        m.linear(g + "mlp.c_proj", C, H)
    m.norm("ln_vision", C)
    m.tensor("extra_query_tokens", 1, 64, Q)
    m.linear("llama_proj", width, Q)
    return {"model": m.out, "optimizer": {"state": {0: {"step": 3, "exp_avg": torch.zeros(4)}}, "param_groups": [{"lr": 2e-5}]},
            "scheduler": {"last_epoch": 2}, "scaler": {}, "config": TrainingConfig(), "epoch": 2, "step": 777}


class TrainingConfig:
    """Stands for the training script's config object, whose class a user does not have."""


def llama():
    m = Maker(4)
    m.tensor("model.embed_tokens.weight", V + 1, D)
    for i in range(32):
        p = f"model.layers.{i}."
        for name in "qkvo":
            m.tensor(f"{p}self_attn.{name}_proj.weight", D, D)
        m.out[p + "self_attn.rotary_emb.inv_freq"] = torch.ones(1)
        m.tensor(p + "mlp.gate_proj.weight", F, D)
        m.tensor(p + "mlp.down_proj.weight", D, F)
        m.tensor(p + "mlp.up_proj.weight", F, D)
        m.tensor(p + "input_layernorm.weight", D)
        m.tensor(p + "post_attention_layernorm.weight", D)
    m.tensor("model.norm.weight", D)
    m.tensor("lm_head.weight", V + 1, D)
    return {k: v.half() if v.dim() > 1 else v for k, v in m.out.items()}


def sentencepiece():
    """A tokenizer.model of V pieces."""
    def field(number, wire, data):
        return bytes([number << 3 | wire]) + data
    out = b""
    names = [("<unk>", 2), ("<s>", 3), ("</s>", 3)] + [(f"<0x{b:02X}>", 6) for b in range(256)]
    names += [(chr(0x2581), 1), ("#", 1), ("##", 1), ("###", 1)] + [(chr(97 + i), 1) for i in range(26)]
    names += [(f"{chr(0x2581)}{chr(97 + i)}", 1) for i in range(V - len(names))]
    for i, (name, kind) in enumerate(names):
        text = name.encode()
        piece = field(1, 2, bytes([len(text)]) + text) + field(2, 5, struct.pack("<f", -float(i)))
        piece += field(3, 0, bytes([kind])) if kind != 1 else b""
        out += field(1, 2, bytes([len(piece)]) + piece)
    return out + field(2, 2, b"\x02\x08\x01")


def write_safetensors(path, tensors):
    header, parts, at = {"__metadata__": {"format": "pt"}}, [], 0
    for key, t in tensors.items():
        data = (t.view(torch.int16) if t.dtype == torch.bfloat16 else t).contiguous().numpy().tobytes()
        kind = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}[t.dtype]
        header[key] = {"dtype": kind, "shape": list(t.shape), "data_offsets": [at, at + len(data)]}
        parts.append(data)
        at += len(data)
    text = json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


def write_vicuna(folder, weights="bin"):
    """weights: `bin` or `safetensors`, in two shards; or `single`."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "config.json"), "w") as f:
        json.dump({"architectures": ["LlamaForCausalLM"], "hidden_size": D, "intermediate_size": F, "num_attention_heads": 32,
                   "num_hidden_layers": 32, "rms_norm_eps": 1e-6, "vocab_size": V + 1, "max_position_embeddings": 2048}, f)
    with open(os.path.join(folder, "added_tokens.json"), "w") as f:
        json.dump({"[PAD]": V}, f)
    with open(os.path.join(folder, "tokenizer.model"), "wb") as f:
        f.write(sentencepiece())
    tensors = llama()
    if weights == "single":
        torch.save(tensors, os.path.join(folder, "pytorch_model.bin"))
        return
    base, save = {"bin": ("pytorch_model.bin", lambda path, t: torch.save(t, path)),
                  "safetensors": ("model.safetensors", write_safetensors)}[weights]
    stem, end = base.rsplit(".", 1)
    keys, where = list(tensors), {}
    for n, part in enumerate((keys[:len(keys) // 2], keys[len(keys) // 2:]), 1):
        name = f"{stem}-0000{n}-of-00002.{end}"
        save(os.path.join(folder, name), {k: tensors[k] for k in part})
        where.update({k: name for k in part})
    with open(os.path.join(folder, base + ".index.json"), "w") as f:
        json.dump({"metadata": {}, "weight_map": where}, f)


def write_all(folder):
    os.makedirs(folder, exist_ok=True)
    path = lambda name: os.path.join(folder, name)
    torch.save(eva(), path("eva_vit_g.pth"))
    torch.save(blip2(), path("blip2_pretrained_flant5xxl.pth"))
    torch.save(videochat(), path("videochat_7b.pth"))
    write_vicuna(path("vicuna-7b-v0"))
    return {"eva": path("eva_vit_g.pth"), "blip2": path("blip2_pretrained_flant5xxl.pth"),
            "videochat": path("videochat_7b.pth"), "vicuna": path("vicuna-7b-v0")}


if __name__ == "__main__":
    write_all(sys.argv[1])
