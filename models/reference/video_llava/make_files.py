"""Generates `Video-LLaVA-7B-hf` at reduced width: both towers, the projector, the LLaMA and its three added tokens in one folder."""
from dataclasses import replace

from reference.generated import LLAMA, Values, write_llama
from reference.tower import TowerConfig, tower_shapes
from reference.video_llava.model import Config, projector_shapes

# 16 × 16 patches and 8 frames, as in the original.
TOWER = TowerConfig(image_size=32, patch_size=2, width=16, heads=2, depth=3, hidden=32)
SMALL = Config(TOWER, TOWER)


def write_files(folder, config=SMALL, llama=LLAMA, temporal=False):
    video = replace(config.video, frames=config.frames) if temporal else config.video
    tensors = Values(21).all(projector_shapes(config, llama.width))
    tensors.update(Values(22).all(tower_shapes(video, "video_tower.vision_model.")))
    tensors.update(Values(23).all(tower_shapes(config.image, "image_tower.vision_model.")))
    # Three added tokens; the original's table has more rows than it has tokens.
    first, path = llama.vocab, f"{folder}/Video-LLaVA-7B-hf"
    language = replace(llama, vocab=first + 8, context=4096, rms_eps=1e-5)
    write_llama(path, language, seed=24, extra=tensors, prefix="language_model.", section="text_config",
                added={"<image>": first, "<video>": first + 1, "<pad>": first + 2})
    return {"model": path}
