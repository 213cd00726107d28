"""The wordings of the held-out test. Training never asks one of them: `is_test_wording` keeps them out."""
import re

from .world import COLOURS, SHAPES

ASK = {
    "count": ["How many objects have been drawn here?", "Could you count up every object?", "Object count?", "what's the number of objects in this footage",
              "How many separate objects does this footage have?", "Number of objects, please."],
    "colour": ["The {shape}: which colour?", "What's the colour of the {shape}?", "Could you name the colour the {shape} has?", "what color would the {shape} be",
               "I want to know the color of the {shape}.", "Is the {shape} red, blue, or what colour?"],
    "shape": ["The {colour} object: which shape?", "What's the shape of the {colour} one?", "what shape would the {colour} object be", "I want to know the shape of the {colour} thing.",
              "Could you name the shape of the {colour} object?"],
    "motion": ["What's the {colour} {shape} doing?", "The {colour} {shape}: how does it move?", "Could you describe the way the {colour} {shape} moves?",
               "I want to know how the {colour} {shape} moves.", "which way is the {colour} {shape} moving", "Does the {colour} {shape} stay still or move? How?"],
    "existence": ["Would there be a {colour} {shape} in this footage?", "Is a {colour} {shape} to be seen?", "A {colour} {shape}: is there one?", "I wonder if there is a {colour} {shape}.",
                  "Any {colour} {shape} here?"],
    "where": ["At the start, where would the {colour} {shape} be?", "Where's the {colour} {shape} at the start?", "The {colour} {shape}: where is it at the beginning?",
              "I want to know where the {colour} {shape} is at the start.", "In which area is the {colour} {shape} at the beginning?"],
    "when": ["When's the {colour} {shape} visible?", "The {colour} {shape}: from when to when is it visible?", "I want to know when the {colour} {shape} can be seen.",
             "During which part is the {colour} {shape} visible, in seconds?", "what are the start and end times of the {colour} {shape}"],
    "order": ["Of all objects, which appears first?", "Which of them appears first?", "Who's first: which object appears before the others?", "I want to know which object appears first.",
              "what's the first object to be seen"],
    "relation": ["Is the {colour} {shape} {relation} the {colour2} {shape2}, yes or no?", "Yes or no: the {colour} {shape} is {relation} the {colour2} {shape2}?",
                 "I want to know if the {colour} {shape} is {relation} the {colour2} {shape2}."],
    "describe": ["What's happening in this footage?", "Could you describe the footage?", "I want a description of the whole clip.", "Say what the clip shows.", "Narrate the video."],
}

RELATIONS = ["to the left of", "to the right of", "above", "below"]
_slots = {"colour": COLOURS, "colour2": COLOURS, "shape": SHAPES, "shape2": SHAPES, "relation": RELATIONS}


def _plain(text):
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


def _pattern(wording):
    text = wording.lower()
    for slot in _slots:
        text = text.replace("{" + slot + "}", "x" + slot + "x")
    text = _plain(text)
    for slot, words in _slots.items():
        text = text.replace("x" + slot + "x", "(?:" + "|".join(words) + ")")
    return text


_all = re.compile("|".join(_pattern(w) for wordings in ASK.values() for w in wordings))


def is_test_wording(question):
    """Whether a question reads like one of the test's, whatever its case and punctuation."""
    return _all.fullmatch(_plain(question)) is not None
