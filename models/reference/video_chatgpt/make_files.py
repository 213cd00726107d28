"""Generates Video-ChatGPT's original files at reduced width: a CLIP folder, a LLaVA-Lightning folder, `video_chatgpt-7B.bin`."""
import os

import torch

from reference.generated import LLAMA, Values, write_clip, write_llama
from reference.tower import TowerConfig
from reference.video_chatgpt.model import ADDED, Config, projector_shapes

# 16 × 16 patches, as in the original.
SMALL = Config(TowerConfig(image_size=32, patch_size=2, width=16, heads=2, depth=3, hidden=32, projection=16))


def write_files(folder, config=SMALL, llama=LLAMA):
    path = lambda name: os.path.join(folder, name)
    write_clip(path("clip-vit-large-patch14"), config.tower)
    # A LLaVA has a projector of its own, which is not Video-ChatGPT's.
    write_llama(path("llava-lightning"), llama, extra={"model.mm_projector.weight": torch.zeros(llama.width, config.tower.width)})
    shapes = {**projector_shapes(config, llama.width), "model.embed_tokens.weight": (llama.vocab + len(ADDED), llama.width),
              "lm_head.weight": (llama.vocab + len(ADDED), llama.width)}
    torch.save({key: tensor.half() for key, tensor in Values(11).all(shapes).items()}, path("video_chatgpt-7B.bin"))
    return {"clip": path("clip-vit-large-patch14"), "base": path("llava-lightning"), "projection": path("video_chatgpt-7B.bin")}
