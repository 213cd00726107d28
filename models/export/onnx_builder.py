"""Builds an ONNX graph node by node. Weights go straight to the file (or its external data), one at a time."""
import os

import numpy as np
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
INLINE = 1024  # bytes; smaller tensors stay in the graph even when there is an external data file


class OnnxBuilder:
    """
    Values are names. `half` stores weights and computes matrix products in float16; layer norms, softmax and the
    residual stream stay in float32. `half="stored"` keeps float16 to the weights: each is widened right before its use,
    for processors without float16 arithmetic. `external` = path of a data file beside the graph, written as weights come
    in; `write=False` refers to one that is there already, made from the same weights in the same order.
    """

    def __init__(self, half=False, external=None, write=True):
        self.half, self.stored = bool(half) and half != "stored", bool(half)
        self.external, self.write, self.at = external, write, 0
        self.data = open(external, "wb") if external and write else None
        self.nodes, self.tensors, self.have = [], [], set()
        self.widened = []
        self.is_half = set()
        self.used = {}

    def _store(self, name, array):
        if name in self.have:
            return name
        self.have.add(name)
        array = np.ascontiguousarray(array)
        if not self.external or array.nbytes < INLINE:
            self.tensors.append(numpy_helper.from_array(array, name))
            return name
        # Page-aligned, so that a runtime can map it.
        gap = -self.at % 4096
        self.at += gap
        kind = TensorProto.FLOAT16 if array.dtype == np.float16 else TensorProto.FLOAT
        tensor = TensorProto(name=name, dims=array.shape, data_type=kind)
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", os.path.basename(self.external)), ("offset", self.at), ("length", array.nbytes)):
            tensor.external_data.add(key=key, value=str(value))
        if self.data:
            self.data.write(b"\0" * gap)
            self.data.write(array)
        self.at += array.nbytes
        self.tensors.append(tensor)
        return name

    def full(self, name, array):
        """A float32 constant."""
        return self._store(name, np.asarray(array, np.float32))

    def weight(self, name, array):
        """A weight in the type of the computation."""
        if not self.stored:
            return self.full(name, array)
        half = np.asarray(array).astype(np.float16)
        if not np.isfinite(half).all():
            raise ValueError(f"{name} does not fit float16")
        self._store(name, half)
        if self.half:
            self.is_half.add(name)
            return name
        wide = name + ".f32"
        if wide not in self.have:
            self.have.add(wide)
            self.widened.append(helper.make_node("Cast", [name], [wide], name=wide, to=TensorProto.FLOAT))
        return wide

    def ints(self, *values):
        return self._store("int." + ".".join(map(str, values)).replace("-", "m"), np.array(values, np.int64))

    def node(self, op, inputs, name, half=None, outputs=1, **attributes):
        """Adds a node; the result is half precision if its first input is, unless `half` says otherwise."""
        count = self.used[name] = self.used.get(name, 0) + 1
        name = name if count == 1 else f"{name}_{count}"
        names = [name] if outputs == 1 else [f"{name}.{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, name=name, **attributes))
        if inputs[0] in self.is_half if half is None else half:
            self.is_half.update(names)
        return names[0] if outputs == 1 else names

    def to_full(self, x):
        return self.node("Cast", [x], x + ".f32", half=False, to=TensorProto.FLOAT) if x in self.is_half else x

    def to_compute(self, x):
        if not self.half or x in self.is_half:
            return x
        return self.node("Cast", [x], x + ".f16", half=True, to=TensorProto.FLOAT16)

    def reshape(self, x, *shape, name):
        return self.node("Reshape", [x, self.ints(*shape)], name)

    def transpose(self, x, *perm, name):
        return self.node("Transpose", [x], name, perm=perm)

    def linear(self, x, weight, bias, name):
        """x [N,in] times weight [out,in] plus bias."""
        return self.node("Gemm", [self.to_compute(x), weight, bias], name, transB=1)

    def layer_norm(self, x, weight, bias, eps, name):
        x = self.to_full(x)
        return self.node("LayerNormalization", [x, weight, bias], name, axis=-1, epsilon=eps)

    def add_full(self, a, b, name):
        """The residual sum, in float32."""
        return self.node("Add", [self.to_full(a), self.to_full(b)], name)

    def gelu(self, x, name):
        """Exact GELU in the form that ONNX Runtime fuses to one kernel."""
        dtype = np.float16 if x in self.is_half else np.float32
        constant = lambda key, value: self._store(f"{key}.{dtype.__name__}", np.array(value, dtype))
        erf = self.node("Erf", [self.node("Div", [x, constant("sqrt2", 2 ** 0.5)], name + ".scaled")], name + ".erf")
        both = self.node("Mul", [x, self.node("Add", [erf, constant("one", 1)], name + ".shifted")], name + ".product")
        return self.node("Mul", [both, constant("half", 0.5)], name)

    def attention(self, q, k, v, scale, name):
        """q [...,n,d], k [...,d,m], v [...,m,d] -> [...,n,d]; softmax in float32."""
        factor = self.weight(f"scale.{scale:.8f}", np.array(scale, np.float32))
        scores = self.node("MatMul", [self.node("Mul", [q, factor], name + ".scaled"), k], name + ".scores")
        share = self.node("Softmax", [self.to_full(scores)], name + ".softmax", axis=-1)
        return self.node("MatMul", [self.to_compute(share), v], name + ".read")

    def model(self, name, inputs, outputs, metadata):
        """inputs, outputs: [(name, shape)] in float32."""
        if self.data:
            self.data.close()
        info = [[helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in group] for group in (inputs, outputs)]
        # ONNX Runtime visits a node's inputs by falling node index, depth first: only what stands first in the graph is
        # computed last, right before its use. Elsewhere all weights would be widened before the first layer runs.
        graph = helper.make_graph(self.widened + self.nodes, name, *info, self.tensors)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8, producer_name="videochat")
        helper.set_model_props(model, {k: str(v) for k, v in metadata.items()})
        return model
