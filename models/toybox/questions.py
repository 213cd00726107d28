"""Conversations about a toybox clip: many wordings of every kind, and answers that hold."""
from .test_wordings import is_test_wording
from .wordings import CONTRACTED, LEAD, NOISE, TAIL, VIDEO, ask
from .world import COLOURS, COLUMNS, DIRECTION, MOTIONS, ROWS, SHAPES, place

NUMBERS = ["no", "one", "two", "three", "four"]
UNKNOWN = "I see no objects that I know."
OBJECT = ["object", "object", "thing", "shape", "item", "figure"]

AT_START = ["at the start", "at first", "at the beginning", "when it appears", "initially", "in the beginning", "when it first appears"]
AT_END = ["at the end", "when it disappears", "finally", "at last", "in the end"]
BEGIN = ["start", "begin", "first appear", "appear"]
FINISH = ["end", "end up", "disappear", "finish", "stop"]
LEFT = ["to the left of", "left of", "on the left of", "on the left side of"]
RIGHT = ["to the right of", "right of", "on the right of", "on the right side of"]
ABOVE, BELOW = ["above", "higher than", "over"], ["below", "under", "lower than", "beneath"]
LIST = ["Which {ns} are there", "What {ns} do you see", "List the {ns}", "Name all {ns}", "What {ns} are in the {v}", "Which {ns} can you see",
        "What {ns} appear", "List everything you see"]
WHICH = ["Which {n} {m}", "What {m}", "Which one {m}", "Name the {n} that {m}", "Which is the {n} that {m}"]

def an(name):
    return ("an " if name[0] in "aeiou" else "a ") + name


def seconds(v):
    return f"{int(v + 0.5)}.0"


def colour_word(rng):
    return rng.choice(["colour", "color", "colour", "color", "hue", "shade"])


class Asker:
    """Asks about one clip; remembers what was spoken of last so that pronouns mean something."""

    def __init__(self, rng, clip):
        self.rng, self.clip, self.last = rng, clip, None
        self.names = ()

    def reference(self, thing, hide=None):
        """A phrase that fits only `thing`. `hide` = 'colour' or 'shape' leaves that word out; None if impossible."""
        things, rng = self.clip.things, self.rng
        only_shape = sum(t.shape == thing.shape for t in things) == 1
        only_colour = sum(t.colour == thing.colour for t in things) == 1
        ways = []
        if not hide:
            ways += [f"the {thing.colour} {thing.shape}"] * 3
        if only_shape and hide != "shape":
            ways += [f"the {thing.shape}"] * 2
        if only_colour and hide != "colour":
            ways += [f"the {thing.colour} {rng.choice(OBJECT + ['one'])}"] * 2
        if len(things) == 1 and rng.random() < 0.15:
            ways.append(f"the {rng.choice(OBJECT)}")
        return rng.choice(ways) if ways else None

    def speak(self, text, tail=True):
        """A question as people type it: led in, carelessly written, with words that do not matter."""
        rng = self.rng
        if rng.random() < 0.25:
            for long, contracted in CONTRACTED.items():
                text = text.replace(long, contracted)
        if rng.random() < 0.4:
            text = rng.choice(LEAD) + text
        if tail and rng.random() < 0.45:
            text += rng.choice(TAIL)
        if rng.random() < 0.2:
            text = self.disturb(text)
        while is_test_wording(text):
            text = rng.choice(LEAD) + text
        text = text[0].upper() + text[1:]
        mark = "" if rng.random() < 0.2 else "." if rng.random() < 0.25 else "?"
        draw = rng.random()
        if draw < 0.25:
            text = text[0].lower() + text[1:] if rng.random() < 0.5 else text.lower()
        elif draw < 0.30:
            text = text.upper()
        if rng.random() < 0.02 and len(text) > 12:
            i = rng.randrange(4, len(text) - 2)
            text = text[:i] + text[i + 1:] if rng.random() < 0.5 else text[:i] + text[i + 1] + text[i] + text[i + 2:]
        return text + mark

    def disturb(self, text):
        """Puts in a word that does not matter: at an end mostly, known or never seen."""
        rng = self.rng
        word = rng.choice(NOISE) if rng.random() < 0.7 else "".join(rng.choice("abcdefghijklmnoprstuvw") for _ in range(rng.randint(3, 8)))
        words = text.split(" ")
        draw = rng.random()
        words.insert(0 if draw < 0.35 else len(words) if draw < 0.7 else rng.randrange(len(words)), word)
        return " ".join(words)

    def pick(self):
        return self.rng.choice(self.clip.things)

    def subject(self, hide=None):
        """(thing, phrase in the question, phrase that starts the answer)."""
        rng = self.rng
        if self.last is not None and not hide and rng.random() < 0.35:
            return self.last, rng.choice(["it", "it", "it", "this one", "that one", "this object"]), "It"
        for _ in range(6):
            thing = self.pick()
            phrase = self.reference(thing, hide)
            if phrase:
                return thing, phrase, phrase[0].upper() + phrase[1:]
        return None

    def word(self, kind, **slots):
        return ask(self.rng, kind, v=self.rng.choice(VIDEO), n=self.rng.choice(OBJECT), **{"ns": self.rng.choice(OBJECT) + "s", **slots})

    def fill(self, templates, **slots):
        return self.rng.choice(templates).format(v=self.rng.choice(VIDEO), n=self.rng.choice(OBJECT),
                                                 ns=self.rng.choice(OBJECT) + "s", **slots)

    def count(self):
        rng, things = self.rng, self.clip.things
        kind = rng.random()
        if kind < 0.65:
            n, name = len(things), "object"
            noun = rng.choice(OBJECT) + "s"
        elif kind < 0.83:
            name = rng.choice(SHAPES if rng.random() < 0.3 or not things else [t.shape for t in things])
            n = sum(t.shape == name for t in things)
            noun = "crosses" if name == "cross" else name + "s"
        else:
            colour = rng.choice(COLOURS if rng.random() < 0.3 or not things else [t.colour for t in things])
            n, name = sum(t.colour == colour for t in things), colour + " object"
            noun = f"{colour} {rng.choice(OBJECT)}s"
        plural = "crosses" if name == "cross" else name + "s"
        self.names = ((name if name in SHAPES else None, colour if kind >= 0.83 else None),)
        answer = f"There is one {name}." if n == 1 else f"There are {NUMBERS[n]} {plural}."
        return self.speak(self.word("count", ns=noun)), answer

    def colour(self):
        s = self.last_without("colour") or self.subject("colour")
        if not s:
            return None
        thing, phrase, start = s
        self.last = thing
        return self.speak(self.word("colour", o=phrase, c=colour_word(self.rng))), f"{start} is {thing.colour}."

    def shape(self):
        s = self.last_without("shape") or self.subject("shape")
        if not s:
            return None
        thing, phrase, _ = s
        self.last = thing
        return self.speak(self.word("shape", o=phrase)), f"It is {an(thing.shape)}."

    def last_without(self, _hide):
        if self.last is not None and self.rng.random() < 0.2:
            return self.last, "it", "It"
        return None

    def motion(self):
        s = self.subject()
        thing, phrase, start = s
        self.last = thing
        return self.speak(self.word("motion", o=phrase)), f"{start} {thing.motion}."

    def existence(self):
        rng, things = self.rng, self.clip.things
        pairs = {t.pair for t in things}
        if rng.random() < 0.5 and things:
            shape, colour = self.pick().pair
        elif things and rng.random() < 0.6:
            shape, colour = rng.choice(SHAPES), rng.choice(COLOURS)
            near = self.pick()
            if rng.random() < 0.5:
                shape = near.shape
            else:
                colour = near.colour
        else:
            shape, colour = rng.choice(SHAPES), rng.choice(COLOURS)
        kind = rng.random()
        if kind < 0.7:
            name, yes = f"{colour} {shape}", (shape, colour) in pairs
        elif kind < 0.87:
            name, yes = shape, any(t.shape == shape for t in things)
        else:
            name, yes = f"{colour} {rng.choice(OBJECT)}", any(t.colour == colour for t in things)
        if yes:
            match = [t for t in things if name in (f"{t.colour} {t.shape}", t.shape) or name.startswith(t.colour + " ") and t.shape not in SHAPES]
            self.last = match[0] if len(match) == 1 else None
        else:
            self.last = None
        self.names = ((shape if kind < 0.87 else None, colour if kind < 0.7 or kind >= 0.87 else None),)
        return self.speak(self.word("existence", a=an(name), b=name)), f"Yes, there is {an(name)}." if yes else f"No, there is no {name}."

    def where(self):
        thing, phrase, _ = self.subject()
        self.last = thing
        end = self.rng.random() < 0.2
        when = self.rng.choice(AT_END if end else AT_START)
        row, column = place(thing, end)
        words = self.word("where", o=phrase, s=when, S=when[0].upper() + when[1:], begin=self.rng.choice(FINISH if end else BEGIN))
        return self.speak(words, tail=False), f"At the {row} {column}."

    def when(self):
        thing, phrase, _ = self.subject()
        self.last = thing
        return self.speak(self.word("when", o=phrase)), f"From {seconds(thing.start)} to {seconds(thing.end)} seconds."

    def order(self):
        things, rng = self.clip.things, self.rng
        if len(things) < 2:
            return None
        last = rng.random() < 0.25
        ranked = sorted(things, key=lambda t: -t.start if last else t.start)
        if ranked[0].start == ranked[1].start:
            return None
        thing = ranked[0]
        word = rng.choice(["last", "last", "final"]) if last else "first"
        if rng.random() < 0.2:
            other = rng.choice(ranked[1:])
            a, b = self.reference(thing), self.reference(other)
            a, b = (a, b) if rng.random() < 0.5 else (b, a)
            words = rng.choice([f"Which appears {word}, {a} or {b}", f"Does {a} or {b} appear {word}", f"What comes {word}, {a} or {b}"])
        else:
            words = self.word("order", f=word)
        self.last = thing
        return self.speak(words, tail=rng.random() < 0.5), f"The {thing.colour} {thing.shape} appears {'last' if last else 'first'}."

    def relation(self):
        things, rng = self.clip.things, self.rng
        if len(things) < 2:
            return None
        for _ in range(12):
            a, b = rng.sample(things, 2)
            start, end = max(a.start, b.start), min(a.end, b.end)
            if start >= end:
                continue
            at = [(a.at(start + (end - start) * k / 4), b.at(start + (end - start) * k / 4)) for k in range(5)]
            axis = rng.randrange(2)
            gap = [p[axis] - q[axis] for p, q in at]
            if min(gap) < 0.04 and max(gap) > -0.04:
                continue
            p, q = self.reference(a), self.reference(b)
            before = gap[0] < 0
            if self.last is a and rng.random() < 0.3:
                p = "it"
            ask_before = rng.random() < 0.5
            words = (LEFT if ask_before else RIGHT) if axis == 0 else (ABOVE if ask_before else BELOW)
            question = self.word("relation", o=p, p=q, rel=rng.choice(words))
            self.last, self.names = a, (a.pair, b.pair)
            return self.speak(question, tail=rng.random() < 0.3), "Yes, it is." if before == ask_before else "No, it is not."
        return None

    def ordered(self):
        return sorted(self.clip.things, key=lambda t: (t.start, COLOURS.index(t.colour), SHAPES.index(t.shape)))

    def describe(self):
        parts = []
        for t in self.ordered():
            name = an(f"{t.colour} {t.shape}")
            span = "throughout" if self.clip.throughout(t) else f"from {seconds(t.start)} to {seconds(t.end)} seconds"
            parts.append(f"{name[0].upper()}{name[1:]} {t.motion} {span}.")
        self.last = None
        return self.speak(self.word("describe"), tail=False), " ".join(parts) or UNKNOWN

    def list(self):
        names = [an(f"{t.colour} {t.shape}") for t in self.ordered()]
        self.last = None
        text = ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]
        return self.speak(self.fill(LIST)), text[0].upper() + text[1:] + "."

    def which(self):
        motion = self.rng.choice(MOTIONS)
        match = [t for t in self.clip.things if t.motion == motion]
        if len(match) != 1:
            return None
        self.last = match[0]
        return self.speak(self.fill(WHICH, m=motion)), f"The {match[0].colour} {match[0].shape}."

    def absent(self):
        """A question whose subject is not there."""
        rng = self.rng
        shape, colour = rng.choice(SHAPES), rng.choice(COLOURS)
        if any(t.shape == shape for t in self.clip.things):
            return None
        name = shape if rng.random() < 0.5 else f"{colour} {shape}"
        kind = rng.choice(["motion", "when", "colour", "where"])
        if kind == "colour":
            name = shape
        self.last, self.names = None, ((shape, None if name == shape else colour),)
        return self.speak(self.word(kind, o="the " + name, c=colour_word(rng), s="at the start", S="At the start", begin="start")), f"There is no {name}."


# Kinds whose answer speaks of the one thing the asker remembers.
SINGLE = {"colour", "shape", "motion", "where", "when", "order", "which"}
KINDS = {"count": 1.2, "colour": 0.8, "shape": 0.8, "motion": 1.5, "existence": 1.0, "where": 2.0, "when": 1.8, "order": 1.3,
         "relation": 4.0, "describe": 0.9, "list": 0.3, "which": 0.3, "absent": 0.4}


def conversation(rng, clip, turns):
    """[(kind, question, answer, names the answer rests on)]; a name is (shape or None, colour or None), both None the whole clip."""
    asker, out = Asker(rng, clip), []
    for _ in range(turns * 4):
        if len(out) >= turns:
            break
        kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
        if not clip.things and kind not in ("count", "existence", "describe"):
            if kind in ("motion", "when", "colour", "shape", "order"):
                name = "the " + rng.choice(SHAPES + [f"{c} object" for c in COLOURS])
                question = asker.speak(asker.word(kind, o=name, c=colour_word(rng), f="first"))
                out.append((kind, question, UNKNOWN, ((None, None),)))
            continue
        asker.names = ()
        made = getattr(asker, kind)()
        if made:
            question, answer = made
            if out and rng.random() < 0.15:
                question = rng.choice(["And ", "Now ", "OK, ", "So "]) + question[0].lower() + question[1:]
            out.append((kind, question, answer, (asker.last.pair,) if kind in SINGLE else asker.names))
    return out
