"""
ImageBind-LLM: generated files, exported, and what the reference says of pictures, clips, sounds and mixtures of them.

    python3 test/golden/systems/imagebindLlm.py
"""
import tempfile

import numpy as np
import torch

from goldens import Speaker, collect_answers, frame, pack, write_golden
from reference.imagebind_llm.export import assemble, export
from reference.imagebind_llm.knn import read_index
from reference.imagebind_llm.make_files import SMALL, write_files
from reference.imagebind_llm.model import Llama, bridge, hear, mix, retrieve, see
from reference.prompts import CLIP_MEAN, CLIP_STD
from toybox.tokenizer import Tokenizer
from videoLlama import samples

CLIP, SHORT, PICTURE = {"kind": "video", "frames": 10}, {"kind": "video", "frames": 3}, {"kind": "image", "frames": 1}
LOUD = {**CLIP, "sound": True}


class PrefixSpeaker(Speaker):
    """A prompt is ids and what the prefix of each layer is made of; `rows` holds the latter."""

    def __init__(self, llama, vocabulary):
        self.llama, self.tokenizer = llama, Tokenizer(vocabulary)

    def start(self, pieces, rows, special):
        return [*self.bos, *self.tokens(pieces[0], special)], rows[0] if rows else None

    def scores(self, start, ids):
        return self.llama.scores(start[0] + ids, start[1])


def pieces_of(visual, v):
    """Frames twice as wide as the encoder's, in crops; in twos, the last one twice where it is alone: [N,2,3,H,W]"""
    size, count = v.image_size, visual["frames"]
    crops = (0, size // 2, size) if visual["kind"] == "video" else (size // 2,)
    frames = [(frame(t, 2 * size, size).astype(np.float32) / 255 - np.float32(CLIP_MEAN)) / np.float32(CLIP_STD) for t in range(count)]
    out = []
    for first in range(0, count, 2):
        pair = [frames[min(count - 1, first + k)] for k in (0, 1)]
        out += [np.stack([one[:, left:left + size].transpose(2, 0, 1) for one in pair]) for left in crops]
    return torch.from_numpy(np.stack(out))


def render(turns):
    """Alpaca's prompt, and for further turns more of it."""
    text = "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n"
    for turn in turns:
        text += f"### Instruction:\n{turn['question']}\n\n### Response:"
        text += f"{turn['answer']}\n\n" if turn.get("answer") else ""
    return [text]


def main():
    shown = {"picture": [PICTURE], "clip": [CLIP], "clip with sound": [LOUD], "short clip": [SHORT], "picture and sound": [PICTURE, LOUD], "nothing": []}
    questions = ["What is shown?", "describe it", "a b c", "Is ### Response: or <s> a word?\n", "描述视频。", "who is it"]
    with tempfile.TemporaryDirectory() as folder:
        files, out = write_files(folder), folder + "/out"
        export(**files, out=out, kind="f16", half=False, config=SMALL, note=lambda _: None, id="imagebind-llm-small", name="ImageBind-LLM, reduced",
               description="Generated weights: answers nonsense.", version="0.0.0-generated", licence="MIT", demonstration=True)
        config, meta, bind, trained = assemble(files["llama"], files["adapter"], files["imagebind"], SMALL)
        get_bind, both = lambda key: bind[key].float(), {**meta.tensors, **trained}
        get = lambda key: both[key].float()
        llama, table = Llama(meta.config, get, both.__contains__), torch.from_numpy(np.array(read_index(files["knn"])))
        sound = hear(config, get_bind, samples(config))
        seen = {visual["frames"]: see(config, get_bind, pieces_of(visual, config.vision)) for visual in (CLIP, SHORT, PICTURE)}
        cases = [{**{k: v for k, v in visual.items()}, "rows": [0], "values": pack(seen[visual["frames"]])} for visual in (CLIP, SHORT, PICTURE)]
        rows, prefixes = {"nothing": []}, []
        for name, visuals in shown.items():
            if visuals:
                vectors = [v for visual in visuals for v in [seen[visual["frames"]]] + ([sound] if visual.get("sound") else [])]
                rows[name] = [bridge(config, get, both.__contains__, retrieve(config, table, mix(vectors, [1.0] * len(vectors))))]
                values = torch.stack([llama.added(i, rows[name][0]) for i in range(meta.config.depth)])
                prefixes.append({"visuals": visuals, "values": pack(values)})
        conversations = {q: [{"question": q}] for q in questions}
        conversations["second turn"] = [{"question": "What is shown?", "answer": "a dog."}, {"question": "and then?"}]
        prompts = [{"name": name, "conversation": {"visuals": [], "turns": turns}, "pieces": render(turns)} for name, turns in conversations.items()]
        asked = [(f"{name}: {p['name']}", {"visuals": visuals, "turns": p["conversation"]["turns"]}, p["pieces"], rows[name])
                 for name, visuals in shown.items() for p in prompts if "<s>" not in p["name"]]
        answers = collect_answers(PrefixSpeaker(llama, meta.vocabulary()), asked, [], wanted=6, tie=0.03)
        if len({str(a["ids"]) for a in answers}) < 5:
            raise SystemExit("the answers are all alike")
        write_golden("imagebind-llm", out, {"cases": cases, "sound": {"values": pack(sound)}, "prefixes": prefixes, "prompts": prompts, "answers": answers})


if __name__ == "__main__":
    main()
