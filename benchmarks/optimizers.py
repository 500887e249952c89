"""1,000 Adam steps in two dimensions, float64: lez10, PyTorch, Optax.

All walk the same path from the same formulas; the comparison before the timing says
so. PyTorch is given its gradient by hand, since autograd would double its time, and
needs no zero_grad then. The quadratic's gradient is one multiplication, so that the
step alone counts. Optax is there to be read.
"""

from itertools import islice

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch

import lez10
from benchmarks.timing import Row, interleaved, ratio

STEPS, ALPHA, START = 1000, 0.01, (-1.5, 2.0)
jax.config.update("jax_enable_x64", True)


def quadratic(xp):
    """Curvatures 1 and 25."""
    curvature = xp.asarray([1.0, 25.0], dtype=xp.float64)
    return lambda theta: curvature * theta


def rosenbrock(xp):
    """The formula of lez10.rosenbrock, in the library's own functions."""

    def gradient(theta):
        x, y = theta
        across = y - x**2
        return xp.stack([-2 * (1 - x) - 400 * x * across, 200 * across])

    return gradient


def numpy_run(gradient):
    def run():
        theta = np.array(START)
        states = lez10.iterate(lez10.adam, theta, gradient, alpha=ALPHA)
        for state in islice(states, STEPS + 1):  # noqa: B007
            pass
        return state.theta

    return run


def torch_run(gradient, fused):
    def run():
        theta = torch.nn.Parameter(torch.tensor(START, dtype=torch.float64))
        optimizer = torch.optim.Adam([theta], lr=ALPHA, fused=fused)
        for _ in range(STEPS):
            theta.grad = gradient(theta.detach())
            optimizer.step()
        return theta.detach().numpy()

    return run


def optax_step(gradient):
    optimizer = optax.adam(ALPHA)

    def step(carry, _=None):
        theta, state = carry
        updates, state = optimizer.update(gradient(theta), state)
        return (optax.apply_updates(theta, updates), state), None

    start = jnp.asarray(START, jnp.float64)
    return step, (start, optimizer.init(start))


def optax_loop(gradient):
    """The whole loop compiled: none of its states is seen."""
    step, start = optax_step(gradient)
    run = jax.jit(lambda carry: jax.lax.scan(step, carry, length=STEPS)[0][0])
    return lambda: run(start).block_until_ready()


def optax_stepwise(gradient):
    """One compiled step, called from Python: every state is seen, as in iterate."""
    step, start = optax_step(gradient)
    jitted = jax.jit(lambda carry: step(carry)[0])

    def run():
        carry = start
        for _ in range(STEPS):
            carry = jitted(carry)
        return carry[0].block_until_ready()

    return run


def measure() -> list[Row]:
    """Each problem beside PyTorch, its fused form, and Optax."""
    rows = []
    ours_of = {"quadratic": quadratic(np), "Rosenbrock": lez10.rosenbrock().gradient}
    for name, formula in (("Rosenbrock", rosenbrock), ("quadratic", quadratic)):
        runs = {
            "lez10": numpy_run(ours_of[name]),
            "PyTorch": torch_run(formula(torch), fused=False),
            "PyTorch, fused": torch_run(formula(torch), fused=True),
            "Optax, jitted loop": optax_loop(formula(jnp)),
            "Optax, jitted step": optax_stepwise(formula(jnp)),
        }
        ours = runs["lez10"]()
        for run in runs.values():
            np.testing.assert_allclose(run(), ours, rtol=1e-6, atol=1e-9)
        times = interleaved(runs)
        for other in list(runs)[1:]:
            floor = 0.25 if other.startswith("PyTorch") else None
            rows.append(ratio(name, times["lez10"], other, times[other], floor))
    return rows
