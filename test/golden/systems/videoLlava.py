"""
Video-LLaVA: generated files, exported, and what the reference says of them: clips, pictures, and both in one prompt.

    python3 test/golden/systems/videoLlava.py
"""
import tempfile

from goldens import Speaker, collect_answers, pack, pixels_of, write_golden
from reference.clip_files import getters
from reference.prompts import CLIP_MEAN, CLIP_STD
from reference.video_llava.export import SYSTEM, assemble, export
from reference.video_llava.make_files import SMALL, write_files
from reference.video_llava.model import embed

VIDEO, IMAGE = {"kind": "video", "frames": 8}, {"kind": "image", "frames": 1}


def render(turns):
    """The CLI of the original: all placeholders, eight for a clip, then a newline, before the first question. Its eight are one here."""
    text = SYSTEM + " "
    for turn in turns:
        shown = "\1" * len(turn.get("visuals", []))
        text += f"USER: {shown}{chr(10) if shown else ''}{turn['question']} "
        text += f"ASSISTANT: {turn['answer']}</s>" if turn.get("answer") else "ASSISTANT:"
    return text.split("\1")


def conversation(turns):
    """Visuals before the first question stand at the beginning of a conversation."""
    first, *rest = turns
    return {"visuals": first.get("visuals", []), "turns": [{k: v for k, v in first.items() if k != "visuals"}, *rest]}


def main():
    talks = {
        "video": [{"visuals": [VIDEO], "question": "What is shown?"}],
        "image": [{"visuals": [IMAGE], "question": "What is this?"}],
        "video and image": [{"visuals": [VIDEO, IMAGE], "question": "Is it in both?"}],
        "two images and a video": [{"visuals": [IMAGE, IMAGE, VIDEO], "question": "What do they share?"}],
        "second turn": [{"visuals": [VIDEO], "question": "What is shown?", "answer": "a dog."}, {"question": "and then?"}],
        "an image that comes later": [{"visuals": [VIDEO], "question": "a b", "answer": "c d"}, {"visuals": [IMAGE], "question": "and here?"}],
        "text that looks like a placeholder": [{"visuals": [IMAGE], "question": "Is <image> or <video> or </s> a word?"}],
    }
    with tempfile.TemporaryDirectory() as folder:
        files, out = write_files(folder), folder + "/out"
        export(**files, out=out, kind="f16", half=False, config=SMALL, note=lambda _: None, id="video-llava-small", name="Video-LLaVA, reduced",
               description="Generated weights: answers nonsense.", version="0.0.0-generated", licence="MIT", demonstration=True)
        config, visual, llama = assemble(**files, config=SMALL)
        tensor, _ = getters(visual)
        cases, rows = [], {}
        for kind, count in (("video", 8), ("video", 3), ("image", 1)):
            seen = embed(config, tensor, pixels_of(count, config.video.image_size, CLIP_MEAN, CLIP_STD), kind)
            rows[kind, count] = seen
            kept = list(range(0, len(seen), len(seen) // 30))
            cases.append({"kind": kind, "frames": count, "rows": kept, "values": pack(seen[kept])})
        speaker = Speaker(llama.config, llama.get, llama.vocabulary())
        prompts = [{"name": name, "conversation": conversation(turns), "pieces": render(turns)} for name, turns in talks.items()]
        asked = [(name, conversation(turns), render(turns), [rows[v["kind"], v["frames"]] for turn in turns for v in turn.get("visuals", [])])
                 for name, turns in talks.items() if "placeholder" not in name]
        answers = collect_answers(speaker, asked, ["</s>"], wanted=3)
        write_golden("video-llava", out, {"cases": cases, "prompts": prompts, "answers": answers})


if __name__ == "__main__":
    main()
