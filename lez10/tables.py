"""A table of runs: every setting of a grid, computed at once and packed.

Plain numpy: the explorer only hands on what is made here.

A channel is packed as float16 ``code``; a number is ``zero + unit * code**power``.
theta is counted in half windows from the window's centre, which keeps a position
exact to 1/8192 of the window. The others are powers: the third keeps them to 0.15 %
up to 2.8e14, the fifth keeps r to 0.25 % up to 1e24, where plain float16 would end at
65504 and AdaGrad's r would overflow.

Divergence: a number that is not finite, or too large for its code (65504 half windows
away, say), cannot be shown. A run has diverged at the first step from which on, to the
table's last step, it cannot be shown any more; from there all its channels are NaN. A
run that comes back has not diverged: meanwhile it stands at the limit.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from lez10.channels import Channel, Record, channels_of, defaults, takes
from lez10.optimizers import RULES
from lez10.surfaces import Surface, noisy
from lez10.training import history, iterate

Array = Any
LIMIT = float(np.finfo(np.float16).max)


class Table(NamedTuple):
    """One rule's runs on its grid, packed.

    shape: settings along the first and the second slider, 1 where the rule does not
    have that hyperparameter; codes: channel name -> float16 (*shape, steps + 1, size);
    lived: (*shape), the number of steps that can be shown, steps + 1 if all.
    """

    rule: str
    shape: tuple[int, int]
    channels: tuple[Channel, ...]
    codes: dict[str, np.ndarray]
    lived: np.ndarray
    surface: Surface

    def run(self, i: int = 0, j: int = 0) -> dict[str, np.ndarray]:
        """The numbers of one setting: channel name -> (steps + 1, size)."""
        i, j = min(i, self.shape[0] - 1), min(j, self.shape[1] - 1)
        return {
            channel.name: self.decoded(channel, self.codes[channel.name][i, j])
            for channel in self.channels
        }

    def lowest_loss(self) -> float:
        """The lowest loss of all settings and steps that can be shown."""
        (channel,) = (c for c in self.channels if c.name == "loss")
        losses = self.decoded(channel, self.codes["loss"])
        return float(np.min(losses, initial=np.inf, where=np.isfinite(losses)))

    def decoded(self, channel: Channel, codes: np.ndarray) -> np.ndarray:
        """The numbers that codes stand for."""
        zero, unit = scale(channel, self.surface)
        return zero + unit * codes.astype(np.float64) ** channel.power

    def packed(self) -> bytes:
        """All channels one after the other, little-endian."""
        return b"".join(
            self.codes[c.name].astype("<f2", copy=False).tobytes()
            for c in self.channels
        )


def size_in_bytes(
    rules: Sequence[str], grids: Mapping[str, Sequence[float]], steps: int
) -> int:
    """What the tables of these rules will take, without computing them."""
    total = 0
    for rule in rules:
        settings = np.prod([len(grids[name]) for name in grids if name in takes(rule)])
        numbers = sum(channel.size for channel in channels_of(rule))
        total += int(settings) * (steps + 1) * numbers * 2
    return total


def tabulate(
    surface: Surface,
    rule: str,
    grids: Mapping[str, Sequence[float]],
    fixed: Mapping[str, float],
    start: tuple[float, float],
    steps: int,
    sigma: float = 0.0,
    seed: int = 0,
) -> Table:
    """Run a rule for every setting of at most two grids, and pack what it did.

    Grids and fixed hyperparameters that the rule does not take are left out. With
    sigma, every setting and every rule sees the same noise.
    """
    has = takes(rule)
    values: dict[str, Array] = defaults(rule)
    values |= {name: value for name, value in fixed.items() if name in has}
    for axis, (name, grid) in enumerate(grids.items()):
        if name in has:
            values[name] = np.reshape(np.asarray(grid, float), ((-1, 1), (-1,))[axis])
    with np.errstate(all="ignore"):  # far out there is inf and NaN: marked below
        record = follow(surface, rule, values, start, steps, sigma, seed)
        channels = channels_of(rule)
        codes = {c.name: encode(c, c.read(record), surface) for c in channels}
        lived = showable_steps(codes)
        late = np.arange(steps + 1) >= lived[..., None]
        packed = {}
        for name, code in codes.items():
            code = np.clip(code, -LIMIT, LIMIT)
            code[late] = np.nan
            packed[name] = code.astype(np.float16)
    return Table(rule, lived.shape, channels, packed, lived, surface)


def follow(
    surface: Surface,
    rule: str,
    values: dict[str, Array],
    start: tuple[float, float],
    steps: int,
    sigma: float,
    seed: int,
) -> Record:
    """The states of all settings, and each gradient that the rule asked for."""
    grad = surface.gradient
    if sigma:
        grad = noisy(grad, sigma, np.random.default_rng(seed))
    taken = []

    def recorded(theta):
        taken.append(grad(theta))
        return taken[-1]

    theta = np.reshape(np.asarray(start, float), (2, 1, 1))
    # one step more than is shown: the last state, too, has a step that comes next
    states = history(islice(iterate(RULES[rule], theta, recorded, **values), steps + 2))
    return Record(rule, surface, states, np.stack(taken), values)


def scale(channel: Channel, surface: Surface) -> tuple[Array, Array]:
    """The zero and unit of a channel: a number is zero + unit * code**power."""
    if not channel.point:
        return 0.0, 1.0
    x0, x1, y0, y1 = surface.window
    return np.array([x0 + x1, y0 + y1]) / 2, np.array([x1 - x0, y1 - y0]) / 2


def encode(channel: Channel, numbers: np.ndarray, surface: Surface) -> np.ndarray:
    """Codes in float32, settings in front: (*settings, steps + 1, size)."""
    zero, unit = scale(channel, surface)
    code = (np.transpose(numbers, (2, 3, 0, 1)) - zero) / unit
    code = np.ascontiguousarray(code, np.float32)
    if channel.power == 1:
        return code
    return np.copysign(np.abs(code) ** np.float32(1 / channel.power), code)


def showable_steps(codes: Mapping[str, np.ndarray]) -> np.ndarray:
    """One past the last step at which all channels can be shown, per setting."""
    shown = np.logical_and.reduce(
        [(np.abs(code) <= LIMIT).all(axis=-1) for code in codes.values()]
    )
    last = shown.shape[-1] - np.argmax(shown[..., ::-1], axis=-1)
    return np.where(shown.any(axis=-1), last, 0)
