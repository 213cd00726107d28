"""Video-LLaMA's two branches as ONNX graphs: frames in, 32 rows out; samples in, 8 rows out."""
import numpy as np

from export.onnx_export import VisualExport
from reference.config import LlamaConfig, VideoChatConfig
from reference.video_llama.sound import mel_bank, transform


class Reader:
    """Q-Formers over batches: values [groups·n,width], `groups` a count as a 1-D tensor."""

    def __init__(self, builder, get):
        self.b, self.get = builder, get

    def linear(self, x, key):
        b = self.b
        return b.linear(x, b.weight(key + ".weight", self.get(key + ".weight")), b.weight(key + ".bias", self.get(key + ".bias")), key)

    def norm(self, x, key, eps):
        w, bias = (self.b.full(key + end, self.get(key + end)) for end in (".weight", ".bias"))
        return self.b.layer_norm(x, w, bias, eps, key)

    def heads(self, x, groups, heads, width, name, keys=False):
        b = self.b
        shape = b.node("Concat", [groups, b.ints(-1, heads, width // heads)], name + ".shape", axis=0)
        x = b.node("Reshape", [x, shape], name + ".split")
        return b.transpose(x, *((0, 2, 3, 1) if keys else (0, 2, 1, 3)), name=name + ".heads")

    def joined(self, x, width, name):
        return self.b.reshape(self.b.transpose(x, 0, 2, 1, 3, name=name + ".tokens"), -1, width, name=name + ".joined")

    def attend(self, x, source, groups, c, key):
        part = lambda name, of: self.heads(self.linear(of, f"{key}.self.{name}"), groups, c.heads, c.width, f"{key}.self.{name}", name == "key")
        a = self.b.attention(part("query", x), part("key", source), part("value", source), (c.width // c.heads) ** -0.5, key)
        out = self.linear(self.joined(a, c.width, key), key + ".output.dense")
        return self.norm(self.b.add_full(out, x, key + ".sum"), key + ".output.LayerNorm", 1e-12)

    def read(self, queries, source, groups, c, prefix):
        """queries: rows of one group, [n,width], read by each."""
        b, key = self.b, prefix + ".bert."
        x = self.norm(b.full(prefix + ".queries", queries), key + "embeddings.LayerNorm", 1e-12)
        shape = b.node("Concat", [groups, b.ints(*queries.shape)], prefix + ".all.shape", axis=0)
        x = b.reshape(b.node("Expand", [x, shape], prefix + ".all"), -1, c.width, name=prefix + ".rows")
        source = b.to_compute(source)
        for i in range(c.depth):
            layer = f"{key}encoder.layer.{i}"
            x = self.attend(x, x, groups, c, layer + ".attention")
            if i % c.cross_attention_every == 0:
                x = self.attend(x, source, groups, c, layer + ".crossattention")
            h = b.gelu(self.linear(x, layer + ".intermediate_query.dense"), layer + ".intermediate_query.gelu")
            h = self.linear(h, layer + ".output_query.dense")
            x = self.norm(b.add_full(h, x, layer + ".output_query.sum"), layer + ".output_query.LayerNorm", 1e-12)
        return x


def video_graph(config, get, width):
    """build(builder, name) of pixels [1,T,3,H,W] -> embeddings [1,32,width]"""
    v, q = config.vision, config.qformer

    def build(b, name):
        eyes, reader = VisualExport(VideoChatConfig(v, q, LlamaConfig(width=width)), get, b), Reader(b, get)
        shape = b.node("Shape", ["pixels"], "pixels.shape")
        frames = eyes.frames = b.node("Slice", [shape, b.ints(1), b.ints(2), b.ints(0)], "frames.count")
        x = b.reshape(eyes.patches("pixels"), -1, v.width, name="visual_encoder.tokens")
        for i in range(v.depth):
            x = eyes.vit_block(x, i)
        x = reader.read(get("query_tokens")[0], eyes.norm(x, "ln_vision", 1e-5), frames, q, "Qformer")
        table = b.full("video_frame_position_embedding.weight", get("video_frame_position_embedding.weight")[:, None])
        place = b.node("Slice", [table, b.ints(0), frames, b.ints(0)], "frame_positions")
        x = b.node("Add", [b.reshape(x, -1, q.queries, q.width, name="by_frame"), place], "placed")
        x = b.reshape(x, -1, q.width, name="placed.rows")
        x = reader.read(get("video_query_tokens")[0], x, b.ints(1), config.over(config.video_queries), "video_Qformer")
        out = b.node("Unsqueeze", [b.to_full(reader.linear(x, "llama_proj")), b.ints(0)], "embeddings")
        return b.model(name, [("pixels", [1, "frames", 3, v.image_size, v.image_size])], [(out, [1, config.video_queries, width])], {"model": name})
    return build


def sound_vectors(reader, s):
    """samples [clips,n] -> ImageBind's vector of each piece [clips,out]; the filter bank is part of the graph, in float32"""
    prefix, b, get = "modality_preprocessors.audio.", reader.b, reader.get
    clips, full = b.ints(s.clips), lambda key, value: b.full(key, np.asarray(value))
    x = b.node("Sub", ["samples", b.node("ReduceMean", ["samples"], "level", axes=[1], keepdims=1)], "samples.centred")
    spectrum = b.node("Conv", [b.node("Unsqueeze", [x, b.ints(1)], "samples.channel"), full("spectrum.kernel", transform(s)[:, None])], "spectrum", strides=[s.hop])
    half = s.fft // 2 + 1
    real, imaginary = b.node("Split", [b.node("Mul", [spectrum, spectrum], "spectrum.squared"), b.ints(half, half)], "power.parts", outputs=2, axis=1)
    mel = b.node("MatMul", [full("mel", mel_bank(s)), b.node("Add", [real, imaginary], "power")], "mel.power")
    mel = b.node("Log", [b.node("Max", [mel, full("floor", np.finfo(np.float32).eps)], "mel.floored")], "mel.log")
    found = (s.samples - s.window) // s.hop + 1
    pads = b.ints(0, 0, 0, 0, 0, max(0, s.length - found))
    mel = b.node("Slice", [b.node("Pad", [mel, pads], "mel.padded"), b.ints(0), b.ints(s.length), b.ints(2)], "mel.cut")
    mel = b.node("Div", [b.node("Sub", [mel, full("mel.mean", s.mean)], "mel.centred"), full("mel.deviation", s.deviation)], "mel.normal")
    picture = b.to_compute(b.node("Unsqueeze", [mel, b.ints(1)], "mel.picture"))
    x = b.node("Conv", [picture, b.weight(prefix + "proj", get(prefix + "rgbt_stem.proj.weight"))], "stem", strides=[s.stride] * 2)
    x = b.transpose(b.reshape(x, s.clips, s.width, -1, name="stem.flat"), 0, 2, 1, name="stem.tokens")
    x = reader.norm(x, prefix + "rgbt_stem.norm_layer", 1e-5)
    place = get(prefix + "pos_embedding_helper.pos_embed")
    x = b.add_full(x, full("positions.patches", place[:, 1:]), "stem.placed")
    cls = full("cls", np.repeat(get(prefix + "cls_token") + place[:, :1], s.clips, 0))
    x = b.reshape(b.node("Concat", [cls, x], "tokens", axis=1), -1, s.width, name="tokens.rows")
    for i in range(s.depth):
        x = bind_block(reader, x, f"modality_trunks.audio.blocks.{i}.", s, clips, s.clips)
    x = reader.norm(x, "modality_heads.audio.0", 1e-6)
    x = b.node("Slice", [b.reshape(x, s.clips, -1, s.width, name="heads"), b.ints(0), b.ints(1), b.ints(1)], "heads.first")
    x = b.node("Gemm", [b.to_compute(b.reshape(x, -1, s.width, name="heads.rows")), b.weight("modality_heads.audio.2.weight", get("modality_heads.audio.2.weight"))], "heads.out", transB=1)
    x = b.to_full(x)
    x = b.node("Div", [x, b.node("ReduceL2", [x], "length", axes=[1], keepdims=1)], "unit")
    scale = min(100.0, float(np.exp(get("modality_postprocessors.audio.1.log_logit_scale"))))
    return b.node("Mul", [x, full("scale", scale)], "scaled")


def audio_graph(config, get, width):
    """build(builder, name) of samples [8,n] -> embeddings [1,8,width]"""
    s = config.sound

    def build(b, name):
        reader = Reader(b, get)
        x = b.node("Add", [sound_vectors(reader, s), b.full("audio_positions", get("audio_position_embedding.weight"))], "sounds")
        x = reader.read(get("audio_query_tokens")[0], x, b.ints(1), config.over(config.audio_queries), "audio_Qformer")
        out = b.node("Unsqueeze", [b.to_full(reader.linear(x, "audio_llama_proj")), b.ints(0)], "embeddings")
        return b.model(name, [("samples", [s.clips, s.samples])], [(out, [1, config.audio_queries, width])], {"model": name})
    return build


def bind_block(reader, x, key, s, clips, extra=0):
    """ImageBind's block; of sound, `extra` pieces have one more key and value each, learned, beside those of the tokens."""
    b, get = reader.b, reader.get
    n = reader.norm(x, key + "norm_1", 1e-6)
    rows, parts = (get(key + "attn.in_proj_weight"), get(key + "attn.in_proj_bias")), {}
    for i, name in enumerate("qkv"):
        part = slice(i * s.width, (i + 1) * s.width)
        y = b.linear(n, b.weight(f"{key}attn.{name}.weight", rows[0][part]), b.weight(f"{key}attn.{name}.bias", rows[1][part]), f"{key}attn.{name}")
        if name != "q" and extra:
            more = b.weight(f"{key}attn.bias_{name}.all", np.repeat(get(f"{key}attn.bias_{name}"), extra, 0))
            y = b.node("Concat", [b.reshape(y, extra, -1, s.width, name=f"{key}attn.{name}.by_clip"), more], f"{key}attn.{name}.more", axis=1)
        parts[name] = reader.heads(y, clips, s.heads, s.width, f"{key}attn.{name}", name == "k")
    a = b.attention(parts["q"], parts["k"], parts["v"], (s.width // s.heads) ** -0.5, key + "attn")
    x = b.add_full(x, reader.linear(reader.joined(a, s.width, key + "attn"), key + "attn.out_proj"), key + "attended")
    h = b.gelu(reader.linear(reader.norm(x, key + "norm_2", 1e-6), key + "mlp.fc1"), key + "mlp.gelu")
    return b.add_full(x, reader.linear(h, key + "mlp.fc2"), key + "output")
