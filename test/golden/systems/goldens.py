"""
What the goldens of the companion systems have in common: frames that need no file, greedy answers, packed model folders.
"""
import base64
import gzip
import json
import os
import sys

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..", "..")
sys.path[:0] = [os.path.join(ROOT, "models")]
from reference.config import LlamaConfig  # noqa: E402
from reference.llama import Llama  # noqa: E402
from toybox.tokenizer import Tokenizer  # noqa: E402


def frame(t, width, height):
    """[H,W,3] uint8; `test/integration/systems/golden.ts` computes the same."""
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    return ((x * 7 + y * 13 + c * 29 + t * t * 3 + x * y * (t + 1) + (x * x * (c + 1)) // 5) % 256).astype(np.uint8)


def pixels_of(count, size, mean, std):
    """Frames of the encoder's own size, normalised: [T,3,H,W]. Resizing has goldens of its own."""
    x = np.stack([frame(t, size, size) for t in range(count)]).astype(np.float32) / 255
    return torch.from_numpy(((x - np.float32(mean)) / np.float32(std)).transpose(0, 3, 1, 2).copy())


def pack(values):
    return base64.b64encode(np.asarray(values, "<f4").tobytes()).decode()


class Speaker:
    """A LLaMA whose matrices are rounded as those of the GGUF, and its tokeniser."""
    # What a prompt begins with, and what ends an answer.
    bos, end = (1,), (2,)

    def __init__(self, config: LlamaConfig, get, vocabulary):
        self.llama = Llama(config).eval()
        state = {key: torch.from_numpy(np.array(get(key))) for key in self.llama.state_dict()}
        self.llama.load_state_dict({key: t.half().float() if t.dim() > 1 else t for key, t in state.items()})
        self.ids = {text: i for i, (text, _, kind) in enumerate(vocabulary) if kind == 3}
        self.tokenizer = Tokenizer(vocabulary)

    def tokens(self, text, special):
        """Ids of a text in which some names are one token each; every stretch between them is tokenised by itself."""
        for name in special:
            if name in text:
                before, after = text.split(name, 1)
                return self.tokens(before, special) + [self.ids[name]] + self.tokens(after, special)
        return self.tokenizer.encode(text) if text else []

    @torch.no_grad()
    def start(self, pieces, rows, special):
        """What an answer follows: the embeddings of texts around rows [N,width] each."""
        table, parts = self.llama.model.embed_tokens.weight, []
        for i, piece in enumerate(pieces):
            parts += [table[[*(self.bos if i == 0 else ()), *self.tokens(piece, special)]], *rows[i:i + 1]]
        return torch.cat(parts)

    @torch.no_grad()
    def scores(self, start, ids):
        """Of what follows the start and these ids."""
        return self.llama(torch.cat([start, self.llama.model.embed_tokens.weight[ids]])[None])[0, -1]

    def answer(self, pieces, rows, special, most=12):
        """pieces: texts around rows [N,width] each -> (ids, smallest lead of a chosen token)"""
        start, ids, margin = self.start(pieces, rows, special), [], float("inf")
        while len(ids) < most and (not ids or ids[-1] not in self.end):
            best = self.scores(start, ids).topk(2)
            margin = min(margin, float(best.values[0] - best.values[1]))
            ids.append(int(best.indices[0]))
        return ids, margin


def collect_answers(speaker, asked, special, wanted=4, tie=0.02, **how):
    """asked: [(name, conversation, pieces, rows)] -> those whose every token leads clearly, with their ids."""
    out = []
    for name, conversation, pieces, rows in asked:
        ids, margin = speaker.answer(pieces, rows, special, **how)
        if margin > tie:
            out.append({"name": name, "conversation": conversation, "ids": ids})
        print(f"  {name}: margin {margin:.4f}, {len(ids)} tokens")
    if len(out) < wanted:
        raise SystemExit(f"only {len(out)} answers are clear")
    return out


def write_golden(name, folder, golden):
    """Packs an exported model folder beside `golden.json`."""
    out = os.path.join(HERE, name)
    os.makedirs(out, exist_ok=True)
    for file in os.listdir(folder):
        with open(os.path.join(folder, file), "rb") as f:
            data = f.read()
        if file == "manifest.json":
            with open(os.path.join(out, file), "wb") as f:
                f.write(data)
        else:
            with open(os.path.join(out, file + ".gz"), "wb") as f:
                f.write(gzip.compress(data, 9, mtime=0))
    with open(os.path.join(out, "golden.json"), "w", encoding="utf-8") as f:
        json.dump(golden, f, ensure_ascii=False, separators=(",", ":"))
        f.write("\n")
    print(name, sum(os.path.getsize(os.path.join(out, f)) for f in os.listdir(out)), "bytes")
