"""The words of training questions: templates of many forms, put together at random by `questions.py`."""

# Whole questions.
DIRECT = {
    "count": [
        "How many {ns} are there", "How many {ns} can you see", "Count the {ns}", "What is the number of {ns}",
        "How many {ns} appear", "How many {ns} are visible", "How many different {ns} do you see",
        "Give the number of {ns}", "What number of {ns} is shown", "Tell me how many {ns} there are",
        "How many {ns} does it show", "How many {ns} are shown", "Can you count the {ns}", "How many {ns} are in it",
        "The number of {ns}", "What is the total number of {ns}", "How many {ns} exist", "State how many {ns} appear",
        "Say how many {ns} you see", "How many {ns} do you notice", "How many {ns} have you found",
        "How many {ns} did you see", "How many {ns} does the {v} have", "How many {ns} come up",
        "Do you know how many {ns} there are", "How many {ns} in total", "How many {ns} are there altogether",
        "How many {ns}", "Number of {ns}", "{NS} in total", "Tally the {ns}", "Add up the {ns}",
        "How large is the number of {ns}", "How many {ns} do we have", "How many {ns} are on the screen",
        "At any time, how many {ns} are there", "Are there many {ns}, and how many",
    ],
    "colour": [
        "What {c} is {o}", "What is the {c} of {o}", "Which {c} is {o}", "Tell me the {c} of {o}",
        "What {c} does {o} have", "Name the {c} of {o}", "Which {c} does {o} have", "{o} is what {c}",
        "Can you tell the {c} of {o}", "In what {c} is {o}", "Of what {c} is {o}", "How is {o} coloured",
        "Say what {c} {o} is", "What {c} would you call {o}", "Describe the {c} of {o}", "Do you know the {c} of {o}",
        "{c} of {o}", "What {c} has {o}", "Which {c} would you say {o} is", "Give the {c} of {o}",
        "Which {c} can you see on {o}", "{O}: {c}", "What {c} was {o}", "Is {o} red or blue or another {c}",
        "What {c} did {o} have", "What's the {c} you see on {o}", "Which {c} was used for {o}", "{O} has which {c}",
        "{O} has what {c}", "What is {o} coloured like", "What {c} is used for {o}",
        "What {c} can {o} be said to have", "How would you name the {c} of {o}", "By {c}, what is {o}",
        "Could you tell which {c} {o} is",
    ],
    "shape": [
        "What shape is {o}", "What is the shape of {o}", "Which shape is {o}", "What kind of shape is {o}",
        "What form does {o} have", "Name the shape of {o}", "{o} is what shape", "What shape does {o} have",
        "Tell me the shape of {o}", "What is {o}", "Which shape does {o} have", "What sort of shape is {o}",
        "What type of shape is {o}", "Identify the shape of {o}", "What figure is {o}", "Say what shape {o} is",
        "What does {o} look like", "Give the shape of {o}", "Which form has {o}", "What geometric shape is {o}",
        "{O}: shape", "What shape was {o}", "Is {o} a circle or a square or something else",
        "What is {o}, a star or another shape", "{O} has which shape", "{O} has what form", "What shape did {o} have",
        "What could {o} be", "What would you call {o}", "What kind of thing is {o}", "How is {o} shaped",
        "What is the outline of {o}", "What is the form of {o}", "By shape, what is {o}", "Which figure is {o}",
        "Could you tell which shape {o} is", "What sort of form does {o} have", "Do you know the shape of {o}",
    ],
    "motion": [
        "How does {o} move", "What does {o} do", "What is {o} doing", "In which direction does {o} move",
        "How is {o} moving", "What is the motion of {o}", "What happens to {o}", "Describe the motion of {o}",
        "Which way does {o} move", "Where does {o} go", "What movement does {o} make", "Does {o} move, and how",
        "What kind of motion does {o} have", "Tell me how {o} moves", "In what direction does {o} travel",
        "Which direction is {o} going", "How does {o} behave", "How does {o} change", "Describe how {o} moves",
        "What direction does {o} move in", "Which way is {o} heading", "Describe the movement of {o}",
        "What action does {o} perform", "How does {o} travel", "{O} moves how", "{O} goes where", "{O}: motion",
        "Does {o} stay or go", "Does {o} stay still, or which way does it go", "Is {o} moving, and how",
        "Does {o} move left, right, up or down", "Does {o} grow, shrink or move", "What does {o} do in the {v}",
        "What is going on with {o}", "How did {o} move", "Where did {o} move", "What was {o} doing",
        "In what way does {o} move", "In what way does {o} change", "What sort of movement does {o} make",
        "How would you say {o} moves", "Which direction does {o} take", "Which direction does {o} go",
        "To which side does {o} move", "Is {o} still or does it move", "What happened to {o}", "What becomes of {o}",
    ],
    "existence": [
        "Is there {a}", "Can you see {a}", "Do you see {a}", "Does {a} appear", "Is {a} visible",
        "Does the {v} show {a}", "Is {a} in the {v}", "Does the {v} contain {a}", "Is there {a} anywhere",
        "Have you seen {a}", "Does {a} exist", "Did {a} appear", "Is {a} present", "Is {a} shown", "Can {a} be seen",
        "Does it have {a}", "Do we see {a}", "Is there any {b}", "Can you find {a}", "Do you notice {a}",
        "Was there {a}", "Is there {a} or not", "Does {a} show up", "Was {a} shown", "Could you see {a}",
        "Is {a} here", "Did you see {a}", "Have we got {a}", "Do you spot {a}", "Can I see {a}", "Will I find {a}",
        "Does {a} come up", "Is one of them {a}", "Did {a} come into view", "Has {a} been seen", "Do you find {a}",
        "Is {a} among them", "Is {a} part of the {v}", "Can you spot {a}", "Are you able to see {a}",
        "{A}, yes or no", "{A}, is it there", "There is {a}, right", "Any {b}", "Any {b} in the {v}",
        "Do you see any {b}", "Can you see any {b}", "Is there some {b}", "True or false: there is {a}",
        "Yes or no: {a} appears", "Does anything like {a} appear", "Is anything in the {v} {a}",
    ],
    "where": [
        "Where is {o} {s}", "Where does {o} {begin}", "{S}, where is {o}", "In which part of the frame is {o} {s}",
        "What is the position of {o} {s}", "Where can {o} be found {s}", "Where on the screen is {o} {s}",
        "Where do you see {o} {s}", "Tell me where {o} is {s}", "What is the location of {o} {s}",
        "In what place is {o} {s}", "Give the position of {o} {s}", "Whereabouts is {o} {s}",
        "Which corner or side is {o} in {s}", "Where {s} is {o}", "Locate {o} {s}", "{O} is where {s}",
        "{O} {begin}s where", "{S}, {o} is where", "In what part of the picture is {o} {s}",
        "Which part of the screen has {o} {s}", "On which side is {o} {s}", "Where was {o} {s}",
        "{S}: the position of {o}", "Position of {o} {s}", "Where did {o} {begin}", "At what spot is {o} {s}",
        "At which place does {o} {begin}", "Where does one find {o} {s}", "Where should I look for {o} {s}",
        "Top, middle or bottom, left, centre or right: where is {o} {s}", "In which third of the frame is {o} {s}",
        "{S}, in which part is {o}", "{S}, what is the place of {o}",
    ],
    "when": [
        "When is {o} visible", "When can you see {o}", "At what time does {o} appear",
        "During which seconds is {o} visible", "From when to when is {o} visible",
        "When does {o} appear and disappear", "Over which time is {o} shown", "When is {o} on screen",
        "What time span shows {o}", "When does {o} appear", "Between which times is {o} visible",
        "At which times can {o} be seen", "Tell me when {o} is visible", "What is the time interval of {o}",
        "When is {o} shown", "When do we see {o}", "In what period is {o} visible",
        "For which seconds does {o} appear", "During what time is {o} present", "When is {o} there",
        "What interval is {o} visible in", "Give the times when {o} is visible", "Over what interval can {o} be seen",
        "{O} is visible when", "{O} appears when", "{O}: times", "Times of {o}", "Start and end of {o}",
        "From which second to which second is {o} visible", "How long is {o} visible, from when to when",
        "When was {o} visible", "When did {o} appear", "When did you see {o}",
        "At what point does {o} appear and disappear", "In which seconds is {o} there",
        "What is the first and the last second of {o}", "What are the times of {o}",
        "What are the first and last seconds of {o}", "When does {o} start and end", "When does {o} come and go",
        "When does {o} show up and when does it leave", "When does {o} enter and leave",
        "Since when and until when is {o} there", "During which period is {o} shown", "Which seconds show {o}",
        "Which part of the {v} shows {o}, in seconds", "At which seconds is {o} on screen",
        "When can {o} be observed", "For how long, and when, is {o} visible", "Between which seconds does {o} appear",
    ],
    "order": [
        "Which {n} appears {f}", "What appears {f}", "Which {n} is {f} to appear", "Which {n} comes {f}",
        "What comes {f}", "What is the {f} {n} to appear", "Which one appears {f}", "Which {n} shows up {f}",
        "What can be seen {f}", "Which {n} do you see {f}", "Name the {n} that appears {f}",
        "Tell me which {n} appears {f}", "Which is the {f} {n} to show up", "Which {n} is visible {f}",
        "What {n} enters {f}", "Which {n} is the {f} one", "What do we see {f}", "What is the {f} thing that appears",
        "Of the {ns}, which is {f}", "Among the {ns}, which appears {f}", "Which of the {ns} comes {f}",
        "Which of the {ns} shows up {f}", "In order of appearance, which {n} is {f}", "What is seen {f}",
        "What shows up {f}", "What was {f}", "Which was {f}", "Which {n} was there {f}", "What {n} did you see {f}",
        "Which {n} came {f}", "The {f} {n} to appear is which", "Which {n} do I see {f}", "Who comes {f}",
        "Who appears {f}", "By time, which {n} is {f}", "What is the {f} {n}", "Which one of them is {f}",
        "Which {n} starts {f}",
    ],
    "relation": [
        "Is {o} {rel} {p}", "Is {o} located {rel} {p}", "Can you see {o} {rel} {p}", "Does {o} lie {rel} {p}",
        "Is it true that {o} is {rel} {p}", "Would you say {o} is {rel} {p}", "Does {o} stay {rel} {p}",
        "Is {o} always {rel} {p}", "Tell me if {o} is {rel} {p}", "Is {o} positioned {rel} {p}",
        "Do you see {o} {rel} {p}", "Is {o} found {rel} {p}", "{o} is {rel} {p}, right",
        "{O} is {rel} {p}: true or false", "True or false: {o} is {rel} {p}", "Is it correct that {o} is {rel} {p}",
        "Is {o} {rel} {p} or not", "Was {o} {rel} {p}", "Is {o} seen {rel} {p}", "{O} {rel} {p}, is that so",
        "Is {o} to be found {rel} {p}", "Does {o} appear {rel} {p}", "Do we find {o} {rel} {p}",
        "Is {o} standing {rel} {p}", "Could it be that {o} is {rel} {p}", "Can one say that {o} is {rel} {p}",
        "Compared with {p}, is {o} {rel} it", "Seen from {p}, is {o} {rel} it", "Is the place of {o} {rel} {p}",
        "So {o} is {rel} {p}", "Am I right that {o} is {rel} {p}", "Correct or not: {o} is {rel} {p}",
        "Answer with yes or no: is {o} {rel} {p}",
    ],
    "describe": [
        "Describe the {v}", "What happens in the {v}", "What do you see", "Describe what happens",
        "What is in the {v}", "Tell me about the {v}", "What does the {v} show", "Summarise the {v}",
        "Summarize the {v}", "Give a description of the {v}", "What is going on in the {v}",
        "Explain what happens in the {v}", "Describe everything you see", "What can you see in the {v}",
        "Give me a summary of the {v}", "Describe this {v} in detail", "What is happening", "What is shown",
        "Please describe the {v}", "Write a caption for the {v}", "What can be seen", "Caption this {v}",
        "Describe the scene", "What takes place in the {v}", "Describe all {ns}", "Tell me what you see",
        "What goes on", "What's in the {v}", "Give an account of the {v}", "Talk me through the {v}",
        "What do we see in this {v}", "Report what happens", "Tell the story of the {v}",
        "How would you describe the {v}", "Could you summarise this {v}", "Say what you see",
        "Say what happens in the {v}", "Describe the whole {v}", "I need a description of the {v}",
        "A summary, please", "Put the {v} into words", "Tell me everything about the {v}", "What is this {v} about",
        "What does this {v} contain", "Detail what happens", "List what happens", "What happens here",
        "What's going on here", "Explain the {v}", "Please summarise the {v}", "Describe it", "Describe it all",
        "Summary", "Description", "What did you see", "What happened in the {v}", "What is to be seen in the {v}",
        "Walk me through the {v}", "Tell what you see in the {v}", "What events does the {v} show",
        "Give the content of the {v}", "What are the {ns} doing", "What do the {ns} do", "What does each {n} do",
        "Describe what each {n} does and when", "Tell me what goes on in this {v}",
        "What can you tell about this {v}", "In a few words, what happens", "Write down what happens in the {v}",
        "How does the {v} go", "Sum up the {v}", "Recount the {v}",
    ],
}

# What may follow one of PREFIXES.
CLAUSES = {
    "count": [
        "how many {ns} there are", "how many {ns} you see", "how many {ns} appear", "how many {ns} the {v} has",
        "the number of {ns}",
    ],
    "colour": [
        "what {c} {o} is", "what {c} {o} has", "which {c} {o} is", "which {c} {o} has", "the {c} of {o}",
    ],
    "shape": [
        "what shape {o} is", "what shape {o} has", "which shape {o} is", "what {o} is", "which figure {o} is",
        "the shape of {o}", "the form of {o}",
    ],
    "motion": [
        "how {o} moves", "what {o} does", "what {o} is doing", "which way {o} goes", "what happens to {o}",
        "in which direction {o} moves", "where {o} goes", "how {o} behaves", "the direction of {o}",
    ],
    "existence": [
        "whether there is {a}", "whether you see {a}", "if {a} appears", "if there is {a} or not", "if {a} is there",
        "whether {a} is shown", "if you can see {a}",
    ],
    "where": [
        "where {o} is {s}", "where {o} {begin}s", "where you see {o} {s}", "in which part of the frame {o} is {s}",
        "where {o} can be found {s}", "the place of {o} {s}",
    ],
    "when": [
        "when {o} is visible", "when {o} appears", "when {o} is there", "from when to when {o} is visible",
        "at what time {o} appears", "between which times {o} is shown", "in which seconds {o} is visible",
        "when {o} appears and disappears", "the times of {o}",
    ],
    "order": [
        "which {n} appears {f}", "what appears {f}", "which {n} comes {f}", "which {n} is {f}", "what comes {f}",
        "the {n} that appears {f}",
    ],
    "relation": [
        "whether {o} is {rel} {p}", "if {o} is {rel} {p}", "if {o} lies {rel} {p}", "whether {o} is {rel} {p} or not",
    ],
    "describe": [
        "what happens", "what happens in the {v}", "what you see", "what is in the {v}", "what the {v} shows",
        "what is going on", "what can be seen",
    ],
}

# "Tell me" what …
PREFIXES = [
    "Tell me", "Please tell me", "Can you tell me", "Could you tell me", "Would you tell me", "Say", "Please say",
    "Can you say", "Do you know", "I would like to know", "I'd like to know", "I need to know", "Let me know",
    "I am asking", "My question is", "Find out", "It would help to know", "Show me", "Help me see", "Please explain",
    "You should tell me", "Now tell me", "I have to know", "Do tell", "I was wondering", "Try to say",
    "Can you work out", "Check",
]

# What may follow one of TAKERS.
PHRASES = {
    "count": [
        "number of {ns}", "count of {ns}", "total number of {ns}", "amount of {ns}",
    ],
    "colour": [
        "{c} of {o}", "{c} that {o} has",
    ],
    "shape": [
        "shape of {o}", "form of {o}", "shape that {o} has", "kind of {o}",
    ],
    "motion": [
        "motion of {o}", "movement of {o}", "direction of {o}", "direction in which {o} moves", "behaviour of {o}",
        "way {o} moves",
    ],
    "where": [
        "position of {o} {s}", "place of {o} {s}", "location of {o} {s}", "part of the frame where {o} is {s}",
        "place where {o} {begin}s",
    ],
    "when": [
        "time of {o}", "time span of {o}", "interval of {o}", "times when {o} is visible", "start and end of {o}",
        "seconds in which {o} is visible", "period of {o}", "time when {o} appears and disappears",
    ],
    "order": [
        "{n} that appears {f}", "{f} {n}", "{f} {n} to appear", "{n} that comes {f}",
    ],
    "describe": [
        "content of the {v}", "story of the {v}", "action in the {v}", "events of the {v}",
    ],
}

# "What is the" …
TAKERS = [
    "What is the", "What's the", "Tell me the", "Give the", "Give me the", "Name the", "The", "I need the",
    "Could you give me the", "Can you name the", "State the", "Please name the", "Say the", "Do you know the",
    "What would be the", "What about the", "Let me have the", "Which is the", "Identify the", "Describe the",
]

# Questions about "it", which one of TOPIC names.
SHORT = {
    "colour": [
        "what {c} is it", "which {c} is it", "what {c} does it have", "its {c}", "what is its {c}",
        "which {c} has it", "tell me its {c}",
    ],
    "shape": [
        "what shape is it", "which shape is it", "its shape", "what is its shape", "what is it",
        "what form does it have", "which figure is it", "tell me its shape",
    ],
    "motion": [
        "how is it moving", "what is it doing", "which way does it go", "what does it do", "where does it go",
        "its motion", "how does it behave", "tell me how it moves", "what is its motion", "does it move and how",
    ],
    "where": [
        "where is it {s}", "its position {s}", "where does it {begin}", "{s}, where is it", "what is its place {s}",
        "tell me where it is {s}",
    ],
    "when": [
        "when is it visible", "when does it appear", "when is it there", "its times", "from which second to which",
        "when can it be seen", "when does it start and end", "tell me when it is visible",
    ],
    "existence": [
        "is it there", "do you see it", "does it appear", "is there one", "yes or no",
    ],
}

# Names first, asks then.
TOPIC = [
    "About {o}: {q}", "{O}, {q}", "As for {o}, {q}", "{O} - {q}", "Look at {o}. {Q}", "See {o}? {Q}",
    "I am looking at {o}, {q}", "{Q}, {o}", "Take {o}. {Q}", "Consider {o}: {q}", "{O}... {q}", "For {o}, {q}",
    "Regarding {o}, {q}", "I mean {o}. {Q}",
]

# Words that mean nothing here and may stand anywhere.
NOISE = [
    "well", "hmm", "actually", "really", "just", "exactly", "precisely", "roughly", "kindly", "friend", "hey",
    "quickly", "briefly", "honestly", "okay", "right", "thanks", "sir", "maybe", "simply", "quite", "again", "still",
    "also", "even", "only", "surely", "indeed", "my", "dear", "there", "then", "this", "that", "now", "here", "today",
    "overall", "mostly", "basically", "clearly", "truly", "video", "picture", "moment", "view", "time", "part", "eye",
    "first", "thing", "know", "think", "want", "look", "guess", "question", "answer", "short", "long", "good", "new",
    "sure", "fine",
]

VIDEO = ["video", "video", "clip", "clip", "film", "scene", "movie", "recording", "sequence", "animation", "picture", "shot"]
LEAD = ["Tell me, ", "Hello, ", "OK, ", "Look closely: ", "One question: ", "Please: ", "Hi! ", "Question: ", "And now: ", "Well, ", "Next: ", "Quick question: "]
TAIL = [" in the video", " in this clip", " in the clip", " here", " in this video", " on the screen", " please", ", please", " in the film",
        " in this movie", " now", ", thanks", ", if you can see it", " in the recording", " in it"]
CONTRACTED = {"What is": "What's", "Where is": "Where's", "When is": "When's", "How is": "How's", "Who is": "Who's", "Which is": "Which's"}


def ask(rng, kind, **slots):
    """A question of a kind, without its mark. Slots are filled as `str.format` does; `o`, `a` are what it is about."""
    slots["O"], slots["A"] = (slots.get(k, "")[:1].upper() + slots.get(k, "")[1:] for k in "oa")
    slots["NS"] = slots.get("ns", "").capitalize()
    draw = rng.random()
    about = slots.get("o") or (slots.get("a") if kind == "existence" else None)
    if draw < 0.17 and kind in SHORT and about and not about.startswith(("it", "this", "that")) and kind != "relation":
        question = rng.choice(SHORT[kind]).format(**slots)
        return rng.choice(TOPIC).format(o=about, O=about[0].upper() + about[1:], q=question, Q=question[0].upper() + question[1:])
    if draw < 0.37:
        return f"{rng.choice(PREFIXES)} {rng.choice(CLAUSES[kind]).format(**slots)}"
    if draw < 0.52 and kind in PHRASES:
        return f"{rng.choice(TAKERS)} {rng.choice(PHRASES[kind]).format(**slots)}"
    return rng.choice(DIRECT[kind]).format(**slots)
