"""Training: ends, curves, divergence, batches equal to loops, wrong input."""

import re
from itertools import islice

import numpy as np
import pytest

import lez10
from lez10 import (
    Perceptron,
    adam,
    digits,
    epochs,
    fit,
    fitting,
    gradient_norm,
    iterate_over,
    minibatches,
    momentum,
    no_improvement,
    sgd,
    split,
    target_loss,
    update_running,
)

PARTS = split(*digits(), seed=0)
X, y = PARTS.X_train[:100], PARTS.y_train[:100]
VALIDATION = PARTS.X_validation[:80], PARTS.y_validation[:80]
NETWORK = Perceptron((64, 8, 10))


def start(network=NETWORK, seeds=(0,)):
    return network.initialize([np.random.default_rng(seed) for seed in seeds])


def rng(seed=0):
    return np.random.default_rng(seed)


def train(theta, network=NETWORK, step=sgd, **options):
    options = {"size": 32, "rng": rng(), "stop": epochs(3), "alpha": 0.3} | options
    return fit(network, X, y, step, theta, **options)


def test_it_learns():
    run = train(start(), step=adam, alpha=0.03, stop=epochs(20), validation=VALIDATION)
    assert run.training_loss[-1] < 0.2 * run.training_loss[0]
    assert run.validation_accuracy[-1] > 0.7
    assert run.report() == ["stopped after 20 epochs: the limit of epochs"]


def test_curves_by_hand():
    """The same training, written as a loop over iterate_over."""
    run = train(start(), step=momentum, validation=VALIDATION, rng=rng(5))

    def gradients():
        r = rng(5)
        for _ in range(3):
            for batch in minibatches(100, 32, r):
                yield lambda th, b=batch: NETWORK.gradient(th, X[b], y[b])

    states = list(iterate_over(momentum, start(), gradients(), alpha=0.3))
    assert run.k == len(states) - 1 == 3 * 4  # the last minibatch is smaller
    for epoch, state in enumerate(states[::4]):
        theta = state.theta
        np.testing.assert_array_equal(
            run.training_loss[epoch], NETWORK.loss(theta, X, y)
        )
        np.testing.assert_array_equal(
            run.validation_loss[epoch], NETWORK.loss(theta, *VALIDATION)
        )
        np.testing.assert_array_equal(
            run.validation_accuracy[epoch], NETWORK.accuracy(theta, *VALIDATION)
        )
    np.testing.assert_array_equal(run.theta, states[-1].theta)
    assert len(run.training_loss) == run.epoch + 1 == 4


def test_one_run_grows():
    """fitting yields the same Run, at the start and after every minibatch."""
    runs = fitting(
        NETWORK, X, y, sgd, start(), size=32, rng=rng(), stop=epochs(2), alpha=0.1
    )
    first = next(runs)
    assert first.k == first.epoch == 0
    assert len(first.training_loss) == 1
    assert first.report() == ["still training"]
    seen = [(run.k, run.epoch, len(run.training_loss)) for run in runs if run is first]
    assert seen == [(k, k // 4, k // 4 + 1) for k in range(1, 9)]
    assert first.reason == ["the limit of epochs"]


def test_a_run_can_be_left():
    """Whoever stops consuming keeps the curves: the monitor's stop button."""
    runs = fitting(
        NETWORK, X, y, sgd, start(), size=32, rng=rng(), stop=epochs(9), alpha=0.1
    )
    *_, run = islice(runs, 7)
    assert run.k == 6
    assert len(run.training_loss) == 2
    assert run.going.all()


def test_no_epochs():
    run = train(start(), stop=epochs(0))
    assert (run.k, run.epoch) == (0, 0)
    np.testing.assert_array_equal(run.theta, start())
    assert run.ended_at == [0]


def test_schedules_count_steps():
    asked = []

    def alpha(k):
        asked.append(k)
        return 0.1 / (k + 1)

    train(start(), alpha=alpha, stop=epochs(2))
    assert asked == [0, *range(8)]


# --- stopping --------------------------------------------------------------------


def test_the_first_criterion_that_holds():
    run = train(start(), stop=[epochs(50), target_loss(0.5)], alpha=0.5)
    assert run.reason == ["training loss <= 0.5"]
    assert run.training_loss[-1] <= 0.5 < run.training_loss[-2]
    assert 0 < run.ended_at[0] == run.epoch < 50
    run = train(start(), stop=[epochs(2), target_loss(0.5)], alpha=0.5)
    assert run.reason == ["the limit of epochs"]


def test_gradient_norm():
    run = train(start(), stop=[gradient_norm(0.3), epochs(200)], alpha=0.5)
    assert run.reason == ["gradient norm <= 0.3"]
    g = NETWORK.gradient(run.theta, X, y)
    assert np.linalg.norm(g) <= 0.3
    np.testing.assert_allclose(run.gradient_norm(), [np.linalg.norm(g)])


def test_no_improvement_watches_validation():
    stop = [no_improvement(3), epochs(300)]
    run = train(start(), step=adam, alpha=0.03, stop=stop, validation=VALIDATION)
    assert run.reason == ["no improvement in 3 epochs"]
    losses = np.array(run.validation_loss)[:, 0]
    assert losses[-3:].min() >= losses[:-3].min()
    for end in range(4, len(losses)):  # and at no epoch before
        assert losses[end - 3 : end].min() < losses[: end - 3].min()
    assert np.array(run.training_loss)[-1] < np.array(run.training_loss)[-4]
    still = train(start(), step=sgd, alpha=0.0, stop=no_improvement(2))
    assert still.epoch == 2  # without validation data: the training loss


# --- divergence ------------------------------------------------------------------


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("normalize", [None, "before", "after"])
@pytest.mark.parametrize("objective", ["cross_entropy", "squared"])
def test_divergence_is_reported(normalize, objective):
    """No crash, no warning, no silent NaN curve; every criterion may look on."""
    network = Perceptron((64, 8, 10), "relu", objective, normalize)
    targets = y if objective == "cross_entropy" else np.eye(10)[y]
    valid = VALIDATION[1] if objective == "cross_entropy" else np.eye(10)[VALIDATION[1]]
    stop = [epochs(12), gradient_norm(1e-9), no_improvement(50), target_loss(-1e9)]
    run = fit(
        network,
        X,
        targets,
        sgd,
        start(network, (0, 1)),
        size=50,
        rng=rng(),
        stop=stop,
        validation=(VALIDATION[0], valid),
        alpha=np.array([[1e200], [1e-3]]),
    )
    assert run.reason == ["diverged", "the limit of epochs"]
    assert run.report()[0] == f"diverged at step {run.diverged_at[0]}"
    assert run.diverged_at[1] == -1
    assert 1 <= run.diverged_at[0] <= 12 * 2
    losses = np.array(run.training_loss)
    assert np.isfinite(losses[:, 1]).all()
    assert np.isfinite(losses[0, 0])


def test_the_step_of_divergence():
    """theta is infinite or NaN at diverged_at, and finite one step before."""
    network = Perceptron((64, 10), objective="squared")
    targets = np.eye(10)[y]
    theta = start(network)
    run = fit(
        network,
        X,
        targets,
        sgd,
        theta,
        size=100,
        rng=rng(),
        stop=epochs(999),
        alpha=100.0,
    )
    k = run.diverged_at[0]
    states = iterate_over(
        sgd,
        theta,
        iter(lambda: lambda th: network.gradient(th, X, targets), None),
        alpha=100.0,
    )
    finite = [np.isfinite(s.theta).all() for s in islice(states, k + 1)]
    losses = np.array(run.training_loss)[:, 0]
    # the loss, a square, overflows before theta does
    assert not np.isfinite(losses[-1]) or not finite[-1]
    assert all(finite[:-1])
    assert run.reason == ["diverged"]


# --- batches equal loops ---------------------------------------------------------


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("normalize", [None, "before", "after"])
@pytest.mark.parametrize("own_rng", [False, True])
def test_batch_is_loop(normalize, own_rng):
    """Other rates, seeds, initialisations, ends, and a neighbour that diverges."""
    network = Perceptron((64, 8, 10), "relu", normalize=normalize)
    seeds = (0, 1, 2, 3)
    alpha = np.array([[0.1], [0.01], [1e250], [0.05]])
    theta = start(network, seeds)
    theta[3] = network.initialize(rng(9), weights=lez10.uniform)[0]
    options = {
        "network": network,
        "step": momentum,
        "validation": VALIDATION,
        "stop": [target_loss(1.6), no_improvement(4), epochs(20)],
        "beta": 0.5,
    }
    together = [rng(s) for s in seeds] if own_rng else rng(7)
    batch = train(theta, alpha=alpha, rng=together, **options)
    ends = set()
    for s in range(4):
        alone = train(
            theta[s : s + 1],
            alpha=alpha[s].item(),
            rng=rng(s) if own_rng else rng(7),
            **options,
        )
        assert batch.reason[s] == alone.reason[0]
        assert batch.ended_at[s] == alone.ended_at[0]
        assert batch.diverged_at[s] == alone.diverged_at[0]
        ends.add((alone.reason[0], int(alone.ended_at[0])))
        np.testing.assert_array_equal(batch.theta[s], alone.theta[0])
        np.testing.assert_array_equal(batch.running[s], alone.running[0])
        for name in ("training_loss", "validation_loss", "validation_accuracy"):
            curve = np.array(getattr(batch, name))[:, s]
            expected = np.array(getattr(alone, name))[:, 0]
            np.testing.assert_array_equal(curve[: len(expected)], expected)
            assert np.isnan(curve[len(expected) :]).all()  # curves stop at the end
    assert len(ends) >= 3
    # with batch norm before phi the weights' scale does not matter: it may survive
    assert "diverged" in batch.reason or normalize == "before"


def test_float32():
    run = train(start().astype(np.float32), step=adam, alpha=0.01)
    assert run.theta.dtype == np.float32
    exact = train(start(), step=adam, alpha=0.01)
    np.testing.assert_allclose(run.training_loss, exact.training_loss, rtol=1e-3)


def test_running_statistics():
    """Means and variances of the minibatches, averaged at every step."""
    network = Perceptron((64, 8, 10), normalize="before")
    theta = start(network)
    run = train(theta, network=network, alpha=0.1, running_momentum=0.8, rng=rng(3))
    r, running, seen = rng(3), network.initial_running(1), network.initial_running(1)
    for _ in range(3):
        for batch in minibatches(100, 32, r):
            g = network.gradient(theta, X[batch], y[batch], statistics=seen)
            theta = theta - 0.1 * g
            running = update_running(running, seen, 0.8)
    np.testing.assert_allclose(run.running, running, rtol=1e-12, atol=1e-14)


def test_regression_with_validation():
    """Squared loss with one output, y a vector: loss curves, accuracy not asked."""
    A, b, theta = lez10.regression(200, 3, 0.1, rng())
    network = Perceptron((3, 1), objective="squared")
    run = fit(
        network,
        A[:150],
        b[:150],
        sgd,
        start(network),
        size=10,
        rng=rng(),
        stop=epochs(30),
        validation=(A[150:], b[150:]),
        alpha=0.05,
    )
    np.testing.assert_allclose(run.theta[0, :3], theta, atol=0.05)
    assert run.validation_loss[-1] == pytest.approx(0.005, rel=0.5)
    column = fit(
        network,
        A[:150],
        b[:150, None],
        sgd,
        start(network),
        size=10,
        rng=rng(),
        stop=epochs(30),
        validation=(A[150:], b[150:, None]),
        alpha=0.05,
    )
    np.testing.assert_array_equal(column.theta, run.theta)


# --- wrong input -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"size": 0}, "size must be a whole number >= 1, got 0"),
        ({"size": 101}, "size must be at most n = 100, got 101"),
        ({"size": 2.5}, "size must be a whole number >= 1, got 2.5"),
        ({"rng": 0}, "rng must be .*, got 0"),
        ({"rng": [0]}, "rng must be .*, got 0"),
        ({"rng": [rng(), rng()]}, "1 settings.* 2 generators"),
        ({"alpha": -0.1}, "alpha must be .*, got -0.1"),
        ({"alpha": np.nan}, "alpha must be .*, got nan"),
        ({"alpha": np.full((2, 1), 0.1)}, "theta has 1 settings.* ask for 2"),
        ({"alpha": np.full(3, 0.1)}, "do not broadcast"),
        ({"beta": 0.9}, "sgd takes the hyperparameters alpha"),
        ({"running_momentum": 1.5}, r"momentum must .*, got 1.5"),
        ({"stop": 5}, "stop must be .*, got 5"),
        ({"stop": []}, "stop must .*, got"),
        ({"validation": (X[:, :5], y)}, r"X must have shape \(m, 64\)"),
        ({"validation": (X, y[:5])}, "y must hold 100 classes"),
    ],
    # without the generators' addresses: two processes must find the same tests
    ids=lambda value: re.sub(r" at 0x\w+", "", repr(value)),
)
def test_bad_arguments(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        train(start(), **options)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ((X[:, :5], y), r"X must have shape \(m, 64\)"),
        ((X, y[:50]), "y must hold 100 classes"),
        ((X[None], y[None]), r"X must have shape \(m, 64\)"),
        ((X[:0], y[:0]), r"X must have shape \(m, 64\)"),
    ],
)
def test_bad_data(data, sentence):
    with pytest.raises(ValueError, match=sentence):
        fit(NETWORK, *data, sgd, start(), size=1, rng=rng(), stop=epochs(1), alpha=0.1)


@pytest.mark.parametrize("theta", [start()[0], start()[:, 1:], [[0.0]]], ids=np.shape)
def test_bad_theta(theta):
    with pytest.raises(ValueError, match=r"theta must have shape \(settings, "):
        train(theta)


def test_everything_is_checked_at_the_call():
    """Before the first Run is asked for."""
    theta = start()
    good = {"size": 32, "rng": rng(), "stop": epochs(3), "alpha": 0.3}
    for wrong, sentence in (
        ({"size": 0}, "size must be"),
        ({"running_momentum": 2}, r"running_momentum must lie in \[0, 1\)"),
        ({"validation": X}, r"validation must be a pair \(X, y\), got ndarray"),
        ({"alpha": -1}, "alpha must be"),
    ):
        with pytest.raises(ValueError, match=sentence):
            lez10.fitting(NETWORK, X, y, sgd, theta, **good | wrong)


def test_rates_without_a_parameter_axis():
    with pytest.raises(
        ValueError, match=r"alpha \(3,\) do not broadcast.*\(settings, 1\)"
    ):
        train(np.repeat(start(), 3, axis=0), alpha=np.array([0.1, 0.2, 0.3]))
