"""
A generated SmolVLM2 as llama.cpp takes it, a GGUF and its mmproj, to prove that a runtime other than this one runs such pairs.

    python3 models/reference/smolvlm2/make_mmproj.py FOLDER
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
from export.gguf_writer import F32, FILE_TYPE, GgufWriter  # noqa: E402
from reference.smolvlm2 import make_pair  # noqa: E402
from reference.smolvlm2.model import CONNECTOR, PREFIX  # noqa: E402

BLOCK = {"self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.out_proj": "attn_out",
         "mlp.fc1": "ffn_up", "mlp.fc2": "ffn_down", "layer_norm1": "ln1", "layer_norm2": "ln2"}


def write_mmproj(path, visual, config, width):
    c, w = config.tower, GgufWriter()
    for key, value in (("general.architecture", "clip"), ("general.type", "mmproj"), ("clip.projector_type", "idefics3")):
        w.string(key, value)
    w.uint("general.file_type", FILE_TYPE[F32])
    w.bool("clip.has_vision_encoder", True)
    w.bool("clip.use_gelu", True)
    for key, value in (("image_size", c.image_size), ("preproc_image_size", 4 * c.image_size), ("patch_size", c.patch_size), ("embedding_length", c.width),
                       ("feed_forward_length", c.hidden), ("projection_dim", width), ("block_count", c.depth), ("attention.head_count", c.heads),
                       ("projector.scale_factor", config.scale)):
        w.uint("clip.vision." + key, value)
    w.float("clip.vision.attention.layer_norm_epsilon", c.eps)
    for key in ("image_mean", "image_std"):
        w.floats("clip.vision." + key, [0.5] * 3)
    names = {"v.patch_embd": PREFIX + "embeddings.patch_embedding", "v.position_embd": PREFIX + "embeddings.position_embedding",
             "v.post_ln": PREFIX + "post_layernorm", "mm.model.fc": CONNECTOR}
    names.update({f"v.blk.{i}.{new}": f"{PREFIX}encoder.layers.{i}.{old}" for i in range(c.depth) for old, new in BLOCK.items()})
    for new, old in names.items():
        for end in ("weight", "bias"):
            if f"{old}.{end}" in visual:
                values = visual[f"{old}.{end}"].numpy()
                w.tensor(f"{new}.{end}", values.shape, F32, lambda a=values: a)
    w.write(path)


def main(folder):
    # llama.cpp asks for two newlines as one token, which the real vocabulary has.
    make_pair.MERGES.append("Ċ Ċ")
    visual, _ = make_pair.write_pair(folder, id="smolvlm2-generated", name="SmolVLM2, generated", description="Generated weights.", version="0", licence="MIT", demonstration=True)
    write_mmproj(os.path.join(folder, "mmproj.gguf"), visual, make_pair.SMALL, make_pair.Llama().width)


if __name__ == "__main__":
    main(sys.argv[1])
