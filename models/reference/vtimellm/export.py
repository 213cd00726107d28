"""
Exports VTimeLLM from its original files; both adapters are merged into the weights of Vicuna, or with --beside written
beside them, so that several such models share one GGUF of Vicuna.

    python3 models/reference/vtimellm/export.py --clip ViT-L-14.pt --base vicuna-7b-v1.5 --projector mm_projector.bin \\
        --stage2 vtimellm-vicuna-v1-5-7b-stage2 --stage3 vtimellm-vicuna-v1-5-7b-stage3 --out DIR [--type q4_0] [--beside]

`clip` may also be a Hugging Face folder of CLIP ViT-L/14. Every file is read without running anything in it.
"""
import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
from export.gguf_export import TYPES  # noqa: E402
from export.system_export import export_system  # noqa: E402
from reference.checkpoints import LlamaFolder  # noqa: E402
from reference.clip_files import checked, getters, load_file, read_tower  # noqa: E402
from reference.lora import PREFIX, Adapter, Merged  # noqa: E402
from reference.prompts import CLIP_MEAN, CLIP_STD, VICUNA_STOP, VICUNA_V1, assistant  # noqa: E402
from reference.vtimellm.model import Config, graph, projector_shapes  # noqa: E402
from reference.weight_files import CheckpointError  # noqa: E402

SYSTEM = assistant("user", "user's")
# What the original asks for all events, word by word: it was trained with it.
EVENTS = ("Could you please describe the events in the video in detail? Be specific about the activities of individuals, their "
          "surroundings, and interactions with others. The output should be in JSON format, structured as follows: "
          '{"event": "xx", "timestamps": "from xx to xx"}.')


def projector(config, width, first, stages):
    """The projector of the first stage, or of the last later stage that has one."""
    shapes = projector_shapes(config, width)
    found, path = load_file(first), first
    for stage in stages:
        extra = os.path.join(stage, "non_lora_trainables.bin")
        if os.path.isfile(extra):
            tensors = {key[len(PREFIX):] if key.startswith(PREFIX) else key: t for key, t in load_file(extra).items()}
            if any(key in shapes for key in tensors):
                found, path = tensors, extra
    return checked(found, shapes, path)


def assemble(clip, base, mm_projector, stages=(), config=None):
    """(Config, {key: tensor} of the visual side, LlamaFolder, its weights with the adapters). Raises CheckpointError."""
    config, folder = config or Config(), LlamaFolder(base)
    visual = {**read_tower(clip, config.tower, projection=True), **projector(config, folder.config.width, mm_projector, stages)}
    return config, visual, folder, Merged(folder, [Adapter(stage) for stage in stages])


def manifest(config, width, **identity):
    side = config.tower.image_size
    size = {"width": side, "height": side, "fit": "shorterSideCrop", "resample": "cubic"}
    return {
        **identity, "abilities": ["chat", "grounding", "denseCaption"], "framePlan": f"linspace:{config.frames}",
        "preprocess": {"video": size, "image": size, "mean": CLIP_MEAN, "std": CLIP_STD, "maxFrames": config.frames},
        "encoder": {"input": {"name": "pixels", "layout": "BTCHW", "type": "float32"},
                    "output": {"name": "embeddings", "rowsPerFrame": 1, "width": width}},
        "prompt": {
            "template": VICUNA_V1, "system": SYSTEM, "visuals": "question", "videoMessage": "<video>\n",
            "questionMessage": "{{ visuals }}{{ question }}", "placeholders": {"video": "<video>"}, "specialTokens": ["</s>"], "timeMessage": "none",
        },
        "prompts": {
            "locate": {"question": "During which frames can we see {{ query | lower }}?", "answer": "From {{ start }} to {{ end }}.", "unit": "hundredths"},
            "denseCaption": {"question": EVENTS, "unit": "hundredths"},
        },
        "stop": VICUNA_STOP, "sampling": {"temperature": 0.05, "maxTokens": 1024},
    }


def export(clip, base, mm_projector, out, stages=(), kind="q4_0", half=True, config=None, note=print, beside=False, **identity):
    config, visual, folder, language = assemble(clip, base, mm_projector, stages, config)
    _, get = getters(visual)
    width = folder.config.width
    return export_system(out, {"encoder": graph(config, get, width)}, (folder.config, (folder if beside else language).get, folder.vocabulary()),
                         manifest(config, width, **identity), half, kind, note, language.adapters if beside else ())


def main():
    a = argparse.ArgumentParser()
    for name in ("clip", "base", "projector", "stage2", "stage3", "out"):
        a.add_argument("--" + name, required=name not in ("stage2", "stage3"))
    a.add_argument("--type", choices=TYPES, default="q4_0")
    a.add_argument("--beside", action="store_true")
    o = a.parse_args()
    try:
        export(o.clip, o.base, o.projector, o.out, [s for s in (o.stage2, o.stage3) if s], o.type, beside=o.beside, id="vtimellm-7b", name="VTimeLLM 7B", version="1.0.0",
               description="VTimeLLM of arXiv 2311.18445, from the original files.", licence="Llama 2; VTimeLLM CC BY-NC-ND 4.0", demonstration=False)
    except CheckpointError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
