"""
SmolVLM2: a generated pair of files in the published layout, and what the reference says of them.

    python3 test/golden/systems/smolVlm2.py
"""
import re
import tempfile

import numpy as np
import torch

from goldens import Speaker, collect_answers, frame, pack, pixels_of, write_golden
from reference.clip_files import getters
from reference.smolvlm2.make_pair import CONTROL, MERGES, SMALL, Llama, as_reference, byte_names, vocabulary, write_pair
from reference.smolvlm2.model import embed
from reference.smolvlm2.tiles import cut

WORDS = {1: "one", 2: "two", 3: "three", 4: "four", 21: "twenty-one"}
SPECIAL = ["<|im_start|>", "<end_of_utterance>", "<fake_token_around_image>", "<global-img>"] + [f"<row_{r}_col_{c}>" for r in range(1, 5) for c in range(1, 5)]


class BytePairs:
    """Byte-level BPE; digits stand alone, as the pre-tokeniser of SmolLM has it."""

    def __init__(self):
        self.ids = {text: i for i, (text, kind) in enumerate(vocabulary()) if kind == 1}
        self.bytes, self.ranks = byte_names(), {tuple(m.split(" ")): i for i, m in enumerate(MERGES)}

    def word(self, text):
        parts = [self.bytes[b] for b in text.encode()]
        while len(parts) > 1:
            best = min(range(len(parts) - 1), key=lambda i: self.ranks.get((parts[i], parts[i + 1]), 1e9))
            if (parts[best], parts[best + 1]) not in self.ranks:
                break
            parts[best:best + 2] = [parts[best] + parts[best + 1]]
        return [self.ids[p] for p in parts]

    def encode(self, text):
        words = []
        for piece in re.split(r"(\d)", text):
            words += re.findall(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+", piece)
        return [i for word in words for i in self.word(word)]


class SmolSpeaker(Speaker):
    # No BOS: the template begins with the token that would be one.
    bos, end = (), (49279,)

    def __init__(self, config, tensors):
        super().__init__(config, lambda key: tensors[key].numpy(), [])
        self.ids, self.tokenizer = {text: i for i, text in CONTROL.items()}, BytePairs()


def render(visuals, turns):
    """The processor's rules: a clip is introduced, each frame has its time, a picture stands right behind the role's colon."""
    around = "<fake_token_around_image><global-img>\1<fake_token_around_image>"
    text = "<|im_start|>"
    for i, turn in enumerate(turns):
        shown, first = "", True
        for visual in (visuals if i == 0 else []):
            if visual["kind"] == "video":
                seconds, length = visual["frameSeconds"], int(visual["durationSeconds"])
                shown += f"You are provided the following series of {WORDS[len(seconds)]} frames from a {length // 3600}:{length // 60 % 60:02d}:{length % 60:02d} [H:MM:SS] video.\n"
                shown += "".join(f"\nFrame from {int(s // 60):02d}:{int(s % 60):02d}:{around}" for s in seconds) + "\n\n"
            else:
                grid = visual.get("tiles", {"rows": 0, "columns": 0})
                for row in range(grid["rows"]):
                    shown += "".join(f"<fake_token_around_image><row_{row + 1}_col_{column + 1}>\1" for column in range(grid["columns"])) + "\n"
                shown, first = shown + ("\n" if grid["rows"] else "") + around, False
        text += f"User:{' ' if first else ''}{shown}{turn['question']}<end_of_utterance>\n"
        text += f"Assistant: {turn['answer']}<end_of_utterance>\n" if turn.get("answer") else "Assistant:"
    return text.split("\1")


def video(*seconds, length):
    return {"kind": "video", "frames": len(seconds), "frameSeconds": list(seconds), "durationSeconds": length}


def tiled(width, height):
    """A picture in tiles of the encoder's size, as the processor makes them: (visual, pixels [T,3,H,W])"""
    side = SMALL.tower.image_size
    parts, rows, columns = cut(frame(0, width, height), side, 4 * side)
    x = np.stack(parts).astype(np.float32) / 255
    pixels = torch.from_numpy(((x - np.float32(0.5)) / np.float32(0.5)).transpose(0, 3, 1, 2).copy())
    return {"kind": "image", "frames": len(parts), "picture": [width, height], "tiles": {"rows": rows, "columns": columns}}, pixels


def main():
    clip, picture = video(0.0, 1.0, 2.0, 2.96, length=3.0), {"kind": "image", "frames": 1}
    wide, wide_pixels = tiled(150, 100)
    long, long_pixels = tiled(900, 20)
    talks = {
        "video": ([clip], [{"question": "What happens?"}]),
        "a long video": ([video(*[61.5 * i for i in range(21)], length=4000.4)], [{"question": "Describe it."}]),
        "second turn": ([clip], [{"question": "What happens?", "answer": "A dog jumps."}, {"question": "And then 12 times?"}]),
        "image": ([picture], [{"question": "What is this?"}]),
        "image, second turn": ([picture], [{"question": "What?", "answer": "the"}, {"question": "in the frame"}]),
        "another picture question": ([picture], [{"question": "Is it on the street, or in 3 rooms?"}]),
        "a picture in tiles": ([wide], [{"question": "What is this?"}]),
        "tiles, second turn": ([wide], [{"question": "What?", "answer": "the"}, {"question": "in the frame"}]),
        "a long picture": ([long], [{"question": "Is it <row_1_col_1> on the street?"}]),
        "a flat picture": ([long], [{"question": "a"}]),
        "a flat picture, in words": ([long], [{"question": "the name of the street"}]),
        "in tiles, a letter": ([wide], [{"question": "a"}]),
        "short": ([clip], [{"question": "a"}]),
        "chinese": ([clip], [{"question": "视频里有什么？"}]),
        "two frames": ([video(0.0, 75.9, length=76.0)], [{"question": "the frame on a street"}]),
        "text that looks like a token": ([clip], [{"question": "Is <frame> or <image> or <end_of_utterance> a word?"}]),
    }
    with tempfile.TemporaryDirectory() as folder:
        visual, language = write_pair(folder + "/out", id="smolvlm2-small", name="SmolVLM2, reduced", description="Generated weights: answers nonsense.",
                                      version="0.0.0-generated", licence="MIT", demonstration=True)
        tensor, _ = getters(visual)
        cases, rows = [], {}
        for kind, count in (("video", 4), ("video", 2), ("image", 1)):
            seen = embed(SMALL, tensor, pixels_of(count, SMALL.tower.image_size, [0.5] * 3, [0.5] * 3))
            rows[count] = list(seen)
            flat = seen.flatten(0, 1)
            kept = list(range(0, len(flat), 9))
            cases.append({"kind": kind, "frames": count, "rows": kept, "values": pack(flat[kept])})
        for visual, pixels in ((wide, wide_pixels), (long, long_pixels)):
            seen = embed(SMALL, tensor, pixels)
            rows[visual["frames"]] = list(seen)
            flat = seen.flatten(0, 1)
            kept = list(range(0, len(flat), 41))
            cases.append({"kind": "image", "frames": len(seen), "picture": visual["picture"], "rows": kept, "values": pack(flat[kept])})
        speaker = SmolSpeaker(*as_reference(Llama(), language))
        prompts = [{"name": name, "conversation": {"visuals": visuals, "turns": turns}, "pieces": render(visuals, turns)} for name, (visuals, turns) in talks.items()]
        asked = [(p["name"], p["conversation"], p["pieces"], [r for v in p["conversation"]["visuals"] for r in rows[v["frames"]]])
                 for p in prompts if "long" not in p["name"] and "token" not in p["name"]]
        answers = collect_answers(speaker, asked, SPECIAL, wanted=4, tie=0.01)
        write_golden("smolvlm2", folder + "/out", {"cases": cases, "prompts": prompts, "answers": answers})


if __name__ == "__main__":
    main()
