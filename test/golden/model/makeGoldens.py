"""
What the PyTorch reference says about the fixed inputs: embeddings.f32 (rows of every embedding case), answers.json
(greedy answers) and texts.json (token ids of many texts). Depends on the weights; models/export/export_mini.py runs it.

    python3 test/golden/model/makeGoldens.py CHECKPOINT

The language model computes in float32 on weights rounded to float16, those of the F16 GGUF. A runtime may round
activations too, so an answer in which two tokens are ever nearly tied is left out: `margin` is the smallest lead.
"""
import codecs
import gzip
import json
import os
import sys

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..", "..")
sys.path.insert(0, os.path.join(ROOT, "models"))
from export.checkpoint import load_model, load_vocabulary  # noqa: E402
from reference.llama import rotary, rotate  # noqa: E402
from toybox.tokenizer import SPACE, Tokenizer  # noqa: E402

MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
STD = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)
# [most tokens of an answer, smallest lead]: of a trained model, and of the random one, which hardly ever is sure.
TRAINED, RANDOM = (64, 0.05), (6, 0.01)
FEWEST = 50
TEXTS = ["", " ", "a", "###Human: <Video>", "</Video> The video contains 1 frames sampled at 0.0 seconds.\n", "\n", "\n\n ###\n",
         "two  spaces   three", " leading", "trailing ", "tab\there", "Où est l'étoile?", "数一数", "🙂 smile", "a\u00a0b", "<s></s><unk>",
         "<0x0A>", "\u2581under", "ALL CAPS AND 1234567890", "0.35 12.0 3.14159", "!!!???...", "it's", "#", "##", "####", "###Assistant: "]


def read_inputs():
    """(inputs.json, frames [clips·8,96,96,3] uint8)"""
    with open(os.path.join(HERE, "inputs.json"), encoding="utf-8") as f:
        inputs = json.load(f)
    with open(os.path.join(HERE, "clips.u8.gz"), "rb") as f:
        frames = np.frombuffer(gzip.decompress(f.read()), np.uint8).reshape(-1, *inputs["shape"][2:])
    return inputs, frames


def pixels_of(frames):
    """[T,H,W,3] uint8 -> [1,T,3,H,W], normalised as systems.md §1.2 says."""
    x = (frames.astype(np.float32) / 255 - MEAN) / STD
    return torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2)))[None]


class Cache:
    """Keys and values of every layer, [rows,heads,positions,d]; a row's unused positions are hidden by the causal mask."""

    def __init__(self, llama, rows, length):
        c = llama.config
        self.llama, self.heads, self.d = llama, c.heads, c.width // c.heads
        self.cos, self.sin = rotary(length, self.d, c.rope_base, "cpu")
        self.kv = [torch.zeros(2, rows, c.heads, length, self.d) for _ in range(c.depth)]

    def read(self, x, rows, at):
        """x [B,S,D] of cache rows [B] at positions at [B,S] -> hidden states [B,S,D]; the layers' own arithmetic."""
        cos, sin = self.cos[at][:, None], self.sin[at][:, None]
        end = int(at.max()) + 1
        mask = torch.where(torch.arange(end)[None, None, None] <= at[:, None, :, None], 0.0, float("-inf"))
        split = lambda y: y.reshape(*y.shape[:2], self.heads, self.d).transpose(1, 2)
        for layer, kv in zip(self.llama.model.layers, self.kv):
            a, n = layer.self_attn, layer.input_layernorm(x)
            q, k = rotate(split(a.q_proj(n)), cos, sin), rotate(split(a.k_proj(n)), cos, sin)
            kv[0][rows[:, None], :, at] = k.transpose(1, 2)
            kv[1][rows[:, None], :, at] = split(a.v_proj(n)).transpose(1, 2)
            share = (torch.matmul(q, kv[0][rows, :, :end].transpose(-2, -1)) * self.d ** -0.5 + mask).softmax(-1)
            x = x + a.o_proj(torch.matmul(share, kv[1][rows, :, :end]).transpose(1, 2).flatten(2))
            x = x + layer.mlp(layer.post_attention_layernorm(x))
        return self.llama.model.norm(x)


def greedy(model, tokenizer, prompts, most):
    """[(ids before, rows [96,D], ids after)] -> [(ids, smallest lead of the chosen token)], checked without a cache."""
    llama = model.llama_model
    x = [model.splice([torch.tensor(b), r, torch.tensor(a)])[0] for b, r, a in prompts]
    lengths = torch.tensor([len(r) for r in x])
    cache = Cache(llama, len(x), int(lengths.max()) + most)
    padded = torch.nn.utils.rnn.pad_sequence(x, batch_first=True)
    everyone = torch.arange(len(x))
    hidden = cache.read(padded, everyone, torch.arange(padded.shape[1]).expand(len(x), -1))[everyone, lengths - 1]
    ids, running = [[] for _ in x], everyone
    while len(running):
        chosen = llama.lm_head(hidden).argmax(-1)
        for i, token in zip(running.tolist(), chosen.tolist()):
            ids[i].append(token)
        going = torch.tensor([ids[i][-1] != 2 and "###" not in tokenizer.decode(ids[i]) and len(ids[i]) < most
                              for i in running.tolist()])
        running, chosen = running[going], chosen[going]
        if len(running):
            at = (lengths[running] + torch.tensor([len(ids[i]) - 1 for i in running.tolist()]))[:, None]
            hidden = cache.read(llama.model.embed_tokens(chosen)[:, None], running, at)[:, 0]
    # The plain forward pass over prompt and answer must choose the same tokens; it also tells how clearly.
    out = []
    for i in range(len(x)):
        logits = llama(torch.cat([x[i], llama.model.embed_tokens(torch.tensor(ids[i][:-1], dtype=torch.long))])[None])[0, lengths[i] - 1:]
        best = logits.topk(2)
        lead = best.values[:, 0] - best.values[:, 1]
        clear = torch.cumprod((lead > 1e-3).long(), 0).bool()
        if not torch.equal(best.indices[:, 0][clear], torch.tensor(ids[i])[clear]):
            raise SystemExit(f"the cache and the plain forward pass disagree on prompt {i}")
        out.append((ids[i], float(lead.min())))
    return out


def answer_of(tokenizer, ids):
    """systems.md §1.7: the text before the first ###, after the last 'Assistant:', trimmed; no half characters at its end."""
    pieces = [(i, *tokenizer.vocab[i]) for i in ids]
    data = b"".join(bytes([i - 3]) if kind == 6 else t.replace(SPACE, " ").encode() if kind == 1 else b"" for i, t, _, kind in pieces)
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(data, final=False)
    return text.split("###")[0].split("Assistant:")[-1].strip()


def answers(model, tokenizer, inputs, rows, most, tie):
    """Every turn of every conversation is one golden prompt; later turns carry the reference's own answers."""
    talks = [{"talk": t, "turns": []} for t in inputs["conversations"]]
    out = []
    for turn in range(max(len(t["questions"]) for t in inputs["conversations"])):
        now = [t for t in talks if turn < len(t["talk"]["questions"]) and len(t["turns"]) == turn]
        prompts = []
        for t in now:
            before = [1] + tokenizer.encode("###Human: <Video>")
            text = f"</Video> {t['talk']['timeMessage']}\n###"
            for question, answer in t["turns"]:
                text += f"Human: {question}\n###Assistant: {answer}###"
            text += f"Human: {t['talk']['questions'][turn]}\n###Assistant:"
            prompts.append((before, rows[t["talk"]["clip"]], tokenizer.encode(text)))
        for t, (ids, margin) in zip(now, greedy(model, tokenizer, prompts, most)):
            question, answer = t["talk"]["questions"][turn], answer_of(tokenizer, ids)
            record = {"clip": t["talk"]["clip"], "timeMessage": t["talk"]["timeMessage"],
                      "history": [list(p) for p in t["turns"]], "question": question, "answer": answer, "ids": ids,
                      "margin": round(margin, 4)}
            if margin >= tie:
                out.append(record)
            # An empty answer has no form in the prompt, so the conversation ends with it.
            if answer:
                t["turns"].append((question, answer))
    return out


def write(name, value):
    with open(os.path.join(HERE, name), "w", encoding="utf-8") as f:
        json.dump(value, f, ensure_ascii=False, indent=None, separators=(",", ":"))
        f.write("\n")


@torch.no_grad()
def main(checkpoint=None):
    model = load_model(checkpoint)
    tokenizer = Tokenizer(load_vocabulary())
    inputs, frames = read_inputs()
    with open(os.path.join(HERE, "embeddings.f32"), "wb") as f:
        for case in inputs["embeddingCases"]:
            full = len(case["frames"]) == 8
            f.write(model(pixels_of(frames[case["frames"]]))[0, ::1 if full else 6].numpy().astype("<f4").tobytes())
    rows = [model(pixels_of(frames[8 * c:8 * c + 8]))[0] for c in range(inputs["shape"][0])]
    for p in model.llama_model.parameters():
        if p.dim() > 1:
            p.copy_(p.half().float())
    most, tie = TRAINED if checkpoint else RANDOM
    made = answers(model, tokenizer, inputs, rows, most, tie)
    asked = sum(len(c["questions"]) for c in inputs["conversations"])
    if len(made) < FEWEST:
        raise SystemExit(f"only {len(made)} of {asked} answers are decided by more than {tie}; {FEWEST} are needed")
    texts = TEXTS + [c["timeMessage"] for c in inputs["conversations"][::12]] + [q for c in inputs["conversations"] for q in c["questions"]]
    write("answers.json", {"maxTokens": most, "tie": tie, "asked": asked, "prompts": made})
    write("texts.json", [{"text": t, "ids": tokenizer.encode(t) if t else []} for t in dict.fromkeys(texts)])
    print(f"goldens: {len(made)} of {asked} answers, {len(inputs['embeddingCases'])} embedding cases")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
