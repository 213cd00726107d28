"""`reference/tower.py` as nodes of an ONNX graph; the number of frames stays free."""
import numpy as np


class TowerGraph:
    """`get(key)` -> array; values are names of the builder's graph."""

    def __init__(self, config, get, builder, prefix="vision_model."):
        self.c, self.get, self.b, self.prefix = config, get, builder, prefix

    def linear(self, x, key, bias=True):
        b = self.b
        if not bias:
            return b.node("Gemm", [b.to_compute(x), b.weight(key + ".weight", self.get(key + ".weight"))], key, transB=1)
        return b.linear(x, b.weight(key + ".weight", self.get(key + ".weight")), b.weight(key + ".bias", self.get(key + ".bias")), key)

    def norm(self, x, key):
        w, bias = (self.b.full(key + end, self.get(key + end)) for end in (".weight", ".bias"))
        return self.b.layer_norm(x, w, bias, self.c.eps, key)

    def embed(self, pixels):
        """pixels [1,T,3,H,W] -> [T·tokens,width], float32."""
        c, b, key = self.c, self.b, self.prefix + "embeddings."
        shape = b.node("Shape", [pixels], key + "shape")
        self.frames = b.node("Slice", [shape, b.ints(1), b.ints(2), b.ints(0)], key + "frames")
        frames = b.to_compute(b.reshape(pixels, -1, 3, c.image_size, c.image_size, name=key + "pixels"))
        names = ["patch_embedding.weight"] + (["patch_embedding.bias"] if c.siglip else [])
        x = b.node("Conv", [frames, *(b.weight(key + n, self.get(key + n)) for n in names)], key + "patches", strides=[c.patch_size] * 2)
        x = b.transpose(b.reshape(x, 0, c.width, -1, name=key + "flat"), 0, 2, 1, name=key + "tokens")
        position = self.get(key + "position_embedding.weight")
        if c.class_token:
            x = b.add_full(x, b.full(key + "position_embedding.patches", position[1:]), key + "placed")
            first = b.full(key + "class_embedding.placed", (self.get(key + "class_embedding") + position[0]).reshape(1, 1, -1))
            cls = b.node("Expand", [first, b.node("Concat", [self.frames, b.ints(1, 1)], key + "cls.shape", axis=0)], key + "cls")
            x = b.node("Concat", [cls, x], key + "all", axis=1)
        else:
            x = b.add_full(x, b.full(key + "position_embedding.weight", position), key + "placed")
        x = b.reshape(x, -1, c.width, name=key + "rows")
        return x if c.siglip else self.norm(x, self.prefix + "pre_layrnorm")

    def attend(self, x, key, groups):
        """x [groups·n,width], each group by itself -> the same; `groups`: a count, or the name of one as a 1-D tensor."""
        c, b = self.c, self.b
        both = [b.weight(f"{key}.qkv.{end}", np.concatenate([self.get(f"{key}.{n}_proj.{end}") for n in "qkv"])) for end in ("weight", "bias")]
        qkv = b.linear(x, *both, key + ".qkv")
        shape = [groups, b.ints(-1, 3 * c.heads, c.width // c.heads)]
        qkv = b.node("Reshape", [qkv, b.node("Concat", shape, key + ".shape", axis=0)], key + ".split")
        qkv = b.transpose(qkv, 0, 2, 1, 3, name=key + ".heads")
        q, k, v = b.node("Split", [qkv, b.ints(c.heads, c.heads, c.heads)], key + ".parts", outputs=3, axis=1)
        a = b.attention(q, b.transpose(k, 0, 1, 3, 2, name=key + ".keys"), v, (c.width // c.heads) ** -0.5, key)
        a = b.reshape(b.transpose(a, 0, 2, 1, 3, name=key + ".tokens"), -1, c.width, name=key + ".joined")
        return self.linear(a, key + ".out_proj")

    def activation(self, x, name):
        b = self.b
        dtype = np.float16 if x in b.is_half else np.float32
        number = lambda value: b._store(f"number.{value:.6f}.{dtype.__name__}", np.array(value, dtype))
        if not self.c.siglip:
            return b.node("Mul", [x, b.node("Sigmoid", [b.node("Mul", [x, number(1.702)], name + ".scaled")], name + ".sigmoid")], name)
        cube = b.node("Mul", [b.node("Mul", [x, x], name + ".square"), x], name + ".cube")
        inner = b.node("Add", [x, b.node("Mul", [cube, number(0.044715)], name + ".small")], name + ".inner")
        tanh = b.node("Tanh", [b.node("Mul", [inner, number((2 / np.pi) ** 0.5)], name + ".scaled")], name + ".tanh")
        half = b.node("Mul", [x, number(0.5)], name + ".half")
        return b.node("Mul", [half, b.node("Add", [tanh, number(1.0)], name + ".shifted")], name)

    def over_time(self, x, layer):
        c, b = self.c, self.b
        shaped = b.reshape(x, -1, c.tokens, c.width, name=layer + "frames")
        y = b.transpose(shaped, 1, 0, 2, name=layer + "times")
        table = b.full(layer + "temporal_embedding", self.get(layer + "temporal_embedding"))
        table = b.node("Slice", [table, b.ints(0), self.frames, b.ints(1)], layer + "temporal_embedding.used")
        # One frame by itself gets no place in time.
        several = b.node("Cast", [b.node("Greater", [self.frames, b.ints(1)], layer + "several")], layer + "several.number", to=1)
        y = b.add_full(y, b.node("Mul", [table, several], layer + "temporal_embedding.shown"), layer + "placed")
        rows = b.reshape(y, -1, c.width, name=layer + "times.rows")
        a = self.attend(self.norm(rows, layer + "temporal_layer_norm1"), layer + "temporal_attn", b.ints(c.tokens))
        y = b.add_full(rows, a, layer + "temporal_attended")
        y = b.node("Reshape", [y, b.node("Concat", [b.ints(c.tokens), self.frames, b.ints(c.width)], layer + "back.shape", axis=0)], layer + "back")
        return b.reshape(b.transpose(y, 1, 0, 2, name=layer + "back.frames"), -1, c.width, name=layer + "back.rows")

    def states(self, pixels, layers):
        """Hidden states after so many blocks: [T·tokens,width], float32."""
        b, x = self.b, self.embed(pixels)
        for i in range(layers):
            layer = f"{self.prefix}encoder.layers.{i}."
            if self.c.frames:
                x = self.over_time(x, layer)
            x = b.add_full(x, self.attend(self.norm(x, layer + "layer_norm1"), layer + "self_attn", self.frames), layer + "attended")
            h = self.linear(self.norm(x, layer + "layer_norm2"), layer + "mlp.fc1")
            x = b.add_full(x, self.linear(self.activation(h, layer + "mlp.activation"), layer + "mlp.fc2"), layer + "output")
        return x

    def by_frame(self, x, name):
        """[T·tokens,width] -> [T,tokens,width]"""
        return self.b.reshape(x, -1, self.c.tokens, self.c.width, name=name)
