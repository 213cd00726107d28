"""
Writes the manifest of a published SmolVLM2: a folder with `vision_encoder*.onnx` (of the `onnx` folder of the original) and a GGUF.

    python3 models/reference/smolvlm2/manifest.py FOLDER --size 500m
"""
import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
from export.export_mini import describe_files, write_manifest  # noqa: E402

# Width of the LLaMA, side of a frame, rows of a frame.
SIZES = {"256m": (576, 512, 64), "500m": (960, 512, 64), "2.2b": (2048, 384, 81)}
FRAME = "<fake_token_around_image><global-img>{}<fake_token_around_image>"
# The longest side of a picture that is cut into tiles, in tiles.
GRID = 4
TILES = ("{% for row in tiles %}{% for tile in row %}<fake_token_around_image><row_{{ tile.row }}_col_{{ tile.column }}><tile>{% endfor %}{{ '\\n' }}{% endfor %}"
         "{% if tiles %}{{ '\\n' }}{% endif %}")


def rules(width, side, rows):
    """All of a manifest that does not depend on the files. A picture is shown in tiles and whole, as its processor's configuration has it."""
    size = {"width": side, "height": side, "fit": "squash"}
    return {
        "abilities": ["chat", "image"], "framePlan": "rate:1",
        "preprocess": {"video": size, "image": {**size, "resample": "lanczos", "tiles": {"longestEdge": GRID * side}}, "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "maxFrames": 64},
        "encoder": {"input": {"name": "pixel_values", "layout": "BTCHW", "type": "float32", "mask": "pixel_attention_mask"},
                    "output": {"name": "image_features", "rowsPerFrame": rows, "width": width}},
        "prompt": {
            "template": "<|im_start|>{% for message in messages %}{% if message.role == 'assistant' %}Assistant: {{ message.content }}"
                        "{% else %}User:{{ message.content }}{% endif %}<end_of_utterance>{{ '\\n' }}{% endfor %}"
                        "{% if add_generation_prompt %}Assistant:{% endif %}",
            "visuals": "question",
            "videoMessage": " You are provided the following series of {{ frameCountWords }} frames from a {{ duration }} [H:MM:SS] video.\n"
                            "{% for frame in frames %}{{ '\\n' }}Frame from {{ frame.clock }}:" + FRAME.format("<frame>") + "{% endfor %}{{ '\\n\\n' }}",
            "imageMessage": TILES + FRAME.format("<image>"),
            "questionMessage": "{{ visuals if visuals else ' ' }}{{ question }}",
            "placeholders": {"frame": "<frame>", "image": "<image>", "tile": "<tile>"},
            "specialTokens": ["<|im_start|>", "<end_of_utterance>", "<fake_token_around_image>", "<global-img>",
                              *[f"<row_{row + 1}_col_{column + 1}>" for row in range(GRID) for column in range(GRID)]],
            "timeMessage": "none",
        },
        "stop": {"texts": ["<end_of_utterance>"], "ids": [[49279]], "trimAfter": []},
        "sampling": {"temperature": 0, "maxTokens": 500},
    }


def main():
    a = argparse.ArgumentParser()
    a.add_argument("folder")
    a.add_argument("--size", choices=SIZES, required=True)
    o = a.parse_args()
    names = sorted(os.listdir(o.folder))
    graphs = [n for n in names if n.startswith("vision_encoder") and n.endswith(".onnx")]
    ggufs = [n for n in names if n.endswith(".gguf") and not n.startswith("mmproj")]
    if not graphs or not ggufs:
        raise SystemExit(f"{o.folder} lacks a vision_encoder*.onnx or a .gguf.")
    variant = graphs[0][len("vision_encoder"):-len(".onnx")].lstrip("_") or "fp32"
    made = rules(*SIZES[o.size])
    made["encoder"].update(variants={variant: "vision"}, default=variant)
    write_manifest(o.folder, {
        "$schema": "../manifest.schema.json", "schemaVersion": 1, "id": f"smolvlm2-{o.size}", "name": f"SmolVLM2 {o.size.upper()}", "version": "1.0.0",
        "description": "SmolVLM2, from the files that its authors publish.", "licence": "Apache-2.0", "demonstration": False,
        "files": describe_files(o.folder, {"vision": graphs[0], "language": ggufs[0]}), **made,
        "language": {"variants": {"published": "language"}, "default": "published", "contextLength": 8192},
    })


if __name__ == "__main__":
    main()
