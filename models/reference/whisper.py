"""Whisper (arXiv 2212.04356): log-mel features, the two transformers, and greedy decoding with timestamps.

The reference that `server/perception/detectors/whisper` is compared with. Names of weights are those of `WhisperForConditionalGeneration`.
"""
import math
import zlib
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F

RATE, FFT, HOP, SECONDS = 16_000, 400, 160, 30
FRAMES = RATE * SECONDS // HOP


def mel_filters(bins):
    """Triangles on Slaney's mel scale, each of area 1 -> [bins, FFT // 2 + 1]."""
    to_hz = lambda mel: 200 / 3 * mel if mel < 15 else 1000 * math.exp(math.log(6.4) / 27 * (mel - 15))
    top = 15 + math.log(RATE / 2 / 1000) / (math.log(6.4) / 27)
    edges = torch.tensor([to_hz(top * i / (bins + 1)) for i in range(bins + 2)], dtype=torch.float64)
    hertz = torch.linspace(0, RATE / 2, FFT // 2 + 1, dtype=torch.float64)
    up = (hertz - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - hertz) / (edges[2:] - edges[1:-1])[:, None]
    return torch.minimum(up, down).clamp(min=0) * (2 / (edges[2:] - edges[:-2]))[:, None]


def log_mel(samples, bins):
    """samples [n], at most 30 s -> [bins, 3000]"""
    samples = F.pad(torch.as_tensor(samples, dtype=torch.float64), (0, RATE * SECONDS - len(samples)))
    spectrum = torch.stft(samples, FFT, HOP, window=torch.hann_window(FFT, dtype=torch.float64), return_complex=True)
    power = mel_filters(bins) @ spectrum[:, :-1].abs() ** 2
    log = power.clamp(min=1e-10).log10()
    return ((torch.maximum(log, log.max() - 8) + 4) / 4).float()


@dataclass
class Config:
    bins: int = 80
    width: int = 32
    heads: int = 2
    layers: int = 2
    hidden: int = 64
    vocabulary: int = 0
    positions: int = 448


class Whisper:
    """`weights`: name -> float32 tensor."""

    def __init__(self, config, weights):
        self.c, self.w = config, weights

    def linear(self, x, name):
        return F.linear(x, self.w[name + ".weight"], self.w.get(name + ".bias"))

    def norm(self, x, name):
        return F.layer_norm(x, (self.c.width,), self.w[name + ".weight"], self.w[name + ".bias"])

    def attend(self, x, to, name, causal=False):
        heads = lambda t: t.reshape(len(t), self.c.heads, -1).transpose(0, 1)
        q, k, v = (heads(self.linear(t, f"{name}.{part}_proj")) for t, part in ((x, "q"), (to, "k"), (to, "v")))
        scores = q @ k.transpose(1, 2) * q.shape[-1] ** -0.5
        if causal:
            scores = scores + torch.full(scores.shape[1:], -math.inf).triu(1)
        return self.linear((scores.softmax(-1) @ v).transpose(0, 1).reshape(len(x), -1), name + ".out_proj")

    def mlp(self, x, name):
        return self.linear(F.gelu(self.linear(self.norm(x, name + ".final_layer_norm"), name + ".fc1")), name + ".fc2")

    def encode(self, features):
        """features [bins, 3000] -> [1500, width]"""
        conv = lambda x, n, stride: F.gelu(F.conv1d(x, self.w[f"encoder.conv{n}.weight"], self.w[f"encoder.conv{n}.bias"], stride, 1))
        x = conv(conv(features[None], 1, 1), 2, 2)[0].T + self.w["encoder.embed_positions.weight"]
        for i in range(self.c.layers):
            at = f"encoder.layers.{i}"
            y = self.norm(x, at + ".self_attn_layer_norm")
            x = x + self.attend(y, y, at + ".self_attn")
            x = x + self.mlp(x, at)
        return self.norm(x, "encoder.layer_norm")

    def decode(self, ids, seen):
        """ids [n], seen [1500, width] -> logits [n, vocabulary]"""
        x = self.w["decoder.embed_tokens.weight"][ids] + self.w["decoder.embed_positions.weight"][: len(ids)]
        for i in range(self.c.layers):
            at = f"decoder.layers.{i}"
            y = self.norm(x, at + ".self_attn_layer_norm")
            x = x + self.attend(y, y, at + ".self_attn", causal=True)
            x = x + self.attend(self.norm(x, at + ".encoder_attn_layer_norm"), seen, at + ".encoder_attn")
            x = x + self.mlp(x, at)
        return self.norm(x, "decoder.layer_norm") @ self.w["proj_out.weight"].T


@dataclass
class Decoded:
    language: str
    tokens: list
    logprob: float  # mean, of the tokens and the end
    no_speech: float
    margin: float  # least distance of the best choice from the next: below it rounding could decide
    segments: list = field(default_factory=list)


def apply_rules(logits, tokens, g):
    """Sets to -inf what may not come next, as whisper's `decoding.py` does. `tokens`: those after the prompt."""
    stamp = g["no_timestamps_token_id"] + 1
    out = logits.clone()
    out[g["suppress_tokens"]] = -math.inf
    out[g["no_timestamps_token_id"]] = -math.inf
    if not tokens:
        out[g["begin_suppress_tokens"]] = -math.inf
        out[:stamp] = -math.inf
        out[stamp + g["max_initial_timestamp_index"] + 1 :] = -math.inf
    else:
        last = tokens[-1] >= stamp
        before = len(tokens) < 2 or tokens[-2] >= stamp
        if last and before:
            out[stamp:] = -math.inf
        elif last:
            out[: g["eos_token_id"]] = -math.inf
        stamps = [t for t in tokens if t >= stamp]
        if stamps:
            out[stamp : stamps[-1] + (0 if last and not before else 1)] = -math.inf
    logs = out.log_softmax(-1)
    if logs[stamp:].logsumexp(-1) > logs[:stamp].max():
        out[:stamp] = -math.inf
    return out


def transcribe(model, samples, g, most=224, language=None):
    """Greedy decoding of at most 30 s, all positions computed anew at each step: slow and plain."""
    seen = model.encode(log_mel(samples, model.c.bins))
    prompt, margins = [g["decoder_start_token_id"]], []
    first = model.decode(prompt, seen)[0]
    if g["is_multilingual"]:
        if language is None:
            ids = torch.tensor(sorted(g["lang_to_id"].values()))
            best = first[ids].sort(descending=True)
            margins.append(float(best.values[0] - best.values[1]))
            language = next(k for k, v in g["lang_to_id"].items() if v == ids[best.indices[0]])[2:-2]
        prompt += [g["lang_to_id"][f"<|{language}|>"], g["task_to_id"]["transcribe"]]
    no_speech = float(first.softmax(-1)[g["no_timestamps_token_id"] - 1])
    tokens, total = [], 0.0
    while len(tokens) < most:
        raw = model.decode(prompt + tokens, seen)[-1]
        logits = apply_rules(raw, tokens, g)
        logs = logits.log_softmax(-1)
        best = logs.sort(descending=True)
        if torch.isfinite(best.values[1]):
            margins.append(float(best.values[0] - best.values[1]))
        total += float(best.values[0])
        if best.indices[0] == g["eos_token_id"]:
            break
        tokens.append(int(best.indices[0]))
    return Decoded(language, tokens, total / (len(tokens) + 1), no_speech, min(margins), segments(tokens, g))


def segments(tokens, g):
    """[start, end or None, text tokens]: what stands between two timestamps."""
    stamp, eos, found, start, text = g["no_timestamps_token_id"] + 1, g["eos_token_id"], [], 0.0, []
    for token in tokens:
        if token >= stamp:
            at = round((token - stamp) * 0.02, 2)
            if text:
                found.append([start, at, text])
            start, text = at, []
        elif token < eos:
            text.append(token)
    return found + ([[start, None, text]] if text else [])


def compression(text):
    """Bytes of a text over bytes of it compressed: what repeats itself is above 2.4."""
    data = text.encode()
    return len(data) / len(zlib.compress(data))
