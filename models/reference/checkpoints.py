"""
Assembles VideoChat from the original files: eva_vit_g.pth, blip2_pretrained_flant5xxl.pth, videochat_7b.pth and a
Vicuna folder. Nothing is copied into a model, so the 7B assembles and exports in far less memory than it would run in.
"""
import json
import os
import re
from dataclasses import replace

import torch
import torch.nn.functional as F

from .config import LlamaConfig
from .weight_files import CheckpointError, load_torch, open_shard, read_sentencepiece, tensors_of

# Parts of the original files that VideoChat never uses.
UNUSED = {
    "eva": re.compile(r"(norm|fc_norm|head)\.|.*relative_position_index|.*rel_pos_bias"),
    "blip2": re.compile(r"(t5_proj|opt_proj|llm_proj|vision_proj|text_proj|itm_head)\.|temp$|visual_encoder\.|Qformer\.cls\.|"
                        r"Qformer\.bert\.embeddings\.(word|position)|Qformer\.bert\.encoder\.layer\.\d+\.(intermediate|output)\."),
    "videochat": re.compile(r"llama_model\."),
    "vicuna": re.compile(r".*rotary_emb\.inv_freq"),
}
BUFFER = re.compile(r".*(position_ids|inv_freq|num_batches_tracked)$")


def _linear(out, key, rows, columns, bias=True):
    out[key + ".weight"] = (rows, columns)
    if bias:
        out[key + ".bias"] = (rows,)


def _norm(out, key, width):
    out[key + ".weight"] = out[key + ".bias"] = (width,)


def visual_shapes(config):
    """{key: shape} of everything but the language model, in the original's names."""
    v, q, out = config.vision, config.qformer, {}
    c, e = v.width, "visual_encoder."
    out[e + "cls_token"] = out[e + "gmhra_cls_token"] = (1, 1, c)
    out[e + "pos_embed"] = (1, (v.image_size // v.patch_size) ** 2 + 1, c)
    out[e + "patch_embed.proj.weight"], out[e + "patch_embed.proj.bias"] = (c, 3, 1, v.patch_size, v.patch_size), (c,)
    for i in range(v.depth):
        b = f"{e}blocks.{i}."
        _norm(out, b + "norm1", c), _norm(out, b + "norm2", c)
        out[b + "attn.q_bias"] = out[b + "attn.v_bias"] = (c,)
        _linear(out, b + "attn.qkv", 3 * c, c, bias=False)
        _linear(out, b + "attn.proj", c, c)
        _linear(out, b + "mlp.fc1", v.mlp_hidden, c), _linear(out, b + "mlp.fc2", c, v.mlp_hidden)
    for j in range(v.gmhra_layers):
        g = f"{e}gmhra.{j}."
        out[g + "dpe.weight"], out[g + "dpe.bias"] = (c, 1, 3, 3, 3), (c,)
        out[g + "attn.in_proj_weight"], out[g + "attn.in_proj_bias"] = (3 * c, c), (3 * c,)
        _linear(out, g + "attn.out_proj", c, c)
        for n in (1, 2, 3):
            _norm(out, f"{g}ln_{n}", c)
        _linear(out, g + "mlp.c_fc", v.gmhra_mlp_hidden, c), _linear(out, g + "mlp.c_proj", c, v.gmhra_mlp_hidden)
    _norm(out, "ln_vision", c)
    if v.frame_positions:
        out["frame_positions"] = (1, v.frame_positions, c)
    out["query_tokens"], out["extra_query_tokens"] = (1, q.queries, q.width), (1, q.extra_queries, q.width)
    _norm(out, "Qformer.bert.embeddings.LayerNorm", q.width)
    for i in range(q.depth):
        for name, source in (("attention", q.width), ("crossattention", c)):
            if name == "attention" or i % q.cross_attention_every == 0:
                a = f"Qformer.bert.encoder.layer.{i}.{name}."
                _linear(out, a + "self.query", q.width, q.width)
                _linear(out, a + "self.key", q.width, source), _linear(out, a + "self.value", q.width, source)
                _linear(out, a + "output.dense", q.width, q.width), _norm(out, a + "output.LayerNorm", q.width)
        layer = f"Qformer.bert.encoder.layer.{i}."
        _linear(out, layer + "intermediate_query.dense", q.hidden, q.width)
        _linear(out, layer + "output_query.dense", q.width, q.hidden), _norm(out, layer + "output_query.LayerNorm", q.width)
    _linear(out, "llama_proj", config.llama.width, q.width)
    return out


def language_shapes(c):
    """{key: shape} of LLaMA in Hugging Face's names."""
    out = {"model.embed_tokens.weight": (c.vocab, c.width), "model.norm.weight": (c.width,), "lm_head.weight": (c.vocab, c.width)}
    for i in range(c.depth):
        for name in "qkvo":
            out[f"model.layers.{i}.self_attn.{name}_proj.weight"] = (c.width, c.width)
        for name in ("gate_proj", "up_proj", "down_proj"):
            out[f"model.layers.{i}.mlp.{name}.weight"] = (c.width, c.hidden) if name == "down_proj" else (c.hidden, c.width)
        for name in ("input_layernorm", "post_attention_layernorm"):
            out[f"model.layers.{i}.{name}.weight"] = (c.width,)
    return out


def trained_keys(config):
    """Keys of videochat_7b.pth: what VideoChat itself trained."""
    own = ("visual_encoder.gmhra", "ln_vision.", "extra_query_tokens", "llama_proj.", "frame_positions")
    return {k: s for k, s in visual_shapes(config).items() if k.startswith(own)}


def group_names(keys, limit=6):
    """'visual_encoder.blocks.*.attn.q_bias (39), …': a thousand keys in one line."""
    groups = {}
    for key in keys:
        name = re.sub(r"\.\d+(?=\.|$)", ".*", key)
        groups[name] = groups.get(name, 0) + 1
    names = [name if n == 1 else f"{name} ({n})" for name, n in sorted(groups.items())]
    return ", ".join(names[:limit]) + (f" and {len(names) - limit} other kinds" if len(names) > limit else "")


class Assembly:
    """Weights by the reference's keys, each from the file that wins, and what was odd about the files."""

    def __init__(self, config):
        self.config = config
        self.visual, self.source, self.unexpected, self.unused = {}, {}, [], 0
        self.folder = None

    def add(self, name, path, tensors, expected):
        for key, tensor in tensors.items():
            if key not in expected:
                if UNUSED[name].match(key) or BUFFER.match(key):
                    self.unused += 1
                else:
                    self.unexpected.append(f"{key} in {os.path.basename(path)}")
                continue
            if tuple(tensor.shape) != expected[key]:
                raise CheckpointError(mismatch(key, tensor.shape, expected[key], path))
            self.visual[key], self.source[key] = tensor, os.path.basename(path)

    def finish(self):
        missing = [k for k in visual_shapes(self.config) if k not in self.visual]
        if missing:
            raise CheckpointError(f"{len(missing)} weights are in none of the files: {group_names(missing)}.")

    def get(self, key):
        """A weight of the visual side, float32 array."""
        return self.visual[key].float().numpy()

    def report(self):
        counts = {}
        for name in self.source.values():
            counts[name] = counts.get(name, 0) + 1
        parts = [f"{n} weights from {name}" for name, n in counts.items()]
        if self.folder:
            parts.append(f"{len(self.folder.where)} from {os.path.basename(os.path.normpath(self.folder.path))}")
        text = ", ".join(parts) + f"; {self.unused} known but unused keys"
        odd = self.unexpected + (self.folder.unexpected if self.folder else [])
        return text + (f"; unexpected: {group_names(odd)}" if odd else "") + "."

    def load_into(self, model):
        """Fills a VideoChat (small enough to be in memory)."""
        state = dict(self.visual)
        if self.folder:
            state.update({"llama_model." + k: self.folder.tensor(k) for k in self.folder.where})
        else:
            state.update({k: v for k, v in model.state_dict().items() if k.startswith("llama_model.")})
        model.load_state_dict(state)


def mismatch(key, shape, expected, path):
    hint = ""
    if key.startswith("llama_proj") and shape[0] == 5120:
        hint = " This is the file of VideoChat-13B."
    elif key.startswith("llama_proj") and expected[0] == 5120:
        hint = " This is the file of VideoChat-7B."
    return f"{key} in {os.path.basename(path)} is {list(shape)} where {list(expected)} belongs.{hint}"


def resize_positions(table, grid):
    """[1,1+n²,C] -> [1,1+grid²,C]: the patches' part interpolated bicubically, the cls row kept."""
    side = int(round((table.shape[1] - 1) ** 0.5))
    if side == grid or side * side != table.shape[1] - 1:
        return table
    rows = table[:, 1:].float().reshape(1, side, side, -1).permute(0, 3, 1, 2)
    rows = F.interpolate(rows, size=(grid, grid), mode="bicubic", align_corners=False)
    return torch.cat([table[:, :1].float(), rows.permute(0, 2, 3, 1).flatten(1, 2)], 1)


def eva_tensors(data, config, path):
    """The reference's keys for a bare EVA-CLIP ViT: inflated patch kernel, positions of our grid, no blocks beyond ours."""
    v, out = config.vision, {}
    for key, tensor in tensors_of(data, path).items():
        block = re.match(r"blocks\.(\d+)\.", key)
        if block and int(block[1]) >= v.depth:
            continue
        if key == "patch_embed.proj.weight" and tensor.dim() == 4:
            tensor = tensor[:, :, None]
        if key == "pos_embed" and tensor.dim() == 3:
            tensor = resize_positions(tensor, v.image_size // v.patch_size)
        out[key if UNUSED["eva"].match(key) else "visual_encoder." + key] = tensor
    return out


# What Hugging Face leaves out of the section of a larger model's config: LLaMA-7B.
LLAMA_DEFAULTS = {"hidden_size": 4096, "intermediate_size": 11008, "num_attention_heads": 32, "num_hidden_layers": 32, "vocab_size": 32000}


class LlamaFolder:
    """
    A Hugging Face LLaMA folder; one shard is in memory at a time. prefix: what the keys begin with where the LLaMA is a
    part of a larger model, whose config has it in `section`.
    """

    def __init__(self, path, prefix="", section=None):
        self.path, self.shard, self.open_name, self.prefix = path, None, None, prefix
        facts = self.json("config.json")
        if section:
            facts = {**LLAMA_DEFAULTS, **facts.get(section, {})}
        if facts.get("num_key_value_heads", facts["num_attention_heads"]) != facts["num_attention_heads"]:
            raise CheckpointError(f"{path} shares key-value heads; VideoChat's LLaMA does not.")
        if facts.get("rope_scaling"):
            raise CheckpointError(f"{path} scales its rotary positions; VideoChat's LLaMA does not.")
        self.config = LlamaConfig(
            vocab=facts["vocab_size"], width=facts["hidden_size"], heads=facts["num_attention_heads"],
            depth=facts["num_hidden_layers"], hidden=facts["intermediate_size"], rms_eps=facts.get("rms_norm_eps", 1e-6),
            rope_base=facts.get("rope_theta", 10000.0),
            context=facts.get("max_position_embeddings", facts.get("max_sequence_length", 2048)))
        self.all = self.find_weights()
        listed = {k[len(prefix):]: f for k, f in self.all.items() if k.startswith(prefix)}
        expected = language_shapes(self.config)
        self.where = {k: f for k, f in listed.items() if k in expected}
        self.unexpected = [k for k in listed if k not in expected and not UNUSED["vicuna"].match(k)]
        missing = [k for k in expected if k not in self.where]
        if missing:
            raise CheckpointError(f"{path} lacks {len(missing)} weights: {group_names(missing)}.")

    def json(self, name):
        try:
            with open(os.path.join(self.path, name), encoding="utf-8") as f:
                return json.load(f)
        except FileNotFoundError as error:
            raise CheckpointError(f"{self.path} has no {name}; give the folder of a merged Vicuna.") from error
        except ValueError as error:
            raise CheckpointError(f"{os.path.join(self.path, name)} is not JSON.") from error

    def find_weights(self):
        """{key: file name}"""
        for base in ("model.safetensors", "pytorch_model.bin"):
            index = os.path.join(self.path, base + ".index.json")
            if os.path.isfile(index):
                table = self.json(base + ".index.json")["weight_map"]
                bad = [f for f in table.values() if os.path.basename(f) != f]
                if bad:
                    raise CheckpointError(f"{index} names a file outside its folder: {bad[0]}.")
                return table
            if os.path.isfile(os.path.join(self.path, base)):
                self.shard, self.open_name = open_shard(os.path.join(self.path, base)), base
                return {k: base for k in self.shard.keys()}
        raise CheckpointError(f"{self.path} has neither model.safetensors nor pytorch_model.bin.")

    def other(self, key):
        """Any tensor of the folder, by the name that it has there."""
        name = self.all.get(key)
        if name is None:
            raise CheckpointError(f"{self.path} lacks {key}.")
        if name != self.open_name:
            self.shard = None
            self.shard, self.open_name = open_shard(os.path.join(self.path, name)), name
        if key not in self.shard.keys():
            raise CheckpointError(f"{name} lacks {key}, which its index promises.")
        return self.shard.get(key)

    def tensor(self, key):
        tensor, expected = self.other(self.prefix + key), language_shapes(self.config)[key]
        if tuple(tensor.shape) != expected:
            raise CheckpointError(mismatch(key, tuple(tensor.shape), expected, self.where[key]))
        return tensor

    def get(self, key):
        return self.tensor(key).float().numpy()

    def vocabulary(self):
        """[(text, score, GGUF type)], as long as the model's token table."""
        pieces = read_sentencepiece(os.path.join(self.path, "tokenizer.model"))
        added = self.json("added_tokens.json") if os.path.isfile(os.path.join(self.path, "added_tokens.json")) else {}
        extra = {i: text for text, i in added.items()}
        # Vicuna v0 has one row more than LLaMA, for [PAD]; such rows are never said.
        pieces += [(extra.get(i, "[PAD]" if i == 32000 else f"[UNUSED{i}]"), -1000.0, 3) for i in range(len(pieces), self.config.vocab)]
        if len(pieces) != self.config.vocab:
            raise CheckpointError(f"tokenizer.model has {len(pieces)} pieces, the model {self.config.vocab}.")
        return pieces


def assemble(config, eva=None, blip2=None, videochat=None, vicuna=None):
    """
    Reads the files in the order that the original does, later ones winning, so VideoChat's ln_vision beats BLIP-2's.
    The language model's shape is the folder's; the visual side's is the config's.

    Raises CheckpointError for files that are not what they should be, wrong shapes and missing weights.
    """
    folder = LlamaFolder(vicuna) if vicuna else None
    if folder:
        config = replace(config, llama=folder.config)
    made, expected = Assembly(config), visual_shapes(config)
    made.folder = folder
    if eva:
        made.add("eva", eva, eva_tensors(load_torch(eva), config, eva), expected)
    for name, path in (("blip2", blip2), ("videochat", videochat)):
        if path:
            made.add(name, path, tensors_of(load_torch(path), path), expected)
    made.finish()
    return made
