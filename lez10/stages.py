"""A normalised layer, stage by stage (lecture 1.10.1).

Before phi: h = phi(BN(W x + b)); after it: h = BN(phi(W x + b)).
"""

from typing import Any

import numpy as np

from lez10 import activations
from lez10.network import WHERE
from lez10.normalization import batchnorm_train

Array = Any
AFFINE, BN, PHI = "W x + b", "BN", "phi"
ORDER = {"before": (AFFINE, BN, PHI), "after": (AFFINE, PHI, BN)}


def stages(
    X: Array,
    W: Array,
    b: Array,
    gamma: Array,
    beta: Array,
    *,
    where: str = "before",
    phi: str = "tanh",
    epsilon: float = 1e-3,
) -> dict[str, np.ndarray]:
    """The numbers of a layer after W x + b, after BN and after phi, in their order.

    X: a batch (m, n_in); W: (n, n_in); b, gamma, beta: (n,). Each stage has shape
    (m, n). Raises ValueError for a place or a phi that is not known.
    """
    if where not in WHERE:
        raise ValueError(f"where must be one of {WHERE}, got {where!r}.")
    if phi not in activations.PHI:
        raise ValueError(f"phi must be one of {activations.PHI}, got {phi!r}.")
    z = np.asarray(X) @ np.transpose(W) + b
    if where == "before":
        y, _, _ = batchnorm_train(z, gamma, beta, epsilon)
        last = activations.activate(phi, y.copy())
        return {AFFINE: z, BN: y, PHI: last}
    h = activations.activate(phi, z.copy())
    last, _, _ = batchnorm_train(h, gamma, beta, epsilon)
    return {AFFINE: z, PHI: h, BN: last}
