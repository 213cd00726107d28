"""VTimeLLM's visual side in torch and as a graph, over the weights of CLIP and of `mm_projector.bin`."""
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F

from export.tower_graph import TowerGraph
from reference.tower import Tower, TowerConfig


@dataclass
class Config:
    tower: TowerConfig = field(default_factory=TowerConfig)
    frames: int = 100


def projector_shapes(config, width):
    return {"model.mm_projector.weight": (width, config.tower.projection), "model.mm_projector.bias": (width,)}


@torch.no_grad()
def embed(config, get, pixels):
    """pixels [T,3,H,W] -> [T, width of the LLaMA]: each frame's class token in CLIP's space of texts and pictures, projected"""
    tower = Tower(config.tower, get)
    x = tower.norm(tower.states(pixels, config.tower.depth)[:, 0], "vision_model.post_layernorm")
    return F.linear(x @ get("visual_projection.weight").T, get("model.mm_projector.weight"), get("model.mm_projector.bias"))


def graph(config, get, width):
    """build(builder, name) of pixels [1,T,3,H,W] -> embeddings [1,T,width]"""
    c = config.tower

    def build(b, name):
        tower = TowerGraph(c, get, b)
        x = tower.by_frame(tower.states("pixels", c.depth), "frames")
        first = b.reshape(b.node("Slice", [x, b.ints(0), b.ints(1), b.ints(1)], "class_tokens"), -1, c.width, name="class_tokens.rows")
        x = tower.linear(tower.norm(first, "vision_model.post_layernorm"), "visual_projection", bias=False)
        out = b.node("Unsqueeze", [b.to_full(tower.linear(x, "model.mm_projector")), b.ints(0)], "embeddings")
        return b.model(name, [("pixels", [1, "frames", 3, c.image_size, c.image_size])], [(out, [1, "frames", width])], {"model": name})
    return build
