"""Imitates what a codec and a resize do to frames, in torch, so that training sees frames as users' files give them."""
import math

import torch
import torch.nn.functional as F

TO_YCC = torch.tensor([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
TO_RGB = torch.tensor([[1.0, 0.0, 1.402], [1.0, -0.344136, -0.714136], [1.0, 1.772, 0.0]])
_n = torch.arange(8).float()
DCT = torch.cos((2 * _n[None] + 1) * _n[:, None] * math.pi / 16) * 0.5
DCT[0] = DCT[0] / math.sqrt(2)
STEP = (8 + 6 * (_n[:, None] + _n[None])) / 16


def blur(x, sigma):
    taps = torch.exp(-torch.arange(-2, 3).float() ** 2 / (2 * sigma * sigma))
    taps = taps / taps.sum()
    c = x.shape[1]
    x = F.conv2d(F.pad(x, (2, 2, 0, 0), mode="replicate"), taps.reshape(1, 1, 1, 5).repeat(c, 1, 1, 1), groups=c)
    return F.conv2d(F.pad(x, (0, 0, 2, 2), mode="replicate"), taps.reshape(1, 1, 5, 1).repeat(c, 1, 1, 1), groups=c)


def degrade(rng, x):
    """x [N,3,h,w] 0..255, h and w multiples of 8 -> the same, damaged; the kind of damage is drawn once a call."""
    if rng.random() < 0.15:
        return x.round().clamp(0, 255)
    if rng.random() < 0.5:
        x = blur(x, rng.uniform(0.3, 0.8))
    y = torch.einsum("ij,njhw->nihw", TO_YCC, x)
    if rng.random() < 0.8:
        chroma = F.interpolate(F.avg_pool2d(y[:, 1:], 2), scale_factor=2, mode="bilinear", align_corners=False)
        y = torch.cat([y[:, :1], chroma], 1)
    if rng.random() < 0.6:
        n, c, h, w = y.shape
        step = STEP * 2 ** rng.uniform(0, 4.5)
        blocks = y.reshape(n, c, h // 8, 8, w // 8, 8).permute(0, 1, 2, 4, 3, 5)
        spectrum = torch.matmul(torch.matmul(DCT, blocks), DCT.t())
        spectrum = torch.round(spectrum / step) * step
        blocks = torch.matmul(torch.matmul(DCT.t(), spectrum), DCT)
        y = blocks.permute(0, 1, 2, 4, 3, 5).reshape(n, c, h, w)
    x = torch.einsum("ij,njhw->nihw", TO_RGB, y)
    if rng.random() < 0.5:
        x = x * (1 + rng.uniform(-0.06, 0.06)) + rng.uniform(-8, 8)
    if rng.random() < 0.4:
        x = x + torch.randn_like(x) * rng.uniform(0.5, 4)
    return x.round().clamp(0, 255)
