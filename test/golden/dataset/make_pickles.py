"""Writes the pickles of narrations beside this file: what LaViLa's training and narrator leave, in each protocol."""
import pathlib
import pickle

here = pathlib.Path(__file__).parent
same = ("f1", 1.5, 2.5, "the same tuple twice")
train = [
    ("f1", 0.5, 3.0, "#C C opens a drawer"),
    ("f1", 3, 4.25, ["#C C takes a knife", "#C C picks up a knife \u89c6\u9891 \U0001f600"]),
    ("f2", -0.0, float("nan"), "back\\slash, line\nbreak, \x00 and \u00e9"),
    ("f2", 12345678901234567890, float("inf"), ""),
    same,
    same,
    ("f3", None, 1.0, "not a time"),
    ["a", "list"],
    "a text",
]
narrator = [("f1", 0.0, 1.0, ["a", "b"], [0.25, 1.0]), ("f1", 1.0, 2.0, "c", 3.5)] * 700

for protocol in range(6):
    (here / f"lavila_train_{protocol}.pkl").write_bytes(pickle.dumps(train, protocol))
(here / "lavila_narrator.pkl").write_bytes(pickle.dumps(narrator))
