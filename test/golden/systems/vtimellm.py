"""
VTimeLLM: generated files, exported, and what the reference says of them; the adapters merged, and beside the weights.

    python3 test/golden/systems/vtimellm.py
"""
import os
import tempfile

from goldens import Speaker, collect_answers, pack, pixels_of, write_golden
from reference.clip_files import getters
from reference.prompts import CLIP_MEAN, CLIP_STD
from reference.vtimellm.export import EVENTS, SYSTEM, assemble, export
from reference.vtimellm.make_files import SMALL, write_files
from reference.vtimellm.model import embed


def render(turns):
    """`conv_vicuna_v1` with `<video>\\n` before the first question, split where `tokenizer_image_token` splits it."""
    text = SYSTEM + " "
    for i, turn in enumerate(turns):
        shown = "\1\n" if i == 0 else ""
        text += f"USER: {shown}{turn['question']} "
        text += f"ASSISTANT: {turn['answer']}</s>" if turn.get("answer") else "ASSISTANT:"
    return text.split("\1")


def main():
    questions = ["describe the video.", EVENTS, "During which frames can we see a man?", "Is <video> or </s> a word?", "什么时候?", "a b c"]
    conversations = {q[:40]: [{"question": q}] for q in questions}
    conversations["second turn"] = [{"question": "describe the video.", "answer": "from 10 to 25."}, {"question": "and then?"}]
    with tempfile.TemporaryDirectory() as folder:
        files, out = write_files(folder), folder + "/out"
        for name, beside in (("vtimellm", False), ("vtimellm-beside", True)):
            export(**files, out=f"{out}/{name}", kind="f16", half=False, config=SMALL, note=lambda _: None, beside=beside, id=name + "-small", name="VTimeLLM, reduced",
                   description="Generated weights: answers nonsense.", version="0.0.0-generated", licence="MIT", demonstration=True)
        config, visual, llama, language = assemble(**files, config=SMALL)
        tensor, _ = getters(visual)
        cases, rows = [], {}
        for count in (100, 8, 1):
            rows[count] = embed(config, tensor, pixels_of(count, config.tower.image_size, CLIP_MEAN, CLIP_STD))
            kept = list(range(0, count, 3))
            cases.append({"kind": "video", "frames": count, "rows": kept, "values": pack(rows[count][kept])})
        speaker = Speaker(llama.config, language.get, llama.vocabulary())
        shown = {"kind": "video", "frames": 100}
        prompts = [{"name": name, "conversation": {"visuals": [shown], "turns": turns}, "pieces": render(turns)} for name, turns in conversations.items()]
        asked = [(p["name"], p["conversation"], p["pieces"], [rows[100]]) for p in prompts if "</s>" not in p["name"]]
        answers = collect_answers(speaker, asked, ["</s>"], wanted=3)
        for name in os.listdir(out):
            write_golden(name, f"{out}/{name}", {"cases": cases, "prompts": prompts, "answers": answers})


if __name__ == "__main__":
    main()
