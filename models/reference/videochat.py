"""VideoChat: vision tower, Q-Former and projection, and the language model they speak to."""
import torch
from torch import nn

from .llama import Llama
from .qformer import QFormer
from .vit import VisionTransformer


class VisualSide(nn.Module):
    """pixels [B,T,3,H,W], normalised -> embeddings [B,96,D]. One ONNX graph after export."""

    def __init__(self, config):
        super().__init__()
        v, q = config.vision, config.qformer
        self.config = config
        self.visual_encoder = VisionTransformer(v)
        self.ln_vision = nn.LayerNorm(v.width)
        if v.frame_positions:
            self.frame_positions = nn.Parameter(torch.zeros(1, v.frame_positions, v.width))
        self.query_tokens = nn.Parameter(torch.zeros(1, q.queries, q.width).normal_(std=0.02))
        self.extra_query_tokens = nn.Parameter(torch.zeros(1, q.extra_queries, q.width).normal_(std=0.02))
        self.Qformer = QFormer(q, v.width)
        self.llama_proj = nn.Linear(q.width, config.llama.width)

    def frame_position(self, frames):
        """[1,T,1,C]: the learned table read at the middle of each T-th part of the clip, linearly interpolated."""
        table = self.frame_positions
        n = table.shape[1]
        at = (torch.arange(frames, device=table.device).to(table.dtype) + 0.5) * n / frames - 0.5
        at = at.clamp(0, n - 1)
        low = at.floor()
        high = (low + 1).clamp(max=n - 1)
        weight = (at - low)[None, :, None]
        row = table[:, low.long()] * (1 - weight) + table[:, high.long()] * weight
        return row[:, :, None]

    def tokens(self, pixels):
        """Visual tokens for the Q-Former: [B, T*(patches+1)+1, C], normalised, with frame positions if on."""
        return self.place_frames(self.ln_vision(self.visual_encoder(pixels.transpose(1, 2))), pixels.shape[1])

    def place_frames(self, x, frames):
        """Adds the frame positions, if the model has them, to all tokens but the video token."""
        if not self.config.vision.frame_positions:
            return x
        b, _, c = x.shape
        placed = x[:, :-1].reshape(b, frames, -1, c) + self.frame_position(frames)
        return torch.cat([placed.reshape(b, -1, c), x[:, -1:]], 1)

    def queries(self):
        return torch.cat([self.query_tokens, self.extra_query_tokens], 1)

    def read(self, tokens, queries=None):
        """Q-Former output [B,96,W] before the projection."""
        q = self.queries() if queries is None else queries
        return self.Qformer(q + torch.zeros_like(tokens[:, :1, :1]), tokens)

    def forward(self, pixels):
        return self.llama_proj(self.read(self.tokens(pixels)))


class VideoChat(VisualSide):
    """The whole model; `llama_model` has Hugging Face's keys, everything else the original checkpoint's."""

    def __init__(self, config):
        super().__init__(config)
        self.llama_model = Llama(config.llama)

    def splice(self, pieces):
        """pieces: token ids [S] or embeddings [R,D] in order -> [1,N,D] (paper: <VideoHere> replaced by 96 rows)."""
        rows = [self.llama_model.model.embed_tokens(p) if p.dtype == torch.long else p for p in pieces]
        return torch.cat(rows)[None]
