"""A picture as SmolVLM2's processor cuts it: tiles row by row, and the whole of it last. Pillow and numpy alone."""
import math

import numpy as np
from PIL import Image


def resize_to_edge(width, height, edge):
    """Size after the first step: the longer side is `edge`, the other one even."""
    aspect = width / height
    if width >= height:
        width, height = edge, int(edge / aspect)
        height += height % 2
    else:
        height, width = edge, int(edge * aspect)
        width += width % 2
    return max(1, width), max(1, height)


def stretch_to_grid(width, height, side):
    """Size after the second step: both sides are multiples of `side`."""
    aspect = width / height
    if width >= height:
        width = math.ceil(width / side) * side
        height = math.ceil(int(width / aspect) / side) * side
    else:
        height = math.ceil(height / side) * side
        width = math.ceil(int(height * aspect) / side) * side
    return width, height


def cut(picture, side=512, longest_edge=2048):
    """[H,W,3] uint8 -> ([[side,side,3]], rows, columns); no rows where the whole is all there is."""
    image = Image.fromarray(picture)
    image = image.resize(resize_to_edge(*image.size, longest_edge), Image.LANCZOS)
    image = image.resize(stretch_to_grid(*image.size, side), Image.LANCZOS)
    width, height = image.size
    if (width, height) == (side, side):
        return [np.asarray(image)], 0, 0
    boxes = [(x, y, x + side, y + side) for y in range(0, height, side) for x in range(0, width, side)]
    parts = [np.asarray(image.crop(box)) for box in boxes]
    return parts + [np.asarray(image.resize((side, side), Image.LANCZOS))], height // side, width // side
