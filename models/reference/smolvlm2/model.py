"""SmolVLM2's visual side in torch and as a graph laid out as the published `vision_encoder.onnx`, over weights by the original's keys."""
from dataclasses import dataclass, field

import torch
from onnx import TensorProto

from export.tower_graph import TowerGraph
from reference.tower import Tower, TowerConfig, tower_shapes

PREFIX, CONNECTOR = "model.vision_model.", "model.connector.modality_projection.proj"


@dataclass
class Config:
    tower: TowerConfig = field(default_factory=lambda: TowerConfig(image_size=512, patch_size=16, width=768, heads=12, depth=12, hidden=3072,
                                                                   class_token=False, siglip=True, eps=1e-6))
    # So many patches by so many become one token: 1024 become 64.
    scale: int = 4

    @property
    def rows(self):
        return self.tower.patches // self.scale ** 2


def visual_shapes(config, width):
    shapes = tower_shapes(config.tower, PREFIX)
    shapes[CONNECTOR + ".weight"] = (width, config.tower.width * config.scale ** 2)
    return shapes


@torch.no_grad()
def embed(config, get, pixels):
    """pixels [T,3,H,W] -> [T,64,width of the LLaMA]"""
    c, s = config.tower, config.scale
    side, tower = c.image_size // c.patch_size, Tower(config.tower, get, PREFIX)
    x = tower.norm(tower.states(pixels, c.depth), PREFIX + "post_layernorm")
    x = x.reshape(len(x), side, side // s, c.width * s).transpose(1, 2)
    x = x.reshape(len(x), side // s, side // s, c.width * s * s).transpose(1, 2)
    return x.reshape(len(x), config.rows, -1) @ get(CONNECTOR + ".weight").T


def graph(config, get, width):
    """
    build(builder, name) of pixel_values [1,T,3,H,W] and pixel_attention_mask [1,T,H,W], bool, -> image_features [T,64,width].
    Frames without a pixel that counts are left out, as in the original.
    """
    c, s = config.tower, config.scale

    def build(b, name):
        number = b.node("Cast", ["pixel_attention_mask"], "mask.number", to=TensorProto.FLOAT)
        seen = b.node("Greater", [b.node("ReduceMax", [number], "mask.frames", axes=[2, 3], keepdims=0), b.full("zero", 0.0)], "mask.seen")
        kept = b.reshape(b.node("NonZero", [b.reshape(seen, -1, name="mask.flat")], "mask.kept"), -1, name="mask.indices")
        tower, side = TowerGraph(c, get, b, PREFIX), c.image_size // c.patch_size
        x = tower.norm(tower.states(b.node("Gather", ["pixel_values", kept], "frames.kept", axis=1), c.depth), PREFIX + "post_layernorm")
        x = b.transpose(b.reshape(x, -1, side, side // s, c.width * s, name="shuffle.columns"), 0, 2, 1, 3, name="shuffle.turned")
        x = b.transpose(b.reshape(x, -1, side // s, side // s, c.width * s * s, name="shuffle.rows"), 0, 2, 1, 3, name="shuffle.back")
        x = tower.linear(b.reshape(x, -1, c.width * s * s, name="shuffle.tokens"), CONNECTOR, bias=False)
        out = b.reshape(b.to_full(x), -1, config.rows, width, name="image_features")
        inputs = [("pixel_values", [1, "num_images", 3, c.image_size, c.image_size]), ("pixel_attention_mask", [1, "num_images", c.image_size, c.image_size])]
        model = b.model(name, inputs, [(out, ["num_images", config.rows, width])], {"model": name})
        model.graph.input[1].type.tensor_type.elem_type = TensorProto.BOOL
        return model
    return build
