"""
Exports ImageBind-LLM from its original files.

    python3 models/reference/imagebind_llm/export.py --llama /path/to/llama_model_weights/7B_chinese --adapter 7B.pth \\
        --imagebind imagebind_huge.pth --out DIR [--knn knn.index] [--type q4_0]

`llama`: a folder with `consolidated.00.pth` and `params.json`; its `tokenizer.model` lies there or one folder up. Every file is
read without running anything in it.
"""
import argparse
import json
import os
import sys


sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
from export.gguf_export import TYPES  # noqa: E402
from export.prefixed_gguf import export_prefixed  # noqa: E402
from export.system_export import export_system  # noqa: E402
from reference.clip_files import checked, load_file  # noqa: E402
from reference.config import LlamaConfig  # noqa: E402
from reference.imagebind_llm.graph import audio_graph, prefix_graph, vision_graph  # noqa: E402
from reference.imagebind_llm.knn import read_index  # noqa: E402
from reference.imagebind_llm.model import Config, bind_shapes, bridge_shapes, meta_shapes, tuned_shapes  # noqa: E402
from reference.prompts import CLIP_MEAN, CLIP_STD  # noqa: E402
from reference.weight_files import CheckpointError, load_torch, read_sentencepiece, tensors_of  # noqa: E402

# Alpaca's words. The original asks each question by itself; further turns are put behind each other here.
TEMPLATE = ("Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n"
            "{% for message in messages %}{% if message.role == 'assistant' %}{{ message.content }}\n\n{% else %}### Instruction:\n{{ message.content }}\n\n"
            "### Response:{% endif %}{% endfor %}")


class MetaFolder:
    """LLaMA as Meta published the 7B: one file of weights beside params.json."""

    def __init__(self, path):
        try:
            with open(os.path.join(path, "params.json"), encoding="utf-8") as f:
                facts = json.load(f)
        except (OSError, ValueError) as error:
            raise CheckpointError(f"{path} has no params.json that can be read.") from error
        if os.path.isfile(os.path.join(path, "consolidated.01.pth")):
            raise CheckpointError(f"{path} is in several parts; ImageBind-LLM is made of the 7B.")
        if facts.get("n_kv_heads", facts["n_heads"]) != facts["n_heads"]:
            raise CheckpointError(f"{path} shares key-value heads; ImageBind-LLM's LLaMA does not.")
        file = os.path.join(path, "consolidated.00.pth")
        found = tensors_of(load_torch(file), file)
        first = found.get("layers.0.feed_forward.w1.weight")
        if first is None or "tok_embeddings.weight" not in found:
            raise CheckpointError(f"{file} is no LLaMA in Meta's form.")
        self.config = LlamaConfig(vocab=len(found["tok_embeddings.weight"]), width=facts["dim"], heads=facts["n_heads"], depth=facts["n_layers"],
                                  hidden=len(first), rms_eps=facts.get("norm_eps", 1e-6))
        self.tensors, self.path = checked(found, meta_shapes(self.config), file), path

    def vocabulary(self):
        places = [os.path.join(self.path, *up, "tokenizer.model") for up in ((), ("..",))]
        pieces = read_sentencepiece(next((p for p in places if os.path.isfile(p)), places[0]))
        if len(pieces) != self.config.vocab:
            raise CheckpointError(f"tokenizer.model has {len(pieces)} pieces, the model {self.config.vocab}.")
        return pieces


class Tuned:
    """The LLaMA with what ImageBind-LLM trained in it: get(key) merged, bias(key), by Meta's names."""

    def __init__(self, llama, adapter):
        self.llama, self.adapter = llama, adapter

    def get(self, key):
        own = self.adapter.get("llama." + key, self.llama[key]).float()
        part, _, name = ("llama." + key)[: -len(".weight")].rpartition(".")
        low = f"{part}.lora_{name}_l"
        if low + "1.weight" in self.adapter:
            own = own + self.adapter[low + "2.weight"].float() @ self.adapter[low + "1.weight"].float()
        return own.numpy()

    def bias(self, key):
        found = self.adapter.get(f"llama.{key}.bias")
        return None if found is None else found.float().numpy()


def assemble(llama, adapter, imagebind, config=None):
    """(Config, MetaFolder, {key: tensor} of ImageBind, {key: tensor} of what was trained). Raises CheckpointError."""
    config, folder = config or Config(), MetaFolder(llama)
    found = load_file(adapter)
    c = folder.config
    rank = len(found.get("llama.layers.0.attention.lora_wq_l1.weight", ()))
    needed = {key: shape for key, shape in {**bridge_shapes(config, c, "image_bind_norm_1.bias" in found), **tuned_shapes(c, rank)}.items()
              if key in found or not key.startswith("llama.") or key.endswith("gate")}
    return config, folder, checked(load_file(imagebind), bind_shapes(config), imagebind), checked(found, needed, adapter)


def manifest(config, c, cached, **identity):
    v, s = config.vision, config.sound
    size = {"width": v.image_size, "height": v.image_size, "fit": "shorterSideCrop"}
    cache = {"cache": {"file": "neighbours", "neighbours": config.neighbours, "temperature": config.temperature, "weight": config.share}}
    return {
        **identity, "abilities": ["chat", "image", "audio"], "framePlan": f"pieces:{2 * config.clips}", "media": {"most": 4},
        "preprocess": {"video": {**size, "resample": "linear", "pieces": {"frames": v.together, "crops": config.crops}},
                       "image": {**size, "pieces": {"frames": v.together, "crops": 1}}, "mean": CLIP_MEAN, "std": CLIP_STD, "maxFrames": 16},
        "encoder": {"input": {"name": "pixels", "layout": "BTCHW", "type": "float32"}, "output": {"name": "embeddings", "rows": 1, "width": v.out}},
        "audio": {"input": {"name": "samples", "sampleRate": s.rate, "clips": s.clips, "seconds": s.seconds},
                  "output": {"name": "embeddings", "rows": 1, "width": s.out}},
        "prefix": {"input": {"name": "features", "width": v.out}, "output": {"name": "constants", "layers": c.depth, "width": c.width},
                   **(cache if cached else {})},
        "prompt": {"template": TEMPLATE, "timeMessage": "none"},
        "stop": {"texts": ["### Instruction:", "###"], "ids": [[2]], "trimAfter": []}, "sampling": {"temperature": 0.1, "topP": 0.75, "maxTokens": 256},
    }


def export(llama, adapter, imagebind, out, knn=None, kind="q4_0", half=True, config=None, note=print, **identity):
    config, folder, bind, trained = assemble(llama, adapter, imagebind, config)
    c, tuned = folder.config, Tuned(folder.tensors, trained)
    arrays = lambda tensors: lambda key: tensors[key].float().numpy()
    # Keys and values of the prefix leave the low-rank changes out; what leaves the attention does not.
    value = lambda i: folder.tensors[f"layers.{i}.attention.wv.weight"].float().numpy()
    output = lambda i: tuned.get(f"layers.{i}.attention.wo.weight")
    graphs = {"encoder": vision_graph(config, arrays(bind)), "audio": audio_graph(config, arrays(bind)),
              "prefix": prefix_graph(config, c, arrays(trained), trained.__contains__, value, output)}
    os.makedirs(out, exist_ok=True)
    if knn:
        table = read_index(knn)
        if table.shape[1] != config.vision.out:
            raise CheckpointError(f"{knn} holds vectors of {table.shape[1]} numbers, not of {config.vision.out}.")
        table.astype("<f4").tofile(os.path.join(out, "neighbours.f32"))
    write = lambda config, get, vocabulary, path, kind, name, licence: export_prefixed(config, get, tuned.bias, vocabulary, path, kind, name, licence)
    return export_system(out, graphs, (c, tuned.get, folder.vocabulary()), manifest(config, c, bool(knn), **identity), half, kind, note,
                         write=write, others={"neighbours": "neighbours.f32"} if knn else {})


def main():
    a = argparse.ArgumentParser()
    for name in ("llama", "adapter", "imagebind", "knn", "out"):
        a.add_argument("--" + name, required=name != "knn")
    a.add_argument("--type", choices=TYPES, default="q4_0")
    o = a.parse_args()
    try:
        export(o.llama, o.adapter, o.imagebind, o.out, o.knn, o.type, id="imagebind-llm-7b", name="ImageBind-LLM 7B", version="1.0.0",
               description="ImageBind-LLM of arXiv 2309.03905, from the original files.", licence="LLaMA; ImageBind CC BY-NC-SA 4.0; LLaMA-Adapter GPL-3.0", demonstration=False)
    except CheckpointError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
