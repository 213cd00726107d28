"""Generates ImageBind-LLM's original files at reduced width: ImageBind, LLaMA as Meta published it, 7B.pth, knn.index."""
import json
import os

import torch

from reference.generated import LLAMA, Values
from reference.imagebind_llm.knn import write_index
from reference.imagebind_llm.model import Config, VisionConfig, bind_shapes, bridge_shapes, meta_shapes, tuned_shapes
from reference.make_original_files import sentencepiece
from reference.video_llama.sound import SoundConfig

# A tenth of the rate: 3 pieces of two seconds stay, as do 5 pieces of a clip, 3 crops and 3 bridges.
SMALL = Config(VisionConfig(image_size=28, patch_size=7, width=16, heads=2, depth=3, hidden=24, out=24),
               SoundConfig(rate=1_600, window=40, hop=16, bins=20, length=204, kernel=8, stride=6, width=16, heads=2, depth=2, hidden=24, out=24, clips=3))
KNOWN = 50


def write_files(folder, config=SMALL, llama=LLAMA, legacy=True, rank=4):
    path = lambda name: os.path.join(folder, name)
    os.makedirs(path("7B_chinese"), exist_ok=True)
    bind = Values(51).all(bind_shapes(config))
    bind["modality_postprocessors.audio.1.log_logit_scale"] = torch.tensor(20.0).log()
    torch.save({**bind, "modality_heads.text.proj.1.weight": torch.zeros(4, 4)}, path("imagebind_huge.pth"))
    meta = Values(52).all(meta_shapes(llama))
    torch.save({**{key: t.half() for key, t in meta.items()}, "rope.freqs": torch.zeros(4)}, path("7B_chinese/consolidated.00.pth"))
    with open(path("7B_chinese/params.json"), "w") as f:
        json.dump({"dim": llama.width, "multiple_of": 256, "n_heads": llama.heads, "n_layers": llama.depth, "norm_eps": llama.rms_eps, "vocab_size": -1}, f)
    with open(path("tokenizer.model"), "wb") as f:
        f.write(sentencepiece())
    trained = Values(53).all({**bridge_shapes(config, llama, legacy), **tuned_shapes(llama, rank)})
    for key, tensor in trained.items():
        # As trained, they are small beside the weights.
        if "lora_" in key:
            trained[key] = tensor / 4
        if key.endswith("gate"):
            trained[key] = torch.linspace(-1.5, 1.5, tensor.numel()).mul(64).round().div(64).reshape(tensor.shape)
    torch.save({"model": trained}, path("7B.pth"))
    table = torch.nn.functional.normalize(torch.randn(KNOWN, config.vision.out, generator=torch.Generator().manual_seed(54)), dim=1)
    write_index(path("knn.index"), table.numpy())
    return {"llama": path("7B_chinese"), "adapter": path("7B.pth"), "imagebind": path("imagebind_huge.pth"), "knn": path("knn.index")}
