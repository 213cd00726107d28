"""What a textual context tells, read back from its own words: places are [start, end) in the text, so answers can be copied from them."""
import re
from dataclasses import dataclass, field

TIMES = r"(?:from [\d.]+ to [\d.]+ seconds|at [\d.]+ seconds)"
LINE = re.compile(r"^Second [\d.]+ : (?P<told>(?P<kind>object|action|face|picture|shot|text|speech)(?: (?P<number>\d+)(?= (?:\"|from|at)))?(?: (?P<name>.*?))? (?P<times>" + TIMES + r"))(?:, (?P<count>\d+) at once)?\.$")
CAPTION = re.compile(r"^Second (?P<from>[\d.]+)(?:-(?P<to>[\d.]+))?: ?(?P<text>.*)$")
ENTRY = re.compile(r"(?:(?P<name>[^;]*?) )?(?P<times>" + TIMES + r"(?: and " + TIMES + r")*(?: and \d+ more times)?)(?:, at most (?P<count>\d+) at once)?(?=; |\.$|$)")
LISTS = ("Objects", "Actions", "Faces", "Picture")


@dataclass
class Entry:
    """One thing of the general description, or one line."""
    kind: str
    name: str
    places: dict  # of name, times, count, told: (start, end)
    count: int = 1
    number: int = 0


@dataclass
class Facts:
    text: str
    tags: list = field(default_factory=list)  # (name, place)
    captions: list = field(default_factory=list)  # places of from, to, text
    lines: list = field(default_factory=list)  # Entry
    things: dict = field(default_factory=dict)  # title -> [Entry]
    sentences: dict = field(default_factory=dict)  # length, shots, Objects, …: place

    def of(self, kind):
        return [line for line in self.lines if line.kind == kind]


def read(text):
    facts = Facts(text)
    at = 0
    rows = text.split("\n")
    for i, row in enumerate(rows):
        place = lambda match, group: (at + match.start(group), at + match.end(group))
        line, caption = LINE.match(row), CAPTION.match(row)
        if i == len(rows) - 1:
            describe(facts, row, at)
        elif line:
            quoted = line["name"] is not None and line["name"].startswith('"')
            places = {group: place(line, group) for group in ("name", "times", "count", "told", "number") if line[group] is not None}
            facts.lines.append(Entry(line["kind"], (line["name"] or "").strip('"') if quoted else line["name"] or "", places, int(line["count"] or 1), int(line["number"] or 0)))
        elif caption:
            facts.captions.append({group: place(caption, group) for group in ("from", "to", "text") if caption[group] is not None})
        elif i == 0:
            start = at
            for tag in row.split(" | "):
                facts.tags.append((tag, (start, start + len(tag))))
                start += len(tag) + 3
        at += len(row) + 1
    return facts


def describe(facts, row, base):
    length = re.match(r"(?:The clip lasts|This part lasts) .*? seconds\.|It is a single picture\.", row)
    if length:
        facts.sentences["length"] = (base, base + length.end())
    shots = re.search(r"It has \d+ shots?\.", row)
    if shots:
        facts.sentences["shots"] = (base + shots.start(), base + shots.end())
    for title in LISTS:
        found = re.search(rf"(?:^|(?<=\. )){title}: .*?\.(?= (?:Actions|Faces|Picture): | Text can be read\.| Somebody speaks\.|$)", row)
        if not found:
            continue
        facts.sentences[title] = (base + found.start(), base + found.end())
        body, entries, start = found[0][len(title) + 2:], [], 0
        while start < len(body):
            entry = ENTRY.match(body, start)
            if not entry:
                break
            offset = base + found.start() + len(title) + 2
            places = {g: (offset + entry.start(g), offset + entry.end(g)) for g in ("name", "times", "count") if entry[g] is not None}
            entries.append(Entry(title, entry["name"] or "", places, int(entry["count"] or 1)))
            start = entry.end() + 2
        facts.things[title] = entries
