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

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from lez10.channels import Channel, Record, channels_of, defaults, takes
from lez10.surfaces import Surface, noisy
from lez10.training import history, iterate
from lez10.variants import STEPS

Array = Any
Family = Callable[..., Surface]  # of surfaces: a function of their parameters
Value = float | Callable[..., Any]  # of a hyperparameter: a number, or a function
LIMIT = float(np.finfo(np.float16).max)


class Table(NamedTuple):
    """One rule's runs on its grid, packed.

    shape: settings along the first and the second slider, 1 where the rule does not
    depend on it; codes: channel name -> float16 (*shape, steps + 1, size); lived:
    (*shape), the number of steps that can be shown, steps + 1 if all; window: of the
    surface.
    """

    rule: str
    shape: tuple[int, int]
    channels: tuple[Channel, ...]
    codes: dict[str, np.ndarray]
    lived: np.ndarray
    window: tuple[float, float, float, float]

    def run(self, i: int = 0, j: int = 0) -> dict[str, np.ndarray]:
        """The numbers of one setting: channel name -> (steps + 1, size)."""
        i, j = min(i, self.shape[0] - 1), min(j, self.shape[1] - 1)
        return {
            channel.name: self.decoded(channel, self.codes[channel.name][i, j])
            for channel in self.channels
        }

    def numbers(self, name: str) -> np.ndarray:
        """One channel of all settings, (*shape, steps + 1, size)."""
        (channel,) = (c for c in self.channels if c.name == name)
        return self.decoded(channel, self.codes[name])

    def decoded(self, channel: Channel, codes: np.ndarray) -> np.ndarray:
        """The numbers that codes stand for."""
        zero, unit = scale(channel, self.window)
        return zero + unit * codes.astype(np.float64) ** channel.power

    def packed(self) -> bytes:
        """All channels one after the other, little-endian."""
        return b"".join(
            self.codes[c.name].astype("<f2", copy=False).tobytes()
            for c in self.channels
        )


def size_in_bytes(
    rules: Sequence[str],
    grids: Mapping[str, Sequence[float]],
    steps: int,
    shown: Collection[str] = (),
    matters: Callable[[str], Collection[str]] = takes,
) -> int:
    """What the tables of these rules will take, without computing them.

    matters: the names of the grids that a rule depends on.
    """
    total = 0
    for rule in rules:
        settings = np.prod(
            [len(grids[name]) for name in grids if name in matters(rule)]
        )
        numbers = sum(channel.size for channel in channels_of(rule, shown))
        total += int(settings) * (steps + 1) * numbers * 2
    return total


def tabulate(
    surface: Surface | Family,
    rule: str,
    grids: Mapping[str, Sequence[float]],
    fixed: Mapping[str, Value],
    start: tuple[float, float],
    steps: int,
    sigma: float = 0.0,
    seed: int = 0,
    shown: Collection[str] = (),
) -> Table:
    """Run a rule for every setting of at most two grids, and pack what it did.

    Grids and fixed hyperparameters that the rule does not take are left out. A fixed
    one may be a function of others, by name. The grids of a family of surfaces bear
    the names of its parameters. With sigma, every setting and every rule sees the same
    noise. shown: channels wanted beside those that the rule always has.
    """
    if not isinstance(surface, Surface):
        for axis, name in enumerate(grids):
            if name in parameters_of(surface) and len(grids[name]) > 1:
                one_by_one = [dict(grids) | {name: [value]} for value in grids[name]]
                parts = [
                    tabulate(surface, rule, g, fixed, start, steps, sigma, seed, shown)
                    for g in one_by_one
                ]
                return joined(parts, axis)
        surface = member(surface, {name: grid[0] for name, grid in grids.items()})
    values = values_of(rule, grids, fixed)
    with np.errstate(all="ignore"):  # far out there is inf and NaN: marked below
        record = follow(surface, rule, values, start, steps, sigma, seed)
        channels = channels_of(rule, shown)
        numbers = {c.name: c.read(record) for c in channels}
    return pack(rule, channels, numbers, surface.window)


def pack(
    rule: str,
    channels: tuple[Channel, ...],
    numbers: Mapping[str, np.ndarray],
    window: tuple[float, float, float, float],
) -> Table:
    """The table of numbers by channel, each (steps + 1, size, *shape)."""
    with np.errstate(all="ignore"):
        codes = {c.name: encode(c, numbers[c.name], window) for c in channels}
        lived = showable_steps(codes)
        steps = next(iter(codes.values())).shape[2]
        late = np.arange(steps) >= lived[..., None]
        packed = {}
        for name, code in codes.items():
            code = np.clip(code, -LIMIT, LIMIT)
            code[late] = np.nan
            packed[name] = code.astype(np.float16)
    return Table(rule, lived.shape, channels, packed, lived, window)


def joined(parts: Sequence[Table], axis: int) -> Table:
    """Tables of the members of a family, one after the other along an axis."""
    first = parts[0]
    codes = {
        name: np.concatenate([part.codes[name] for part in parts], axis)
        for name in first.codes
    }
    lived = np.concatenate([part.lived for part in parts], axis)
    return first._replace(shape=lived.shape, codes=codes, lived=lived)


def parameters_of(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """The parameters of a function, by name."""
    return dict(inspect.signature(function).parameters)


def member(family: Family, settings: Mapping[str, float]) -> Surface:
    """The surface of a family at those settings that are its own."""
    own = parameters_of(family)
    return family(**{name: value for name, value in settings.items() if name in own})


def values_of(
    rule: str, grids: Mapping[str, Sequence[float]], fixed: Mapping[str, Value]
) -> dict[str, Array]:
    """The hyperparameters of a rule, the grids' as arrays that broadcast."""
    arrays = {
        name: np.reshape(np.asarray(grid, float), ((-1, 1), (-1,))[axis])
        for axis, (name, grid) in enumerate(grids.items())
    }
    given = {**defaults(rule), **fixed, **arrays}
    has = takes(rule)
    return {
        name: result_of(name, value, rule, given) if callable(value) else value
        for name, value in given.items()
        if name in has
    }


def result_of(
    name: str, function: Callable[..., Any], rule: str, given: Mapping[str, Any]
) -> Array:
    """A hyperparameter that is a function of others; ValueError where that fails."""
    try:
        return function(**{p: given[p] for p in arguments(rule, function, given)})
    except Exception as error:
        raise ValueError(
            f"the function given for {name} must take the sliders' arrays, but with "
            f"{rule} it raised {type(error).__name__}: {error}."
        ) from error


def arguments(
    rule: str, function: Callable[..., Any], given: Collection[str]
) -> list[str]:
    """What a function of other settings gets for a rule: not what the rule lacks."""
    foreign = {name for step in STEPS for name in takes(step)} - set(takes(rule))
    return [p for p in parameters_of(function) if p in given and p not in foreign]


def matters_to(
    rule: str, fixed: Mapping[str, Value], surface: Surface | Family
) -> set[str]:
    """The names of the settings that a rule's runs depend on."""
    names = set(takes(rule))
    for value in (fixed.get(name) for name in takes(rule)):
        if callable(value):
            names |= set(arguments(rule, value, parameters_of(value)))
    return (
        names if isinstance(surface, Surface) else names | set(parameters_of(surface))
    )


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
    states = history(islice(iterate(STEPS[rule], theta, recorded, **values), steps + 2))
    return Record(rule, surface, states, np.stack(taken), values)


def scale(
    channel: Channel, window: tuple[float, float, float, float]
) -> tuple[Array, Array]:
    """The zero and unit of a channel: a number is zero + unit * code**power."""
    if not channel.point:
        return 0.0, 1.0
    x0, x1, y0, y1 = window
    return np.array([x0 + x1, y0 + y1]) / 2, np.array([x1 - x0, y1 - y0]) / 2


def encode(
    channel: Channel,
    numbers: np.ndarray,
    window: tuple[float, float, float, float],
) -> np.ndarray:
    """Codes in float32, settings in front: (*settings, steps + 1, size)."""
    zero, unit = scale(channel, window)
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
