"""
VideoChat's visual side (ViT -> global MHRA -> ln_vision -> Q-Former -> llama_proj) as one ONNX graph.

    python3 models/export/onnx_export.py CHECKPOINT vision.onnx [--half] [--external]

The graph is written from the weights by name, not traced: the number of frames stays free, tensors keep the names of
the state dict, and a model larger than memory can be written layer by layer.
"""
import argparse
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from export.onnx_builder import OnnxBuilder  # noqa: E402


class VisualExport:
    """`get(key)` gives one weight as an array; `config` is a VideoChatConfig."""

    def __init__(self, config, get, builder):
        self.config, self.get, self.b = config, get, builder
        self.tokens = (config.vision.image_size // config.vision.patch_size) ** 2 + 1

    def weight(self, key):
        return self.b.weight(key, self.get(key))

    def linear(self, x, key, name=None):
        return self.b.linear(x, self.weight(key + ".weight"), self.weight(key + ".bias"), name or key)

    def norm(self, x, key, eps, name=None):
        w, b = (self.b.full(key + s, self.get(key + s)) for s in (".weight", ".bias"))
        return self.b.layer_norm(x, w, b, eps, name or key)

    def heads(self, x, count, width, name, key_side=False):
        """[N,C] -> [heads,N,d], or [heads,d,N] for keys."""
        x = self.b.reshape(x, -1, count, width // count, name=name + ".split")
        return self.b.transpose(x, *((1, 2, 0) if key_side else (1, 0, 2)), name=name + ".heads")

    def joined(self, x, width, name):
        """[heads,N,d] -> [N,C]."""
        return self.b.reshape(self.b.transpose(x, 1, 0, 2, name=name + ".tokens"), -1, width, name=name + ".joined")

    def patches(self, pixels):
        """pixels [1,T,3,H,W] -> [T,1+P,C]."""
        c, b, p = self.config.vision, self.b, "visual_encoder."
        frames = b.to_compute(b.reshape(pixels, -1, 3, c.image_size, c.image_size, name="frames"))
        kernel = self.get(p + "patch_embed.proj.weight").reshape(c.width, 3, c.patch_size, c.patch_size)
        key = p + "patch_embed.proj"
        x = b.node("Conv", [frames, b.weight(key + ".weight", kernel), self.weight(key + ".bias")], key,
                   strides=[c.patch_size] * 2)
        x = b.transpose(b.reshape(x, 0, c.width, -1, name=key + ".flat"), 0, 2, 1, name=key + ".tokens")
        position = self.get(p + "pos_embed")
        x = b.add_full(x, b.full(p + "pos_embed.patches", position[:, 1:]), p + "placed")
        first = b.full(p + "cls_token.placed", self.get(p + "cls_token") + position[:, :1])
        cls = b.node("Expand", [first, b.node("Concat", [self.frames, b.ints(1, 1)], "cls.shape", axis=0)], p + "cls")
        return b.node("Concat", [cls, x], p + "embedded", axis=1)

    def vit_block(self, x, i):
        """x [T·S,C], float32, before and after."""
        c, b, key = self.config.vision, self.b, f"visual_encoder.blocks.{i}."
        q_bias, v_bias = self.get(key + "attn.q_bias"), self.get(key + "attn.v_bias")
        bias = b.weight(key + "attn.qkv.bias", np.concatenate([q_bias, np.zeros_like(q_bias), v_bias]))
        n = self.norm(x, key + "norm1", 1e-6)
        qkv = b.linear(n, self.weight(key + "attn.qkv.weight"), bias, key + "attn.qkv")
        qkv = b.reshape(qkv, -1, self.tokens, 3 * c.heads, c.width // c.heads, name=key + "attn.split")
        # [T, 3·heads, S, d]: one transposition for queries, keys and values.
        qkv = b.transpose(qkv, 0, 2, 1, 3, name=key + "attn.heads")
        q, k, v = b.node("Split", [qkv, b.ints(c.heads, c.heads, c.heads)], key + "attn.qkv_heads", outputs=3, axis=1)
        k = b.transpose(k, 0, 1, 3, 2, name=key + "attn.keys")
        a = b.attention(q, k, v, (c.width // c.heads) ** -0.5, key + "attn")
        a = b.reshape(b.transpose(a, 0, 2, 1, 3, name=key + "attn.tokens"), -1, c.width, name=key + "attn.joined")
        x = b.add_full(x, self.linear(a, key + "attn.proj"), key + "attended")
        h = b.gelu(self.linear(self.norm(x, key + "norm2", 1e-6), key + "mlp.fc1"), key + "mlp.gelu")
        return b.add_full(x, self.linear(h, key + "mlp.fc2"), key + "output")

    def position_encoding(self, u, key):
        """
        The depthwise 3x3x3 convolution over [T,S,C] as three 3x3 ones, one for each temporal tap, shifted and added:
        every execution provider has 2-D convolution, and T stays free.
        """
        c, b = self.config.vision, self.b
        grid = c.image_size // c.patch_size
        weight = self.get(key + "dpe.weight")
        p = b.node("Slice", [u, b.ints(1), b.ints(self.tokens), b.ints(1)], key + "dpe.patches")
        p = b.transpose(b.to_compute(p), 0, 2, 1, name=key + "dpe.channels")
        p = b.reshape(p, 0, c.width, grid, grid, name=key + "dpe.grid")
        taps = []
        for tap in range(3):
            inputs = [p, b.weight(f"{key}dpe.weight.{tap}", weight[:, :, tap])]
            if tap == 1:
                inputs.append(self.weight(key + "dpe.bias"))
            x = b.node("Conv", inputs, f"{key}dpe.tap{tap}", group=c.width, pads=[1] * 4)
            if tap != 1:
                pads = b.ints(*((1, 0, 0, 0, 0, 0, 0, 0) if tap == 0 else (0, 0, 0, 0, 1, 0, 0, 0)))
                padded = b.node("Pad", [x, pads], f"{key}dpe.pad{tap}")
                # Tap 0 reads the frame before, tap 2 the one after.
                low, high = (b.ints(0), b.ints(-1)) if tap == 0 else (b.ints(1), b.ints(1 << 30))
                x = b.node("Slice", [padded, low, high, b.ints(0)], f"{key}dpe.shift{tap}")
            taps.append(x)
        x = b.node("Add", [b.node("Add", taps[:2], key + "dpe.sum"), taps[2]], key + "dpe")
        x = b.reshape(x, 0, c.width, -1, name=key + "dpe.flat")
        return b.transpose(x, 0, 2, 1, name=key + "dpe.tokens")

    def gmhra(self, x, y, j):
        """x [1,C] running query, y [T·S,C] block output -> [1,C]."""
        c, b, key = self.config.vision, self.b, f"visual_encoder.gmhra.{j}."
        u = b.reshape(self.norm(y, key + "ln_3", 1e-5), -1, self.tokens, c.width, name=key + "frames")
        first = b.node("Slice", [u, b.ints(0), b.ints(1), b.ints(1)], key + "cls")
        rest = b.node("Slice", [u, b.ints(1), b.ints(self.tokens), b.ints(1)], key + "patches")
        rest = b.add_full(rest, self.position_encoding(u, key), key + "placed")
        u = b.reshape(b.node("Concat", [first, rest], key + "all", axis=1), -1, c.width, name=key + "tokens")
        w, bias = self.get(key + "attn.in_proj_weight"), self.get(key + "attn.in_proj_bias")
        part = {}
        for i, (name, source) in enumerate((("q", self.norm(x, key + "ln_1", 1e-5)), ("k", u), ("v", u))):
            rows = slice(i * c.width, (i + 1) * c.width)
            wi, bi = b.weight(f"{key}attn.in_proj_weight.{name}", w[rows]), b.weight(f"{key}attn.in_proj_bias.{name}", bias[rows])
            part[name] = self.heads(b.linear(source, wi, bi, f"{key}attn.{name}"), c.heads, c.width, f"{key}attn.{name}", name == "k")
        a = b.attention(part["q"], part["k"], part["v"], (c.width // c.heads) ** -0.5, key + "attn")
        x = b.add_full(x, self.linear(self.joined(a, c.width, key + "attn"), key + "attn.out_proj"), key + "attended")
        h = b.gelu(self.linear(self.norm(x, key + "ln_2", 1e-5), key + "mlp.c_fc"), key + "mlp.gelu")
        return b.add_full(x, self.linear(h, key + "mlp.c_proj"), key + "output")

    def frame_positions(self):
        """[T,1,C]: the learned table read at the middle of each T-th part of the clip, linearly interpolated."""
        b, n = self.b, self.config.vision.frame_positions
        table = b.full("frame_positions", self.get("frame_positions").reshape(n, -1))
        number = lambda v: b.full(f"number.{v}", np.array(v))
        count = b.node("Squeeze", [self.frames], "frame_count")
        index = b.node("Range", [b._store("zero", np.array(0, np.int64)), count, b._store("step", np.array(1, np.int64))], "frame_index")
        to_float = lambda x, name: b.node("Cast", [x], name, to=1)
        at = b.node("Mul", [b.node("Add", [to_float(index, "frame_index.f32"), number(0.5)], "frame_middle"), number(float(n))], "frame_scaled")
        at = b.node("Sub", [b.node("Div", [at, to_float(count, "frame_count.f32")], "frame_part"), number(0.5)], "frame_at")
        at = b.node("Clip", [at, number(0.0), number(float(n - 1))], "frame_clipped")
        low = b.node("Floor", [at], "frame_low")
        high = b.node("Min", [b.node("Add", [low, number(1.0)], "frame_next"), number(float(n - 1))], "frame_high")
        row = lambda x, name: b.node("Gather", [table, b.node("Cast", [x], name + ".index", to=7)], name)
        share = b.node("Unsqueeze", [b.node("Sub", [at, low], "frame_share"), b.ints(1)], "frame_share.column")
        low_row, high_row = row(low, "frame_low.row"), row(high, "frame_high.row")
        change = b.node("Mul", [b.node("Sub", [high_row, low_row], "frame_change"), share], "frame_change.shared")
        return b.node("Unsqueeze", [b.node("Add", [low_row, change], "frame_position"), b.ints(1)], "frame_position.rows")

    def vision(self, pixels):
        """-> visual tokens [T·S+1,C], normalised."""
        c, b = self.config.vision, self.b
        y = b.reshape(self.patches(pixels), -1, c.width, name="visual_encoder.tokens")
        video = b.full("visual_encoder.gmhra_cls_token", self.get("visual_encoder.gmhra_cls_token").reshape(1, c.width))
        for i in range(c.depth):
            y = self.vit_block(y, i)
            if i >= c.depth - c.gmhra_layers:
                video = self.gmhra(video, y, i - (c.depth - c.gmhra_layers))
        y = self.norm(y, "ln_vision", 1e-5)
        if c.frame_positions:
            y = b.reshape(y, -1, self.tokens, c.width, name="ln_vision.frames")
            y = b.node("Add", [y, self.frame_positions()], "visual.placed")
            y = b.reshape(y, -1, c.width, name="visual.flat")
        return b.node("Concat", [y, self.norm(video, "ln_vision", 1e-5, "ln_vision.video")], "visual", axis=0)

    def bert_attention(self, x, source, key):
        c, b = self.config.qformer, self.b
        part = lambda name, of: self.heads(self.linear(of, f"{key}.self.{name}"), c.heads, c.width, f"{key}.self.{name}", name == "key")
        q, k, v = part("query", x), part("key", source), part("value", source)
        a = b.attention(q, k, v, (c.width // c.heads) ** -0.5, key)
        out = self.linear(self.joined(a, c.width, key), key + ".output.dense")
        return self.norm(b.add_full(out, x, key + ".sum"), key + ".output.LayerNorm", 1e-12)

    def qformer(self, visual):
        """visual [N,C] -> [96,W]."""
        c, b, key = self.config.qformer, self.b, "Qformer.bert."
        queries = np.concatenate([self.get("query_tokens"), self.get("extra_query_tokens")], 1)[0]
        x = self.norm(b.full("queries", queries), key + "embeddings.LayerNorm", 1e-12)
        visual = b.to_compute(visual)
        for i in range(c.depth):
            layer = f"{key}encoder.layer.{i}"
            x = self.bert_attention(x, x, layer + ".attention")
            if i % c.cross_attention_every == 0:
                x = self.bert_attention(x, visual, layer + ".crossattention")
            h = b.gelu(self.linear(x, layer + ".intermediate_query.dense"), layer + ".intermediate_query.gelu")
            h = self.linear(h, layer + ".output_query.dense")
            x = self.norm(b.add_full(h, x, layer + ".output_query.sum"), layer + ".output_query.LayerNorm", 1e-12)
        return x

    def build(self, name):
        c, b = self.config, self.b
        side, rows = c.vision.image_size, c.qformer.queries + c.qformer.extra_queries
        shape = b.node("Shape", ["pixels"], "pixels.shape")
        self.frames = b.node("Slice", [shape, b.ints(1), b.ints(2), b.ints(0)], "frames.count")
        out = self.linear(self.qformer(self.vision("pixels")), "llama_proj")
        out = b.node("Unsqueeze", [b.to_full(out), b.ints(0)], "embeddings")
        return b.model(name, [("pixels", [1, "frames", 3, side, side])], [(out, [1, rows, c.llama.width])],
                       {"model": name, "weights": "float16" if b.stored else "float32", "products": "float16" if b.half else "float32"})


def export_vision(config, get, path, half=False, external=None, name="videochat", write=True):
    """Writes `path`, and its data file `external` if given (see OnnxBuilder). get(key) -> float32 array of the state dict."""
    builder = OnnxBuilder(half, external, write)
    model = VisualExport(config, get, builder).build(name)
    with open(path, "wb") as f:
        f.write(model.SerializeToString())


def getter(state):
    return lambda key: state[key].detach().float().cpu().numpy()


def main():
    from export.checkpoint import load_model
    a = argparse.ArgumentParser()
    a.add_argument("checkpoint", help="file with {'model': state dict, 'config': …} or {'model': …} of videochat-mini")
    a.add_argument("out")
    a.add_argument("--half", action="store_true")
    a.add_argument("--external", action="store_true", help="weights in OUT.data; needed above 2 GB")
    o = a.parse_args()
    model = load_model(o.checkpoint)
    export_vision(model.config, getter(model.state_dict()), o.out, o.half, o.out + ".data" if o.external else None)


if __name__ == "__main__":
    main()
