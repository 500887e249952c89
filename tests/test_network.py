"""The perceptron: forward against plain loops, gradients, batches, dtypes, errors.

Autograd of PyTorch is compared in tests/frameworks.
"""

from itertools import islice

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from properties import always_the_same, finite_differences

import lez10
from lez10 import Perceptron, digits, glorot_normal, he_normal, iterate, zeros

PHI = ["tanh", "relu", "sigmoid"]
OBJECTIVES = ["cross_entropy", "squared"]
NORMALIZE = [None, "before", "after"]
every_kind = pytest.mark.parametrize(
    ("phi", "objective", "normalize"),
    [(p, o, n) for p in PHI for o in OBJECTIVES for n in NORMALIZE],
)


def example(phi, objective, normalize, seed, n=1, m=6, epsilon=0.1):
    """A small network with parameters that are all random, and data."""
    rng = np.random.default_rng(seed)
    network = Perceptron((3, 4, 3, 2), phi, objective, normalize, epsilon)
    theta = network.initialize([rng] * n)
    theta += 0.3 * rng.standard_normal(theta.shape)
    X = rng.standard_normal((m, 3))
    y = rng.integers(0, 2, m)
    if objective == "squared":
        y = rng.standard_normal((m, 2))
    return network, theta, X, y


def slow_forward(network, row, X):
    """One setting, example by example: outputs (m, n_out), what phi is applied to."""
    h, inner = [list(x) for x in X], []
    layers = network.views(row[None])
    for i, layer in enumerate(layers):
        W, b = layer.W[0], layer.b[0, :, 0]
        z = np.array([[sum(w * v for w, v in zip(r, x)) for r in W] for x in h]) + b
        if i == len(layers) - 1:
            return z, inner

        def standardized(z, layer=layer):
            spread = np.sqrt(z.var(axis=0) + network.epsilon)
            return layer.gamma[0] * (z - z.mean(axis=0)) / spread + layer.beta[0]

        if network.normalize == "before":
            z = standardized(z)
        inner.append(z)
        phi = {
            "tanh": np.tanh,
            "relu": lambda z: np.where(z > 0, z, 0),
            "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
        }[network.phi]
        h = phi(z)
        if network.normalize == "after":
            h = standardized(h)


def slow_loss(network, row, X, y):
    outputs, _ = slow_forward(network, row, X)
    if network.objective == "squared":
        return sum(((o - t) ** 2).sum() / 2 for o, t in zip(outputs, y)) / len(y)
    p = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(y)), y]).mean()


@every_kind
def test_forward_and_loss(phi, objective, normalize):
    network, theta, X, y = example(phi, objective, normalize, 0, n=2)
    outputs = network.forward(theta, X)
    assert outputs.shape == (2, 2, 6)
    losses = network.loss(theta, X, y)
    assert losses.shape == (2,)
    for s in range(2):
        slow, _ = slow_forward(network, theta[s], X)
        np.testing.assert_allclose(outputs[s].T, slow, rtol=1e-11, atol=1e-13)
        assert losses[s] == pytest.approx(slow_loss(network, theta[s], X, y), rel=1e-11)


@every_kind
@settings(always_the_same, max_examples=8)
@given(seed=st.integers(0, 10_000), m=st.integers(1, 6))
def test_gradient(phi, objective, normalize, seed, m):
    """Against central differences of the loss.

    Values are of order 1, so that rounding leaves eps / h = 4e-11 and the third
    derivatives h^2 f''' / 6 = 1e-11 f'''. With epsilon 0.1 two layers of batch norm
    keep f''' below some 1e4. ReLU is tried where no unit is near its kink.
    """
    network, theta, X, y = example(phi, objective, normalize, seed, m=m)
    if phi == "relu":
        _, inner = slow_forward(network, theta[0], X)
        # units that are 0 for a batch of one (b = beta) would sit on the kink
        assume(min(np.abs(z).min() for z in inner) > 1e-3)
    loss = lambda row: network.loss(row[None], X, y)[0]
    expected = finite_differences(loss, theta[0])
    found = network.gradient(theta, X, y)
    assert found.shape == theta.shape
    np.testing.assert_allclose(found[0], expected, rtol=1e-6, atol=1e-6)


@every_kind
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("own_data", [False, True])
def test_batch_is_loop(phi, objective, normalize, dtype, own_data):
    """Settings side by side equal settings one by one, but for the last bits.

    A BLAS may add up a product in another order for another shape: OpenBLAS's kernels
    with AVX-512 do, in float32; its others give the same bits.
    """
    network, theta, X, y = example(phi, objective, normalize, 2, n=5)
    if own_data:
        rng = np.random.default_rng(0)
        X = rng.standard_normal((5, *X.shape))
        y = np.stack([rng.permutation(y) for _ in range(5)])
    theta, X = theta.astype(dtype), X.astype(dtype)
    if objective == "squared":
        y = y.astype(dtype)
    outputs = network.forward(theta, X)
    loss, gradient = network.loss(theta, X, y), network.gradient(theta, X, y)
    accuracy = network.accuracy(theta, X, y)
    for a in (outputs, loss, gradient):
        assert a.dtype == dtype
    for s in range(5):
        row = theta[s : s + 1]
        one = (X[s], y[s]) if own_data else (X, y)
        one_loss, one_gradient = network.loss(row, *one), network.gradient(row, *one)
        for alone, beside in (
            (network.forward(row, one[0])[0], outputs[s]),
            (one_loss[0], loss[s]),
            (one_gradient[0], gradient[s]),
        ):
            few = 8 * np.finfo(dtype).eps * np.abs(alone).max()
            np.testing.assert_allclose(alone, beside, rtol=0, atol=few)
        assert network.accuracy(row, *one)[0] == accuracy[s]


@every_kind
def test_nothing_is_changed_in_place(phi, objective, normalize):
    network, theta, X, y = example(phi, objective, normalize, 3, n=2)
    before = theta.copy(), X.copy(), y.copy()
    network.loss(theta, X, y)
    network.gradient(theta, X, y)
    network.accuracy(theta, X, y)
    running = network.initial_running(2)
    network.loss(theta, X, y, running)
    for a, b in zip((theta, X, y), before, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(running, network.initial_running(2))


def test_float32_theta_with_float64_data_keeps_its_gradient_dtype():
    network, theta, X, y = example("tanh", "cross_entropy", "before", 4)
    gradient = network.gradient(theta.astype(np.float32), X, y)
    assert gradient.dtype == np.float32
    np.testing.assert_allclose(gradient, network.gradient(theta, X, y), atol=1e-5)


@pytest.mark.parametrize("normalize", NORMALIZE)
def test_training_batch_is_loop(normalize):
    """Different rate, seed and initialisation per setting, through iterate."""
    X, y = digits()
    X, y = X[:60], y[:60]
    network = Perceptron((64, 12, 10), normalize=normalize)
    rngs = [np.random.default_rng(seed) for seed in range(3)]
    theta = np.concatenate(
        [
            network.initialize(rngs[:1], weights=he_normal),
            network.initialize(rngs[1:2], weights=glorot_normal),
            network.initialize(rngs[2:], weights=zeros),
        ]
    )
    alpha = np.array([[0.1], [0.01], [0.03]])
    grad = lambda th: network.gradient(th, X, y)
    for step in lez10.RULES.values():
        together = iterate(step, theta, grad, alpha=alpha)
        alone = [
            iterate(step, theta[s : s + 1], grad, alpha=alpha[s].item())
            for s in range(3)
        ]
        for _ in range(6):
            rows = np.concatenate([next(run).theta for run in alone])
            np.testing.assert_array_equal(next(together).theta, rows)


# --- the parameters --------------------------------------------------------------


@pytest.mark.parametrize("normalize", NORMALIZE)
def test_views_cover_theta_once(normalize):
    network = Perceptron((3, 4, 5, 2), normalize=normalize)
    extra = 2 * (4 + 5) if normalize else 0
    assert network.n_params == 3 * 4 + 4 + 4 * 5 + 5 + 5 * 2 + 2 + extra
    theta = np.zeros((2, network.n_params))
    for layer in network.views(theta):
        for part in layer:
            if part is not None:
                assert np.shares_memory(part, theta)
                part += 1
    np.testing.assert_array_equal(theta, 1)  # each number belongs to one view
    shapes = [(layer.W.shape, layer.b.shape) for layer in network.views(theta)]
    assert shapes == [
        ((2, 4, 3), (2, 4, 1)),
        ((2, 5, 4), (2, 5, 1)),
        ((2, 2, 5), (2, 2, 1)),
    ]
    for layer in network.views(theta)[:-1]:
        assert (layer.gamma is None) == (normalize is None)
        if normalize:
            assert layer.gamma.shape == layer.beta.shape == layer.b.shape[:2]
    assert network.views(theta)[-1].gamma is None  # the output is not normalised


def test_initialize():
    network = Perceptron((3, 4, 2), normalize="before")
    rng = np.random.default_rng(5)
    theta = network.initialize(rng, weights=he_normal)
    assert theta.shape == (1, network.n_params)
    first, last = network.views(theta)
    rng = np.random.default_rng(5)
    np.testing.assert_array_equal(first.W[0], he_normal(3, 4, rng))
    np.testing.assert_array_equal(last.W[0], he_normal(4, 2, rng))
    for zero in (first.b, first.beta, last.b):
        assert not zero.any()
    np.testing.assert_array_equal(first.gamma, 1)
    rngs = [np.random.default_rng(seed) for seed in (5, 6)]
    both = network.initialize(rngs, weights=he_normal)
    np.testing.assert_array_equal(both[0], theta[0])
    assert not np.array_equal(both[0], both[1])


def test_zero_weights_keep_hidden_units_equal():
    """Symmetry (lecture 1.9): the units of a layer stay copies of each other."""
    X, y = digits()
    network = Perceptron((64, 6, 10), phi="sigmoid")
    theta = network.initialize(np.random.default_rng(0), weights=zeros)
    states = iterate(lez10.sgd, theta, lambda th: network.gradient(th, X, y), alpha=0.5)
    for _, state in zip(range(40), states):
        W = network.views(state.theta)[0].W[0]
        np.testing.assert_allclose(W, np.broadcast_to(W[0], W.shape), atol=1e-15)
    assert np.abs(W).max() > 1e-3  # it did move
    linear = Perceptron((64, 10))  # without a hidden layer zeros train well
    theta = linear.initialize(np.random.default_rng(0), weights=zeros)
    grad = lambda th: linear.gradient(th, X, y)
    state = next(islice(iterate(lez10.sgd, theta, grad, alpha=0.5), 60, None))
    assert linear.accuracy(state.theta, X, y) > 0.85


@pytest.mark.parametrize("normalize", ["before", "after"])
def test_statistics(normalize):
    """The gradient writes down the batch's; inference takes what it is given."""
    network, theta, X, y = example("tanh", "cross_entropy", normalize, 7, n=2, m=8)
    assert network.n_statistics == 2 * (4 + 3)
    seen = np.full((2, network.n_statistics), np.nan)
    network.gradient(theta, X, y, statistics=seen)
    for s in range(2):
        z, i = X, 0
        layers = network.views(theta[s : s + 1])
        for layer, (mean, var) in zip(layers, network.statistics_views(seen)):
            z = z @ layer.W[0].T + layer.b[0, :, 0]
            z = np.tanh(z) if normalize == "after" else z
            np.testing.assert_allclose(mean[s], z.mean(axis=0), atol=1e-12)
            np.testing.assert_allclose(var[s], z.var(axis=0), rtol=1e-10)
            z = (z - mean[s]) / np.sqrt(var[s] + network.epsilon)
            z = layer.gamma[0] * z + layer.beta[0]
            z = np.tanh(z) if normalize == "before" else z
            i += 1
        assert i == 2
    # the same batch with its own statistics stored gives the training outputs
    np.testing.assert_allclose(
        network.forward(theta, X, running=seen), network.forward(theta, X), atol=1e-12
    )
    assert network.loss(theta, X, y, seen) == pytest.approx(network.loss(theta, X, y))
    # one example at inference is fine, and does not depend on its neighbours
    one = network.forward(theta, X[:1], running=seen)
    np.testing.assert_allclose(one, network.forward(theta, X)[..., :1], atol=1e-12)
    for mean, var in network.statistics_views(network.initial_running(3)):
        np.testing.assert_array_equal(mean, 0)
        np.testing.assert_array_equal(var, 1)


# --- loss and accuracy -----------------------------------------------------------


def test_cross_entropy_does_not_overflow():
    network = Perceptron((1, 2))
    theta = np.array([[1000.0, -1000.0, 0, 0]])
    X = np.array([[1.0], [-1.0]])
    np.testing.assert_allclose(network.loss(theta, X, np.array([0, 1])), [0])
    np.testing.assert_allclose(network.loss(theta, X, np.array([1, 0])), [2000])
    assert np.isfinite(network.gradient(theta, X, np.array([1, 0]))).all()


def test_sigmoid_does_not_overflow():
    network = Perceptron((1, 1, 1), "sigmoid", "squared")
    theta = np.array([[1e4, 0.0, 1.0, 0.0]])
    outputs = network.forward(theta, np.array([[1.0], [-1.0], [0.0]]))
    np.testing.assert_array_equal(outputs, [[[1, 0, 0.5]]])


@pytest.mark.filterwarnings("error")
def test_a_diverged_loss_is_not_a_warning():
    network, theta, X, y = example("tanh", "cross_entropy", None, 0)
    for bad in (np.inf, np.nan, 1e308):
        loss = network.loss(theta * 0 + bad, X, y)
        assert not np.isfinite(loss).all()
        network.accuracy(theta * 0 + bad, X, y)


def test_uniform_guess_costs_log_of_classes():
    network = Perceptron((64, 10))
    X, y = digits()
    theta = np.zeros((1, network.n_params))
    np.testing.assert_allclose(network.loss(theta, X, y), np.log(10))


def test_accuracy():
    network = Perceptron((2, 2))
    theta = np.array([[1.0, 0, 0, 1.0, 0, 0], [0, 1.0, 1.0, 0, 0, 0]])
    X, y = np.array([[1.0, 0], [0, 1.0], [2, 1.0], [1.0, 3]]), np.array([0, 1, 0, 0])
    np.testing.assert_array_equal(network.accuracy(theta, X, y), [0.75, 0.25])


def test_squared_with_one_output_takes_a_vector():
    network = Perceptron((2, 1), objective="squared")
    theta = np.array([[1.0, 2.0, 0.5]])
    X, y = np.array([[1.0, 1.0], [0.0, 1.0]]), np.array([3.5, 0.5])
    np.testing.assert_array_equal(network.loss(theta, X, y), [1.0])  # (0 + 4) / 2 / 2
    np.testing.assert_array_equal(network.loss(theta, X, y[:, None]), [1.0])
    found = network.gradient(theta, X, y)
    np.testing.assert_array_equal(found, [[0, 1, 1]])
    np.testing.assert_array_equal(network.gradient(theta, X, y[:, None]), found)


# --- wrong input -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"sizes": (3,)}, r"sizes must name an input and an output, .*, got \(3,\)"),
        ({"sizes": ()}, "sizes must name"),
        ({"sizes": 64}, "sizes must name .*, got 64"),
        ({"sizes": (3, 0, 2)}, "sizes must be a whole number >= 1, got 0"),
        ({"sizes": (3, 2.5)}, "sizes must be a whole number >= 1, got 2.5"),
        ({"phi": "selu"}, "phi must be one of .*'tanh'.*, got 'selu'"),
        ({"objective": "hinge"}, "objective must be one of .*, got 'hinge'"),
        ({"normalize": "between"}, "normalize must be one of .*, got 'between'"),
        ({"normalize": True}, "normalize must be one of .*, got True"),
        ({"epsilon": -1}, "epsilon must be .*, got -1"),
        ({"epsilon": np.nan}, "epsilon must be .*, got nan"),
    ],
)
def test_bad_options(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        Perceptron(**{"sizes": (3, 2)} | options)


def calls(network):
    return [
        network.loss,
        network.gradient,
        network.accuracy,
    ]


@pytest.mark.parametrize("shape", [(26,), (1, 25), (1, 2, 13), ()])
def test_bad_theta(shape):
    network = Perceptron((3, 4, 2))
    assert network.n_params == 26
    for call in [*calls(network), lambda theta, X, y: network.forward(theta, X)]:
        with pytest.raises(
            ValueError, match=r"theta .* \(settings, 26\), got"
        ) as error:
            call(np.zeros(shape), np.zeros((5, 3)), np.zeros(5, int))
        assert str(shape) in str(error.value)


@pytest.mark.parametrize("shape", [(5, 2), (3,), (0, 3), (1, 1, 5, 3), (2, 0, 3)])
def test_bad_X(shape):
    network = Perceptron((3, 4, 2))
    for call in [*calls(network), lambda theta, X, y: network.forward(theta, X)]:
        with pytest.raises(ValueError, match=r"X must have shape \(m, 3\)"):
            call(np.zeros((2, 26)), np.zeros(shape), np.zeros(5, int))


@pytest.mark.parametrize(
    "y",
    [
        np.zeros(4, int),  # one too few
        np.zeros((5, 1), int),
        np.zeros(5),  # no whole numbers
        np.zeros(1, int),
        np.array([0, 1, 2, 0, 1]),  # classes 0 and 1 alone
        np.array([0, 1, -1, 0, 1]),
        3,
    ],
    ids=repr,
)
def test_bad_classes(y):
    network = Perceptron((3, 4, 2))
    for call in calls(network):
        with pytest.raises(ValueError, match=r"y must hold 5 classes 0 … 1.*got "):
            call(np.zeros((2, 26)), np.zeros((5, 3)), y)


@pytest.mark.parametrize("shape", [(5,), (2, 5), (4, 2), (5, 3), ()])
def test_bad_targets(shape):
    network = Perceptron((3, 4, 2), objective="squared")
    for call in calls(network)[:3]:
        with pytest.raises(ValueError, match=r"y must have shape \(5, 2\).* got"):
            call(np.zeros((2, 26)), np.zeros((5, 3)), np.zeros(shape))


@pytest.mark.parametrize("rng", [0, None, [0], [], "rng"], ids=repr)
def test_bad_generators(rng):
    with pytest.raises(ValueError, match=r"rng must be .*, got "):
        Perceptron((3, 2)).initialize(rng)


def test_accuracy_needs_classes():
    network = Perceptron((3, 1), objective="squared")
    theta = network.initialize(np.random.default_rng(0))
    with pytest.raises(ValueError, match="an output per class, got one output"):
        network.accuracy(theta, np.ones((4, 3)), np.ones(4))


@pytest.mark.parametrize("shape", [(3, 8), (1, 30), (8,)])
def test_bad_statistics(shape):
    network = Perceptron((3, 4, 2), normalize="before")
    theta = network.initialize(np.random.default_rng(0))
    X, y = np.ones((5, 3)), np.zeros(5, int)
    for call, name in ((network.loss, "running"), (network.gradient, "statistics")):
        with pytest.raises(ValueError, match=rf"{name} must have shape \(1, 8\), got"):
            call(theta, X, y, np.ones(shape))


def test_data_of_other_settings():
    network = Perceptron((3, 2))
    theta = network.initialize(np.random.default_rng(0))
    X, y = np.ones((4, 5, 3)), np.zeros(5, int)
    for call in (network.loss, network.gradient):
        with pytest.raises(ValueError, match="data of 4 settings, theta .* has 1"):
            call(theta, X, y)


def test_lists_will_do_and_words_will_not():
    network = Perceptron([3, 2])
    theta = network.initialize(np.random.default_rng(0))
    X, y = np.ones((5, 3)), np.zeros(5, int)
    found = network.gradient(theta.tolist(), X.tolist(), y.tolist())
    np.testing.assert_array_equal(found, network.gradient(theta, X, y))
    with pytest.raises(ValueError, match="X must be a number or an array of numbers"):
        network.loss(theta, [["a", "b", "c"]], [0])
