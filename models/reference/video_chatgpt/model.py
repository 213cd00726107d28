"""Video-ChatGPT's visual side in torch and as a graph, over the weights of CLIP and of `video_chatgpt-7B.bin`."""
from dataclasses import dataclass, field

import numpy as np
import torch

from export.tower_graph import TowerGraph
from reference.tower import Tower, TowerConfig

# Tokens that the original adds to LLaVA's vocabulary, in this order.
ADDED = ["<vid_patch>", "<vid_start>", "<vid_end>"]


@dataclass
class Config:
    tower: TowerConfig = field(default_factory=TowerConfig)
    frames: int = 100
    # The hidden state before the last block: of 24 blocks, 23 are run.
    skipped: int = 1

    @property
    def rows(self):
        return self.frames + self.tower.patches


def projector_shapes(config, width):
    return {"model.mm_projector.weight": (width, config.tower.width), "model.mm_projector.bias": (width,)}


@torch.no_grad()
def embed(config, get, pixels):
    """pixels [T,3,H,W], T at most `frames` -> [frames + patches, width of the LLaMA]"""
    x = Tower(config.tower, get).states(pixels, config.tower.depth - config.skipped)[:, 1:]
    in_time, in_space = x.mean(1), x.mean(0)
    empty = torch.zeros(config.frames - len(in_time), x.shape[-1])
    rows = torch.cat([in_time, empty, in_space])
    return rows @ get("model.mm_projector.weight").T + get("model.mm_projector.bias")


def graph(config, get, width):
    """build(builder, name) of pixels [1,T,3,H,W] -> embeddings [1,rows,width]"""
    c = config.tower

    def build(b, name):
        tower = TowerGraph(c, get, b)
        x = tower.by_frame(tower.states("pixels", c.depth - config.skipped), "frames")
        x = b.node("Slice", [x, b.ints(1), b.ints(c.tokens), b.ints(1)], "patches")
        in_time = b.node("ReduceMean", [x], "in_time", axes=[1], keepdims=0)
        empty = b.full("empty", np.zeros((config.frames, c.width)))
        in_time = b.node("Slice", [b.node("Concat", [in_time, empty], "in_time.long", axis=0), b.ints(0), b.ints(config.frames), b.ints(0)], "in_time.padded")
        in_space = b.node("ReduceMean", [x], "in_space", axes=[0], keepdims=0)
        rows = tower.linear(b.node("Concat", [in_time, in_space], "pooled", axis=0), "model.mm_projector")
        out = b.node("Unsqueeze", [b.to_full(rows), b.ints(0)], "embeddings")
        return b.model(name, [("pixels", [1, "frames", 3, c.image_size, c.image_size])], [(out, [1, config.rows, width])], {"model": name})
    return build
