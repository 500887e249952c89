"""Shared by the property tests: one hypothesis profile, and finite differences."""

import numpy as np
from hypothesis import HealthCheck, settings

# The same examples on every run and machine; a slow machine is no failure.
always_the_same = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)

# Central differences err by h^2 f''' / 6 and by eps |f| / h; the cube root of eps
# balances the two.
H = float(np.finfo(float).eps ** (1 / 3))


def finite_differences(f, x, h=H) -> np.ndarray:
    """The gradient of a scalar function at x (any shape), by central differences."""
    x = np.asarray(x, float)
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        gradient[i] = (f(up) - f(down)) / (up[i] - down[i])
    return gradient
