"""Conversations about a toybox clip: many wordings of every kind, and answers that hold."""
from .world import COLOURS, COLUMNS, DIRECTION, MOTIONS, ROWS, SHAPES, place

NUMBERS = ["no", "one", "two", "three", "four"]
UNKNOWN = "I see no objects that I know."
OBJECT = ["object", "object", "thing", "shape", "item", "figure"]

COUNT = ["How many {ns} are there", "How many {ns} can you see", "Count the {ns}", "What is the number of {ns}",
         "How many {ns} appear", "How many {ns} are visible", "How many different {ns} do you see", "Give the number of {ns}",
         "What number of {ns} is shown", "Tell me how many {ns} there are", "How many {ns} does it show", "How many {ns} are shown",
         "Can you count the {ns}", "How many {ns} are in it", "The number of {ns}", "What is the total number of {ns}",
         "How many {ns} exist", "State how many {ns} appear", "Say how many {ns} you see", "How many {ns} do you notice"]
COLOUR = ["What {c} is {o}", "What is the {c} of {o}", "Which {c} is {o}", "Tell me the {c} of {o}", "What {c} does {o} have",
          "Name the {c} of {o}", "Which {c} does {o} have", "{o} is what {c}", "Can you tell the {c} of {o}", "In what {c} is {o}",
          "Of what {c} is {o}", "How is {o} coloured", "Say what {c} {o} is", "What {c} would you call {o}", "Describe the {c} of {o}",
          "Do you know the {c} of {o}", "{c} of {o}", "What {c} has {o}", "Which {c} would you say {o} is", "Give the {c} of {o}"]
SHAPE = ["What shape is {o}", "What is the shape of {o}", "Which shape is {o}", "What kind of shape is {o}", "What form does {o} have",
         "Name the shape of {o}", "{o} is what shape", "What shape does {o} have", "Tell me the shape of {o}", "What is {o}",
         "Which shape does {o} have", "What sort of shape is {o}", "What type of shape is {o}", "Identify the shape of {o}",
         "What figure is {o}", "Say what shape {o} is", "What does {o} look like", "Give the shape of {o}", "Which form has {o}",
         "What geometric shape is {o}"]
MOTION = ["How does {o} move", "What does {o} do", "What is {o} doing", "In which direction does {o} move", "How is {o} moving",
          "What is the motion of {o}", "What happens to {o}", "Describe the motion of {o}", "Which way does {o} move", "Where does {o} go",
          "What movement does {o} make", "Does {o} move, and how", "What kind of motion does {o} have", "Tell me how {o} moves",
          "In what direction does {o} travel", "Which direction is {o} going", "How does {o} behave", "How does {o} change",
          "Describe how {o} moves", "What direction does {o} move in", "Which way is {o} heading", "Describe the movement of {o}",
          "What action does {o} perform", "How does {o} travel"]
EXISTS = ["Is there {a}", "Can you see {a}", "Do you see {a}", "Does {a} appear", "Is {a} visible", "Does the {v} show {a}",
          "Is {a} in the {v}", "Does the {v} contain {a}", "Is there {a} anywhere", "Have you seen {a}", "Does {a} exist",
          "Did {a} appear", "Is {a} present", "Is {a} shown", "Can {a} be seen", "Does it have {a}", "Do we see {a}", "Is there any {b}",
          "Can you find {a}", "Do you notice {a}"]
WHERE = ["Where is {o} {s}", "Where does {o} {begin}", "{S}, where is {o}", "In which part of the frame is {o} {s}",
         "What is the position of {o} {s}", "Where can {o} be found {s}", "Where on the screen is {o} {s}", "Where do you see {o} {s}",
         "Tell me where {o} is {s}", "What is the location of {o} {s}", "In what place is {o} {s}", "Give the position of {o} {s}",
         "Whereabouts is {o} {s}", "Which corner or side is {o} in {s}", "Where {s} is {o}", "Locate {o} {s}"]
AT_START = ["at the start", "at first", "at the beginning", "when it appears", "initially", "in the beginning", "when it first appears"]
AT_END = ["at the end", "when it disappears", "finally", "at last", "in the end"]
BEGIN = ["start", "begin", "first appear", "appear"]
FINISH = ["end", "end up", "disappear", "finish", "stop"]
WHEN = ["When is {o} visible", "When can you see {o}", "At what time does {o} appear", "During which seconds is {o} visible",
        "From when to when is {o} visible", "When does {o} appear and disappear", "Over which time is {o} shown", "When is {o} on screen",
        "What time span shows {o}", "When does {o} appear", "Between which times is {o} visible", "At which times can {o} be seen",
        "Tell me when {o} is visible", "What is the time interval of {o}", "When is {o} shown", "When do we see {o}", "In what period is {o} visible",
        "For which seconds does {o} appear", "During what time is {o} present", "When is {o} there", "What interval is {o} visible in",
        "Give the times when {o} is visible", "Over what interval can {o} be seen"]
ORDER = ["Which {n} appears {f}", "What appears {f}", "Which {n} is {f} to appear", "Which {n} comes {f}", "What comes {f}",
         "What is the {f} {n} to appear", "Which one appears {f}", "Which {n} shows up {f}", "What can be seen {f}", "Which {n} do you see {f}",
         "Name the {n} that appears {f}", "Tell me which {n} appears {f}", "Which is the {f} {n} to show up", "Which {n} is visible {f}",
         "What {n} enters {f}", "Which {n} is the {f} one", "What do we see {f}", "What is the {f} thing that appears"]
RELATION = ["Is {o} {rel} {p}", "Is {o} located {rel} {p}", "Can you see {o} {rel} {p}", "Does {o} lie {rel} {p}", "Is it true that {o} is {rel} {p}",
            "Would you say {o} is {rel} {p}", "Does {o} stay {rel} {p}", "Is {o} always {rel} {p}", "Tell me if {o} is {rel} {p}",
            "Is {o} positioned {rel} {p}", "Do you see {o} {rel} {p}", "Is {o} found {rel} {p}", "{o} is {rel} {p}, right"]
LEFT = ["to the left of", "left of", "on the left of", "on the left side of"]
RIGHT = ["to the right of", "right of", "on the right of", "on the right side of"]
ABOVE, BELOW = ["above", "higher than", "over"], ["below", "under", "lower than", "beneath"]
DESCRIBE = ["Describe the {v}", "What happens in the {v}", "What do you see", "Describe what happens", "What is in the {v}", "Tell me about the {v}",
            "What does the {v} show", "Summarise the {v}", "Summarize the {v}", "Give a description of the {v}", "What is going on in the {v}",
            "Explain what happens in the {v}", "Describe everything you see", "What can you see in the {v}", "Give me a summary of the {v}",
            "Describe this {v} in detail", "What is happening", "What is shown", "Please describe the {v}", "Write a caption for the {v}",
            "What can be seen", "Caption this {v}", "Describe the scene", "What takes place in the {v}", "Describe all {ns}", "Tell me what you see"]
LIST = ["Which {ns} are there", "What {ns} do you see", "List the {ns}", "Name all {ns}", "What {ns} are in the {v}", "Which {ns} can you see",
        "What {ns} appear", "List everything you see"]
WHICH = ["Which {n} {m}", "What {m}", "Which one {m}", "Name the {n} that {m}", "Which is the {n} that {m}"]
VIDEO = ["video", "video", "clip", "film", "scene"]
LEAD = ["", "", "", "", "", "", "", "Please tell me: ", "Tell me, ", "Can you say: ", "Please: ", "Hello, ", "OK, ", "Look closely: ", "One question: "]
TAIL = ["", "", "", "", "", "", " in the video", " in this clip", " in the clip", " here", " in this video", " on the screen", " please", ", please"]


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
        rng = self.rng
        text = rng.choice(LEAD) + text + (rng.choice(TAIL) if tail else "")
        text = text[0].upper() + text[1:]
        mark = "" if rng.random() < 0.2 else ("." if text.split()[0] in ("Describe", "Name", "Count", "List", "Give", "Tell", "Say") else "?")
        draw = rng.random()
        if draw < 0.25:
            text = text[0].lower() + text[1:] if rng.random() < 0.5 else text.lower()
        elif draw < 0.30:
            text = text.upper()
        if rng.random() < 0.02 and len(text) > 12:
            i = rng.randrange(4, len(text) - 2)
            text = text[:i] + text[i + 1:] if rng.random() < 0.5 else text[:i] + text[i + 1] + text[i] + text[i + 2:]
        return text + mark

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
        return self.speak(rng.choice(COUNT).format(ns=noun)), answer

    def colour(self):
        s = self.last_without("colour") or self.subject("colour")
        if not s:
            return None
        thing, phrase, start = s
        self.last = thing
        return self.speak(self.rng.choice(COLOUR).format(o=phrase, c=colour_word(self.rng))), f"{start} is {thing.colour}."

    def shape(self):
        s = self.last_without("shape") or self.subject("shape")
        if not s:
            return None
        thing, phrase, _ = s
        self.last = thing
        return self.speak(self.rng.choice(SHAPE).format(o=phrase)), f"It is {an(thing.shape)}."

    def last_without(self, _hide):
        if self.last is not None and self.rng.random() < 0.2:
            return self.last, "it", "It"
        return None

    def motion(self):
        s = self.subject()
        thing, phrase, start = s
        self.last = thing
        return self.speak(self.rng.choice(MOTION).format(o=phrase)), f"{start} {thing.motion}."

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
        ask = self.fill(EXISTS, a=an(name), b=name)
        return self.speak(ask), f"Yes, there is {an(name)}." if yes else f"No, there is no {name}."

    def where(self):
        thing, phrase, _ = self.subject()
        self.last = thing
        end = self.rng.random() < 0.2
        when = self.rng.choice(AT_END if end else AT_START)
        row, column = place(thing, end)
        ask = self.fill(WHERE, o=phrase, s=when, S=when[0].upper() + when[1:], begin=self.rng.choice(FINISH if end else BEGIN))
        return self.speak(ask, tail=False), f"At the {row} {column}."

    def when(self):
        thing, phrase, _ = self.subject()
        self.last = thing
        return self.speak(self.fill(WHEN, o=phrase)), f"From {seconds(thing.start)} to {seconds(thing.end)} seconds."

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
            ask = rng.choice([f"Which appears {word}, {a} or {b}", f"Does {a} or {b} appear {word}", f"What comes {word}, {a} or {b}"])
        else:
            ask = self.fill(ORDER, f=word)
        self.last = thing
        return self.speak(ask, tail=rng.random() < 0.5), f"The {thing.colour} {thing.shape} appears {'last' if last else 'first'}."

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
            ask = rng.choice(RELATION).format(o=p, p=q, rel=rng.choice(words))
            self.last, self.names = a, (a.pair, b.pair)
            return self.speak(ask, tail=rng.random() < 0.3), "Yes, it is." if before == ask_before else "No, it is not."
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
        return self.speak(self.fill(DESCRIBE), tail=False), " ".join(parts) or UNKNOWN

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
        templates, slots = rng.choice([(MOTION, {}), (WHEN, {}), (COLOUR, {"c": colour_word(rng)}),
                                       (WHERE, {"s": "at the start", "S": "At the start", "begin": "start"})])
        if templates is COLOUR:
            name = shape
        self.last, self.names = None, ((shape, None if name == shape else colour),)
        return self.speak(self.fill(templates, o="the " + name, **slots)), f"There is no {name}."


# Kinds whose answer speaks of the one thing the asker remembers.
SINGLE = {"colour", "shape", "motion", "where", "when", "order", "which"}
KINDS = {"count": 1.2, "colour": 0.8, "shape": 0.8, "motion": 1.5, "existence": 1.0, "where": 2.0, "when": 1.8, "order": 1.3,
         "relation": 2.0, "describe": 0.9, "list": 0.3, "which": 0.3, "absent": 0.4}


def conversation(rng, clip, turns):
    """[(kind, question, answer, names the answer rests on)]; a name is (shape or None, colour or None), both None the whole clip."""
    asker, out = Asker(rng, clip), []
    for _ in range(turns * 4):
        if len(out) >= turns:
            break
        kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
        if not clip.things and kind not in ("count", "existence", "describe"):
            if kind in ("motion", "when", "colour", "shape", "order"):
                templates = {"motion": MOTION, "when": WHEN, "colour": COLOUR, "shape": SHAPE, "order": ORDER}[kind]
                name = "the " + rng.choice(SHAPES + [f"{c} object" for c in COLOURS])
                ask = asker.speak(asker.fill(templates, o=name, c=colour_word(rng), f="first"))
                out.append((kind, ask, UNKNOWN, ((None, None),)))
            continue
        asker.names = ()
        made = getattr(asker, kind)()
        if made:
            question, answer = made
            if out and rng.random() < 0.15:
                question = rng.choice(["And ", "Now ", "OK, ", "So "]) + question[0].lower() + question[1:]
            out.append((kind, question, answer, (asker.last.pair,) if kind in SINGLE else asker.names))
    return out
