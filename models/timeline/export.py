"""
Exports the reader: the GGUF, its entry and the section `timeline` of videochat-mini's manifest.

    python3 models/timeline/export.py models/training/timeline.pt
"""
import argparse
import json
import os
import sys

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
MODELS = os.path.abspath(os.path.join(HERE, ".."))
sys.path.insert(0, MODELS)
from export.export_mini import DESCRIPTION, NAME, describe_files, write_manifest  # noqa: E402
from export.gguf_export import export_language  # noqa: E402
from timeline.model import config, new_model  # noqa: E402
from timeline.tokens import EOS, load  # noqa: E402

KEY, FILE = "timeline-f16", "timeline.f16.gguf"


def section(context):
    """How it is asked; `tokens.prompt` is the same for training. Each question stands alone: of a conversation it sees the last one."""
    return {
        "language": {"variants": {"f16": KEY}, "default": "f16", "contextLength": context},
        "prompt": {
            "template": "{% for message in messages %}{% if loop.last or (loop.first and messages[1].role == 'user') %}"
                        "{{ message.content }}{% endif %}{% endfor %}",
            "contextMessage": "{{ context }}\n",
            "questionMessage": "Question: {{ question }}\nAnswer:",
        },
        "prompts": {"summary": "Summarise the video.", "caption": "Describe this part in one sentence.",
                    "detail": "Summarise the video in detail.", "title": "Give this part a title.",
                    "questions": ["What objects appear and when?", "What does the text say?", "Is anyone speaking?", "Summarise the video."]},
        "answers": "supported",
        "stop": {"texts": ["\n"], "ids": [[EOS]], "trimAfter": []},
        "sampling": {"temperature": 0, "maxTokens": 400},
    }


def main():
    a = argparse.ArgumentParser()
    a.add_argument("checkpoint")
    a.add_argument("--out", default=os.path.join(MODELS, NAME))
    o = a.parse_args()
    model = new_model()
    kept = torch.load(o.checkpoint)
    model.load_state_dict(kept["model"])
    state = model.state_dict()
    path = os.path.join(o.out, FILE)
    export_language(config(), lambda key: state[key].float().numpy(), load().vocab, path + ".new", "f16", "videochat-mini timeline reader")
    os.replace(path + ".new", path)
    with open(os.path.join(o.out, "manifest.json"), encoding="utf-8") as f:
        manifest = json.load(f)
    manifest["files"].update(describe_files(o.out, {KEY: FILE}))
    manifest["description"] = DESCRIPTION
    manifest["timeline"] = section(config().context)
    if "timeline" not in manifest["abilities"]:
        manifest["abilities"].append("timeline")
    write_manifest(o.out, manifest)
    print(manifest["files"][KEY])
    # Enough to go on training from, without the optimiser's state.
    half = lambda tensors: {key: value.half() if value.is_floating_point() else value for key, value in tensors.items()}
    torch.save({**{key: half(kept[key]) for key in ("model", "topic", "map")}, "step": kept["step"]}, os.path.join(HERE, "checkpoint.pt"))


if __name__ == "__main__":
    main()
