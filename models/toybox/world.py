"""What happens in a toybox clip: objects, motions, times. No pixels here."""
import math
import random
from dataclasses import dataclass, field

SHAPES = ["circle", "square", "triangle", "star", "ring", "cross"]
COLOURS = ["red", "orange", "yellow", "green", "blue", "purple", "white", "black"]
RGB = {"red": (220, 40, 40), "orange": (240, 140, 40), "yellow": (235, 215, 50), "green": (40, 180, 60),
       "blue": (50, 80, 230), "purple": (150, 60, 190), "white": (240, 240, 240), "black": (15, 15, 15)}
MOTIONS = ["stays still", "moves left", "moves right", "moves up", "moves down", "grows", "shrinks"]
DIRECTION = {"moves left": (-1, 0), "moves right": (1, 0), "moves up": (0, -1), "moves down": (0, 1)}
ROWS, COLUMNS = ["top", "middle", "bottom"], ["left", "centre", "right"]
# A tenth of the pairs is never trained on.
HELD_OUT_PAIRS = {("star", "green"), ("circle", "purple"), ("square", "orange"), ("cross", "white"), ("ring", "blue")}
FIRST_TEST_SEED = 1_000_000


@dataclass
class Thing:
    """Positions and radii are fractions of the square's side; (0,0) is its top left. Times are seconds."""
    shape: str
    colour: str
    motion: str
    start: float
    end: float
    x0: float
    y0: float
    r0: float
    x1: float
    y1: float
    r1: float

    @property
    def pair(self):
        return self.shape, self.colour

    def at(self, t):
        """(x, y, r) at media time t."""
        f = min(max((t - self.start) / (self.end - self.start), 0.0), 1.0)
        mix = lambda a, b: a + (b - a) * f
        return mix(self.x0, self.x1), mix(self.y0, self.y1), mix(self.r0, self.r1)


@dataclass
class Clip:
    duration: float
    fps: float
    things: list = field(default_factory=list)

    @property
    def frames(self):
        return max(1, int(round(self.duration * self.fps)))

    def visible(self, thing, t):
        return thing.start <= t < thing.end or (thing.end >= self.duration and t >= thing.start)

    def throughout(self, thing):
        return thing.start <= 0 and thing.end >= self.duration


def rint_half_even(v):
    """numpy's rint for one number."""
    return int(round(v))


def frame_indices(count, segments=8):
    """VideoChat's frame plan (systems: one frame from the middle of each of `segments` parts)."""
    seg = (count - 1) / segments
    start = int(seg / 2)
    return [start + rint_half_even(seg * i) for i in range(segments)]


def frame_seconds(clip, segments=8):
    return [i / clip.fps for i in frame_indices(clip.frames, segments)]


def grid_word(v, words):
    return words[min(2, max(0, int(v * 3)))]


def place(thing, at_end=False):
    """('top', 'left') … of the thing's centre when it appears, or when it is last seen."""
    x, y = (thing.x1, thing.y1) if at_end else (thing.x0, thing.y0)
    return grid_word(y, ROWS), grid_word(x, COLUMNS)


def sample_motion(rng, motion):
    """(x0,y0,r0,x1,y1,r1) inside the square."""
    r = rng.uniform(0.07, 0.16)
    if motion in DIRECTION:
        dx, dy = DIRECTION[motion]
        length = rng.uniform(0.40, min(0.75, 1 - 2 * r - 0.02))
        lo, hi = r + 0.005, 1 - r - 0.005
        across = rng.uniform(lo, hi)
        begin = rng.uniform(lo, hi - length) if (dx + dy) > 0 else rng.uniform(lo + length, hi)
        finish = begin + length * (dx + dy)
        return (begin, across, r, finish, across, r) if dx else (across, begin, r, across, finish, r)
    r0 = r1 = r
    if motion in ("grows", "shrinks"):
        small = rng.uniform(0.05, 0.09)
        large = min(0.2, small * rng.uniform(2.0, 2.6))
        r0, r1 = (small, large) if motion == "grows" else (large, small)
    edge = max(r0, r1) + 0.005
    x, y = rng.uniform(edge, 1 - edge), rng.uniform(edge, 1 - edge)
    return x, y, r0, x, y, r1


def sample_times(rng, duration):
    whole = int(math.floor(duration))
    if rng.random() < 0.5 or whole < 3:
        return 0.0, float(duration)
    while True:
        a, b = sorted(rng.sample(range(0, whole + 1), 2))
        if b - a >= 2 and (a, b) != (0, whole):
            return float(a), float(b)


def sample_pair(rng, taken, held_out):
    """A new (shape, colour); repeats a shape or a colour of the clip about a third of the time."""
    while True:
        shape, colour = rng.choice(SHAPES), rng.choice(COLOURS)
        if taken and rng.random() < 0.25:
            other = rng.choice(taken)
            if rng.random() < 0.5:
                shape = other[0]
            else:
                colour = other[1]
        if (shape, colour) in taken or (not held_out and (shape, colour) in HELD_OUT_PAIRS):
            continue
        return shape, colour


def crowded(things, new):
    """Two things that cover each other for most of the time cannot be told apart by anyone."""
    for other in things:
        a, b = max(other.start, new.start), min(other.end, new.end)
        if a >= b:
            continue
        hits = 0
        for k in range(5):
            t = a + (b - a) * k / 4
            x, y, r = other.at(t)
            u, v, s = new.at(t)
            hits += math.hypot(x - u, y - v) < 0.9 * (r + s)
        if hits > 2:
            return True
    return False


def sample_clip(rng, held_out=False, empty=0.04):
    """One clip. `held_out` allows pairs that are never trained on."""
    whole = rng.random() < 0.8
    duration = float(rng.randint(4, 20)) if whole else round(rng.uniform(4, 20), 2)
    clip = Clip(duration, rng.choice([8, 10, 12, 15, 20, 24, 25, 30]))
    if rng.random() < empty:
        return clip
    for _ in range(rng.choices([1, 2, 3, 4], [0.2, 0.35, 0.27, 0.18])[0]):
        for _attempt in range(20):
            shape, colour = sample_pair(rng, [t.pair for t in clip.things], held_out)
            motion = rng.choice(MOTIONS)
            start, end = sample_times(rng, duration)
            thing = Thing(shape, colour, motion, start, end, *sample_motion(rng, motion))
            if not crowded(clip.things, thing):
                clip.things.append(thing)
                break
    return clip


def clip_from_seed(seed, held_out=False):
    return sample_clip(random.Random(seed), held_out)
