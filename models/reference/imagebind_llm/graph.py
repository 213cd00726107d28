"""ImageBind-LLM's graphs: pixels or samples in, one vector of length 1 out; that vector in, what each layer adds out."""
import numpy as np

from reference.imagebind_llm.model import V
from reference.video_llama.graph import Reader, bind_block, sound_vectors


def unit(b, x, name):
    """Rows [n,width], each brought to length 1."""
    return b.node("Div", [x, b.node("ReduceL2", [x], name + ".length", axes=[1], keepdims=1)], name + ".unit")


def one_vector(b, x, name):
    """Rows of length 1 -> [1,1,width]: their mean, of length 1."""
    x = unit(b, b.node("ReduceMean", [x], name + ".mean", axes=[0], keepdims=1), name)
    return b.node("Unsqueeze", [x, b.ints(0)], "embeddings")


def vision_graph(config, get):
    """build(builder, name) of pixels [1,T,3,H,W], every two of which are a piece, -> embeddings [1,1,out]"""
    v = config.vision
    patches = (v.image_size // v.patch_size) ** 2

    def build(b, name):
        reader = Reader(b, get)
        # The kernel covers both frames: a picture of six colours.
        x = b.to_compute(b.reshape("pixels", -1, 3 * v.together, v.image_size, v.image_size, name="pieces"))
        kernel = get(V + "rgbt_stem.proj.1.weight").swapaxes(1, 2).reshape(v.width, -1, v.patch_size, v.patch_size)
        x = b.node("Conv", [x, b.weight(V + "proj", kernel)], "stem", strides=[v.patch_size] * 2)
        x = b.to_full(b.transpose(b.reshape(x, 0, v.width, -1, name="stem.flat"), 0, 2, 1, name="stem.tokens"))
        pieces = b.node("Slice", [b.node("Shape", [x], "stem.shape"), b.ints(0), b.ints(1), b.ints(0)], "pieces.count")
        place = get(V + "pos_embedding_helper.pos_embed")
        x = b.add_full(x, b.full("positions.patches", place[:, 1:]), "stem.placed")
        first = b.full("cls", get(V + "cls_token") + place[:, :1])
        cls = b.node("Expand", [first, b.node("Concat", [pieces, b.ints(1, 1)], "cls.shape", axis=0)], "cls.all")
        x = b.reshape(b.node("Concat", [cls, x], "tokens", axis=1), -1, v.width, name="tokens.rows")
        x = reader.norm(x, "modality_trunks.vision.pre_transformer_layer.0", 1e-6)
        for i in range(v.depth):
            x = bind_block(reader, x, f"modality_trunks.vision.blocks.{i}.", v, pieces)
        x = reader.norm(x, "modality_heads.vision.0", 1e-6)
        x = b.node("Slice", [b.reshape(x, -1, 1 + patches, v.width, name="heads"), b.ints(0), b.ints(1), b.ints(1)], "heads.first")
        x = b.to_compute(b.reshape(x, -1, v.width, name="heads.rows"))
        x = b.to_full(b.node("Gemm", [x, b.weight("modality_heads.vision.2.weight", get("modality_heads.vision.2.weight"))], "heads.out", transB=1))
        out = one_vector(b, unit(b, x, "seen"), "together")
        return b.model(name, [("pixels", [1, "frames", 3, v.image_size, v.image_size])], [(out, [1, 1, v.out])], {"model": name})
    return build


def audio_graph(config, get):
    """build(builder, name) of samples [clips,n] -> embeddings [1,1,out]"""
    s = config.sound

    def build(b, name):
        out = one_vector(b, sound_vectors(Reader(b, get), s), "together")
        return b.model(name, [("samples", [s.clips, s.samples])], [(out, [1, 1, s.out])], {"model": name})
    return build


def prefix_graph(config, llama, get, has, value, output):
    """
    build(builder, name) of features [1,out] -> constants [layers,width]: what the prefix adds to each layer's attention.

    value(i), output(i): the layer's matrices of values and of what leaves the attention. Gate and both are one matrix: over
    a single token the softmax is 1.
    """
    size = llama.width // llama.heads

    def build(b, name):
        reader = Reader(b, get)
        linear = lambda x, key: reader.linear(x, key) if has(key + ".bias") else b.node("Gemm", [b.to_compute(x), b.weight(key + ".weight", get(key + ".weight"))], key, transB=1)
        x = b.to_full(linear("features", "image_bind_proj"))
        for n in range(1, config.bridges + 1):
            key = f"image_bind_norm_{n}"
            y = reader.norm(x, key, 1e-5) if has(key + ".bias") else rms(b, x, b.full(key + ".weight", get(key + ".weight")), key)
            h = linear(y, f"image_bind_f1_{n}")
            h = b.node("Mul", [b.node("Mul", [h, b.node("Sigmoid", [h], f"sigmoid_{n}")], f"silu_{n}"), linear(y, f"image_bind_f3_{n}")], f"gated_{n}")
            x = b.add_full(x, linear(h, f"image_bind_f2_{n}"), f"bridge_{n}")
        rows = []
        for i in range(llama.depth):
            gate = np.repeat(np.tanh(get(f"llama.layers.{i}.attention.gate").reshape(-1)), size)
            matrix = (output(i) * gate) @ value(i)
            own = matrix @ get("prefix_query.weight")[i]
            rows.append(b.to_full(b.linear(x, b.weight(f"layer.{i}.weight", matrix), b.weight(f"layer.{i}.bias", own), f"layer.{i}")))
        out = b.node("Concat", rows, "constants", axis=0)
        return b.model(name, [("features", [1, config.vision.out])], [(out, [llama.depth, llama.width])], {"model": name})
    return build


def rms(b, x, weight, name):
    power = b.node("ReduceMean", [b.node("Mul", [x, x], name + ".square")], name + ".power", axes=[1], keepdims=1)
    root = b.node("Sqrt", [b.node("Add", [power, b.full(name + ".eps", np.asarray([1e-6]))], name + ".more")], name + ".root")
    return b.node("Mul", [b.node("Div", [x, root], name + ".level"), weight], name)
