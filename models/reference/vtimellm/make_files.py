"""Generates VTimeLLM's original files at reduced width: CLIP as TorchScript, Vicuna, a projector, two adapters."""
import json
import os
from dataclasses import replace

import torch

from reference.generated import LLAMA, OpenAiClip, Values, to_openai, tower_tensors, write_llama
from reference.lora import PREFIX
from reference.tower import TowerConfig
from reference.vtimellm.model import Config, projector_shapes

SMALL = Config(TowerConfig(image_size=28, patch_size=14, width=16, heads=2, depth=3, hidden=32, projection=24))
PARTS = {"self_attn": ("q_proj", "k_proj", "v_proj", "o_proj"), "mlp": ("gate_proj", "up_proj", "down_proj")}


def write_adapter(folder, llama, seed, rank=4, alpha=8):
    """LoRA on every linear layer of the blocks, as VTimeLLM trains it."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "adapter_config.json"), "w") as f:
        json.dump({"peft_type": "LORA", "r": rank, "lora_alpha": alpha, "lora_dropout": 0.05, "bias": "none", "fan_in_fan_out": False,
                   "target_modules": [n for names in PARTS.values() for n in names]}, f)
    shapes, sizes = {}, {"gate_proj": (llama.hidden, llama.width), "up_proj": (llama.hidden, llama.width), "down_proj": (llama.width, llama.hidden)}
    for i in range(llama.depth):
        for part, names in PARTS.items():
            for name in names:
                rows, columns = sizes.get(name, (llama.width, llama.width))
                key = f"{PREFIX}model.layers.{i}.{part}.{name}."
                shapes[key + "lora_A.weight"], shapes[key + "lora_B.weight"] = (rank, columns), (rows, rank)
    torch.save({key: tensor / 4 for key, tensor in Values(seed).all(shapes).items()}, os.path.join(folder, "adapter_model.bin"))


def write_files(folder, config=SMALL, llama=LLAMA):
    path = lambda name: os.path.join(folder, name)
    # Vicuna 1.5 has LLaMA 2's context.
    llama = replace(llama, context=4096)
    torch.jit.save(torch.jit.script(OpenAiClip(to_openai(tower_tensors(config.tower, 5), config.tower.depth)).half()), path("ViT-L-14.pt"))
    write_llama(path("vicuna-7b-v1.5"), llama, seed=6)
    shapes = projector_shapes(config, llama.width)
    torch.save(Values(7).all(shapes), path("mm_projector.bin"))
    stages = [path(f"vtimellm-vicuna-v1-5-7b-stage{n}") for n in (2, 3)]
    for seed, stage in zip((8, 9), stages):
        write_adapter(stage, llama, seed)
    # Only the second stage trains the projector on.
    torch.save({PREFIX + key: t for key, t in Values(10).all(shapes).items()}, os.path.join(stages[0], "non_lora_trainables.bin"))
    return {"clip": path("ViT-L-14.pt"), "base": path("vicuna-7b-v1.5"), "mm_projector": path("mm_projector.bin"), "stages": stages}
