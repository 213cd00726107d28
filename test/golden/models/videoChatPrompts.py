"""Writes videoChatPrompts.json: conversations rendered by the rules of VideoChat's original code
(Ask-Anything, video_chat/utils/config & models: Conversation.get_prompt and get_context_emb).

    python3 test/golden/models/videoChatPrompts.py
"""
import json
import re
from pathlib import Path

SEP = "###"


def render(messages):
    """A message ends with the separator; one without text is the place of the answer."""
    text = SEP
    for role, content in messages:
        text += f"{role}: {content}{SEP}" if content else f"{role}:"
    return text


def shown(visual):
    if visual["kind"] == "video":
        return ("Human", f"<Video><VideoHere></Video> {visual['timeMessage']}\n")
    return ("Human", "<Image><ImageHere></Image>\n")


def pieces(visuals, turns):
    """An upload is a message where it comes: `upload_video` and `upload_img` append to the conversation."""
    messages = [shown(visual) for visual in visuals]
    for turn in turns:
        messages += [shown(visual) for visual in turn.get("visuals", [])]
        messages.append(("Human", turn["question"] + "\n"))
        messages.append(("Assistant", turn.get("answer")))
    text = render(messages)
    # The original looks for one kind only, so it cannot mix them; both together are our extension.
    return re.split("<VideoHere>|<ImageHere>", text)


times = "0.6, 1.8, 3.0, 4.2, 5.5, 6.7, 7.9, 9.1"
video = {"kind": "video", "timeMessage": f"The video contains 8 frames sampled at {times} seconds."}
image = {"kind": "image"}
first = {"question": "What is the man doing?"}
answered = {**first, "answer": "He is dancing in a room."}
conversations = {
    "first turn": ([video], [first]),
    "second turn": ([video], [answered, {"question": "What does he wear?"}]),
    "third turn": (
        [video],
        [answered, {"question": "Why?", "answer": "Because he\nlikes it."}, {"question": "两只猫？ é 🙂"}],
    ),
    "image": ([image], [{"question": "What is this?"}]),
    "image, second turn": ([image], [{"question": "What is this?", "answer": "A cup."}, {"question": "What colour?"}]),
    "two videos": ([video, {**video, "timeMessage": "Another."}], [{"question": "Compare."}]),
    "three videos": (
        [video, {**video, "timeMessage": "Another."}, {**video, "timeMessage": "A third."}],
        [{"question": "Compare."}],
    ),
    "a video that comes later": (
        [video],
        [answered, {"visuals": [{**video, "timeMessage": "Another."}], "question": "And here?"}],
    ),
    "a video and a picture": ([video, image], [{"question": "Is it the same man?"}]),
    "a picture, then a video, then two pictures": (
        [image],
        [
            {"question": "What is this?", "answer": "A cup."},
            {"visuals": [video], "question": "Is it in the video?", "answer": "No."},
            {"visuals": [image, image], "question": "Which of these is?"},
        ],
    ),
    "finished": ([video], [answered]),
}
golden = [
    {"name": name, "conversation": {"visuals": visuals, "turns": turns}, "pieces": pieces(visuals, turns)}
    for name, (visuals, turns) in conversations.items()
]
Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")
