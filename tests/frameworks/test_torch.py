"""Each rule against PyTorch, in float64: 200 steps, random hyperparameters.

Bounds: 1e-10, relative. PyTorch is handed our gradients.
"""

import conventions
import numpy as np
import problems
import pytest
import torch
from forms import (
    ScheduledNadam,
    look_ahead,
    momentum_outside,
    nesterov_outside,
    rmsprop_momentum_outside,
)

import lez10
from lez10 import RULES, State, momentum, nadam, nesterov, rmsprop, rmsprop_nesterov
from lez10.variants import rmsprop_outside

START = problems.START
SEEDS = range(4)
MAKERS = {
    "sgd": torch.optim.SGD,
    "momentum": torch.optim.SGD,
    "nesterov": torch.optim.SGD,
    "adagrad": torch.optim.Adagrad,
    "rmsprop": torch.optim.RMSprop,
    "rmsprop_nesterov": torch.optim.RMSprop,
    "adam": torch.optim.Adam,
    "nadam": torch.optim.NAdam,
}


def torch_path(rule, alpha, factor=None, **hp) -> np.ndarray:
    """theta over a run; factor: k -> what LambdaLR multiplies alpha by."""
    named = {"lr": alpha}
    if "beta1" in hp:
        named["betas"] = hp["beta1"], hp["beta2"]
    for ours, theirs in [("beta", "momentum"), ("rho", "alpha"), ("delta", "eps")]:
        if ours in hp:
            named[theirs] = hp[ours]
    if rule == "nesterov":
        named["nesterov"] = True
    theta = torch.nn.Parameter(torch.tensor(START, dtype=torch.float64))
    optimizer = MAKERS[rule]([theta], **named)
    scheduler = factor and torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
    path = [theta.detach().numpy().copy()]
    for _ in range(problems.STEPS):
        theta.grad = torch.from_numpy(problems.gradient(path[-1]))
        optimizer.step()
        if scheduler:
            scheduler.step()
        path.append(theta.detach().numpy().copy())
    return np.array(path)


def ours(step, **hp) -> np.ndarray:
    return problems.path(step, State(START.copy()), **hp)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rule", ["sgd", "momentum", "adagrad", "adam"])
def test_same_form(rule, seed):
    hp = problems.draw(rule, seed)
    problems.assert_same(ours(RULES[rule], **hp), torch_path(rule, **hp))


@pytest.mark.parametrize("seed", SEEDS)
def test_nesterov_is_the_look_ahead_point(seed):
    """At constant alpha."""
    hp = problems.draw("nesterov", seed)
    theirs = torch_path("nesterov", **hp)
    states = problems.run(nesterov, State(START.copy()), **hp)
    problems.assert_same(look_ahead(states, hp["beta"]), theirs)
    assert problems.difference(ours(nesterov, **hp), theirs) > 1e-3


@pytest.mark.parametrize("seed", SEEDS)
def test_rmsprop_epsilon_outside(seed):
    hp = problems.draw("rmsprop", seed, outside=True)
    theirs = torch_path("rmsprop", **hp)
    problems.assert_same(ours(rmsprop_outside, **hp), theirs)
    assert problems.difference(ours(rmsprop, **hp), theirs) > 1e-3


@pytest.mark.parametrize("seed", SEEDS)
def test_rmsprop_with_plain_momentum(seed):
    hp = problems.draw("rmsprop_nesterov", seed, outside=True)
    theirs = torch_path("rmsprop_nesterov", **hp)
    problems.assert_same(ours(rmsprop_momentum_outside, **hp), theirs)
    states = problems.run(rmsprop_nesterov, State(START.copy()), **hp)
    for point in (look_ahead(states, hp["beta"]), look_ahead(states, 0.0)):
        assert problems.difference(point, theirs) > 1e-3


@pytest.mark.parametrize("seed", SEEDS)
def test_nadam_with_momentum_schedule(seed):
    """Keras's schedule of beta1, with momentum_decay 0.004: 0.96^(0.004 t).

    The running product is kept in the default dtype, float32 unless it is set.
    """
    hp = problems.draw("nadam", seed)
    theirs = torch_path("nadam", **hp)
    problems.assert_same(ours(ScheduledNadam(decay=0.004), **hp), theirs, 1e-5)
    assert problems.difference(ours(nadam, **hp), theirs) > 1e-4
    torch.set_default_dtype(torch.float64)
    try:
        theirs = torch_path("nadam", **hp)
    finally:
        torch.set_default_dtype(torch.float32)
    problems.assert_same(ours(ScheduledNadam(decay=0.004), **hp), theirs)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rule", conventions.TORCH)
def test_what_the_exercises_call_its_convention(rule, seed):
    """NAdam's running product is kept in float32."""
    hp = problems.draw(rule, seed, outside=rule.startswith("rmsprop"))
    found = conventions.path(rule, conventions.TORCH[rule], hp)
    bound = 1e-5 if rule == "nadam" else 1e-10
    problems.assert_same(found, torch_path(rule, **hp), bound)


def halving(k):
    return 0.5 ** (k / 60)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rule", ["sgd", "adagrad", "adam"])
def test_schedule(rule, seed):
    hp = problems.draw(rule, seed)
    theirs = torch_path(rule, factor=halving, **hp)
    alpha = lez10.exponential_decay(hp["alpha"], 60, 0.5)
    problems.assert_same(ours(RULES[rule], **hp | {"alpha": alpha}), theirs)


@pytest.mark.parametrize("seed", SEEDS)
def test_momentum_under_a_schedule(seed):
    """alpha stands outside PyTorch's velocity: another path than the lecture's."""
    hp = problems.draw("momentum", seed)
    theirs = torch_path("momentum", factor=halving, **hp)
    hp["alpha"] = lez10.exponential_decay(hp["alpha"], 60, 0.5)
    problems.assert_same(ours(momentum_outside, **hp), theirs)
    assert problems.difference(ours(momentum, **hp), theirs) > 1e-4


@pytest.mark.parametrize("seed", SEEDS)
def test_nesterov_under_a_schedule(seed):
    hp = problems.draw("nesterov", seed)
    theirs = torch_path("nesterov", factor=halving, **hp)
    hp["alpha"] = lez10.exponential_decay(hp["alpha"], 60, 0.5)
    problems.assert_same(ours(nesterov_outside, **hp), theirs)
    states = problems.run(nesterov, State(START.copy()), **hp)
    assert problems.difference(look_ahead(states, hp["beta"]), theirs) > 1e-4


def test_defaults():
    theta = [torch.nn.Parameter(torch.zeros(1))]
    adagrad = torch.optim.Adagrad(theta).defaults
    assert (adagrad["initial_accumulator_value"], adagrad["eps"]) == (0, 1e-10)
    rmsprop = torch.optim.RMSprop(theta).defaults
    assert (rmsprop["alpha"], rmsprop["eps"]) == (0.99, 1e-8)
    adam = torch.optim.Adam(theta).defaults
    assert (adam["betas"], adam["eps"]) == ((0.9, 0.999), 1e-8)
    assert torch.optim.NAdam(theta).defaults["momentum_decay"] == 0.004


def test_batch_normalization():
    """The running variance is the unbiased one, and momentum the share of the new."""
    rng = np.random.default_rng(4)
    gamma, beta = rng.uniform(0.5, 2, 3), rng.standard_normal(3)
    assert torch.nn.BatchNorm1d(3).eps == 1e-5
    assert torch.nn.BatchNorm1d(3).momentum == 0.1
    layer = torch.nn.BatchNorm1d(3, eps=0.01, momentum=0.2, dtype=torch.float64)
    layer.weight.data, layer.bias.data = torch.tensor(gamma), torch.tensor(beta)
    mean, var, biased, m = np.zeros(3), np.ones(3), np.ones(3), 5
    for _ in range(3):
        x = rng.standard_normal((m, 3)) * [1, 5, 0.2] + [0, 3, -1]
        y, batch_mean, batch_var = lez10.batchnorm_train(x, gamma, beta, 0.01)
        theirs = layer(torch.tensor(x)).detach().numpy()
        np.testing.assert_allclose(y, theirs, rtol=1e-10, atol=1e-12)
        mean = lez10.update_running(mean, batch_mean, 0.8)
        var = lez10.update_running(var, batch_var * m / (m - 1), 0.8)
        biased = lez10.update_running(biased, batch_var, 0.8)
        np.testing.assert_allclose(mean, layer.running_mean.numpy(), rtol=1e-10)
        np.testing.assert_allclose(var, layer.running_var.numpy(), rtol=1e-10)
    assert not np.allclose(biased, layer.running_var.numpy(), rtol=1e-3)
    layer.eval()
    x = rng.standard_normal((4, 3))
    theirs = layer(torch.tensor(x)).detach().numpy()
    y = lez10.batchnorm_inference(x, gamma, beta, mean, var, 0.01)
    np.testing.assert_allclose(y, theirs, rtol=1e-10, atol=1e-12)


def test_batch_normalization_backward():
    rng = np.random.default_rng(5)
    x, dy, gamma = (rng.standard_normal(s) for s in ((6, 3), (6, 3), 3))
    layer = torch.nn.BatchNorm1d(3, eps=0.01, dtype=torch.float64)
    layer.weight.data = torch.tensor(gamma)
    there = torch.tensor(x, requires_grad=True)
    layer(there).backward(torch.tensor(dy))
    dx, dgamma, dbeta = lez10.batchnorm_backward(dy, x, gamma, 0.01)
    for found, expected in [
        (dx, there.grad),
        (dgamma, layer.weight.grad),
        (dbeta, layer.bias.grad),
    ]:
        np.testing.assert_allclose(found, expected.numpy(), rtol=1e-10, atol=1e-12)


def test_initializers_are_not_truncated():
    """xavier_normal_ and kaiming_normal_ have our variances, and no cut."""
    torch.manual_seed(0)
    n_in, n_out = 600, 400
    for initialize, variance in [
        (torch.nn.init.xavier_normal_, 2 / (n_in + n_out)),
        (torch.nn.init.kaiming_normal_, 2 / n_in),
    ]:
        W = initialize(torch.empty(n_out, n_in, dtype=torch.float64)).numpy()
        np.testing.assert_allclose(W.var(), variance, rtol=0.015)
        assert np.abs(W).max() > 4 * np.sqrt(variance)


@pytest.mark.parametrize("normalize", [None, "before", "after"])
@pytest.mark.parametrize("phi", ["tanh", "relu", "sigmoid"])
@pytest.mark.parametrize("objective", ["cross_entropy", "squared"])
def test_perceptron(phi, objective, normalize):
    """Loss and gradient of the network against autograd."""
    rng = np.random.default_rng(6)
    network = lez10.Perceptron((4, 5, 3, 2), phi, objective, normalize)
    theta = network.initialize(rng) + 0.1 * rng.standard_normal(network.n_params)
    X, m = rng.standard_normal((7, 4)), 7
    y = rng.integers(0, 2, m)
    if objective == "squared":
        y = rng.standard_normal((m, 2))
    leaf = torch.tensor(theta, requires_grad=True)
    h = torch.tensor(X)
    layers = network.views(leaf)
    activate = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid}[phi]
    for i, layer in enumerate(layers):
        h = h @ layer.W[0].T + layer.b[0, :, 0]
        if i == len(layers) - 1:
            break
        norm = {"weight": layer.gamma, "bias": layer.beta}
        norm = {n: p if p is None else p[0] for n, p in norm.items()}
        options = norm | {"training": True, "eps": network.epsilon}
        if normalize == "before":
            h = torch.nn.functional.batch_norm(h, None, None, **options)
        h = activate(h)
        if normalize == "after":
            h = torch.nn.functional.batch_norm(h, None, None, **options)
    if objective == "squared":
        loss = ((h - torch.tensor(y)) ** 2).sum() / (2 * m)
    else:
        loss = torch.nn.functional.cross_entropy(h, torch.tensor(y))
    loss.backward()
    found, gradient = network.loss(theta, X, y), network.gradient(theta, X, y)
    np.testing.assert_allclose(found, [loss.item()], rtol=1e-12)
    np.testing.assert_allclose(gradient, leaf.grad.numpy(), rtol=1e-10, atol=1e-14)
