"""What the 96 rows should tell the language model about a clip, as numbers: the meeting point of its two halves."""
import torch

from .world import COLOURS, MOTIONS, SHAPES

# Rows: one for each (colour, shape) pair, one for each colour, one for each shape, one for the whole, the rest free.
PAIRS = [(shape, colour) for colour in COLOURS for shape in SHAPES]
COLOUR_ROW, SHAPE_ROW, WHOLE_ROW, ROWS = 48, 56, 62, 96
TIME_BINS, PLACE_BINS = 17, 13
_sizes = [("present", 1), ("colour", 8), ("shape", 6), ("motion", 7), ("start", TIME_BINS), ("end", TIME_BINS), ("x0", PLACE_BINS),
          ("y0", PLACE_BINS), ("x1", PLACE_BINS), ("y1", PLACE_BINS), ("always", 1), ("number", 5), ("kind", 3)]
FIELD, WIDTH = {}, 0
for _name, _size in _sizes:
    FIELD[_name] = slice(WIDTH, WIDTH + _size)
    WIDTH += _size


def row_of(name):
    """The row that tells about (shape or None, colour or None)."""
    shape, colour = name
    if shape and colour:
        return PAIRS.index(name)
    if colour:
        return COLOUR_ROW + COLOURS.index(colour)
    return SHAPE_ROW + SHAPES.index(shape) if shape else WHOLE_ROW


def bumps(v, bins):
    """[...] values in 0…1 -> [..., bins]: triangles one bin wide, so that a value between two bins is between their rows."""
    at = torch.arange(bins).float() / (bins - 1)
    return (1 - (v[..., None] - at).abs() * (bins - 1)).clamp(min=0)


def clip_targets(clip):
    """
    One clip -> dict of tensors for supervision: present [48], motion [48], times [48,2], places [48,4], number_of_colour
    [8], number_of_shape [6], number [1]. Times are fractions of the clip.
    """
    t = {"present": torch.zeros(48), "motion": torch.zeros(48, dtype=torch.long), "times": torch.zeros(48, 2),
         "places": torch.zeros(48, 4), "radii": torch.zeros(48, 2), "counts": torch.zeros(15, dtype=torch.long)}
    for thing in clip.things:
        i = PAIRS.index(thing.pair)
        t["present"][i] = 1
        t["motion"][i] = MOTIONS.index(thing.motion)
        t["times"][i] = torch.tensor([thing.start / clip.duration, min(1.0, thing.end / clip.duration)])
        t["places"][i] = torch.tensor([thing.x0, thing.y0, thing.x1, thing.y1])
        t["radii"][i] = torch.tensor([thing.r0, thing.r1])
        t["counts"][COLOURS.index(thing.colour)] += 1
        t["counts"][8 + SHAPES.index(thing.shape)] += 1
        t["counts"][14] += 1
    t["counts"] = t["counts"].clamp(max=4)
    return t


def stack(targets):
    return {k: torch.stack([t[k] for t in targets]) for k in targets[0]}


def fact_rows(t, noise=None):
    """Stacked targets -> [B,96,WIDTH]. `noise` = a torch generator: blurs times, places and certainty as a real reader would."""
    b = t["present"].shape[0]
    out = torch.zeros(b, ROWS, WIDTH)
    rand = (lambda *s: torch.rand(*s, generator=noise)) if noise is not None else None
    randn = (lambda *s: torch.randn(*s, generator=noise)) if noise is not None else None
    times, places, present = t["times"], t["places"], t["present"]
    if noise is not None:
        times = (times + randn(*times.shape) * 0.025).clamp(0, 1)
        places = (places + randn(*places.shape) * 0.02).clamp(0, 1)
    pair = out[:, :48]
    pair[..., FIELD["present"]] = 1.0
    motion = torch.nn.functional.one_hot(t["motion"], 7).float()
    if noise is not None:
        soft = torch.softmax(randn(*motion.shape) * 1.5, -1)
        mix = (rand(b, 48, 1) * 0.6 - 0.2).clamp(min=0)
        motion = motion * (1 - mix) + soft * mix
    pair[..., FIELD["motion"]] = motion
    pair[..., FIELD["start"]] = bumps(times[..., 0], TIME_BINS)
    pair[..., FIELD["end"]] = bumps(times[..., 1], TIME_BINS)
    for j, name in enumerate(("x0", "y0", "x1", "y1")):
        pair[..., FIELD[name]] = bumps(places[..., j], PLACE_BINS)
    always = (t["times"][..., 0] <= 0.001) & (t["times"][..., 1] >= 0.999)
    pair[..., FIELD["always"]] = always.float()[..., None]
    certain = present
    if noise is not None:
        ghost = (rand(b, 48) < 0.03).float() * rand(b, 48) * 0.35
        certain = torch.where(present > 0, 0.72 + 0.28 * rand(b, 48), ghost)
    pair *= certain[..., None]
    # Every row says what it is for even when it has nothing to tell: a row near zero would be blown up by RMSNorm,
    # and what is absent can only be looked up in a row that has its name.
    pair[..., FIELD["kind"].start] = 1
    for i, (shape, colour) in enumerate(PAIRS):
        pair[:, i, FIELD["colour"].start + COLOURS.index(colour)] = 1
        pair[:, i, FIELD["shape"].start + SHAPES.index(shape)] = 1
    out[:, WHOLE_ROW + 1:, FIELD["kind"].start + 1:] = 1
    counts = torch.nn.functional.one_hot(t["counts"], 5).float()
    for i in range(8):
        out[:, COLOUR_ROW + i, FIELD["colour"].start + i] = 1
    for i in range(6):
        out[:, SHAPE_ROW + i, FIELD["shape"].start + i] = 1
    out[:, COLOUR_ROW:WHOLE_ROW + 1, FIELD["number"]] = counts
    out[:, COLOUR_ROW:WHOLE_ROW, FIELD["kind"].start + 1] = 1
    out[:, WHOLE_ROW, FIELD["kind"].start + 2] = 1
    if noise is not None:
        blur = rand(b, 15, 1) * 0.4
        out[:, COLOUR_ROW:WHOLE_ROW + 1, FIELD["number"]] = counts * (1 - blur) + blur * torch.softmax(randn(b, 15, 5), -1)
    return out
