"""
The reader's vocabulary: 1,024 pieces, digits one by one, bytes for all that is not ASCII.

    python3 models/timeline/tokens.py contexts.jsonl
"""
import json
import os
import random
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from toybox.tokenizer import SPACE, SPECIAL, Tokenizer, train, vocabulary  # noqa: E402

PATH = os.path.join(HERE, "vocabulary.json")
SIZE = 1024
BOS, EOS = 1, 2


def prompt(question):
    """What follows a context; the manifest says the same."""
    return f"Question: {question}\nAnswer:"


def load():
    return Tokenizer.load(PATH)


def main():
    from timeline.facts import read
    from timeline.questions import ask_about
    rng = random.Random(5)
    lines = []
    for path in sys.argv[1:]:
        with open(path) as f:
            for row in f:
                text = json.loads(row)["text"]
                lines.append(text)
                for q in ask_about(read(text), rng, 6):
                    lines += [prompt(q.text), " " + q.answer(text)]
    # Digits stand alone: a number that was never seen is written like any other.
    digits = [SPACE + d for d in "0123456789"]
    lines = [re.sub(r"[0-9]|[^\x00-\x7f]", " ", line) for line in lines]
    pieces, chars = train(lines, SIZE - len(digits))
    # A character that is a piece already takes no place of its own.
    pieces = [*digits, *(p for p in pieces if p not in chars)]
    vocab = vocabulary(pieces, chars)
    Tokenizer(vocab).save(PATH)
    t = Tokenizer(vocab)
    print(len(vocab), "pieces;", sum(len(t.encode(x)) for x in lines[:2000]) / sum(len(x) for x in lines[:2000]), "tokens a letter")


if __name__ == "__main__":
    main()
