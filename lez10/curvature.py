"""How strongly a surface bends, from differences of its gradient."""

from collections.abc import Sequence

import numpy as np

from lez10.surfaces import Surface

H = 1e-4  # half the distance between the two gradients of a difference


def curvatures(surface: Surface, points: Sequence[tuple[float, float]]) -> np.ndarray:
    """The two principal curvatures at each point: (points, 2), rising.

    They are the eigenvalues of the Hessian, which is taken by central differences.
    """
    places = np.array(points, float).T
    with np.errstate(all="ignore"):  # far out there may be inf and NaN
        columns = [
            (surface.gradient(places + e) - surface.gradient(places - e)) / (2 * H)
            for e in H * np.eye(2)[:, :, None]
        ]
    hessians = np.moveaxis(np.array(columns), -1, 0)
    found = np.full((len(points), 2), np.nan)
    finite = np.isfinite(hessians).all(axis=(1, 2))
    found[finite] = np.linalg.eigvalsh(hessians[finite])
    return found


def stability_limit(surface: Surface, start: tuple[float, float]) -> float:
    """2 / the largest curvature at the start and at the minima: SGD's largest rate.

    Infinite where the surface bends at none of these points.
    """
    bends = np.abs(curvatures(surface, [*surface.minima, start]))
    largest = np.max(bends, initial=0, where=np.isfinite(bends))
    return float(2 / largest) if largest > 0 else np.inf


def slope(surface: Surface, place: tuple[float, float]) -> float:
    """The length of the gradient at a place."""
    with np.errstate(all="ignore"):
        return float(np.hypot(*surface.gradient(np.array(place, float))))
