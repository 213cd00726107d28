"""A small GGUF 3 writer: metadata, tensor table, aligned data; tensors are made one at a time while writing."""
import struct

import numpy as np

ALIGNMENT = 32
F32, F16, Q4_0, Q8_0 = 0, 1, 2, 8
# elements and bytes of one block
BLOCK = {F32: (1, 4), F16: (1, 2), Q4_0: (32, 18), Q8_0: (32, 34)}
# llama_ftype of a file whose matrices are of this type
FILE_TYPE = {F32: 0, F16: 1, Q4_0: 2, Q8_0: 7}


def quantise(array, kind):
    """float32 array -> bytes of ggml's type; rows must be whole blocks."""
    if kind == F32:
        return np.ascontiguousarray(array, np.float32).tobytes()
    if kind == F16:
        return np.ascontiguousarray(array, np.float32).astype(np.float16).tobytes()
    if array.shape[-1] % 32:
        raise ValueError(f"rows of {array.shape[-1]} values cannot be quantised in blocks of 32")
    x = np.ascontiguousarray(array, np.float32).reshape(-1, 32)
    if kind == Q8_0:
        scale = np.abs(x).max(1, keepdims=True) / 127
        q = np.rint(x * reciprocal(scale)).astype(np.int8)
        return np.concatenate([scale.astype(np.float16).view(np.uint8), q.view(np.uint8)], 1).tobytes()
    # Q4_0: the value of largest magnitude, sign kept, becomes −8.
    largest = np.take_along_axis(x, np.abs(x).argmax(1)[:, None], 1)
    scale = largest / -8
    q = np.minimum(15, (x * reciprocal(scale) + 8.5).astype(np.int32)).astype(np.uint8)
    return np.concatenate([scale.astype(np.float16).view(np.uint8), q[:, :16] | (q[:, 16:] << 4)], 1).tobytes()


def reciprocal(x):
    return np.divide(1, x, out=np.zeros_like(x), where=x != 0)


def text(value):
    data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape")
    return struct.pack("<Q", len(data)) + data


class GgufWriter:
    def __init__(self):
        self.entries, self.tensors = [], []

    def string(self, key, value):
        self.entries.append(text(key) + struct.pack("<I", 8) + text(value))

    def uint(self, key, value):
        self.entries.append(text(key) + struct.pack("<II", 4, value))

    def float(self, key, value):
        self.entries.append(text(key) + struct.pack("<If", 6, value))

    def bool(self, key, value):
        self.entries.append(text(key) + struct.pack("<IB", 7, bool(value)))

    def strings(self, key, values):
        self.entries.append(text(key) + struct.pack("<IIQ", 9, 8, len(values)) + b"".join(text(v) for v in values))

    def floats(self, key, values):
        self.entries.append(text(key) + struct.pack("<IIQ", 9, 6, len(values)) + np.asarray(values, "<f4").tobytes())

    def ints(self, key, values):
        self.entries.append(text(key) + struct.pack("<IIQ", 9, 5, len(values)) + np.asarray(values, "<i4").tobytes())

    def tensor(self, name, shape, kind, make):
        """`make()` gives the float32 array of `shape`, or bytes that are already ggml's; called while writing."""
        per, size = BLOCK[kind]
        self.tensors.append((name, shape, kind, int(np.prod(shape)) // per * size, make))

    def write(self, path):
        table, offset = [], 0
        for name, shape, kind, size, _ in self.tensors:
            table.append(text(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *reversed(shape))
                         + struct.pack("<IQ", kind, offset))
            offset += size + -size % ALIGNMENT
        with open(path, "wb") as f:
            f.write(b"GGUF" + struct.pack("<IQQ", 3, len(self.tensors), len(self.entries)))
            for part in self.entries + table:
                f.write(part)
            f.write(b"\0" * (-f.tell() % ALIGNMENT))
            for name, shape, kind, size, make in self.tensors:
                made = make()
                data = made if isinstance(made, bytes) else quantise(made, kind)
                if len(data) != size:
                    raise ValueError(f"{name}: {len(data)} bytes where {size} belong")
                f.write(data + b"\0" * (-size % ALIGNMENT))
