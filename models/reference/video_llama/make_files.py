"""Generates Video-LLaMA's original files at reduced width: EVA, BLIP-2, Llama 2, both trained branches, ImageBind."""
import os
from dataclasses import replace

import torch

from reference.config import QFormerConfig, VisionConfig
from reference.generated import LLAMA, Values, write_llama
from reference.video_llama.model import Config, audio_shapes, video_shapes
from reference.video_llama.sound import SoundConfig

# A tenth of the rate: pieces of two seconds stay, as do 8 pieces, 8 frames, 32 and 8 queries.
SOUND = SoundConfig(rate=1_600, window=40, hop=16, bins=20, length=204, kernel=8, stride=6, width=16, heads=2, depth=2, hidden=24, out=24)
SMALL = Config(VisionConfig(image_size=28, patch_size=7, width=16, heads=2, depth=3, mlp_hidden=32, gmhra_layers=0),
               QFormerConfig(width=24, heads=2, depth=3, hidden=32, cross_attention_every=2, extra_queries=0), sound=SOUND)
BLIP2 = ("ln_vision.", "Qformer.", "query_tokens")


def write_files(folder, config=SMALL, llama=LLAMA):
    path = lambda name: os.path.join(folder, name)
    llama = replace(llama, context=4096)
    video, audio = Values(41).all(video_shapes(config, llama.width)), Values(42).all(audio_shapes(config, llama.width))
    audio["modality_postprocessors.audio.1.log_logit_scale"] = torch.tensor(2.0)
    eva = {key[len("visual_encoder."):]: t for key, t in video.items() if key.startswith("visual_encoder.")}
    # EVA's kernel is 2-D in its file, and one more block is in it.
    eva["patch_embed.proj.weight"] = eva["patch_embed.proj.weight"][:, :, 0]
    eva.update({key.replace(".0.", f".{config.vision.depth}.", 1): t for key, t in eva.items() if key.startswith("blocks.0.")})
    torch.save(eva, path("eva_vit_g.pth"))
    torch.save({"model": {key: t for key, t in video.items() if key.startswith(BLIP2)}}, path("blip2_pretrained_flant5xxl.pth"))
    trained = {key: t for key, t in video.items() if not key.startswith(("visual_encoder.", *BLIP2))}
    torch.save({"model": trained, "epoch": 3}, path("VL_LLaMA_2_7B_Finetuned.pth"))
    bound = {key: t for key, t in audio.items() if key.startswith("modality_")}
    torch.save({**bound, "modality_heads.text.proj.1.weight": torch.zeros(4, 4)}, path("imagebind_huge.pth"))
    torch.save({"model": {key: t for key, t in audio.items() if key not in bound}}, path("AL_LLaMA_2_7B_Finetuned.pth"))
    write_llama(path("llama-2-7b-chat-hf"), llama, seed=43)
    names = {"eva": "eva_vit_g.pth", "blip2": "blip2_pretrained_flant5xxl.pth", "llama": "llama-2-7b-chat-hf", "video": "VL_LLaMA_2_7B_Finetuned.pth",
             "audio": "AL_LLaMA_2_7B_Finetuned.pth", "imagebind": "imagebind_huge.pth"}
    return {key: path(name) for key, name in names.items()}
