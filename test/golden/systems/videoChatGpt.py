"""
Video-ChatGPT: generated files, exported, and what the reference says of them.

    python3 test/golden/systems/videoChatGpt.py
"""
import tempfile

from goldens import Speaker, collect_answers, pack, pixels_of, write_golden
from reference.clip_files import getters
from reference.prompts import CLIP_MEAN, CLIP_STD
from reference.video_chatgpt.export import SYSTEM, assemble, export
from reference.video_chatgpt.make_files import SMALL, write_files
from reference.video_chatgpt.model import embed

# How the original renders a conversation: `Conversation.get_prompt` of video_conversation.py with two separators.
SEPARATORS = [" ", "</s>"]


def render(turns):
    """The video goes behind the first question: `question\\n<vid_start>` + 356 × `<vid_patch>` + `<vid_end>`."""
    messages = []
    for i, turn in enumerate(turns):
        shown = "\n<vid_start><vid_patch><vid_end>" if i == 0 else ""
        messages += [("USER", turn["question"] + shown), ("ASSISTANT", turn.get("answer"))]
    text = SYSTEM + SEPARATORS[0]
    for i, (role, message) in enumerate(messages):
        text += f"{role}: {message}{SEPARATORS[i % 2]}" if message else f"{role}:"
    return text.split("<vid_patch>")


def main():
    questions = ["What is shown?", "what happens then", "Is <vid_patch> or </s> a word?\n", "描述视频。", "a b c d", "who is it"]
    conversations = {q: [{"question": q}] for q in questions}
    conversations["second turn"] = [{"question": "What is shown?", "answer": "a dog."}, {"question": "and then?"}]
    conversations["third turn"] = [{"question": "x", "answer": "a"}, {"question": "y", "answer": "b\nc"}, {"question": "z"}]
    with tempfile.TemporaryDirectory() as folder:
        files, out = write_files(folder), folder + "/out"
        export(**files, out=out, kind="f16", half=False, config=SMALL, note=lambda _: None, id="video-chatgpt-small", name="Video-ChatGPT, reduced",
               description="Generated weights: answers nonsense.", version="0.0.0-generated", licence="MIT", demonstration=True)
        config, visual, language = assemble(**files, config=SMALL)
        tensor, _ = getters(visual)
        cases, rows = [], {}
        for count in (100, 37, 1):
            rows[count] = embed(config, tensor, pixels_of(count, config.tower.image_size, CLIP_MEAN, CLIP_STD))
            kept = list(range(0, config.rows, 9))
            cases.append({"kind": "video", "frames": count, "rows": kept, "values": pack(rows[count][kept])})
        speaker = Speaker(language.config, language.get, language.vocabulary())
        shown = {"kind": "video", "frames": 100}
        prompts = [{"name": name, "conversation": {"visuals": [shown], "turns": turns}, "pieces": pieces_of(turns)} for name, turns in conversations.items()]
        asked = [(p["name"], p["conversation"], p["pieces"], [rows[100]]) for p in prompts if "<vid" not in p["name"]]
        answers = collect_answers(speaker, asked, ["<vid_start>", "<vid_end>", "</s>"])
        write_golden("video-chatgpt", out, {"cases": cases, "prompts": prompts, "answers": answers})


def pieces_of(turns):
    """What a person writes stays text, also where it looks like a placeholder: hidden while the original's rules are applied."""
    hidden = [{k: v.replace("<vid_patch>", "\0") for k, v in turn.items()} for turn in turns]
    return [piece.replace("\0", "<vid_patch>") for piece in render(hidden)]


if __name__ == "__main__":
    main()
