"""A small SentencePiece-style BPE vocabulary: trained here once, read by libllama from the GGUF."""
import json
import re
from collections import Counter

SPACE = "\u2581"
SPECIAL = ["<unk>", "<s>", "</s>"]
WORD = re.compile(r" ?[A-Za-z]+| ?\d+|\.\d+| ?#+| ?[^\sA-Za-z\d#]|\s")


def train(lines, size):
    """BPE over words that never cross a space, a digit/letter border or '###'. Returns pieces, best merge first."""
    words = Counter()
    for line in lines:
        for word in WORD.findall(line):
            if word != "\n":
                words[word.replace(" ", SPACE)] += 1
    chars = [SPACE] + [chr(c) for c in range(33, 127)]
    split = {w: list(w) for w in words}
    pieces = []
    while len(SPECIAL) + 256 + len(chars) + len(pieces) < size:
        pairs = Counter()
        for word, n in words.items():
            s = split[word]
            for a, b in zip(s, s[1:]):
                pairs[a + b] += n
        if not pairs:
            break
        best = max(pairs, key=lambda p: (pairs[p], p))
        pieces.append(best)
        for word, s in split.items():
            if best not in word:
                continue
            i, out = 0, []
            while i < len(s):
                if i + 1 < len(s) and s[i] + s[i + 1] == best:
                    out.append(best)
                    i += 2
                else:
                    out.append(s[i])
                    i += 1
            split[word] = out
    return list(dict.fromkeys(pieces)) , chars


def vocabulary(pieces, chars):
    """[(text, score, type)] in id order; types as in GGUF: 1 normal, 2 unknown, 3 control, 6 byte."""
    out = [("<unk>", 0.0, 2), ("<s>", 0.0, 3), ("</s>", 0.0, 3)]
    out += [(f"<0x{b:02X}>", 0.0, 6) for b in range(256)]
    out += [(p, -float(i), 1) for i, p in enumerate(pieces)]
    have = {p for p, _, _ in out}
    out += [(c, -float(len(pieces) + i), 1) for i, c in enumerate(c for c in chars if c not in have)]
    return out


class Tokenizer:
    """SentencePiece's BPE by score: merge the adjacent pair with the best-scored union until none is left."""

    def __init__(self, vocab):
        self.vocab = [tuple(v) for v in vocab]
        self.id = {t: i for i, (t, _, kind) in enumerate(self.vocab) if kind == 1}
        self.score = {t: s for t, s, kind in self.vocab if kind == 1}
        self.cache = {}

    @staticmethod
    def load(path):
        with open(path) as f:
            return Tokenizer(json.load(f))

    def save(self, path):
        with open(path, "w") as f:
            json.dump(self.vocab, f, ensure_ascii=False, separators=(",", ":"))

    def __len__(self):
        return len(self.vocab)

    def _chunk(self, text):
        if text in self.cache:
            return self.cache[text]
        s = list(text)
        while True:
            best, at = None, -1
            for i in range(len(s) - 1):
                score = self.score.get(s[i] + s[i + 1])
                if score is not None and (best is None or score > best):
                    best, at = score, i
            if at < 0:
                break
            s[at:at + 2] = [s[at] + s[at + 1]]
        ids = []
        for piece in s:
            if piece in self.id:
                ids.append(self.id[piece])
            else:
                ids += [3 + b for b in piece.encode()]
        if len(self.cache) < 200000:
            self.cache[text] = ids
        return ids

    def encode(self, text, prefix=True):
        """Ids of a text; `prefix` puts the space in front that SentencePiece (and libllama) puts there."""
        text = (SPACE if prefix else "") + text.replace(" ", SPACE)
        ids = []
        for chunk in re.findall(SPACE + "*[^" + SPACE + "]*", text):
            if chunk:
                ids += self._chunk(chunk)
        return ids

    def decode(self, ids):
        out = bytearray()
        for i in ids:
            text, _, kind = self.vocab[i]
            out += bytes([i - 3]) if kind == 6 else text.replace(SPACE, " ").encode() if kind == 1 else b""
        return out.decode(errors="replace")
