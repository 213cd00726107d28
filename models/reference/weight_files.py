"""Reads files of weights without running anything in them: .pth/.bin, safetensors, SentencePiece vocabularies."""
import collections
import io
import json
import os
import pickle
import struct
import zipfile

import numpy as np
import torch


PICKLE_LIMIT = 256 * 1024 * 1024


class CheckpointError(Exception):
    """A file of weights cannot be used; the message is one sentence for a person."""


class Ignored:
    """Stands for every object of a pickle that is not a tensor or a plain container: kept out, never called."""

    def __new__(cls, *_, **__):
        return object.__new__(cls)

    def nothing(self, *_, **__):
        return None

    __init__ = __setstate__ = __setitem__ = append = extend = update = add = nothing


class Scripted:
    """Stands for a module of a TorchScript archive: its attributes, none of its code."""

    def __new__(cls, *_, **__):
        return object.__new__(cls)

    def __setstate__(self, state):
        self.state = state if isinstance(state, dict) else {}


def flat_state(value, prefix=""):
    """{dotted name: tensor} of a scripted module."""
    out = {}
    for name, item in value.state.items():
        if isinstance(item, torch.Tensor):
            out[prefix + str(name)] = item
        elif isinstance(item, Scripted):
            out.update(flat_state(item, f"{prefix}{name}."))
    return out


STORAGES = {"DoubleStorage": "<f8", "FloatStorage": "<f4", "HalfStorage": "<f2", "BFloat16Storage": "bf16", "LongStorage": "<i8",
            "IntStorage": "<i4", "ShortStorage": "<i2", "CharStorage": "<i1", "ByteStorage": "<u1", "BoolStorage": "?"}
LEGACY_MAGIC = 0x1950A86A20F9469CFC6C


def rebuild_tensor(storage, offset, size, stride, *_):
    """torch._utils._rebuild_tensor_v2 over a flat tensor; a view outside its storage is refused."""
    if not isinstance(storage, torch.Tensor) or offset < 0 or min([*size, *stride], default=0) < 0:
        raise CheckpointError("it describes an impossible tensor")
    last = offset + sum((n - 1) * step for n, step in zip(size, stride)) if all(size) else offset - 1
    if last >= storage.numel():
        raise CheckpointError("a tensor lies outside its storage")
    return torch.as_strided(storage, tuple(size), tuple(stride), offset)


class WeightsUnpickler(pickle.Unpickler):
    """torch.load of torch 1.13 does not honour `pickle_module`, so the containers are read here."""

    def __init__(self, file, storage):
        super().__init__(file, encoding="utf-8")
        self.persistent_load = storage

    def find_class(self, module, name):
        if module == "torch" and name in STORAGES:
            return STORAGES[name]
        if module.startswith("__torch__"):
            return Scripted
        return {
            ("collections", "OrderedDict"): collections.OrderedDict,
            ("torch._utils", "_rebuild_tensor"): rebuild_tensor,
            ("torch._utils", "_rebuild_tensor_v2"): rebuild_tensor,
            ("torch._utils", "_rebuild_parameter"): lambda data, *_: data,
        }.get((module, name), Ignored)


def mapped(path, kind, offset, count):
    """`count` numbers at a byte of a file, mapped and not read."""
    dtype = np.dtype("<i2" if kind == "bf16" else kind)
    if count < 0 or offset + count * dtype.itemsize > os.path.getsize(path):
        raise CheckpointError("a tensor lies outside the file")
    flat = torch.from_numpy(np.memmap(path, dtype, "c", offset, (count,)) if count else np.zeros(0, dtype))
    return flat.view(torch.bfloat16) if kind == "bf16" else flat


def _load_zip(path):
    """The archive of torch >= 1.6: data.pkl and one stored entry for each storage."""
    with zipfile.ZipFile(path) as archive, open(path, "rb") as raw:
        entry = next((n for n in archive.namelist() if n.endswith("/data.pkl") and n.count("/") == 1), None)
        if entry is None or archive.getinfo(entry).file_size > PICKLE_LIMIT:
            raise CheckpointError("no data.pkl in it")
        prefix, storages = entry[:-len("data.pkl")], {}

        def storage(identity):
            _, kind, key, _, count = identity
            if key not in storages:
                info = archive.getinfo(f"{prefix}data/{key}")
                raw.seek(info.header_offset + 26)
                names = sum(struct.unpack("<HH", raw.read(4)))
                if info.compress_type != zipfile.ZIP_STORED:
                    raise CheckpointError("its weights are compressed")
                storages[key] = mapped(path, kind, info.header_offset + 30 + names, count)
            return storages[key]

        value = WeightsUnpickler(io.BytesIO(archive.read(entry)), storage).load()
        return flat_state(value) if isinstance(value, Scripted) else value


def _load_legacy(path):
    """The stream of older versions: magic, version, machine, object, storage keys, then each storage's numbers."""
    storages = {}

    def storage(identity):
        _, kind, key, _, count, view = identity
        if view is not None:
            raise CheckpointError("it holds views of storages")
        if key not in storages:
            if not 0 <= count <= os.path.getsize(path):
                raise CheckpointError("a tensor lies outside the file")
            flat = torch.from_numpy(np.empty(count, "<i2" if kind == "bf16" else kind))
            storages[key] = flat.view(torch.bfloat16) if kind == "bf16" else flat, flat
        return storages[key][0]

    with open(path, "rb") as f:
        read = lambda: WeightsUnpickler(f, storage).load()
        if read() != LEGACY_MAGIC or read() != 1001:
            raise CheckpointError("it begins with neither form's mark")
        read()
        value = read()
        for key in read():
            flat = storages[key][1]
            if struct.unpack("<q", f.read(8))[0] != flat.numel() or f.readinto(flat.numpy()) != flat.numel() * flat.element_size():
                raise CheckpointError("it ends too early")
    return value


def load_torch(path):
    """The object in a zip or legacy .pth/.bin file; only tensors and plain containers come out, and nothing runs."""
    if not os.path.isfile(path):
        raise CheckpointError(f"There is no file {path}.")
    try:
        return _load_zip(path) if zipfile.is_zipfile(path) else _load_legacy(path)
    except Exception as error:
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise CheckpointError(f"{path} is not a whole PyTorch file ({reason}).") from error


class TorchShard:
    def __init__(self, path):
        self.tensors = tensors_of(load_torch(path), path)

    def keys(self):
        return self.tensors.keys()

    def shape(self, key):
        return tuple(self.tensors[key].shape)

    def get(self, key):
        return self.tensors[key]


def tensors_of(data, path):
    """The state dict in a loaded file: bare, or under `model`, `module` or `state_dict` beside training state."""
    for key in ("model", "module", "state_dict"):
        if isinstance(data, dict) and isinstance(data.get(key), dict):
            data = data[key]
            break
    found = {k: v for k, v in data.items() if isinstance(v, torch.Tensor)} if isinstance(data, dict) else {}
    if not found:
        raise CheckpointError(f"{path} holds no weights.")
    return found


class SafetensorsShard:
    """A .safetensors file, mapped: a tensor is read when it is asked for."""

    def __init__(self, path):
        size = os.path.getsize(path)
        with open(path, "rb") as f:
            head = f.read(8)
            length = struct.unpack("<Q", head)[0] if len(head) == 8 else size
            if length > min(size - 8, 100_000_000):
                raise CheckpointError(f"{path} is not a whole safetensors file.")
            try:
                header = json.loads(f.read(length))
            except ValueError as error:
                raise CheckpointError(f"{path} is not a safetensors file: its header is no JSON.") from error
        self.path, self.start = path, 8 + length
        self.table = {k: v for k, v in header.items() if k != "__metadata__"}
        for key, t in self.table.items():
            low, high = t["data_offsets"]
            width = {"F32": 4, "F16": 2, "BF16": 2}.get(t["dtype"])
            if width and not (0 <= low <= high <= size - self.start and high - low == width * int(np.prod(t["shape"]))):
                raise CheckpointError(f"{path} is cut off: {key} lies outside it.")

    def keys(self):
        return self.table.keys()

    def shape(self, key):
        return tuple(self.table[key]["shape"])

    def get(self, key):
        t = self.table[key]
        kind = {"F32": "<f4", "F16": "<f2", "BF16": "<u2"}.get(t["dtype"])
        if kind is None:
            raise CheckpointError(f"{key} in {self.path} is of type {t['dtype']}, not F32, F16 or BF16.")
        low, high = t["data_offsets"]
        flat = np.fromfile(self.path, kind, (high - low) // np.dtype(kind).itemsize, offset=self.start + low)
        if t["dtype"] == "BF16":
            flat = (flat.astype("<u4") << 16).view("<f4")
        return torch.from_numpy(flat.reshape(t["shape"]))


def open_shard(path):
    if not os.path.isfile(path):
        raise CheckpointError(f"There is no file {path}.")
    return SafetensorsShard(path) if path.endswith(".safetensors") else TorchShard(path)


def _varint(data, at):
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise CheckpointError("tokenizer.model is damaged.")
        value |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128:
            return value, at


def _fields(data):
    """(field number, value) of a protobuf message: ints, or bytes."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        if tag & 7 == 0:
            value, at = _varint(data, at)
        else:
            if tag & 7 == 2:
                size, at = _varint(data, at)
            else:
                size = {1: 8, 5: 4}.get(tag & 7)
            if size is None or at + size > len(data):
                raise CheckpointError("tokenizer.model is damaged.")
            value, at = data[at:at + size], at + size
        yield tag >> 3, value


def read_sentencepiece(path):
    """[(text, score, type)] of a tokenizer.model; SentencePiece's types are GGUF's (1 normal, 2 unknown, 3 control, 6 byte)."""
    if not os.path.isfile(path):
        raise CheckpointError(f"There is no file {path}.")
    out = []
    with open(path, "rb") as f:
        data = f.read()
    for number, value in _fields(data):
        if number == 1 and isinstance(value, bytes):
            piece = dict(_fields(value))
            score = struct.unpack("<f", piece[2])[0] if 2 in piece else 0.0
            out.append((piece.get(1, b"").decode("utf-8", "surrogateescape"), score, piece.get(3, 1)))
    if not out:
        raise CheckpointError(f"{path} is not a SentencePiece model.")
    return out
