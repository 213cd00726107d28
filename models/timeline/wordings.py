"""How questions about a timeline are asked. `{x}` is what is asked about, `{xs}` its plural. `TEST` is never trained on."""

TRAIN = {
    "objects": ["What objects appear and when?", "What objects appear?", "Which objects can be seen?", "What things are in the video?", "List the objects.", "List everything you see.",
                "What can be seen in the clip?", "What is in the video?", "Which things appear, and at what times?", "What do you see?", "Name all objects with their times.",
                "Tell me the objects and their times.", "What was detected?", "Show me which objects are visible and when.", "What objects are there?", "What is visible?",
                "Which items show up?", "Give me all objects.", "What stuff is in this clip?", "Enumerate the objects in the video."],
    "present": ["Is there a {x}?", "Is there any {x}?", "Are there any {xs}?", "Are there {xs}?", "Do you see a {x}?", "Can you see {xs}?", "Does a {x} appear?", "Is a {x} in the video?",
                "Is a {x} visible?", "Does the clip show a {x}?", "Is the {x} shown?", "Do any {xs} appear?", "Is there a {x} in the clip?", "Can a {x} be seen?", "Does the video contain a {x}?",
                "Are {xs} present?", "Do {xs} show up?", "Is any {x} there?"],
    "when": ["When is the {x} seen?", "When does the {x} appear?", "When can you see the {x}?", "When is there a {x}?", "At what time does the {x} appear?", "When are {xs} visible?",
             "At which seconds is the {x} shown?", "When do {xs} appear?", "From when to when is the {x} there?", "How long is the {x} visible?", "When is the {x} in the picture?",
             "When does a {x} show up?", "When is a {x} there?", "What time is the {x} seen?", "Find the {x}.", "When was the {x}?", "Show me when the {x} is visible.", "When does {x} happen?",
             "When: {x}?", "At which time is {x}?"],
    "howmany": ["How many {xs} are there?", "How many {xs} can be seen?", "How many {xs} appear?", "How many {xs} do you see?", "What is the number of {xs}?", "Count the {xs}.",
                "How many {xs} are in the video?", "How many {xs} are visible at once?", "How many {xs} at most?", "Tell me how many {xs} there are.", "How many {xs}?", "Number of {xs}?"],
    "shots": ["How many shots are there?", "How many scenes does it have?", "How many cuts are there?", "How many shots does the clip have?", "How many shots?", "Count the scenes.", "Is it one shot?"],
    "length": ["How long is the video?", "How long is the clip?", "What is the length of the video?", "How many seconds does it last?", "How long does it take?", "How long does the clip last?",
               "What is the duration?", "How many seconds is it?"],
    "text": ["What does the sign say?", "What does the text say?", "What is written?", "What text can be read?", "What can be read on the screen?", "Read the text.", "Which words are shown?",
             "Is there any text?", "What is written on the screen?", "What does it say on the screen?", "Is there writing in the video?", "What text appears and when?", "What is the caption?",
             "Which text is on screen?", "What letters can you read?", "What do the signs say?", "Can you read anything?", "List the texts.", "Is something written there?", "What does the title say?"],
    "said": ["What is said?", "What do they say?", "What does the speaker say?", "Who speaks when?", "What are they talking about?", "What is spoken?", "What can be heard?", "Give me the words that are spoken.",
             "What words are said and when?", "What is the dialogue?", "Transcribe the speech.", "What does he say?", "What does she say?", "What are the subtitles?", "What do people say?", "What is being said?"],
    "speaking": ["Is anyone speaking?", "Does anybody speak?", "Is somebody talking?", "Is there speech?", "Do people talk?", "Can a voice be heard?", "Is there any talking?", "Does someone say something?",
                 "Is anybody talking?", "Is there a voice?", "Are there voices?", "Do they speak?", "Do you hear anyone?"],
    "whenspeech": ["When does somebody speak?", "When is there speech?", "When is someone talking?", "At what times do people talk?", "When can a voice be heard?", "When do they speak?", "When does anyone talk?",
                   "When is speech heard?", "When does the speaking start?"],
    "first": ["Which object appears first?", "What comes first?", "What is seen first?", "What is the first object?", "What appears first?", "What shows up first?", "Which thing comes first?", "Name the first object.",
              "What object is visible first?"],
    "last": ["Which object appears last?", "What comes last?", "What is the last object to appear?", "What appears last?", "What shows up last?", "Which thing comes last?", "Name the last object.", "Which object comes at the end?"],
    "after": ["What appears after the {x}?", "What comes after the {x}?", "Which object appears after the {x}?", "What is seen after the {x}?", "What follows the {x}?", "After the {x}, what appears?", "What shows up next after the {x}?"],
    "before": ["What appears before the {x}?", "What comes before the {x}?", "Which object appears before the {x}?", "What is seen before the {x}?", "What precedes the {x}?", "Before the {x}, what appears?"],
    "doing": ["What are the people doing?", "What do the people do?", "What is the person doing?", "What actions are there?", "What is happening with the people?", "Which actions can be seen?", "What does the man do?",
              "What is the woman doing?", "What are they doing?", "What is he doing?", "Which poses are seen?", "How do the people stand or sit?", "What do people do in the video?"],
    "picture": ["Is the picture still or moving?", "Does anything move?", "Is the camera moving?", "Is there movement?", "Is it dark?", "Is it still?", "Does the picture move?", "How much motion is there?",
                "Is the video static?", "When does the picture move?", "Is anything moving?", "Is there any motion?", "When is it dark?", "When is the picture still?"],
    "faces": ["Are there faces?", "Is a face visible?", "How many faces are there?", "Can you see a face?", "When are faces seen?", "Do you see any faces?", "When is a face visible?", "How many faces can be seen?"],
    # Of a part in brief, of a whole clip in detail.
    "describe": ["Describe the video.", "Describe the clip.", "What is this video about?", "What is shown?", "What does the video show?", "Describe what you see.", "What is it about?", "Describe it."],
    "brief": ["Summarise the video briefly.", "Describe this part.", "Give a short summary.", "Caption this.", "Summarise it in one sentence.",
              "Summarize briefly.", "Write a caption.", "In one sentence, what is shown?", "Describe this part in one sentence.", "Give a brief description.", "What happens here?"],
    "detailed": ["Summarise the video.", "Summarise the video in detail.", "Describe the video in detail.", "Give a detailed summary.", "Tell me everything about the clip.", "Summarize.", "Summarize the video.", "What happens in the video?",
                 "Write a detailed description.", "Tell me all that happens.", "Summarise.", "Give me a full summary.", "What is going on?", "Describe everything.", "What happens?"],
    "title": ["Give this part a title.", "Write a title.", "What would be a good title?", "Title this chapter.", "Give the chapter a title.", "Name this chapter.", "Suggest a title for the video.", "Title?"],
    "unknown": ["What colour is the {x}?", "Why is the {x} there?", "Where is the {x}?", "Who is the {x}?", "Is the {x} happy?", "What does the {x} eat?", "How old is the {x}?", "What is the {x} made of?", "How much does the {x} cost?",
                "What is the weather like?", "Where was this filmed?", "Who made this video?", "What is the name of the man?", "What season is it?", "How do they feel?", "What music is playing?", "Why do they do it?",
                "What brand is the {x}?", "Is the woman pretty?", "What is he thinking?", "What will happen next?", "Is it daytime?", "What are they wearing?", "Is the man angry?", "How big is the {x}?", "Does the {x} like it?",
                "What country is this?", "Who is the director?", "How heavy is the {x}?", "Is the {x} on the left?", "What year is it?", "What does it smell like?", "Do they win?", "Who wins?", "What is the capital of France?",
                "How fast is the {x}?", "Is the {x} expensive?", "What shape is the {x}?", "Whose {x} is it?", "Is it funny?", "What is the temperature?", "What language do they speak?", "How does it end?", "Why does the {x} move?",
                "What is behind the {x}?", "Who owns the {x}?", "Tell me a joke.", "What is two plus two?", "Write a poem.", "Are they married?", "What do you think of it?", "How tall is the {x}?", "What is the man's job?"],
}
TEST = {
    "objects": ["Which objects does the video show, and when?", "Please name every object in it.", "What kinds of things turn up in the footage?"],
    "present": ["Have you noticed a {x}?", "Would I find a {x} in this?", "Do we get to see any {xs}?", "Is a {x} somewhere in the footage?"],
    "when": ["At what point is the {x} on screen?", "During which seconds is a {x} visible?", "When do we see the {x}?"],
    "howmany": ["What's the count of {xs}?", "How many {xs} are shown in this footage?", "How many different {xs} do we see?"],
    "shots": ["How many shots is it made of?", "What is the number of shots?"],
    "length": ["How long does the footage run?", "How many seconds long is the clip?"],
    "text": ["What words are written on the sign?", "Which text is shown in the footage?", "Could you read out the text?"],
    "said": ["What does the voice say?", "Which words are spoken in it?", "What gets said?"],
    "speaking": ["Does anyone say anything?", "Is somebody speaking in the footage?", "Do we hear any speech?"],
    "whenspeech": ["At what point does somebody talk?", "During which seconds is someone speaking?"],
    "first": ["Which of the objects is first?", "What is the first thing that appears?"],
    "last": ["Which of the objects is last?", "What is the last thing that appears?"],
    "after": ["What do we see after the {x}?", "What turns up after the {x}?"],
    "before": ["What do we see before the {x}?", "What turns up before the {x}?"],
    "doing": ["What do we see the people do?", "What is the person up to?"],
    "picture": ["Is there any movement in the picture?", "Does the picture stay still?"],
    "faces": ["Do we see any faces?", "Is there a face anywhere?"],
    "describe": ["Describe the footage.", "What does the footage show?"],
    "brief": ["Sum it up in one sentence.", "Give me a short description."],
    "detailed": ["Summarise the footage.", "Give me the whole story in detail.", "Tell me in detail what happens."],
    "title": ["Which title fits this part?", "Find a title for this chapter."],
    "unknown": ["What is the colour of the {x}?", "For what reason is the {x} there?", "Who filmed it?", "What mood are they in?", "How much did the {x} weigh?", "What will they do tomorrow?"],
}
BEFORE = ["", "", "", "", "", "", "", "Please: ", "Tell me: ", "In this video, ", "Question: ", "Hi! ", "In the clip: ", "Hello, ", "Now, ", "So, ", "And "]
AFTER = ["", "", "", "", "", "", " Please.", " Thanks.", " Answer with times.", " Be brief.", " Answer in one sentence."]

# More ways to ask, put together from parts.
SEEN = ["seen", "visible", "shown", "on screen", "there", "in view", "in the picture", "present", "in the video"]
SHOWS = ["appears", "can be seen", "is visible", "is seen", "shows up", "turns up", "comes into view", "is shown"]
NOUNS = ["video", "clip", "film", "recording", "footage", "movie"]


def _more():
    add = lambda kind, lines: TRAIN[kind].extend(line for line in dict.fromkeys(lines) if line not in TRAIN[kind] and line not in TEST[kind])
    add("present", [f"Is {a} {{x}} {s}?" for a in ("a", "any", "the") for s in SEEN] + [f"Are {a}{{xs}} {s}?" for a in ("", "any ", "some ") for s in SEEN]
        + [f"{v} a {{x}}?" for v in ("Did you see", "Can I see", "Do we see", "Does it show", "Will I see", "Does one see", "Have you seen", "Can we find", "Does it have", "Is it showing")])
    add("when", [f"When {v} the {{x}} {s}?" for v in ("is", "was") for s in SEEN] + [f"{w} is the {{x}} {s}?" for w in ("At what time", "During which time", "From when until when", "In which seconds", "At which moments", "During what seconds") for s in SEEN]
        + [f"When {v} {{xs}} {s}?" for v in ("are", "were") for s in SEEN] + ["When do I see the {x}?", "When does one see a {x}?", "Tell me when the {x} appears.", "Give me the times of the {x}.", "Times of the {x}?", "{x}: when?"])
    add("howmany", [f"How many {{xs}} {v}?" for v in ("are seen", "are shown", "show up", "turn up", "can you count", "can we see", "do we see", "were there", "are on screen", "are present", "does it show")]
        + ["What is the count of {xs}?", "Give me the number of {xs}.", "What number of {xs} is there?", "How many different {xs} are there?"])
    add("objects", [f"{w} {v}?" for w in ("What objects", "Which objects", "What things", "Which things", "Which items", "What kinds of objects") for v in ("appear", "are shown", "are visible", "can be seen", "turn up", "does it show", "do we see", "are there, and when")]
        + ["Name everything in it.", "Name every object.", "Please list all objects.", "List every thing that appears."])
    add("text", [f"{w} {v}?" for w in ("What text", "Which text", "What words", "Which words", "What writing", "Which letters") for v in ("is written", "is shown", "can be read", "is on screen", "is on the sign", "is visible", "do you read", "appears")]
        + ["Read the sign.", "Read out what is written.", "Can you read the sign?", "Please read the text aloud.", "What is on the sign?", "What does the screen say?", "What is printed there?"])
    add("said", [f"{w} {v}?" for w in ("What words", "Which words", "What sentences", "Which sentences") for v in ("are said", "are spoken", "do they say", "can be heard", "does the voice say")]
        + ["What is the voice saying?", "What did they say?", "What does the narrator say?", "What was said?", "Tell me what is said.", "Quote what they say.", "What is told?"])
    add("speaking", [f"{v} {w} {t}?" for v, t in (("Is", "speaking"), ("Is", "talking"), ("Does", "speak"), ("Does", "talk"), ("Do you hear", "speak"), ("Do we hear", "talking")) for w in ("anyone", "anybody", "somebody", "someone")]
        + ["Is any speech heard?", "Is there a speaker?", "Do I hear a voice?", "Does the clip have speech?", "Are people talking?", "Is something said?"])
    add("whenspeech", [f"{w} {t}?" for w in ("When does", "At what time does", "During which time does", "At which moments does", "In which seconds does") for t in ("someone speak", "somebody talk", "anybody speak", "a person talk", "a voice speak")]
        + ["When is somebody speaking?", "During which time is someone talking?", "When is there a voice?", "Times of speech?"])
    add("first", [f"{w} {s} first?" for w in ("What", "Which object", "Which thing", "What object", "What thing") for s in SHOWS] + ["What is the first thing?", "Which object is the first?", "The first object?", "What is the first object that is seen?"])
    add("last", [f"{w} {s} last?" for w in ("What", "Which object", "Which thing", "What object", "What thing") for s in SHOWS] + ["What is the last thing?", "Which object is the last?", "The last object?", "What is the last object that is seen?"])
    add("after", [f"{w} {s} after the {{x}}?" for w in ("What", "Which object", "Which thing") for s in SHOWS] + ["What is next after the {x}?", "What do I see after the {x}?"])
    add("before", [f"{w} {s} before the {{x}}?" for w in ("What", "Which object", "Which thing") for s in SHOWS] + ["What was there before the {x}?", "What do I see before the {x}?"])
    add("doing", [f"What {v} {w} doing?" for v, w in (("is", "the man"), ("is", "the woman"), ("is", "she"), ("are", "people"), ("is", "somebody"), ("is", "anyone"), ("are", "the persons"))]
        + ["What do they do?", "What does the person do?", "What does she do?", "What action is seen?", "Which actions happen?", "What can people be seen doing?", "What is everybody up to?", "What are the people up to?"])
    add("picture", ["Does the video move?", "Does the camera move?", "Is there any movement?", "Is it moving?", "Is the clip static?", "Is the image still?", "Is there something moving?", "How does the picture move?", "Does it stay still?",
                    "Is the picture dark?", "Is the screen black?", "Is anything in motion?", "Does the image move or stay still?"])
    add("faces", ["Are any faces seen?", "Do faces appear?", "Is there a face?", "Is there any face in view?", "Do I see a face?", "Does a face appear?", "Can faces be seen?", "When can a face be seen?"])
    add("shots", ["What number of shots does it have?", "How many scenes are there?", "How many shots is it?", "How many cuts does the video have?", "How many different shots are there?", "Number of shots?", "Of how many shots is it made?"])
    add("length", ["How long does it run?", "How long is this?", "How many seconds is the video long?", "How long does the film run?", "What is its length?", "Length?", "How many seconds does the recording last?", "How much time does it take?"])
    add("describe", ["Describe the film.", "Describe this video.", "What does the clip show?", "What does it show?", "What can you tell me about it?"])
    add("brief", ["Sum up the video in one sentence.", "Sum it up briefly.", "Short summary, please.", "Give a short description.", "Describe it in a few words.", "Describe the clip in one sentence.", "A short caption?"])
    add("detailed", ["Describe in detail what happens.", "Tell me the whole story.", "Summarise everything in detail.", "Summarise the clip.", "Give me all the details.", "Tell me in detail what is seen.", "Sum up everything that happens.", "Summarise the recording."])
    add("title", ["Find a title.", "What title fits?", "Which title would you give it?", "What is a good title for this part?", "Give it a title.", "Make up a title for the chapter."])
    add("unknown", ["What is the {x}'s colour?", "For what purpose is the {x} there?", "Who filmed this?", "What mood is it?", "What does the {x} weigh?", "What will they do next?", "Which colour has the {x}?", "Is the {x} red?", "How do I cook rice?",
                    "Who is speaking?", "What is the name of the speaker?", "What is the {x} doing with it?", "Is it raining?", "How far away is the {x}?", "Which team wins?", "When was it filmed?", "Who is the {x} with?"])
    told = {
        "objects": ["all objects", "every object", "the objects", "each object with its times", "everything that is seen", "all things", "what objects there are", "which things are seen", "every thing in it"],
        "text": ["the text", "all text", "what is written", "the words on the sign", "every line of text", "what the sign says", "the writing"],
        "said": ["what is said", "the words that are spoken", "what the voice says", "the speech", "every sentence that is said", "what they say"],
        "first": ["the first object", "what appears first", "which object comes first", "the first thing", "the object that is seen first"],
        "last": ["the last object", "what appears last", "which object comes last", "the last thing", "the object that is seen last"],
        "when": ["when the {x} is seen", "when there is a {x}", "the times of the {x}", "when a {x} is visible", "when {xs} are there", "at which point the {x} appears"],
        "whenspeech": ["when somebody speaks", "the times of speech", "when a voice is heard", "when they talk"],
        "howmany": ["how many {xs} there are", "the number of {xs}", "how many {xs} are seen", "the count of {xs}"],
        "present": ["whether there is a {x}", "if a {x} is seen", "if there are {xs}", "whether {xs} appear"],
        "after": ["what comes after the {x}", "which object follows the {x}", "what is seen after the {x}"],
        "before": ["what comes before the {x}", "which object precedes the {x}", "what is seen before the {x}"],
        "doing": ["what the people do", "what the person is doing", "the actions", "what they are doing"],
        "faces": ["whether there are faces", "if a face is seen", "when faces are seen", "how many faces there are"],
        "picture": ["whether the picture moves", "if it is still", "whether there is motion", "if the camera moves"],
        "shots": ["the number of shots", "how many scenes there are", "how many shots it has"],
        "length": ["the length", "how long it is", "the duration", "how many seconds it lasts"],
        "speaking": ["whether somebody speaks", "if there is speech", "whether anyone talks", "if a voice is heard"],
        "unknown": ["the colour of the {x}", "who filmed it", "why the {x} is there", "where the {x} is", "the name of the man", "how the {x} feels"],
    }
    asks = ["Name", "List", "Tell me", "Give me", "Show me", "Please name", "Please list", "Please tell me", "Could you tell me", "Can you tell me", "Could you name", "I want to know", "Let me know", "Do you know", "I would like to know"]
    for kind, things in told.items():
        add(kind, [f"{ask} {thing}{'?' if ask[:2] in ('Co', 'Ca', 'Do') else '.'}" for ask in asks for thing in things])
    add("objects", [f"{w} {n} {v}?" for w in ("What", "Which", "What kinds of", "What sorts of") for n in ("objects", "things", "items") for v in ("come up", "turn up in it", "does the clip show, and when", "does it contain", "do you notice", "do we get to see", "are in it", "happen to be there")])
    add("faces", [f"{v} {n} {s}?" for v, n in (("Is", "a face"), ("Are", "faces"), ("Is", "any face"), ("Are", "any faces")) for s in SEEN + ["somewhere", "there at all"]] + ["Do you notice any faces?", "Do we see a face?", "Do we get to see faces?"])
    add("present", [f"{v} {n}?" for v in ("Do you notice", "Do we get to see", "Would you find", "Could I spot", "Have we seen", "Is there somewhere", "Did you find", "Can you spot") for n in ("a {x}", "any {xs}", "the {x}")])
    add("first", ["Which object is first?", "Of the objects, which is first?", "What is the first of the objects?", "Which of the things comes first?", "What is first?", "What thing is seen first of all?"])
    add("last", ["Which object is last?", "Of the objects, which is last?", "What is the last of the objects?", "Which of the things comes last?", "What is last?", "What thing is seen last of all?"])
    add("whenspeech", [f"{w} {t}?" for w in ("At which point does", "In what seconds does", "During which part does") for t in ("someone speak", "somebody talk", "anyone say something")] + [f"{w} is {p} {t}?" for w in ("During which time", "In which seconds", "At what time", "When") for p in ("somebody", "anyone", "a person", "a voice") for t in ("speaking", "talking", "heard")])
    add("when", [f"{w} {v} the {{x}}?" for w in ("At which point", "At what moment", "In what seconds", "When") for v in ("do you see", "do we get to see", "can I see", "does one see")])
    add("length", [f"How long does the {n} {v}?" for n in NOUNS for v in ("last", "take", "go on")] + [f"How many seconds {v}?" for v in ("does it run", "does it take", "has the clip", "is the recording")])
    add("doing", [f"What {v} the {n} {t}?" for v, n, t in (("is", "person", "busy with"), ("can", "people", "be seen doing"), ("do we see", "person", "do"), ("does", "person", "get up to"))])
    add("brief", ["Sum up in one sentence.", "Sum this up in a sentence.", "Describe it in a sentence.", "Describe it briefly.", "A short description, please.", "Give me a brief summary.", "Tell me briefly what is shown.", "Briefly, what is seen?"])
    add("detailed", ["Tell me everything in detail.", "Give me the full story.", "Give me all of it in detail.", "Summarise the film.", "Tell me what happens, in detail.", "Tell the whole story in detail."])
    add("describe", ["Describe the recording.", "What does the film show?", "What does the recording show?", "Describe the scene."])
    add("title", ["Which title suits this part?", "Which title would fit?", "Find me a title.", "A title for this chapter, please.", "Which title does this part deserve?"])


_more()
