"""CLIP's image tower from its published files: a Hugging Face folder, or OpenAI's TorchScript archive `ViT-L-14.pt`."""
import os
import re


from .checkpoints import group_names
from .tower import tower_shapes
from .weight_files import CheckpointError, load_torch, open_shard, tensors_of

OPENAI = {
    "visual.class_embedding": "embeddings.class_embedding", "visual.conv1.weight": "embeddings.patch_embedding.weight",
    "visual.positional_embedding": "embeddings.position_embedding.weight",
}
OPENAI_PARTS = {"visual.ln_pre.": "pre_layrnorm.", "visual.ln_post.": "post_layernorm."}
OPENAI_BLOCK = {"ln_1.": "layer_norm1.", "ln_2.": "layer_norm2.", "attn.out_proj.": "self_attn.out_proj.", "mlp.c_fc.": "mlp.fc1.",
                "mlp.c_proj.": "mlp.fc2."}


def from_openai(tensors):
    """OpenAI's keys -> Hugging Face's, of the image tower alone."""
    out = {}
    for key, tensor in tensors.items():
        block = re.match(r"visual\.transformer\.resblocks\.(\d+)\.(.*)", key)
        if key == "visual.proj":
            out["visual_projection.weight"] = tensor.t()
        elif key in OPENAI:
            out["vision_model." + OPENAI[key]] = tensor
        elif block:
            layer = f"vision_model.encoder.layers.{block[1]}."
            joined = re.match(r"attn\.in_proj_(weight|bias)", block[2])
            if joined:
                out.update({f"{layer}self_attn.{n}_proj.{joined[1]}": part for n, part in zip("qkv", tensor.chunk(3))})
            for old, new in OPENAI_BLOCK.items():
                if block[2].startswith(old):
                    out[layer + new + block[2][len(old):]] = tensor
        else:
            for old, new in OPENAI_PARTS.items():
                if key.startswith(old):
                    out["vision_model." + new + key[len(old):]] = tensor
    return out


def read_tower(path, config, projection=False, prefix="vision_model."):
    """
    {key: tensor} of a tower of the config's shape. path: a folder with `model.safetensors` or `pytorch_model.bin`, or a file.
    `prefix`: what the keys begin with in the file; they come out as `vision_model.`.

    Raises CheckpointError for missing weights and wrong shapes.
    """
    if os.path.isdir(path):
        names = [n for n in ("model.safetensors", "pytorch_model.bin") if os.path.isfile(os.path.join(path, n))]
        if not names:
            raise CheckpointError(f"{path} has neither model.safetensors nor pytorch_model.bin.")
        shard = open_shard(os.path.join(path, names[0]))
        found = {key: shard.get(key) for key in shard.keys() if key.startswith((prefix, "visual_projection."))}
    else:
        found = tensors_of(load_torch(path), path)
        if any(key.startswith("visual.") for key in found):
            found = from_openai(found)
    found = {"vision_model." + key[len(prefix):] if key.startswith(prefix) else key: t for key, t in found.items()}
    expected = tower_shapes(config)
    if projection:
        expected["visual_projection.weight"] = (config.projection, config.width)
    return checked(found, expected, path)


def checked(found, expected, path):
    """The expected tensors. Raises CheckpointError unless each is there and of its shape."""
    missing = [key for key in expected if key not in found]
    if missing:
        raise CheckpointError(f"{path} lacks {len(missing)} weights: {group_names(missing)}.")
    for key, shape in expected.items():
        if tuple(found[key].shape) != shape:
            raise CheckpointError(f"{key} in {os.path.basename(path)} is {list(found[key].shape)} where {list(shape)} belongs.")
    return {key: found[key] for key in expected}


def getters(tensors):
    """(get -> float32 tensor, get -> float32 array)"""
    return lambda key: tensors[key].float(), lambda key: tensors[key].float().numpy()


def load_file(path):
    """The tensors of one .bin, .pth or .safetensors file."""
    shard = open_shard(path)
    return {key: shard.get(key) for key in shard.keys()}
