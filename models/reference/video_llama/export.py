"""
Exports Video-LLaMA-2 from its original files, with its ears if their files are given.

    python3 models/reference/video_llama/export.py --eva eva_vit_g.pth --blip2 blip2_pretrained_flant5xxl.pth --llama llama-2-7b-chat-hf \\
        --video VL_LLaMA_2_7B_Finetuned.pth --audio AL_LLaMA_2_7B_Finetuned.pth --imagebind imagebind_huge.pth --out DIR [--type q4_0]

Every file is read without running anything in it.
"""
import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
from export.gguf_export import TYPES  # noqa: E402
from export.system_export import export_system  # noqa: E402
from reference.checkpoints import LlamaFolder, eva_tensors  # noqa: E402
from reference.clip_files import checked, getters, load_file  # noqa: E402
from reference.prompts import CLIP_MEAN, CLIP_STD  # noqa: E402
from reference.video_llama.graph import audio_graph, video_graph  # noqa: E402
from reference.video_llama.model import Config, audio_shapes, video_shapes  # noqa: E402
from reference.weight_files import CheckpointError, load_torch  # noqa: E402

SYSTEM = ("You are a helpful language and vision assistant. You are able to understand the visual content that the user provides, "
          "and assist the user with a variety of tasks using natural language.")
# What the original says around a clip with sound, down to the spaces of its source.
GAP = " " * 16
HEARD = "Close your eyes, open your ears and you imagine only based on the sound that: {}. " + GAP + "Close your ears, open your eyes and you see that "
SEEN = ".  " + GAP + "Now answer my question based on what you have just seen and heard."
# With sound, the original empties the system line.
TEMPLATE = ("{% for message in messages %}{% if message.role == 'assistant' %} {{ message.content }} </s>{% else %}{{ '' if loop.first else '<s>' }}[INST] "
            "{% if loop.first %}<<SYS>>{{ '\\n' }}{{ '' if 'Close your eyes, open your ears' in message.content else system }}{{ '\\n<</SYS>>\\n\\n' }}{% endif %}"
            "{{ message.content }} [/INST]{% endif %}{% endfor %}")


def assemble(eva, blip2, llama, video, audio=None, imagebind=None, config=None):
    """(Config, {key: tensor} of both branches, LlamaFolder). Raises CheckpointError."""
    config, folder = config or Config(), LlamaFolder(llama)
    width = folder.config.width
    found = {**eva_tensors(load_torch(eva), config, eva), **load_file(blip2), **load_file(video)}
    tensors = checked(found, video_shapes(config, width), video)
    if audio:
        tensors.update(checked({**load_file(imagebind), **load_file(audio)}, audio_shapes(config, width), audio))
    return config, tensors, folder


def manifest(config, width, sound, **identity):
    side, s = config.vision.image_size, config.sound
    size = {"width": side, "height": side, "fit": "squash"}
    video = "<Video><VideoHere></Video>"
    heard = {"audio": {"input": {"name": "samples", "sampleRate": s.rate, "clips": s.clips, "seconds": s.seconds},
                       "output": {"name": "embeddings", "rows": config.audio_queries, "width": width}}}
    return {
        **identity, "abilities": ["chat", "image", "audio"] if sound else ["chat", "image"], "framePlan": f"starts:{config.frames}",
        "preprocess": {"video": size, "image": size, "mean": CLIP_MEAN, "std": CLIP_STD, "maxFrames": config.positions},
        "encoder": {"input": {"name": "pixels", "layout": "BTCHW", "type": "float32"},
                    "output": {"name": "embeddings", "rows": config.video_queries, "width": width}},
        **(heard if sound else {}),
        "prompt": {
            "template": TEMPLATE, "system": SYSTEM, "visuals": "question",
            "videoMessage": "{% if sound %}" + HEARD.format("<AudioHere>") + "{% endif %}" + video + "{% if sound %}" + SEEN + "{% else %} {{ timeMessage }} {% endif %}"
                            if sound else video + " {{ timeMessage }} ",
            "imageMessage": "<Image><ImageHere></Image> ", "questionMessage": "{{ visuals + ' ' if visuals else '' }}{{ question }}",
            "placeholders": {"video": "<VideoHere>", "image": "<ImageHere>", **({"audio": "<AudioHere>"} if sound else {})},
            "specialTokens": ["</s>", "<s>"], "timeMessage": "videochat",
        },
        "stop": {"texts": ["</s>"], "ids": [[2]], "trimAfter": []}, "sampling": {"temperature": 1, "topP": 0.9, "maxTokens": 300},
    }


def export(eva, blip2, llama, video, out, audio=None, imagebind=None, kind="q4_0", half=True, config=None, note=print, **identity):
    config, tensors, folder = assemble(eva, blip2, llama, video, audio, imagebind, config)
    _, get = getters(tensors)
    width = folder.config.width
    graphs = {"encoder": video_graph(config, get, width), **({"audio": audio_graph(config, get, width)} if audio else {})}
    return export_system(out, graphs, (folder.config, folder.get, folder.vocabulary()), manifest(config, width, bool(audio), **identity), half, kind, note)


def main():
    a = argparse.ArgumentParser()
    for name in ("eva", "blip2", "llama", "video", "audio", "imagebind", "out"):
        a.add_argument("--" + name, required=name not in ("audio", "imagebind"))
    a.add_argument("--type", choices=TYPES, default="q4_0")
    o = a.parse_args()
    if bool(o.audio) != bool(o.imagebind):
        a.error("--audio and --imagebind belong together")
    try:
        export(o.eva, o.blip2, o.llama, o.video, o.out, o.audio, o.imagebind, o.type, id="video-llama-2-7b", name="Video-LLaMA-2 7B", version="1.0.0",
               description="Video-LLaMA of arXiv 2306.02858, from the original files.", licence="Llama 2; ImageBind CC BY-NC-SA 4.0", demonstration=False)
    except CheckpointError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
