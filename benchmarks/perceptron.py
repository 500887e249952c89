"""One epoch of the perceptron 64-32-10 on digits, per setting.

56 minibatches of 32, the same for everybody. A chunk of settings at once in lez10;
against it the same code on one setting after the other, JAX (the gradient vmapped over
settings, the whole epoch one jitted scan, compiled before the timing) and a PyTorch
loop. Chunks of 16, 32 and 64 settings: each library counts with its best one.
"""

from functools import partial
from math import prod
from statistics import median

import jax
import jax.numpy as jnp
import numpy as np
import torch

import lez10
from benchmarks.timing import Row, Times, interleaved, per, ratio

SIZE, BATCHES = 32, 56  # 1792 of the 1797 digits: every minibatch is full
CHUNKS = (16, 32, 64)
LOOPED, LOOPED_TORCH = 8, 2  # settings that the loops run
THREADS = sorted({torch.get_num_threads(), 1}, reverse=True)  # its default, and one
NETWORK = lez10.Perceptron((64, 32, 10))
jax.config.update("jax_enable_x64", True)


class Epoch:
    """The same start, rates and minibatches for everybody."""

    def __init__(self, rule: str, dtype, settings: int):
        X, y = lez10.digits()
        rng = np.random.default_rng(0)
        batches = list(lez10.minibatches(SIZE * BATCHES, SIZE, rng))
        self.rule = rule
        self.X, self.y = X.astype(dtype)[batches], y[batches]
        rngs = [np.random.default_rng(seed) for seed in range(settings)]
        self.theta = NETWORK.initialize(rngs).astype(dtype)
        self.alpha = np.geomspace(1e-3, 1e-1, settings).astype(dtype)


def numpy_epoch(epoch: Epoch, part: slice = slice(None)):
    theta, alpha = epoch.theta[part], epoch.alpha[part, None]

    def run():
        gradients = (
            partial(NETWORK.gradient, X=X, y=y)
            for X, y in zip(epoch.X, epoch.y, strict=True)
        )
        step = lez10.RULES[epoch.rule]
        for state in lez10.iterate_over(step, theta, gradients, alpha=alpha):  # noqa: B007
            pass
        return state.theta

    return run


def numpy_loop(epoch: Epoch, settings: int):
    runs = [numpy_epoch(epoch, slice(i, i + 1)) for i in range(settings)]
    return lambda: np.concatenate([run() for run in runs])


def unpacked(theta):
    """W and b of each layer from one setting's flat parameters."""
    parameters, i = [], 0
    for shape in (shape for layer in NETWORK.shapes for shape in layer):
        parameters.append(theta[i : i + prod(shape)].reshape(shape))
        i += prod(shape)
    return parameters


def jax_loss(theta, X, y):
    W1, b1, W2, b2 = unpacked(theta)
    h = jnp.tanh(X @ W1.T + b1[:, 0])
    logits = jax.nn.log_softmax(h @ W2.T + b2[:, 0])
    return -jnp.take_along_axis(logits, y[:, None], 1).mean()


def jax_step(rule, carry, batch, alpha):
    theta, v, r, t = carry
    g = jax.grad(jax_loss)(theta, *batch)
    if rule == "sgd":
        return (theta - alpha * g, v, r, t + 1), None
    t = t + 1
    v = 0.9 * v + (1 - 0.9) * g
    r = 0.999 * r + (1 - 0.999) * g * g
    v_hat = v / (1 - 0.9**t).astype(v.dtype)  # the power in float64, as ours
    r_hat = r / (1 - 0.999**t).astype(r.dtype)
    return (theta - alpha * v_hat / (jnp.sqrt(r_hat) + 1e-8), v, r, t), None


def jax_epoch(epoch: Epoch):
    def one_setting(theta, alpha, X, y):
        start = (theta, jnp.zeros_like(theta), jnp.zeros_like(theta), jnp.float64(0))
        step = lambda carry, batch: jax_step(epoch.rule, carry, batch, alpha)
        return jax.lax.scan(step, start, (X, y))[0][0]

    run = jax.jit(jax.vmap(one_setting, (0, 0, None, None)))
    arguments = [jnp.asarray(a) for a in (epoch.theta, epoch.alpha, epoch.X, epoch.y)]
    return lambda: run(*arguments).block_until_ready()


def torch_setting(epoch: Epoch, i: int):
    X, y = torch.from_numpy(epoch.X), torch.from_numpy(epoch.y)
    W1, b1, W2, b2 = (torch.from_numpy(p) for p in unpacked(epoch.theta[i]))
    start = (W1, b1[:, 0], W2, b2[:, 0])
    model = torch.nn.Sequential(
        torch.nn.Linear(64, 32), torch.nn.Tanh(), torch.nn.Linear(32, 10)
    ).to(X.dtype)
    rule = torch.optim.SGD if epoch.rule == "sgd" else torch.optim.Adam
    objective = torch.nn.CrossEntropyLoss()

    def run():
        with torch.no_grad():
            for parameter, value in zip(model.parameters(), start, strict=True):
                parameter.copy_(value)
        optimizer = rule(model.parameters(), lr=float(epoch.alpha[i]))
        for inputs, classes in zip(X, y, strict=True):
            optimizer.zero_grad()
            objective(model(inputs), classes).backward()
            optimizer.step()
        parameters = [p.detach().numpy().ravel() for p in model.parameters()]
        return np.concatenate(parameters)

    return run


def torch_loop(epoch: Epoch, settings: int, threads: int):
    runs = [torch_setting(epoch, i) for i in range(settings)]
    default = torch.get_num_threads()

    def loop():
        torch.set_num_threads(threads)
        result = np.stack([run() for run in runs])
        torch.set_num_threads(default)
        return result

    return loop


def agree(runs, dtype) -> None:
    """Raise unless all end at the same parameters, chunk by chunk.

    Adam divides by the gradient's size: where that is 1e-8, float32 differs more.
    """
    tolerance = 1e-6 if dtype == np.float64 else 3e-2
    for chunk in CHUNKS:
        ours = runs["lez10", chunk]()
        np.testing.assert_allclose(runs["JAX", chunk](), ours, rtol=0, atol=tolerance)
    ours = runs["lez10", CHUNKS[-1]]()
    for name in [name for name in runs if None in name]:
        theirs = runs[name]()
        np.testing.assert_allclose(theirs, ours[: len(theirs)], rtol=0, atol=tolerance)


def best(times: dict, name: str) -> tuple[int, Times]:
    """The chunk with the smallest time per setting, and that time."""
    each = {chunk: per(times[name, chunk], chunk) for chunk in CHUNKS}
    chunk = min(each, key=lambda chunk: median(each[chunk]))
    return chunk, each[chunk]


def measure() -> list[Row]:
    """Both rules and both dtypes; PyTorch is there to be read."""
    rows = []
    for rule in ("sgd", "adam"):
        for dtype in (np.float64, np.float32):
            epochs = {chunk: Epoch(rule, dtype, chunk) for chunk in CHUNKS}
            runs = {("lez10", chunk): numpy_epoch(epochs[chunk]) for chunk in CHUNKS}
            runs |= {("JAX", chunk): jax_epoch(epochs[chunk]) for chunk in CHUNKS}
            runs["loop", None] = numpy_loop(epochs[CHUNKS[-1]], LOOPED)
            for threads in THREADS:
                torch_run = torch_loop(epochs[CHUNKS[-1]], LOOPED_TORCH, threads)
                runs[f"PyTorch loop, threads: {threads}", None] = torch_run
            agree(runs, dtype)
            times = interleaved(runs)
            chunk, ours = best(times, "lez10")
            jax_chunk, jax_times = best(times, "JAX")
            what = f"{rule}, {dtype.__name__}, chunk {chunk}"
            loop = per(times["loop", None], LOOPED)
            rows += [
                ratio(what, ours, "a loop over settings", loop, 0.40),
                ratio(what, ours, f"hot JAX, chunk {jax_chunk}", jax_times, 1.4),
            ]
            for threads in THREADS:
                other = f"PyTorch loop, threads: {threads}"
                theirs = per(times[other, None], LOOPED_TORCH)
                rows.append(ratio(what, ours, other, theirs))
    return rows
