"""ImageBind's sound: Kaldi's log-mel filter bank of pieces of two seconds, and the shape of what reads it."""
import math
from dataclasses import dataclass

import torch


@dataclass
class SoundConfig:
    rate: int = 16_000
    clips: int = 8
    seconds: float = 2.0
    window: int = 400
    hop: int = 160
    bins: int = 128
    length: int = 204
    mean: float = -4.268
    deviation: float = 9.138
    kernel: int = 16
    stride: int = 10
    width: int = 768
    heads: int = 12
    depth: int = 12
    hidden: int = 3072
    out: int = 1024

    @property
    def samples(self):
        return int(self.rate * self.seconds)

    @property
    def fft(self):
        return 1 << (self.window - 1).bit_length()

    @property
    def grid(self):
        return (self.bins - self.kernel) // self.stride + 1, (self.length - self.kernel) // self.stride + 1


def block_shapes(block, c, biased):
    """{key: shape} of one of ImageBind's blocks without its norms. biased: keys and values get a row of their own."""
    a = block + "attn."
    rows = {a + "bias_k": (1, 1, c.width), a + "bias_v": (1, 1, c.width)} if biased else {}
    return {a + "in_proj_weight": (3 * c.width, c.width), a + "in_proj_bias": (3 * c.width,), **rows,
            a + "out_proj.weight": (c.width, c.width), a + "out_proj.bias": (c.width,),
            block + "mlp.fc1.weight": (c.hidden, c.width), block + "mlp.fc1.bias": (c.hidden,),
            block + "mlp.fc2.weight": (c.width, c.hidden), block + "mlp.fc2.bias": (c.width,)}


def sound_shapes(s):
    p, t = "modality_preprocessors.audio.", "modality_trunks.audio.blocks."
    out = {p + "cls_token": (1, 1, s.width), p + "rgbt_stem.proj.weight": (s.width, 1, s.kernel, s.kernel),
           p + "pos_embedding_helper.pos_embed": (1, 1 + s.grid[0] * s.grid[1], s.width),
           "modality_heads.audio.2.weight": (s.out, s.width), "modality_postprocessors.audio.1.log_logit_scale": ()}
    norms = [p + "rgbt_stem.norm_layer", "modality_heads.audio.0"]
    for i in range(s.depth):
        out.update(block_shapes(f"{t}{i}.", s, biased=True))
        norms += [f"{t}{i}.norm_1", f"{t}{i}.norm_2"]
    for norm in norms:
        out[norm + ".weight"] = out[norm + ".bias"] = (s.width,)
    return out


def mel_bank(s):
    """Kaldi's triangles on the mel scale from 20 Hz to half the rate: [bins, fft // 2 + 1]; the last column is not used."""
    mel = lambda hertz: 1127 * math.log(1 + hertz / 700)
    low, high = mel(20), mel(s.rate / 2)
    step = (high - low) / (s.bins + 1)
    at = torch.tensor([mel(s.rate / s.fft * k) for k in range(s.fft // 2)], dtype=torch.float64)
    left = low + step * torch.arange(s.bins, dtype=torch.float64)[:, None]
    bank = torch.minimum((at - left) / step, (left + 2 * step - at) / step).clamp(min=0)
    return torch.cat([bank, torch.zeros(s.bins, 1, dtype=torch.float64)], 1)


def transform(s):
    """
    [2·(fft/2+1), window]: what Kaldi does to a window of samples until its power, all of it linear: the mean is taken off, each
    sample less 0.97 of the one before (the first: of itself), Hann's window, real and imaginary parts of the spectrum.
    """
    n = s.window
    matrix = torch.eye(n, dtype=torch.float64) - 1 / n
    before = torch.cat([matrix[:1], matrix[:-1]])
    matrix = matrix - 0.97 * before
    matrix = torch.hann_window(n, periodic=False, dtype=torch.float64)[:, None] * matrix
    angle = -2 * math.pi * torch.outer(torch.arange(s.fft // 2 + 1, dtype=torch.float64), torch.arange(n, dtype=torch.float64)) / s.fft
    return torch.cat([angle.cos() @ matrix, angle.sin() @ matrix])


def frontend(s, samples):
    """samples [clips,n] -> normalised log-mel [clips,bins,length]; step by step, in doubles"""
    x = samples.double()
    x = x - x.mean(1, keepdim=True)
    frames = x.unfold(1, s.window, s.hop)
    frames = frames - frames.mean(-1, keepdim=True)
    frames = frames - 0.97 * torch.cat([frames[..., :1], frames[..., :-1]], -1)
    frames = frames * torch.hann_window(s.window, periodic=False, dtype=torch.float64)
    power = torch.fft.rfft(frames, s.fft).abs() ** 2
    mel = (power @ mel_bank(s).T).clamp(min=torch.finfo(torch.float32).eps).log().transpose(1, 2)
    mel = torch.nn.functional.pad(mel, (0, max(0, s.length - mel.shape[2])))[:, :, :s.length]
    return ((mel - s.mean) / s.deviation).float()
