"""Questions about a textual context, and their answers as words of the context put together."""
import random
import re
from dataclasses import dataclass, field

from timeline.names import ALSO, COCO, invented, thing
from timeline.wordings import AFTER, BEFORE, NOUNS, TEST, TRAIN

NOT_SHOWN = "The timeline does not show that."
MOST = 10  # lines told one after the other


@dataclass
class Question:
    kind: str
    text: str
    # Words of its own, and places in the context: (start, end).
    parts: list
    # What is asked about: where it stands in the question, and in the context.
    mention: tuple = None
    named: tuple = None
    # What must be in a right answer.
    facts: list = field(default_factory=list)

    def answer(self, context):
        return "".join(p if isinstance(p, str) else context[p[0]:p[1]] for p in self.parts)


def plural(name):
    if name == "person":
        return "people"
    if re.search(r"(?:[sxz]|ch|sh)$", name):
        return name + "es"
    return name[:-1] + "ies" if re.search(r"[^aeiou]y$", name) else name + "s"


class Asker:
    def __init__(self, facts, rng, test=False):
        self.facts, self.rng, self.test = facts, rng, test

    def ask(self, kind, parts, asked=None, named=None, also=True):
        """A question of a kind; `asked` is the name that it is about, `named` its place in the context."""
        rng = self.rng
        wording = rng.choice((TEST if self.test else TRAIN)[kind])
        if not self.test and rng.random() < 0.4:
            wording = re.sub(r"\b(?:video|clip)\b", rng.choice(NOUNS), wording)
        name = asked or ""
        if asked and also and asked in ALSO and rng.random() < 0.4:
            name = rng.choice(ALSO[asked])
        before = "" if self.test else rng.choice(BEFORE)
        after = "" if self.test else rng.choice(AFTER)
        form = plural(name) if "{xs}" in wording and name not in ("people", "persons") and not (name != asked and name.endswith("s")) else name
        head, _, tail = wording.replace("{xs}", "{x}").partition("{x}")
        head = before + (head[0].lower() + head[1:] if before and head and rng.random() < 0.5 else head)
        head = re.sub(r"\ba $", "an ", head) if form[:1] in "aeiou" else head
        if rng.random() < 0.05 and not self.test:
            head, tail = head.lower(), tail.rstrip("?.")
        text = head + (form if "{x}" in wording.replace("{xs}", "{x}") else "") + tail + after
        # The singular's letters: what is to be found again in the context.
        mention = (len(head), len(head) + len(form)) if asked and "{x}" in wording.replace("{xs}", "{x}") else None
        facts = [p for p in parts]
        return Question(kind, text, parts, mention, named if mention else None, facts)

    def absent(self):
        """A name that the context does not tell of."""
        for _ in range(20):
            name = thing(self.rng, self.test)
            if name not in self.facts.text and not any(also in self.facts.text for also in [*ALSO.get(name, []), *(c for c in COCO if name in ALSO.get(c, []))]):
                return name
        return invented(self.rng)

    def times(self, places):
        """`From 2 to 9 seconds and …`"""
        start, end = places["times"]
        word = self.facts.text[start:end].split(" ")[0]
        return [word.capitalize(), (start + len(word), end)]

    def series(self, lines, title):
        """`Text 1 "…" from 4 to 6 seconds; text 2 …`"""
        parts = []
        for i, line in enumerate(lines[:MOST]):
            start, end = line.places["told"]
            parts += [title.capitalize() if i == 0 else f"; {title}", (start + len(title), end)]
        return [*parts, "; and more." if len(lines) > MOST else "."]

    # One method for each kind: its parts, or None where it cannot be asked here.
    def objects(self):
        place = self.facts.sentences.get("Objects")
        return self.ask("objects", [place] if place else [NOT_SHOWN])

    def pick(self, titles=("Objects",)):
        return self.rng.choice([e for t in titles for e in self.facts.things.get(t, [])] or [None])

    def present(self):
        entry = self.pick() if self.rng.random() < 0.6 else None
        if not entry:
            return self.ask("present", [NOT_SHOWN], self.absent())
        return self.ask("present", ["Yes, ", entry.places["name"], " ", entry.places["times"], "."], entry.name, entry.places["name"])

    def when(self):
        rng = self.rng
        kind = rng.random()
        if kind < 0.25:
            return self.ask("when", [NOT_SHOWN], self.absent())
        if kind < 0.4:
            line = rng.choice([l for l in self.facts.lines if l.kind in ("text", "shot") and (l.kind != "text" or len(l.name) < 40)] or [None])
            if line:
                same = [l for l in self.facts.lines if l.kind == line.kind and l.name == line.name and l.number <= line.number]
                first = same[0]
                if line.kind == "shot":
                    return self.ask("when", [*self.times(line.places), "."], f"shot {line.number}", (line.places["told"][0], line.places["number"][1]))
                quote = rng.choice(['"{}"', "text \"{}\"", "text {}"]).format(line.name)
                place = first.places["name"]
                return self.ask("when", [*self.times(first.places), "."], quote, (place[0], place[1] - 1))
        entry = self.pick(("Objects", "Objects", "Actions"))
        if not entry:
            return self.ask("when", [NOT_SHOWN], self.absent())
        return self.ask("when", [*self.times(entry.places), "."], entry.name, entry.places["name"])

    def howmany(self):
        entry = self.pick() if self.rng.random() < 0.8 else None
        if not entry:
            return self.ask("howmany", [NOT_SHOWN], self.absent())
        return self.ask("howmany", ["Seen: ", (entry.places["name"][0], entry.places["count"][1]), " at once."], entry.name, entry.places["name"])

    def shots(self):
        place = self.facts.sentences.get("shots")
        return self.ask("shots", [place] if place else [NOT_SHOWN])

    def length(self):
        return self.ask("length", [self.facts.sentences["length"]])

    def text(self):
        lines = self.facts.of("text")
        return self.ask("text", self.series(lines, "text") if lines else [NOT_SHOWN])

    def said(self):
        lines = self.facts.of("speech")
        return self.ask("said", self.series(lines, "speech") if lines else [NOT_SHOWN])

    def speaking(self):
        lines = self.facts.of("speech")
        if not lines:
            return self.ask("speaking", [NOT_SHOWN])
        series = self.series(lines, "speech")
        return self.ask("speaking", ["Yes, speech", *series[1:]])

    def whenspeech(self):
        lines = self.facts.of("speech")
        if not lines:
            return self.ask("whenspeech", [NOT_SHOWN])
        parts = self.times(lines[0].places)
        for line in lines[1:MOST]:
            parts += [" and ", line.places["times"]]
        return self.ask("whenspeech", [*parts, " and more." if len(lines) > MOST else "."])

    def edge(self, kind, title, at):
        lines = self.facts.of("object")
        return self.ask(kind, [title, lines[at].places["told"], "."] if lines else [NOT_SHOWN])

    def first(self):
        return self.edge("first", "First: ", 0)

    def last(self):
        return self.edge("last", "Last: ", -1)

    def beside(self, kind, title, step):
        lines = self.facts.of("object")
        names = [line.name for line in lines]
        once = [i for i, name in enumerate(names) if names.count(name) == 1]
        if not once or self.rng.random() < 0.12:
            return self.ask(kind, [NOT_SHOWN], self.absent())
        i = self.rng.choice(once)
        other = lines[i + step] if 0 <= i + step < len(lines) else None
        return self.ask(kind, [title, other.places["told"], "."] if other else [NOT_SHOWN], lines[i].name, lines[i].places["name"])

    def after(self):
        return self.beside("after", "After that: ", 1)

    def before(self):
        return self.beside("before", "Before that: ", -1)

    def sentence(self, kind, title):
        place = self.facts.sentences.get(title)
        return self.ask(kind, [place] if place else [NOT_SHOWN])

    def doing(self):
        return self.sentence("doing", "Actions")

    def picture(self):
        return self.sentence("picture", "Picture")

    def faces(self):
        return self.sentence("faces", "Faces")

    def describe(self):
        start, _ = self.facts.sentences["length"]
        return self.brief("describe") if self.facts.text.startswith("This part", start) else self.detailed("describe")

    def brief(self, kind="brief"):
        if self.facts.captions:
            return self.ask(kind, self.joined(self.facts.captions[:2], False))
        return self.ask(kind, ["It shows ", *self.names(self.facts.tags, ", "), "."] if self.facts.tags else [self.facts.sentences["length"]])

    def names(self, tags, between):
        return [part for i, (_, place) in enumerate(tags) for part in ([between, place] if i else [place])]

    def joined(self, captions, timed):
        parts = []
        for i, caption in enumerate(captions):
            parts.append(" " if i else "")
            if timed:
                parts += ["From ", caption["from"], " to ", caption["to"], " seconds: "] if "to" in caption else ["At ", caption["from"], " seconds: "]
            parts.append(caption["text"])
        return [p for p in parts if p]

    def detailed(self, kind="detailed"):
        facts = self.facts
        if facts.captions:
            return self.ask(kind, self.joined(facts.captions[:MOST], True))
        parts = [facts.sentences["length"]]
        for title in ("shots", "Objects", "Actions", "Faces", "Picture"):
            if title in facts.sentences:
                parts += [" ", facts.sentences[title]]
        for title in ("text", "speech"):
            if facts.of(title):
                parts += [" ", *self.series(facts.of(title), title)]
        return self.ask(kind, parts)

    def title(self):
        if self.facts.captions:
            return self.ask("title", self.joined(self.facts.captions[:1], False))
        return self.ask("title", self.names(self.facts.tags[:2], " and ") if self.facts.tags else [NOT_SHOWN])

    def unknown(self):
        entry = self.pick(("Objects", "Actions"))
        return self.ask("unknown", [NOT_SHOWN], entry.name if entry and self.rng.random() < 0.8 else self.absent(), entry and entry.places["name"])


KINDS = list(TRAIN)
# How often each is asked, beside the others.
WEIGHTS = {"present": 4, "when": 4, "howmany": 2, "text": 2, "said": 2, "objects": 4, "unknown": 3, "after": 5, "before": 5, "detailed": 1.5, "describe": 2, "shots": 0.6, "length": 0.6, "first": 2.5, "last": 1.5}


def ask_about(facts, rng, count, test=False, weights=WEIGHTS):
    """`count` questions about a context, those of kinds first that it can answer."""
    asker = Asker(facts, rng, test)
    kinds = rng.choices(KINDS, [weights.get(kind, 1) for kind in KINDS], k=count * 2)
    out, refused = [], 0
    for kind in kinds:
        question = getattr(asker, kind)()
        if question.parts == [NOT_SHOWN]:
            # There is often nothing before or after.
            if kind in ("after", "before") and rng.random() < 0.7:
                continue
            # Else every other question would go unanswered.
            if refused > count * 0.3:
                continue
            refused += 1
        out.append(question)
        if len(out) == count:
            break
    return out
