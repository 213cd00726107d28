"""
Video-LLaMA: generated files, exported, and what the reference says of them: clips with sound and without, and pictures.

    python3 test/golden/systems/videoLlama.py
"""
import tempfile

import torch

from goldens import Speaker, collect_answers, pack, pixels_of, write_golden
from reference.clip_files import getters
from reference.prompts import CLIP_MEAN, CLIP_STD
from reference.video_llama.export import SYSTEM, assemble, export
from reference.video_llama.make_files import SMALL, write_files
from reference.video_llama.model import embed_audio, embed_video

TIMES = "The video contains 8 frames sampled at 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5 seconds."
SILENT = {"kind": "video", "frames": 8, "timeMessage": TIMES}
LOUD, PICTURE = {**SILENT, "sound": True}, {"kind": "image", "frames": 1}


def samples(config):
    """`test/integration/systems/golden.ts` computes the same."""
    n = torch.arange(config.sound.clips * config.sound.samples, dtype=torch.float64)
    return ((torch.sin(n * n / 40_000) * 0.5 + ((n * 37) % 101) / 101 * 0.2 - 0.1)).float().reshape(config.sound.clips, -1)


def render(visuals, turns):
    """`upload_video`, `ask` and `get_prompt` with LLaMA 2's separators; the tokeniser puts the first `<s>` there."""
    system, shown = SYSTEM, ""
    for visual in visuals:
        if visual.get("sound"):
            system = ""
            shown = "Close your eyes, open your ears and you imagine only based on the sound that: \1. \
                Close your ears, open your eyes and you see that <Video>\1</Video>.  \
                Now answer my question based on what you have just seen and heard."
        else:
            shown = f"<Video>\1</Video> {visual['timeMessage']} " if visual["kind"] == "video" else "<Image>\1</Image> "
    text = ""
    for i, turn in enumerate(turns):
        message = " ".join([shown, turn["question"]]) if i == 0 and shown else turn["question"]
        text += ("" if i == 0 else "<s>") + f"[INST] {f'<<SYS>>{chr(10)}{system}{chr(10)}<</SYS>>{chr(10)}{chr(10)}' if i == 0 else ''}{message} [/INST]"
        text += f" {turn['answer']} </s>" if turn.get("answer") else ""
    return text.split("\1")


def main():
    talks = {
        "sound": ([LOUD], [{"question": "What do you hear?"}]),
        "no sound": ([SILENT], [{"question": "What is shown?"}]),
        "image": ([PICTURE], [{"question": "What is this?"}]),
        "second turn": ([LOUD], [{"question": "What do you hear?", "answer": "a dog."}, {"question": "and see?"}]),
        "third turn": ([SILENT], [{"question": "a", "answer": "b"}, {"question": "c", "answer": "d\ne"}, {"question": "f"}]),
        "text that looks like a placeholder": ([LOUD], [{"question": "Is <AudioHere> or </s> or <VideoHere> a word?"}]),
    }
    with tempfile.TemporaryDirectory() as folder:
        files, out = write_files(folder), folder + "/out"
        export(**files, out=out, kind="f16", half=False, config=SMALL, note=lambda _: None, id="video-llama-small", name="Video-LLaMA, reduced",
               description="Generated weights: answers nonsense.", version="0.0.0-generated", licence="MIT", demonstration=True)
        config, tensors, llama = assemble(**files, config=SMALL)
        tensor, _ = getters(tensors)
        cases, rows = [], {}
        for kind, count in (("video", 8), ("video", 3), ("image", 1)):
            rows[kind, count] = embed_video(config, tensor, pixels_of(count, config.vision.image_size, CLIP_MEAN, CLIP_STD))
            cases.append({"kind": kind, "frames": count, "rows": list(range(32)), "values": pack(rows[kind, count])})
        sound = embed_audio(config, tensor, samples(config))
        speaker = Speaker(llama.config, llama.get, llama.vocabulary())
        prompts = [{"name": name, "conversation": {"visuals": visuals, "turns": turns}, "pieces": render(visuals, turns)} for name, (visuals, turns) in talks.items()]
        asked = [(p["name"], p["conversation"], p["pieces"],
                  [r for v in p["conversation"]["visuals"] for r in ([sound] if v.get("sound") else []) + [rows[v["kind"], v["frames"]]]])
                 for p in prompts if "placeholder" not in p["name"]]
        answers = collect_answers(speaker, asked, ["</s>", "<s>"], wanted=3)
        write_golden("video-llama", out, {"cases": cases, "sound": {"values": pack(sound)}, "prompts": prompts, "answers": answers})


if __name__ == "__main__":
    main()
