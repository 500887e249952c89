"""What Keras is compared with, for any backend: tests for others to take over.

tests/parity runs them on jax, tests/frameworks on TensorFlow's tf.keras: a file that
has ``from keras_cases import *`` says which module ``keras`` is, and names in
IN_FLOAT32 the tests in which that one computes in float32. Bounds are relative, over
200 steps; what is reached is printed after the tests.
"""

import inspect
from types import SimpleNamespace

import conventions
import numpy as np
import problems
import pytest
from forms import (
    ScheduledNadam,
    look_ahead,
)

import lez10
from lez10 import State, nadam, rmsprop_nesterov
from lez10.variants import adagrad_inside, adam_epsilon_hat, rmsprop_momentum

START = problems.START
BOUND, FLOAT32 = 1e-10, 1e-5
SEEDS = range(3)
SAME = ["sgd", "momentum", "nesterov", "rmsprop"]
NAMES = {
    "alpha": "learning_rate",
    "beta": "momentum",
    "rho": "rho",
    "beta1": "beta_1",
    "beta2": "beta_2",
    "delta": "epsilon",
}
MAKERS = {
    "sgd": "SGD",
    "momentum": "SGD",
    "nesterov": "SGD",
    "adagrad": "Adagrad",
    "rmsprop": "RMSprop",
    "rmsprop_nesterov": "RMSprop",
    "adam": "Adam",
    "nadam": "Nadam",
}


@pytest.fixture(scope="module", name="keras")
def keras_in_float64(request):
    """The Keras of the file that takes the tests over."""
    keras = request.module.keras
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    yield keras
    keras.config.set_floatx(before)


@pytest.fixture
def bound(request):
    """How far from Keras a test may be."""
    test = request.function.__name__
    return FLOAT32 if test in request.module.IN_FLOAT32 else BOUND


def as_numpy(tensor) -> np.ndarray:
    tensor = getattr(tensor, "value", tensor)
    return tensor.numpy() if hasattr(tensor, "numpy") else np.asarray(tensor)


def keras_path(keras, rule, hyperparameters, **options) -> np.ndarray:
    """theta over a run of a Keras optimiser that is handed our gradients."""
    if rule == "nesterov":
        options["nesterov"] = True
    named = {NAMES[n]: v for n, v in hyperparameters.items()}
    optimizer = getattr(keras.optimizers, MAKERS[rule])(**named, **options)
    theta = keras.Variable(START)
    assert theta.dtype == "float64"
    path = [as_numpy(theta).copy()]
    for _ in range(problems.STEPS):
        gradient = keras.ops.convert_to_tensor(problems.gradient(path[-1]))
        optimizer.apply([gradient], [theta])
        path.append(as_numpy(theta).copy())
    return np.array(path)


def ours(rule, hyperparameters, state=None) -> np.ndarray:
    """A run of lez10, at the look-ahead point where Keras keeps that."""
    states = problems.run(
        lez10.RULES[rule],
        State(START.copy()) if state is None else state,
        **hyperparameters,
    )
    if rule == "nesterov":
        return look_ahead(states, hyperparameters["beta"])
    return np.array([s.theta for s in states])


def decaying(keras, alpha0, staircase=False):
    """The same schedule twice: Keras's object and our function of k."""
    theirs = keras.optimizers.schedules.ExponentialDecay(alpha0, 60, 0.5, staircase)
    return theirs, lez10.exponential_decay(alpha0, 60, 0.5, staircase)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rule", SAME)
def test_same_form(keras, rule, seed, bound):
    """SGD, momentum, RMSProp as they are; Nesterov at theta + beta v."""
    hp = problems.draw(rule, seed)
    problems.assert_same(ours(rule, hp), keras_path(keras, rule, hp), bound)


@pytest.mark.parametrize("staircase", [False, True])
@pytest.mark.parametrize("rule", SAME)
def test_schedule_inside(keras, rule, staircase, bound):
    """Keras counts optimizer steps from 0, and alpha stands inside its velocity."""
    hp = problems.draw(rule, 1)
    schedule, alpha = decaying(keras, hp["alpha"], staircase)
    theirs = keras_path(keras, rule, hp | {"alpha": schedule})
    problems.assert_same(ours(rule, hp | {"alpha": alpha}), theirs, bound)


@pytest.mark.parametrize("seed", SEEDS)
def test_adagrad_starts_at_a_tenth(keras, seed, bound):
    """Its r starts at 0.1 and epsilon stands inside the root."""
    hp = problems.draw("adagrad", seed)
    theirs = keras_path(keras, "adagrad", hp)
    start = State(START.copy(), r=np.full_like(START, 0.1))
    problems.assert_same(problems.path(adagrad_inside, start, **hp), theirs, bound)
    assert problems.difference(ours("adagrad", hp), theirs) > 1e-3
    # the start alone does not explain it
    assert problems.difference(ours("adagrad", hp, start), theirs) > 1e-3


@pytest.mark.parametrize("seed", SEEDS)
def test_adam_with_epsilon_hat(keras, seed, bound):
    """Ours with delta / sqrt(1 - beta2^t) is Keras's with epsilon."""
    hp = problems.draw("adam", seed)
    theirs = keras_path(keras, "adam", hp)
    problems.assert_same(
        problems.path(adam_epsilon_hat, State(START.copy()), **hp), theirs, bound
    )
    moved = hp | {"delta": lambda k: hp["delta"] / np.sqrt(1 - hp["beta2"] ** (k + 1))}
    problems.assert_same(ours("adam", moved), theirs, bound)


def test_adam_differs_visibly(keras, bound):
    """At epsilon 1e-2 the forms part by more than a tenth; at 1e-8 they agree."""
    hp = {"alpha": 0.01, "beta1": 0.9, "beta2": 0.999, "delta": 1e-2}
    theirs = keras_path(keras, "adam", hp)
    assert problems.difference(ours("adam", hp), theirs) > 0.1
    hp["delta"] = 1e-8
    theirs = keras_path(keras, "adam", hp)
    assert bound < problems.difference(ours("adam", hp), theirs) < 1e-2


@pytest.mark.parametrize("seed", SEEDS)
def test_nadam_with_momentum_schedule(keras, seed, bound):
    """beta1 grows as beta1 (1 - 0.96^t / 2), and the running product corrects."""
    hp = problems.draw("nadam", seed)
    theirs = keras_path(keras, "nadam", hp)
    problems.assert_same(
        problems.path(ScheduledNadam(), State(START.copy()), **hp), theirs, bound
    )
    assert problems.difference(problems.path(nadam, State(START), **hp), theirs) > 1e-3


@pytest.mark.parametrize("seed", SEEDS)
def test_rmsprop_with_plain_momentum(keras, seed, bound):
    """RMSprop(momentum=...) takes the gradient at theta: it is not rule 1.6."""
    hp = problems.draw("rmsprop_nesterov", seed)
    theirs = keras_path(keras, "rmsprop_nesterov", hp)
    form = problems.path(rmsprop_momentum, State(START.copy()), **hp)
    problems.assert_same(form, theirs, bound)
    states = problems.run(rmsprop_nesterov, State(START.copy()), **hp)
    for point in (look_ahead(states, hp["beta"]), look_ahead(states, 0.0)):
        assert problems.difference(point, theirs) > 1e-3


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rule", conventions.KERAS)
def test_what_the_exercises_call_its_convention(keras, rule, seed, bound):
    """Adagrad's r begins at 0.1 in Keras, which the exercise hands over."""
    hp = problems.draw(rule, seed)
    options = {"initial_accumulator_value": 0.0} if rule == "adagrad" else {}
    theirs = keras_path(keras, rule, hp, **options)
    found = conventions.path(rule, conventions.KERAS[rule], hp)
    problems.assert_same(found, theirs, bound)


def test_early_stopping(keras):
    """Its best loss moves when one is lower by more than min_delta, and not before."""
    should_stop = conventions.answer("should_stop", "best_moves_late")
    rng = np.random.default_rng(0)
    stopped = 0
    for _ in range(300):
        losses = np.linspace(1, 0, 12) + rng.integers(64, size=12) / 64
        losses = np.round(64 * losses) / 64  # ties are ties
        patience, tolerance = (
            int(rng.integers(1, 5)),
            float(rng.choice([0, 4, 16])) / 64,
        )
        theirs = keras.callbacks.EarlyStopping("loss", tolerance, patience, mode="min")
        model = SimpleNamespace(stop_training=False)
        theirs.set_model(model)
        theirs.on_train_begin()
        for epoch, loss in enumerate(losses):
            theirs.on_epoch_end(epoch, {"loss": loss})
            found = should_stop(losses[: epoch + 1], patience, tolerance)
            assert bool(found) == model.stop_training
            if found:
                stopped += 1
                break
    assert 50 < stopped < 300


def test_schedules(keras, bound):
    """Each at k = 0 … 299 against ours."""
    make = keras.optimizers.schedules
    pairs = [
        *(decaying(keras, 0.3, staircase) for staircase in (False, True)),
        (
            make.PolynomialDecay(0.3, 100, 0.003, power=1.0),
            lez10.linear_decay(0.3, 100),
        ),
        (make.InverseTimeDecay(0.3, 1, 1.0), lez10.inverse_decay(0.3)),
    ]
    for theirs, alpha in pairs:
        found = [float(as_numpy(theirs(k))) for k in range(300)]
        expected = [alpha(k) for k in range(300)]
        problems.assert_near(found, expected, bound)


def test_defaults(keras):
    """Where the defaults differ from the lecture's."""
    make = keras.optimizers
    assert make.Adagrad().initial_accumulator_value == 0.1
    for optimizer in (make.Adam(), make.Nadam(), make.RMSprop(), make.Adagrad()):
        assert optimizer.epsilon == 1e-7
    assert (make.Adam().beta_1, make.Adam().beta_2) == (0.9, 0.999)
    assert make.RMSprop().rho == 0.9
    assert make.SGD().momentum == 0.0

    def default(rule, name):
        return inspect.signature(lez10.RULES[rule]).parameters[name].default

    assert default("adam", "delta") == default("nadam", "delta") == 1e-8
    assert default("rmsprop", "delta") == default("rmsprop_nesterov", "delta") == 1e-6
    assert default("adagrad", "delta") == 1e-7
    assert (default("adam", "beta1"), default("adam", "beta2")) == (0.9, 0.999)
    assert default("rmsprop", "rho") == default("momentum", "beta") == 0.9


def test_truncated_initializers(keras):
    """Glorot's and He's normals are cut at 2 sigma and keep the variance."""
    n_in, n_out = 600, 400
    for theirs, name, variance in [
        (keras.initializers.GlorotNormal(seed=1), "glorot_normal", 2 / (n_in + n_out)),
        (keras.initializers.HeNormal(seed=1), "he_normal", 2 / n_in),
    ]:
        cut = as_numpy(theirs((n_in, n_out)))  # Keras's layers hold W transposed
        whole = lez10.INITIALIZERS[name](n_in, n_out, np.random.default_rng(1))
        assert cut.shape == (n_in, n_out)
        assert whole.shape == (n_out, n_in)
        for W in (cut, whole):
            # 240,000 draws: the sample variance is within 0.3 % (one sigma)
            np.testing.assert_allclose(W.var(), variance, rtol=0.015)
        # a normal cut at 2 sigma has 0.8796 of its sigma, so it starts out wider
        limit = 2 * np.sqrt(variance) / 0.87962566
        assert 0.99 * limit < np.abs(cut).max() <= limit * (1 + 1e-6)
        assert np.abs(whole).max() > 1.5 * limit


def test_other_initializers(keras):
    """Uniform Glorot has the same limits; normal and uniform the same defaults."""
    n_in, n_out = 600, 400
    limit = np.sqrt(6 / (n_in + n_out))
    theirs = as_numpy(keras.initializers.GlorotUniform(seed=1)((n_in, n_out)))
    W = lez10.glorot_uniform(n_in, n_out, np.random.default_rng(1))
    assert 0.999 * limit < np.abs(theirs).max() <= limit * (1 + 1e-6)
    assert 0.999 * limit < np.abs(W).max() <= limit
    assert keras.initializers.RandomNormal().stddev == 0.05
    assert keras.initializers.RandomUniform().maxval == 0.05
    assert inspect.signature(lez10.normal).parameters["sigma"].default == 0.05
    assert inspect.signature(lez10.uniform).parameters["limit"].default == 0.05


def test_batch_normalization(keras, bound):
    """Training, moving averages (biased variance) and inference, three batches long."""
    rng = np.random.default_rng(4)
    gamma, beta = rng.uniform(0.5, 2, 3), rng.standard_normal(3)
    layer = keras.layers.BatchNormalization(dtype="float64")
    assert (layer.epsilon, layer.momentum) == (1e-3, 0.99)
    assert lez10.Perceptron((2, 3, 2)).epsilon == 1e-3
    layer = keras.layers.BatchNormalization(momentum=0.8, epsilon=0.01, dtype="float64")
    layer.build((None, 3))
    layer.gamma.assign(gamma)
    layer.beta.assign(beta)
    mean, var = np.zeros(3), np.ones(3)
    for _ in range(3):
        x = rng.standard_normal((5, 3)) * [1, 5, 0.2] + [0, 3, -1]
        y, batch_mean, batch_var = lez10.batchnorm_train(x, gamma, beta, 0.01)
        theirs = as_numpy(layer(keras.ops.convert_to_tensor(x), training=True))
        problems.assert_near(y, theirs, bound, absolute=True)
        mean = lez10.update_running(mean, batch_mean, 0.8)
        var = lez10.update_running(var, batch_var, 0.8)
        problems.assert_near(mean, as_numpy(layer.moving_mean), bound)
        problems.assert_near(var, as_numpy(layer.moving_variance), bound)
    x = rng.standard_normal((4, 3))
    theirs = as_numpy(layer(keras.ops.convert_to_tensor(x), training=False))
    y = lez10.batchnorm_inference(x, gamma, beta, mean, var, 0.01)
    problems.assert_near(y, theirs, bound, absolute=True)
