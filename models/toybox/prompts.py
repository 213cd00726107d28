"""VideoChat's prompt (systems: '###Human: … ###Assistant:') as token rows for training."""
FIRST = "###Human: <Video>"


def printed_seconds(indices, fps):
    """One decimal with numpy's rounding, printed as a Python float."""
    return [str(round(i / fps * 10) / 10) for i in indices]


def time_message(indices, fps):
    return f"The video contains {len(indices)} frames sampled at {', '.join(printed_seconds(indices, fps))} seconds."


def conversation_ids(tokenizer, message, turns):
    """
    (ids before the 96 rows, ids after them, answer mask of the latter). turns = [(kind, question, answer, …)].
    """
    before = [1] + tokenizer.encode(FIRST)
    after = tokenizer.encode(f"</Video> {message}\n")
    mask = [0] * len(after)
    for i, (_, question, answer, *_rest) in enumerate(turns):
        # A turn's '###' closes the one before it, so only the first question opens with one.
        ask = tokenizer.encode(f"{'' if i else '###'}Human: {question}\n###Assistant:", prefix=False)
        reply = tokenizer.encode(f" {answer}###", prefix=False)
        after += ask + reply
        mask += [0] * len(ask) + [1] * len(reply)
    return before, after, mask

