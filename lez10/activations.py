"""The activation functions phi of a layer h = phi(W x + b), and their slopes."""

from typing import Any

import numpy as np

Array = Any
PHI = ("tanh", "relu", "sigmoid")


def activate(phi: str, z: np.ndarray) -> np.ndarray:
    """phi(z), written over z, an array of any shape."""
    if phi == "tanh":
        return np.tanh(z, out=z)
    if phi == "relu":
        return np.maximum(z, 0, out=z)
    z *= 0.5
    np.tanh(z, out=z)  # the sigmoid is 0.5 + 0.5 tanh(z / 2): no overflow
    z *= 0.5
    z += 0.5
    return z


def slope(phi: str, activation: Array) -> Array:
    """The slope of phi, written in phi's own output."""
    if phi == "tanh":
        return 1 - activation * activation
    if phi == "relu":
        return activation > 0
    return activation * (1 - activation)
