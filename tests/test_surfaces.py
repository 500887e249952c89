"""Surfaces: gradients, minima, windows, shapes; noisy is in test_training."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from properties import H, always_the_same, finite_differences

import lez10
from lez10 import SURFACES, Surface, quadratic

each = pytest.mark.parametrize("name", SURFACES)
TURNED = [quadratic(c, a) for c, a in [(1, 0.0), (25, 0.7), (400, -2.0), (3.5, 4)]]
ALL = [make() for make in SURFACES.values()] + TURNED


def random_points(surface, n, seed=0):
    x0, x1, y0, y1 = surface.window
    rng = np.random.default_rng(seed)
    return np.stack([rng.uniform(x0, x1, n), rng.uniform(y0, y1, n)])


@pytest.mark.parametrize("surface", ALL, ids=lambda s: s.title)
@always_the_same
@given(u=st.floats(0, 1), w=st.floats(0, 1))
def test_gradient(surface, u, w):
    """Against central differences, anywhere in the window.

    They err by eps |f| / h = 4e-11 |f|, and by h^2 f''' / 6 with f''' up to some 5e3
    here: the bound is ten times both.
    """
    x0, x1, y0, y1 = surface.window
    theta = np.array([x0 + u * (x1 - x0), y0 + w * (y1 - y0)])
    expected = finite_differences(surface.value, theta)
    bound = 10 * (np.finfo(float).eps * abs(surface.value(theta)) / H + H**2 * 1e3)
    np.testing.assert_allclose(surface.gradient(theta), expected, rtol=0, atol=bound)


@pytest.mark.parametrize("surface", ALL, ids=lambda s: s.title)
def test_minima(surface):
    """The gradient is 0 there, the value is the lowest, and none is lower."""
    assert surface.minima
    for minimum in surface.minima:
        theta = np.array(minimum)
        np.testing.assert_allclose(surface.gradient(theta), 0, atol=1e-12)
        assert surface.value(theta) == pytest.approx(surface.lowest, abs=1e-14)
        x0, x1, y0, y1 = surface.window
        assert x0 < theta[0] < x1
        assert y0 < theta[1] < y1
        # and around it all is higher
        angle = np.linspace(0, 2 * np.pi, 50)
        ring = theta[:, None] + 1e-3 * np.stack([np.cos(angle), np.sin(angle)])
        assert surface.value(ring).min() > surface.lowest
    points = random_points(surface, 200_000)
    assert surface.value(points).min() >= surface.lowest


@each
def test_there_is_no_other_minimum(name):
    """From many points of the window, descent with halved steps ends in one listed.

    The saddle's and the plateau's flat places are left out by a start that is steep.
    """
    surface = SURFACES[name]()
    theta = random_points(surface, 60, seed=1)
    rate = np.full(60, 0.5)
    for _ in range(3000):
        g = surface.gradient(theta)
        trial = theta - rate * g
        with np.errstate(over="ignore", invalid="ignore"):
            better = surface.value(trial) <= surface.value(theta) - 0.3 * rate * (
                g * g
            ).sum(axis=0)
        theta = np.where(better, trial, theta)
        rate = np.where(better, rate * 1.5, rate * 0.5).clip(1e-8, 1e3)
    low = surface.value(theta) - surface.lowest < 1e-3
    minima = np.array(surface.minima).T
    distance = np.sqrt(((theta[:, :, None] - minima[:, None]) ** 2).sum(axis=0))
    assert low.sum() >= 30  # Beale's far corners run away slowly
    assert distance.min(axis=1)[low].max() < 0.2
    assert set(distance.argmin(axis=1)[low]) == set(range(minima.shape[1]))


@pytest.mark.parametrize("degrees", range(0, 360, 15))
def test_a_turned_valley_starts_in_its_window(degrees):
    surface = quadratic(25, np.radians(degrees))
    x0, x1, y0, y1 = surface.window
    assert x0 < surface.start[0] < x1
    assert y0 < surface.start[1] < y1


@each
def test_window_and_start(name):
    surface = SURFACES[name]()
    assert isinstance(surface, Surface)
    assert surface.name == name
    assert surface.title
    x0, x1, y0, y1 = surface.window
    assert x0 < surface.start[0] < x1
    assert y0 < surface.start[1] < y1
    # finite far beyond the window as well
    points = 3 * random_points(surface, 1000)
    assert np.isfinite(surface.value(points)).all()
    assert np.isfinite(surface.gradient(points)).all()
    # the start is worth a walk: high, and not flat
    assert surface.value(np.array(surface.start)) > surface.lowest + 0.1
    assert np.abs(surface.gradient(np.array(surface.start))).max() > 1e-2


@each
@pytest.mark.parametrize("shape", [(), (1,), (5,), (3, 4)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_components_first(name, shape, dtype):
    surface = SURFACES[name]()
    points = random_points(surface, 12)[:, : int(np.prod(shape))]
    theta = points.reshape(2, *shape).astype(dtype)
    value, gradient = surface.value(theta), surface.gradient(theta)
    assert np.shape(value) == shape
    assert gradient.shape == (2, *shape)
    assert value.dtype == gradient.dtype == dtype
    rtol = 1e-12 if dtype == np.float64 else 1e-5
    for i in np.ndindex(shape):
        one = theta[(slice(None), *i)]
        scale = np.abs(gradient).max()
        np.testing.assert_allclose(value[i], surface.value(one), rtol=rtol)
        np.testing.assert_allclose(
            gradient[(slice(None), *i)], surface.gradient(one), atol=rtol * scale
        )


@always_the_same
@given(condition=st.floats(1, 1e4), angle=st.floats(-7, 7))
def test_quadratic_has_its_condition_number(condition, angle):
    surface = quadratic(condition, angle)
    hessian = np.stack([surface.gradient(e) for e in np.eye(2)], axis=1)
    np.testing.assert_allclose(hessian, hessian.T, atol=1e-9 * condition)
    low, high = np.linalg.eigvalsh(hessian)
    assert low == pytest.approx(1, rel=1e-9 * condition)
    assert high == pytest.approx(condition, rel=1e-9)
    assume(condition > 1.1)
    along = np.array([np.cos(angle), np.sin(angle)])
    np.testing.assert_allclose(hessian @ along, along, atol=1e-9 * condition)


def test_saddle_is_a_saddle():
    surface = SURFACES["saddle"]()
    origin = np.zeros(2)
    np.testing.assert_array_equal(surface.gradient(origin), 0)
    assert surface.value(np.array([0.1, 0])) > 0 > surface.value(np.array([0, 0.1]))


def test_known_values():
    """By hand: Rosenbrock 1960, Beale 1958, Himmelblau 1972."""
    value = {name: make().value for name, make in SURFACES.items()}
    assert value["rosenbrock"](np.array([-1.0, 2.0])) == 4 + 100
    assert value["beale"](np.array([0.0, 5.0])) == 1.5**2 + 2.25**2 + 2.625**2
    assert value["himmelblau"](np.array([0.0, 0.0])) == 121 + 49
    assert value["plateau"](np.array([1.0, 0.0])) == 0.5
    assert value["quadratic"](np.array([2.0, 1.0])) == 2 + 12.5


@pytest.mark.parametrize("bad", [0.5, -1, 0, np.nan, np.inf, "2"], ids=repr)
def test_bad_condition(bad):
    with pytest.raises(ValueError, match=r"condition must be .*, got "):
        quadratic(bad)


@pytest.mark.parametrize("bad", [np.nan, np.inf, "0", None], ids=repr)
def test_bad_angle(bad):
    with pytest.raises(ValueError, match=r"angle must be .*, got "):
        quadratic(2.0, bad)


def test_a_surface_is_frozen():
    with pytest.raises(AttributeError):
        lez10.saddle().lowest = 0
