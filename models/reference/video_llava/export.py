"""
Exports Video-LLaVA from `Video-LLaVA-7B-hf`, which holds all its parts.

    python3 models/reference/video_llava/export.py --model Video-LLaVA-7B-hf --out DIR [--type q4_0]

A tower with attention over time, as LanguageBind-Video has before it is merged, is exported with it.
"""
import argparse
import os
import sys
from dataclasses import replace

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
from export.gguf_export import TYPES  # noqa: E402
from export.system_export import export_system  # noqa: E402
from reference.checkpoints import LlamaFolder  # noqa: E402
from reference.clip_files import checked, getters  # noqa: E402
from reference.prompts import CLIP_MEAN, CLIP_STD, VICUNA_STOP, VICUNA_V1, assistant  # noqa: E402
from reference.tower import tower_shapes  # noqa: E402
from reference.video_llava.model import Config, graph, projector_shapes  # noqa: E402
from reference.weight_files import CheckpointError  # noqa: E402

SYSTEM = assistant("human", "human's")


def assemble(model, config=None):
    """(Config, {key: tensor} of the visual side, LlamaFolder). Raises CheckpointError."""
    config, folder = config or Config(), LlamaFolder(model, "language_model.", "text_config")
    if any("temporal_attn" in key for key in folder.all):
        config = replace(config, video=replace(config.video, frames=config.frames))
    shapes = projector_shapes(config, folder.config.width)
    for kind in ("video", "image"):
        shapes.update(tower_shapes(getattr(config, kind), f"{kind}_tower.vision_model."))
    return config, checked({key: folder.other(key) for key in shapes if key in folder.all}, shapes, model), folder


def manifest(config, width, **identity):
    side = config.video.image_size
    size = {"width": side, "height": side, "fit": "shorterSideCrop"}
    return {
        **identity, "abilities": ["chat", "image"], "framePlan": f"linspace:{config.frames}", "media": {"most": 5, "videos": 1, "images": 4},
        "preprocess": {"video": {**size, "resample": "linear"}, "image": {**size, "resample": "cubic"}, "mean": CLIP_MEAN, "std": CLIP_STD,
                       "maxFrames": config.frames},
        "encoder": {"input": {"name": "pixels", "layout": "BTCHW", "type": "float32"},
                    "output": {"name": "embeddings", "rowsPerFrame": config.video.tokens, "width": width},
                    "image": {"output": {"name": "embeddings", "rows": config.image.patches, "width": width}}},
        "prompt": {
            "template": VICUNA_V1, "system": SYSTEM, "visuals": "question", "videoMessage": "<video>", "imageMessage": "<image>",
            "questionMessage": "{{ visuals + '\\n' if visuals else '' }}{{ question }}", "placeholders": {"video": "<video>", "image": "<image>"},
            "specialTokens": ["</s>"], "timeMessage": "none",
        },
        "stop": VICUNA_STOP, "sampling": {"temperature": 0.2, "maxTokens": 512},
    }


def export(model, out, kind="q4_0", half=True, config=None, note=print, **identity):
    config, visual, folder = assemble(model, config)
    _, get = getters(visual)
    width = folder.config.width
    graphs = {"encoder": graph(config, get, width, "video"), "image": graph(config, get, width, "image")}
    return export_system(out, graphs, (folder.config, folder.get, folder.vocabulary()), manifest(config, width, **identity), half, kind, note)


def main():
    a = argparse.ArgumentParser()
    for name in ("model", "out"):
        a.add_argument("--" + name, required=True)
    a.add_argument("--type", choices=TYPES, default="q4_0")
    o = a.parse_args()
    try:
        export(o.model, o.out, o.type, id="video-llava-7b", name="Video-LLaVA 7B", version="1.0.0", demonstration=False,
               description="Video-LLaVA of arXiv 2311.10122, from Video-LLaVA-7B-hf.", licence="Llama 2; Video-LLaVA Apache-2.0")
    except CheckpointError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
