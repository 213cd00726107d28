"""A table of vectors as faiss keeps it in a flat index: `knn.index`."""
import os
import struct

import numpy as np

from reference.weight_files import CheckpointError

# Name, width, count, two spare numbers, trained, metric (0: inner product), numbers.
HEADER = struct.Struct("<4siqqq?iQ")


def read_index(path):
    """[N,width] float32, mapped. Raises CheckpointError for anything but a flat index of inner products."""
    try:
        with open(path, "rb") as f:
            head = f.read(HEADER.size)
        kind, width, count, _, _, trained, metric, numbers = HEADER.unpack(head)
    except (OSError, struct.error) as error:
        raise CheckpointError(f"{path} is no index of faiss.") from error
    if kind not in (b"IxFI", b"IxFl") or metric != 0 or not trained:
        raise CheckpointError(f"{path} is no flat index of inner products.")
    if not (0 < width <= 65_536 and 0 < count and numbers == width * count and os.path.getsize(path) == HEADER.size + 4 * numbers):
        raise CheckpointError(f"{path} is cut off, or not as large as it says.")
    return np.memmap(path, "<f4", "r", HEADER.size, (count, width))


def write_index(path, table):
    with open(path, "wb") as f:
        f.write(HEADER.pack(b"IxFI", table.shape[1], len(table), 1 << 20, 1 << 20, True, 0, table.size))
        f.write(np.ascontiguousarray(table, "<f4").tobytes())
