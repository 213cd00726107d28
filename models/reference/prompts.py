"""Prompt rules that several systems share, as parts of a manifest."""

# Vicuna v1: `{system} USER: {message} ASSISTANT: {answer}</s>USER: …`.
VICUNA_V1 = ("{{ system }} {% for message in messages %}{% if message.role == 'assistant' %}ASSISTANT: {{ message.content }}</s>"
             "{% else %}USER: {{ message.content }} {% endif %}{% endfor %}{% if add_generation_prompt %}ASSISTANT:{% endif %}")
VICUNA_STOP = {"texts": ["</s>"], "ids": [[2]], "trimAfter": []}
CLIP_MEAN, CLIP_STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]


def assistant(who, whose):
    """The system line of Vicuna v1 (`user`, `user's`) and of LLaVA v1 (`human`, `human's`)."""
    return (f"A chat between a curious {who} and an artificial intelligence assistant. "
            f"The assistant gives helpful, detailed, and polite answers to the {whose} questions.")
