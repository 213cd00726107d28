"""
Exports videochat-mini in one command: ONNX and GGUF files, the manifest, and the golden files that depend on the weights.

    python3 models/export/export_mini.py models/training/joint.pt

The checkpoint holds {"model": state dict of VideoChat(mini(vocabulary))}. `--random` instead of a checkpoint exports
random weights, which is enough to try the tool chain. OUT defaults to models/videochat-mini.
"""
import argparse
import hashlib
import json
import os
import sys
import time

MODELS = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path[:0] = [MODELS, os.path.join(MODELS, "..", "test", "golden", "model")]
import makeGoldens  # noqa: E402
from export.checkpoint import load_model, load_vocabulary  # noqa: E402
from export.gguf_export import export_language  # noqa: E402
from export.onnx_export import export_vision, getter  # noqa: E402

NAME = "videochat-mini"
# What annotations are suggested from; it cannot write questions itself.
QUESTIONS = ["How many objects are there?", "List everything you see.", "Which object appears first?", "Which object appears last?"]
FILES = {"vision-fp32": "vision.fp32.onnx", "vision-fp16": "vision.fp16.onnx", "language-f16": "language.f16.gguf",
         "language-q8_0": "language.q8_0.gguf"}
DESCRIPTION = ("A small VideoChat for the toybox world: coloured shapes that move. Of other clips it sees nothing, but reads what "
               "perception models noticed in them; see its model card.")
LIMIT = 40_000_000  # bytes of weights in the repository


def prompt_rules():
    """systems.md §1.7, as server/models/videoChatPrompt.ts has it."""
    return {
        "template": "{{ system }}###{% for message in messages %}"
                    "{% if message.role == 'assistant' %}Assistant{% else %}Human{% endif %}: {{ message.content }}###"
                    "{% endfor %}{% if add_generation_prompt %}Assistant:{% endif %}",
        "videoMessage": "<Video><VideoHere></Video> {{ timeMessage }}\n",
        "imageMessage": "<Image><ImageHere></Image>\n",
        "questionMessage": "{{ question }}\n",
        "placeholders": {"video": "<VideoHere>", "image": "<ImageHere>"},
        "timeMessage": "videochat",
    }


def describe_files(folder, files):
    out = {}
    for key, name in files.items():
        digest, size = hashlib.sha256(), 0
        with open(os.path.join(folder, name), "rb") as f:
            while block := f.read(1 << 20):
                digest.update(block)
                size += len(block)
        out[key] = {"path": name, "bytes": size, "sha256": digest.hexdigest()}
    return out


def build_manifest(config, files, **identity):
    """identity: id, name, description, version, licence, demonstration; also variants if they are not mini's."""
    side = config.vision.image_size
    encoder = identity.pop("encoder", {"variants": {"fp32": "vision-fp32", "fp16": "vision-fp16"}, "default": "fp32"})
    language = identity.pop("language", {"variants": {"f16": "language-f16", "q8_0": "language-q8_0"}, "default": "f16"})
    stop_ids = identity.pop("stop_ids", [])
    prompts = identity.pop("prompts", None)
    sampling = identity.pop("sampling", {"temperature": 0, "topP": 0.9, "maxTokens": 200})
    return {
        "$schema": "../manifest.schema.json", "schemaVersion": 1, **identity, "abilities": ["chat", "image"],
        "files": files,
        "framePlan": "videochat:8",
        "preprocess": {
            "video": {"width": side, "height": side, "fit": "shorterSideCrop"},
            "image": {"width": side, "height": side, "fit": "squash"},
            "mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711], "maxFrames": 64,
        },
        "encoder": {
            **encoder, "input": {"name": "pixels", "layout": "BTCHW", "type": "float32"},
            "output": {"name": "embeddings", "rows": config.qformer.queries + config.qformer.extra_queries,
                       "width": config.llama.width},
        },
        "language": {**language, "contextLength": config.llama.context},
        "prompt": prompt_rules(),
        **({"prompts": prompts} if prompts else {}),
        "stop": {"texts": ["###"], "ids": stop_ids, "trimAfter": ["Assistant:"]},
        "sampling": sampling,
    }


def write_manifest(folder, manifest):
    path = os.path.join(folder, "manifest.json")
    with open(path + ".new", "w", encoding="utf-8") as f:
        json.dump(manifest, f, indent=2, ensure_ascii=False)
        f.write("\n")
    os.replace(path + ".new", path)


def keep_reader(folder, manifest):
    """What models/timeline/export.py put into the manifest stays: those weights are not made here."""
    try:
        with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as f:
            old = json.load(f)
    except FileNotFoundError:
        return manifest
    if "timeline" not in old:
        return manifest
    keys = old["timeline"]["language"]["variants"].values()
    return {**manifest, "abilities": [*manifest["abilities"], "timeline"], "timeline": old["timeline"],
            "files": {**manifest["files"], **{key: old["files"][key] for key in keys}}}


def main():
    a = argparse.ArgumentParser()
    a.add_argument("checkpoint", nargs="?")
    a.add_argument("--random", action="store_true")
    a.add_argument("--out", default=os.path.join(MODELS, NAME))
    a.add_argument("--version", default="1.0.0")
    a.add_argument("--no-goldens", action="store_true")
    o = a.parse_args()
    if bool(o.checkpoint) == o.random:
        a.error("give a checkpoint, or --random")
    begun = time.time()
    note = lambda what: print(f"{time.time() - begun:5.1f}s {what}", flush=True)
    model, vocabulary = load_model(o.checkpoint), load_vocabulary()
    os.makedirs(o.out, exist_ok=True)
    # The repository's files are replaced only when all of them are whole.
    part = lambda key: os.path.join(o.out, FILES[key] + ".new")
    state, language = model.state_dict(), model.llama_model.state_dict()
    export_vision(model.config, getter(state), part("vision-fp32"), name=NAME)
    export_vision(model.config, getter(state), part("vision-fp16"), half=True, name=NAME)
    for kind in ("f16", "q8_0"):
        export_language(model.config.llama, getter(language), vocabulary, part("language-" + kind), kind, NAME)
    for key, name in FILES.items():
        os.replace(part(key), os.path.join(o.out, name))
    files = describe_files(o.out, FILES)
    total = sum(f["bytes"] for f in files.values())
    write_manifest(o.out, keep_reader(o.out, build_manifest(
        model.config, files, id=NAME, name="VideoChat mini",
        description=DESCRIPTION,
        version=o.version if o.checkpoint else "0.0.0-random", licence="MIT", demonstration=True,
        prompts={"questions": QUESTIONS})))
    note(f"{o.out}: {total / 1e6:.1f} MB in {len(files)} files, {sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters")
    if total > LIMIT:
        raise SystemExit(f"more than the {LIMIT / 1e6:.0f} MB that the repository may hold")
    if not o.no_goldens:
        makeGoldens.main(o.checkpoint)
        note("goldens written")


if __name__ == "__main__":
    main()
