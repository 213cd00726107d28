"""Video-LLaVA's two towers and its projector in torch and as graphs, over the weights of `Video-LLaVA-7B-hf`."""
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F

from export.tower_graph import TowerGraph
from reference.tower import Tower, TowerConfig

PROJECTOR = "multi_modal_projector.linear_"


@dataclass
class Config:
    video: TowerConfig = field(default_factory=TowerConfig)
    image: TowerConfig = field(default_factory=TowerConfig)
    frames: int = 8
    # The hidden state before the last block.
    skipped: int = 1


def projector_shapes(config, width):
    shapes = {}
    for n, columns in ((1, config.video.width), (2, width)):
        shapes[f"{PROJECTOR}{n}.weight"], shapes[f"{PROJECTOR}{n}.bias"] = (width, columns), (width,)
    return shapes


@torch.no_grad()
def embed(config, get, pixels, kind="video"):
    """pixels [T,3,H,W] -> [T·257, width] of a clip, [256, width] of a picture; get: weights with `video_tower.` and so on before them"""
    c, prefix = getattr(config, kind), f"{kind}_tower.vision_model."
    x = Tower(c, get, prefix).states(pixels, c.depth - config.skipped)
    x = (x if kind == "video" else x[:, 1:]).flatten(0, 1)
    linear = lambda x, n: F.linear(x, get(f"{PROJECTOR}{n}.weight"), get(f"{PROJECTOR}{n}.bias"))
    return linear(F.gelu(linear(x, 1)), 2)


def graph(config, get, width, kind):
    """build(builder, name) of pixels [1,T,3,H,W] -> embeddings [1,T·257,width], or [1,256,width] for a picture"""
    c = getattr(config, kind)

    def build(b, name):
        tower = TowerGraph(c, get, b, f"{kind}_tower.vision_model.")
        x = tower.states("pixels", c.depth - config.skipped)
        if kind == "image":
            x = b.node("Slice", [tower.by_frame(x, "frames"), b.ints(1), b.ints(c.tokens), b.ints(1)], "patches")
            x = b.reshape(x, -1, c.width, name="patches.rows")
        x = b.gelu(tower.linear(x, PROJECTOR + "1"), PROJECTOR + "gelu")
        out = b.node("Unsqueeze", [b.to_full(tower.linear(x, PROJECTOR + "2")), b.ints(0)], "embeddings")
        rows = "rows" if kind == "video" else c.patches
        return b.model(name, [("pixels", [1, "frames", 3, c.image_size, c.image_size])], [(out, [1, rows, width])], {"model": name})
    return build
