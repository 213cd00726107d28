"""Contexts and questions as tokens, with the places that an answer's words come from."""
import torch

from timeline.facts import read
from timeline.questions import KINDS, NOT_SHOWN, ask_about
from timeline.tokens import BOS, EOS, prompt


def spots(tokenizer, text, prefix):
    """(ids, [(start, end) of each in the letters of the text])"""
    ids = tokenizer.encode(text, prefix)
    out, data = [], ((" " if prefix else "") + text).encode()
    # Byte -> letter.
    letter = [i for i, c in enumerate((" " if prefix else "") + text) for _ in c.encode()]
    letter.append(len(text) + prefix)
    at = 0
    for i in ids:
        piece, _, kind = tokenizer.vocab[i]
        size = 1 if kind == 6 else len(piece)
        out.append((letter[at] - prefix, letter[at + size] - prefix))
        at += size
    assert at == len(data)
    return ids, out


# How much a token of an answer matters. Its first one decides what is answered; a sentence that was begun goes on by itself.
FIRST, PART, WORD, COPIED, IDLE = 6.0, 4.0, 1.0, 0.5, 0.1
SERIES = {"text", "said", "speaking", "whenspeech", "detailed", "describe"}


class Packed:
    """One context and its questions."""

    def __init__(self, tokenizer, text, questions):
        ids, places = spots(tokenizer, text + "\n", True)
        facts = read(text)
        self.context = len(ids) + 1
        all_ids, starts, wanted, targets, kinds, weights, asks, topics = [BOS, *ids], [], [], [], [], [], [], []
        looks = {name: [] for name in ("copy", "mention", "named", "owner", "kind", "number", "source", "prior", "next")}
        next_number = self.entry_looks(facts, places, looks)
        owner_of, number_of = dict(looks["owner"]), dict(looks["number"])
        for question in questions:
            starts.append(len(all_ids))
            asked, asked_places = spots(tokenizer, prompt(question.text), False)
            answer = question.answer(text)
            said, said_places = spots(tokenizer, " " + answer, False)
            base = len(all_ids)
            mention = None
            if question.mention:
                # By its first token: the last one changes with the plural. A shot is known by its number.
                name = question.text[slice(*question.mention)]
                letter = question.mention[0] + (name.find('"') + 1 if '"' in name else 0) + len("Question: ")
                shot = name.startswith("shot ") and question.named and text[slice(*question.named)] == name
                if shot:
                    letter = question.mention[1] - 1 + len("Question: ")
                mention = base + next(i for i, (a, b) in enumerate(asked_places) if a <= letter < b)
                goal = 0 if not question.named else self.last_token(places, question.named) if shot else self.first_token(places, question.named, text)
                looks["named"].append((mention, goal))
            # Letter of the answer -> letter of the context.
            origin, begun, at = {}, set(), 1
            for part in question.parts:
                if isinstance(part, str):
                    if at > 1:
                        begun.add(at)
                    at += len(part)
                else:
                    begun.add(at)
                    for letter in range(part[0], part[1]):
                        origin[at] = letter
                        at += 1
            first = base + len(asked)
            absent = question.parts == [NOT_SHOWN]
            asks.append(first - 1)
            topics.append(KINDS.index(question.kind))
            part = next((p for p in question.parts if not isinstance(p, str)), None)
            said_at, last = {}, None
            looks["source"].append((first - 1, self.holding(places, part[0]) if part else 0))
            for i, (token, (start, end)) in enumerate(zip(said, said_places)):
                place = first + i - 1
                wanted.append(place)
                targets.append(token)
                kinds.append(len(asks) - 1)
                # The space before a word belongs to it.
                letter = start + 1 if start not in origin and start + 1 in origin and end > start + 1 else start
                weights.append((FIRST if i == 0 and not absent else PART if i == 0 else IDLE) if absent or i == 0 else PART if start in begun or letter in begun else COPIED if letter in origin else WORD)
                source = self.find(places, origin[letter], all_ids, token) if letter in origin else None
                if source:
                    looks["copy"].append((place, source))
                elif start in begun and last in next_number and question.kind in SERIES:
                    looks["next"].append((place, next_number[last]))
                # What was said of a thing belongs to its name, where that was said; else to the one that was asked about.
                if source:
                    said_at[source] = place + 1
                    last = source
                for name, belongs in (("owner", owner_of), ("number", number_of)):
                    to = said_at.get(belongs.get(last), mention if name == "owner" else None)
                    if to and to <= place:
                        looks[name].append((place + 1, to))
                if mention:
                    looks["mention"].append((place, mention))
            wanted.append(first + len(said) - 1)
            targets.append(EOS)
            kinds.append(len(asks) - 1)
            weights.append(IDLE if absent else WORD)
            if mention:
                looks["mention"].append((first + len(said) - 1, mention))
            all_ids += asked + said
        self.ids, self.starts, self.wanted, self.targets = torch.tensor(all_ids), starts, torch.tensor(wanted), torch.tensor(targets)
        # Of each token to be told: its question's place in `questions`, and how much it matters.
        self.of, self.weights, self.questions = torch.tensor(kinds), torch.tensor(weights), questions
        # Where each question ends, and what kind it is.
        self.asks, self.topics = torch.tensor(asks), torch.tensor(topics)
        self.looks = {name: torch.tensor(pairs).t() for name, pairs in looks.items() if pairs}

    def holding(self, places, letter):
        """The context's token that holds a letter; a space belongs to the word after it."""
        return next((i + 1 for i, (a, b) in enumerate(places) if a <= letter < b), 0)

    def find(self, places, letter, ids, token):
        """The context's token that holds a letter, if it is the one that is said."""
        low, high = 0, len(places)
        while low < high:
            middle = (low + high) // 2
            if places[middle][1] <= letter:
                low = middle + 1
            else:
                high = middle
        for at in (low, low + 1, low + 2, low - 1):
            if 0 <= at < len(places) and ids[at + 1] == token and places[at][0] <= letter <= max(places[at][1], places[at][0] + 1):
                return at + 1
        return None

    def first_token(self, places, place, text):
        """Of a name; of a quotation, that of its first word."""
        return self.holding(places, place[0] + (text[place[0]] == '"'))

    def last_token(self, places, place):
        return max((i + 1 for i, (a, b) in enumerate(places) if a < place[1] and b > place[0]), default=0)

    def entry_looks(self, facts, places, looks):
        """What belongs to a thing looks at its name, and at what kind of thing it is."""
        spans, next_number = [], {}
        before = {}
        for line in facts.lines:
            told = line.places["told"]
            number, name = line.places.get("number"), line.places.get("name")
            spans.append((told[0], line.places["times"][1] + 1, name, (told[0], told[0] + len(line.kind)), number, before.get(line.kind)))
            before[line.kind] = number or name
        for title, entries in facts.things.items():
            head, end_of_list = facts.sentences[title]
            previous = (head, head + len(title))
            for entry, following in zip(entries, [*entries[1:], None]):
                name = entry.places.get("name")
                start = entry.places.get("name", entry.places["times"])[0]
                end = following.places.get("name", following.places["times"])[0] - 1 if following else end_of_list
                spans.append((start, end, name, (head, head + len(title)), None, previous))
                previous = name or previous
        for i, (_, place) in enumerate(facts.tags):
            spans.append((place[0], place[1] + 2, place, None, None, facts.tags[i - 1][1] if i else None))
        for i, caption in enumerate(facts.captions):
            spans.append((caption["from"][0], caption["text"][1], caption["from"], None, None, facts.captions[i - 1]["from"] if i else None))
        for kind in ("text", "speech"):
            lines = facts.of(kind)
            for line, following in zip(lines, [*lines[1:], None]):
                to = self.last_token(places, following.places["number"]) if following else 0
                low, high = line.places["told"]
                for i, (a, b) in enumerate(places):
                    if a < high and b > low:
                        next_number[i + 1] = to
        for start, end, name, kind, number, prior in spans:
            inside = [i + 1 for i, (a, b) in enumerate(places) if a < end and b > start + (1 if b > a + 1 else 0) - 1 and a >= start - 1]
            name_at = self.first_token(places, name, facts.text) if name else None
            name_end = self.last_token(places, name) if name else None
            kind_at = self.last_token(places, kind) if kind else None
            number_at = self.last_token(places, number) if number else None
            prior_at = self.first_token(places, prior, facts.text) if prior else 0
            for at in inside:
                if at <= (name_end or kind_at or 0) or at == number_at:
                    looks["prior"].append((at, prior_at))
                if name_at and at > name_at:
                    looks["owner"].append((at, name_at))
                if kind_at and at > kind_at:
                    looks["kind"].append((at, kind_at))
                if number_at and at > number_at:
                    looks["number"].append((at, number_at))
        return next_number


def pack(tokenizer, text, rng, count, most, test=False):
    """A context and questions, no more tokens than `most`; None where the context alone is too long."""
    facts = read(text)
    questions = ask_about(facts, rng, count, test)
    packed = Packed(tokenizer, text, questions)
    while len(packed.ids) > most and len(questions) > 1:
        longest = max(questions, key=lambda q: len(q.answer(text)))
        questions.remove(longest)
        packed = Packed(tokenizer, text, questions)
    return packed if len(packed.ids) <= most and questions else None
