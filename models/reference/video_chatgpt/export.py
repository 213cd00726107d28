"""
Exports Video-ChatGPT from its original files.

    python3 models/reference/video_chatgpt/export.py --clip clip-vit-large-patch14 --base LLaVA-7B-Lightening-v1-1 \\
        --projection video_chatgpt-7B.bin --out DIR [--type q4_0]

`base` is a merged LLaVA-Lightning folder. Every file is read without running anything in it.
"""
import argparse
import os
import sys
from dataclasses import replace

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
from export.gguf_export import TYPES  # noqa: E402
from export.system_export import export_system  # noqa: E402
from reference.checkpoints import LlamaFolder  # noqa: E402
from reference.clip_files import checked, getters, load_file, read_tower  # noqa: E402
from reference.prompts import CLIP_MEAN, CLIP_STD, VICUNA_STOP, VICUNA_V1  # noqa: E402
from reference.video_chatgpt.model import ADDED, Config, graph, projector_shapes  # noqa: E402
from reference.weight_files import CheckpointError  # noqa: E402

SYSTEM = ("You are Video-ChatGPT, a large vision-language assistant. You are able to understand the video content that the user provides, "
          "and assist the user with a variety of tasks using natural language.Follow the instructions carefully and explain your answers "
          "in detail based on the provided video.")


class Language:
    """The base's LLaMA with the three added tokens and the two tables that were trained with them."""

    def __init__(self, base, tables):
        self.folder, self.tables = LlamaFolder(base), tables
        self.config = replace(self.folder.config, vocab=self.folder.config.vocab + len(ADDED))

    def get(self, key):
        return self.tables[key].float().numpy() if key in self.tables else self.folder.get(key)

    def vocabulary(self):
        return self.folder.vocabulary() + [(text, -1000.0, 3) for text in ADDED]


def assemble(clip, base, projection, config=None):
    """(Config, {key: tensor} of the visual side, Language). Raises CheckpointError."""
    config = config or Config()
    language = LlamaFolder(base).config
    trained = load_file(projection)
    shape = (language.vocab + len(ADDED), language.width)
    tables = checked(trained, {"model.embed_tokens.weight": shape, "lm_head.weight": shape}, projection)
    visual = {**read_tower(clip, config.tower), **checked(trained, projector_shapes(config, language.width), projection)}
    return config, visual, Language(base, tables)


def manifest(config, width, **identity):
    side = config.tower.image_size
    size = {"width": side, "height": side, "fit": "squash", "resample": "nearest"}
    return {
        **identity, "abilities": ["chat"], "framePlan": f"midpoints:{config.frames}",
        "preprocess": {"video": size, "image": size, "mean": CLIP_MEAN, "std": CLIP_STD, "maxFrames": config.frames},
        "encoder": {"input": {"name": "pixels", "layout": "BTCHW", "type": "float32"},
                    "output": {"name": "embeddings", "rows": config.rows, "width": width}},
        "prompt": {
            "template": VICUNA_V1, "system": SYSTEM, "visuals": "question", "videoMessage": "<vid_start><vid_patch><vid_end>",
            "questionMessage": "{{ question }}{{ '\\n' + visuals if visuals else '' }}", "placeholders": {"video": "<vid_patch>"},
            "specialTokens": ["</s>", "<vid_start>", "<vid_end>"], "timeMessage": "none",
        },
        "stop": VICUNA_STOP, "sampling": {"temperature": 0.2, "maxTokens": 1024},
    }


def export(clip, base, projection, out, kind="q4_0", half=True, config=None, note=print, **identity):
    config, visual, language = assemble(clip, base, projection, config)
    _, get = getters(visual)
    width = language.config.width
    return export_system(out, {"encoder": graph(config, get, width)}, (language.config, language.get, language.vocabulary()),
                         manifest(config, width, **identity), half, kind, note)


def main():
    a = argparse.ArgumentParser()
    for name in ("clip", "base", "projection", "out"):
        a.add_argument("--" + name, required=True)
    a.add_argument("--type", choices=TYPES, default="q4_0")
    o = a.parse_args()
    try:
        export(o.clip, o.base, o.projection, o.out, o.type, id="video-chatgpt-7b", name="Video-ChatGPT 7B", version="1.0.0", demonstration=False,
               description="Video-ChatGPT of arXiv 2306.05424, from the original files.", licence="LLaMA-1 (research only); Video-ChatGPT CC BY-NC-SA 4.0")
    except CheckpointError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
