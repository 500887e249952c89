"""Functions of two variables to walk on: value, gradient, minimum, window.

theta has shape (2, ...), components first, so that ``x, y = theta`` and one call
takes one point or ten thousand.
"""

from __future__ import annotations  # numpy.random: loaded when used

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lez10.arguments import check_at_least, check_finite, check_rng
from lez10.optimizers import Gradient

Array = Any


@dataclass(frozen=True)
class Surface:
    """A function of two variables and what is worth knowing of it.

    value: (2, ...) -> (...); gradient: (2, ...) -> (2, ...); minima: its global
    minima, lowest: the value there; window: (x0, x1, y0, y1) worth drawing; start:
    a point from which the walk is instructive.
    """

    name: str
    title: str
    value: Callable[[Array], Array]
    gradient: Gradient
    minima: tuple[tuple[float, float], ...]
    lowest: float
    window: tuple[float, float, float, float]
    start: tuple[float, float]


def quadratic(condition: float = 25.0, angle: float = 0.0) -> Surface:
    """A valley: curvature 1 along it and ``condition`` across it.

    angle turns it, in radians. Raises ValueError for a condition number below 1.
    """
    check_at_least("condition", condition, 1)
    check_finite("angle", angle)
    c, s = float(np.cos(angle)), float(np.sin(angle))
    # the box around the turned window
    wide, high = 3.2 * abs(c) + 2.2 * abs(s), 3.2 * abs(s) + 2.2 * abs(c)

    def value(theta):
        x, y = theta
        along, across = c * x + s * y, c * y - s * x
        return (along**2 + condition * across**2) / 2

    def gradient(theta):
        x, y = theta
        along, across = c * x + s * y, c * y - s * x
        across = condition * across
        return np.array([c * along - s * across, s * along + c * across])

    return Surface(
        name="quadratic",
        title=f"Quadratic, condition number {condition:g}",
        value=value,
        gradient=gradient,
        minima=((0.0, 0.0),),
        lowest=0.0,
        window=(-wide, wide, -high, high),
        start=(-2.8 * c - 1.0 * s, 1.0 * c - 2.8 * s),
    )


def saddle() -> Surface:
    """x^2 / 2 - y^2 / 2 + y^4 / 4: a saddle at the origin between two minima."""

    def value(theta):
        x, y = theta
        return x**2 / 2 - y**2 / 2 + y**4 / 4

    def gradient(theta):
        x, y = theta
        return np.array([x, y**3 - y])

    return Surface(
        name="saddle",
        title="Saddle between two minima",
        value=value,
        gradient=gradient,
        minima=((0.0, 1.0), (0.0, -1.0)),
        lowest=-0.25,
        window=(-2.4, 2.4, -1.8, 1.8),
        start=(-2.0, 0.01),
    )


def rosenbrock() -> Surface:
    """(1 - x)^2 + 100 (y - x^2)^2: a curved valley (Rosenbrock 1960)."""

    def value(theta):
        x, y = theta
        return (1 - x) ** 2 + 100 * (y - x**2) ** 2

    def gradient(theta):
        x, y = theta
        across = y - x**2
        return np.array([-2 * (1 - x) - 400 * x * across, 200 * across])

    return Surface(
        name="rosenbrock",
        title="Rosenbrock's curved valley",
        value=value,
        gradient=gradient,
        minima=((1.0, 1.0),),
        lowest=0.0,
        window=(-2.0, 2.0, -1.0, 3.0),
        start=(-1.5, 2.0),
    )


def beale() -> Surface:
    """Beale's function: flat ground with steep corners (Beale 1958)."""
    targets = (1.5, 2.25, 2.625)

    def value(theta):
        x, y = theta
        return sum((a - x + x * y**i) ** 2 for i, a in enumerate(targets, 1))

    def gradient(theta):
        x, y = theta
        residuals = [a - x + x * y**i for i, a in enumerate(targets, 1)]
        dx = sum(2 * e * (y**i - 1) for i, e in enumerate(residuals, 1))
        dy = sum(2 * e * x * i * y ** (i - 1) for i, e in enumerate(residuals, 1))
        return np.array([dx, dy])

    return Surface(
        name="beale",
        title="Beale's flat ground with steep corners",
        value=value,
        gradient=gradient,
        minima=((3.0, 0.5),),
        lowest=0.0,
        window=(-1.0, 4.2, -1.8, 1.8),
        start=(0.5, 1.4),
    )


def himmelblau() -> Surface:
    """(x^2 + y - 11)^2 + (x + y^2 - 7)^2: four equal minima (Himmelblau 1972)."""

    def value(theta):
        x, y = theta
        return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2

    def gradient(theta):
        x, y = theta
        a, b = x**2 + y - 11, x + y**2 - 7
        return np.array([4 * x * a + 2 * b, 2 * a + 4 * y * b])

    return Surface(
        name="himmelblau",
        title="Himmelblau's four minima",
        value=value,
        gradient=gradient,
        minima=(
            (3.0, 2.0),
            (-2.8051180869527448, 3.1313125182505730),
            (-3.7793102533777469, -3.2831859912861694),
            (3.5844283403304917, -1.8481265269644035),
        ),
        lowest=0.0,
        window=(-5.5, 5.5, -5.0, 5.0),
        start=(-0.5, -0.5),
    )


def plateau() -> Surface:
    """|theta|^2 / (1 + |theta|^2): the further out, the flatter."""

    def value(theta):
        x, y = theta
        s = x**2 + y**2
        return s / (1 + s)

    def gradient(theta):
        x, y = theta
        slope = 2 / (1 + x**2 + y**2) ** 2
        return np.array([slope * x, slope * y])

    return Surface(
        name="plateau",
        title="A plateau around one minimum",
        value=value,
        gradient=gradient,
        minima=((0.0, 0.0),),
        lowest=0.0,
        window=(-6.0, 6.0, -4.0, 4.0),
        start=(-4.0, 2.0),
    )


def noisy(grad: Gradient, sigma: float, rng: np.random.Generator) -> Gradient:
    """grad with normal noise of standard deviation sigma, as minibatches give it.

    One number is drawn per component and shared between settings, so that a batch
    of settings equals the runs one by one.
    """
    check_at_least("sigma", sigma, 0)
    check_rng(rng)

    def noisy_grad(theta):
        g = np.asarray(grad(theta))
        noise = sigma * rng.standard_normal(g.shape[:1])
        dtype = np.result_type(g, np.float16)  # g's own, or float64 for integers
        return g + noise.astype(dtype).reshape(noise.shape + (1,) * (g.ndim - 1))

    return noisy_grad


SURFACES: dict[str, Callable[[], Surface]] = {
    surface.__name__: surface
    for surface in (quadratic, saddle, rosenbrock, beale, himmelblau, plateau)
}
