"""The tasks of exercises 01, 02, 09, 11 and 12, as students may answer them."""

import re
from collections import Counter
from functools import cache

import numpy as np
import pytest

from lez10 import normalization
from lez10.grading.answers import Prediction, Tuning
from lez10.grading.asking import Reply, ask
from lez10.grading.calling import replies
from lez10.grading.judging import CORRECT, ERROR, PARTIAL, WRONG
from lez10.grading.randomness import (
    GENERATOR,
    false_alarm,
    largest_distance,
    same_distribution,
    same_moments,
)
from lez10.grading.searching import BUDGET
from lez10.grading.task import UNTOUCHED, Task
from lez10.grading.tasks import task_of, tasks_of
from lez10.grading.tasks.choosing import TUNE
from lez10.grading.tasks.initialization import NORMAL, VARIANCE
from lez10.grading.tuning import CALLS, GOOD, STEEP, train

EXERCISES = {
    "01_sgd": 21,
    "02_learning_rate": 20,
    "09_choosing_an_algorithm": 19,
    "11_initialization": 20,
    "12_batch_normalization": 20,
}
EVERYTHING = [task for name in EXERCISES for task in tasks_of(name)]
TASKS = [task for task in EVERYTHING if isinstance(task, Task)]
PREDICTIONS = [task for task in EVERYTHING if isinstance(task, Prediction)]
TUNINGS = [task for task in EVERYTHING if isinstance(task, Tuning)]
SEEDS = 10

named = {"ids": lambda task: getattr(task, "name", None)}


def judged(task, function, seed=0):
    """The judgement of an answer, asked as a student's is."""
    questions = task.questions(np.random.default_rng(seed))
    came = replies(function, questions, task.returns, train).replies
    return task.judge(questions, came)


# Correct answers in other ways


def gradient_in_loops(theta, X, y):
    g = [0.0] * len(theta)
    for row, wanted in zip(X, y):
        error = sum(a * b for a, b in zip(row, theta)) - wanted
        for i, a in enumerate(row):
            g[i] += error * a / len(y)
    return g


def gradient_in_float32(theta, X, y):
    theta, X, y = (np.float32(part) for part in (theta, X, y))
    return np.mean((X @ theta - y)[:, None] * X, axis=0)


def gradient_with_einsum(theta, X, y):
    return np.einsum("mi,m->i", X, np.einsum("mi,i->m", X, theta) - y) / X.shape[0]


def batches_in_a_generator(n, size, rng):
    left = list(range(n))
    rng.shuffle(left)
    while left:
        yield left[:size]
        left = left[size:]


def batches_in_a_list(n, size, rng):
    order = rng.permutation(n).astype(np.int32)
    return np.split(order, range(size, n, size))


def batches_by_sorting(n, size, rng):
    order = np.argsort(rng.random(n))
    return tuple(np.sort(order[i : i + size]) for i in range(0, n, size))


def batches_one_by_one(n, size, rng):
    left, batches = set(range(n)), []
    while left:
        batches.append(rng.choice(sorted(left), min(size, len(left)), replace=False))
        left -= set(batches[-1].tolist())
    return batches


def step_on_a_copy(theta, g, alpha):
    new = np.array(theta, float)
    new -= alpha * np.asarray(g)
    return new


def stop_in_loops(losses, patience, tolerance):
    best, waited = np.inf, 0
    if len(losses) <= patience:
        return False
    for loss in losses[: len(losses) - patience]:
        best = min(best, loss)
    for loss in losses[len(losses) - patience :]:
        waited += loss >= best - tolerance
    return waited == patience


def stop_as_a_number(losses, patience, tolerance):
    cut = len(losses) - patience
    return int(cut > 0 and min(losses[cut:]) + tolerance >= min(losses[:cut]))


def linear_in_loops(k, alpha0, tau):
    if np.ndim(k):
        return [linear_in_loops(one, alpha0, tau) for one in k]
    return alpha0 * (0.01 if k >= tau else 1 - 0.99 * k / tau)


def linear_with_where(k, alpha0, tau):
    return np.where(k < tau, alpha0 - k * (alpha0 - alpha0 / 100) / tau, alpha0 / 100)


def exponential_by_logarithm(k, alpha0, decay_steps, decay_rate):
    return alpha0 * np.exp(np.log(decay_rate) * k / decay_steps)


def exponential_by_roots(k, alpha0, decay_steps, decay_rate):
    return np.float32(alpha0 * (decay_rate ** (1 / decay_steps)) ** k)


def steps_in_a_loop(losses, target):
    for k, loss in enumerate(losses):
        if not loss > target and loss == loss:
            return k
    return -1


def steps_by_argmax(losses, target):
    low = np.array(losses) <= target
    return np.argmax(low) if low.any() else -1.0


def glorot_transposed(n_in, n_out, rng):
    return rng.normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out)).T


def glorot_row_by_row(n_in, n_out, rng):
    sigma = (2 / (n_in + n_out)) ** 0.5
    return [[rng.normal(0, sigma) for _ in range(n_in)] for _ in range(n_out)]


def he_in_float32(n_in, n_out, rng):
    W = rng.standard_normal((n_out, n_in), dtype=np.float32)
    return W * np.float32(np.sqrt(2 / n_in))


def he_by_box_and_muller(n_in, n_out, rng):
    u, angle = 1 - rng.random((n_out, n_in)), rng.random((n_out, n_in))
    return np.sqrt(-4 / n_in * np.log(u)) * np.cos(2 * np.pi * angle)


def he_backwards(n_in, n_out, rng):
    W = rng.standard_normal(n_in * n_out)[::-1].reshape(n_out, n_in)
    return -W / np.sqrt(n_in / 2)


def train_column_by_column(x, gamma, beta, epsilon):
    y, means, variances = np.empty(x.shape), [], []
    for j, column in enumerate(x.T):
        mean = sum(column) / len(column)
        var = sum((one - mean) ** 2 for one in column) / len(column)
        y[:, j] = (column - mean) * gamma[j] / (var + epsilon) ** 0.5 + beta[j]
        means.append(mean)
        variances.append(var)
    return [y, means, variances]


def train_in_float32(x, gamma, beta, epsilon):
    x = np.float32(x)
    mean, var = x.mean(axis=0), x.var(axis=0)
    y = gamma * (x - mean) / np.sqrt(var + np.float32(epsilon)) + beta
    return np.float32(y), mean, var


def update_by_the_difference(running, batch, momentum):
    return running - (1 - momentum) * (running - batch)


def inference_as_a_line(x, gamma, beta, mean, var, epsilon):
    slope = gamma / np.sqrt(var + epsilon)
    return (slope * x + (beta - slope * mean)).tolist()


def backward_by_the_chain_rule(dy, x, gamma, epsilon):
    m, centred = len(x), x - x.mean(axis=0)
    root = np.sqrt((centred**2).mean(axis=0) + epsilon)
    d_hat = dy * gamma
    d_var = (d_hat * centred).sum(axis=0) * -0.5 * root**-3
    d_mean = -d_hat.sum(axis=0) / root + d_var * np.mean(-2 * centred, axis=0)
    dx = d_hat / root + d_var * 2 * centred / m + d_mean / m
    return dx, np.einsum("ij,ij->j", dy, centred / root), dy.sum(axis=0)


def tune_in_two_rounds(run, budget, rng):
    tried = []
    for n in range(budget):
        alpha, beta = 10 ** rng.uniform(-5, 0), rng.uniform(0, 0.99)
        if n >= 40:
            best = min(tried)
            alpha = best[1] * np.exp(rng.normal(0, 0.3))
            beta = min(best[2] * np.exp(rng.normal(0, 0.1)), 0.99)
        tried.append((run(alpha, beta), alpha, beta))
    return min(tried)[1:]


def tune_with_the_memory_drawn(run, budget, rng):
    alphas, shares = 10 ** rng.uniform(-5, 0, budget), 10 ** rng.uniform(-2, 0, budget)
    losses = [run(alpha=a, beta=1 - s) for a, s in zip(alphas, shares)]
    best = np.argmin(losses)
    return np.array([alphas[best], 1 - shares[best]])[0], 1 - shares[best]


OTHER_WAYS = {
    "minibatch_gradient": (
        gradient_in_loops,
        gradient_in_float32,
        gradient_with_einsum,
    ),
    "minibatches": (
        batches_in_a_generator,
        batches_in_a_list,
        batches_by_sorting,
        batches_one_by_one,
    ),
    "sgd_step": (step_on_a_copy,),
    "should_stop": (stop_in_loops, stop_as_a_number),
    "linear_decay": (linear_in_loops, linear_with_where),
    "exponential_decay": (exponential_by_logarithm, exponential_by_roots),
    "steps_to_target": (steps_in_a_loop, steps_by_argmax),
    "tune": (tune_in_two_rounds, tune_with_the_memory_drawn),
    "glorot_normal": (glorot_transposed, glorot_row_by_row),
    "he_normal": (he_in_float32, he_by_box_and_muller, he_backwards),
    "batchnorm_train": (train_column_by_column, train_in_float32),
    "update_running": (update_by_the_difference,),
    "batchnorm_inference": (inference_as_a_line,),
    "batchnorm_backward": (backward_by_the_chain_rule,),
}


@pytest.mark.parametrize(
    ("name", "function"),
    [(name, function) for name, some in OTHER_WAYS.items() for function in some],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_a_correct_answer_may_be_written_in_another_way(name, function):
    for seed in range(SEEDS):
        judgement = judged(task_of(name), function, seed)
        assert judgement.said == ()
        assert judgement.status == CORRECT


def test_every_function_has_a_correct_answer_in_another_way():
    functions = {task.name for task in (*TASKS, TUNE)}
    assert set(OTHER_WAYS) == functions


# Points and references


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_exercise_has_functions_two_predictions_and_a_tuning_task(exercise):
    tasks = tasks_of(exercise)
    assert sum(task.properties[0].points > 0 for task in tasks) == len(tasks)
    assert sum(p.points for t in tasks for p in t.properties) == EXERCISES[exercise]
    kinds = [type(task) for task in tasks if isinstance(task, Prediction | Tuning)]
    tuning = [] if exercise.startswith("09") else [Tuning]
    assert kinds == [Prediction, Prediction, *tuning]
    assert {task.exercise for task in tasks} == {exercise}


def test_there_are_enough_misconceptions():
    counted = Counter({task.name: len(task.misconceptions) for task in (*TASKS, TUNE)})
    assert min(counted.values()) >= 3
    assert counted.total() >= 30


@pytest.mark.parametrize("name", ["train", "inference", "backward"])
def test_the_references_of_batch_norm_are_the_package_s(name):
    task = task_of(f"batchnorm_{name}")
    theirs = getattr(normalization, f"batchnorm_{name}")
    for seed in range(SEEDS):
        assert judged(task, theirs, seed).status == CORRECT


def test_the_gradient_is_that_of_the_halved_mean_square():
    rng = np.random.default_rng(3)
    theta, X, y = rng.normal(size=3), rng.normal(size=(5, 3)), rng.normal(size=5)
    loss = lambda at: np.mean((X @ at - y) ** 2) / 2
    steps = 1e-6 * np.eye(3)
    slopes = [(loss(theta + h) - loss(theta - h)) / 2e-6 for h in steps]
    g = task_of("minibatch_gradient").reference(theta, X, y)
    np.testing.assert_allclose(g, slopes, rtol=1e-7)


# What costs a part


def test_changing_the_caller_s_arrays_costs_its_own_points_alone():
    def in_place(theta, g, alpha):
        theta -= alpha * g
        return theta

    task = task_of("sgd_step")
    judgement = judged(task, in_place)
    lost = {p.name for p in task.properties if not judgement.earned[p.name]}
    assert lost == {UNTOUCHED}
    assert "changes the caller's theta" in judgement.said[0]


def test_arrays_of_steps_are_a_property_of_their_own():
    def with_an_if(k, alpha0, tau):
        return alpha0 / 100 if k > tau else alpha0 * (1 - 0.99 * k / tau)

    judgement = judged(task_of("linear_decay"), with_an_if)
    assert judgement.status == PARTIAL
    assert not judgement.earned["arrays"]
    assert judgement.earned["before"] and judgement.earned["after"]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("rounded_down", lambda k, alpha0, tau: alpha0 if k < tau else alpha0 / 100),
        ("jump_after", lambda k, a, tau: a / 100 if k > tau else (1 - k / tau) * a),
        ("tenth", lambda k, a, tau: a * (0.1 if k > tau else 1 - 0.9 * k / tau)),
    ],
)
def test_a_mistake_is_named_beside_an_if_that_takes_no_arrays(name, wrong):
    for seed in range(SEEDS):
        judgement = judged(task_of("linear_decay"), wrong, seed)
        assert [one.name for one in judgement.named] == [name]
        assert "raised ValueError" in judgement.said[1]


def test_a_mean_along_the_wrong_axis_is_named_though_it_raises():
    def along_rows(x, gamma, beta, epsilon):
        mean, var = x.mean(axis=1), x.var(axis=1)
        return gamma * (x - mean) / np.sqrt(var + epsilon) + beta, mean, var

    judgement = judged(task_of("batchnorm_train"), along_rows)
    assert [one.name for one in judgement.named] == ["axis_1"]
    assert "raised ValueError" in judgement.said[1]


@pytest.mark.parametrize("always", [False, True])
def test_a_constant_answer_to_should_stop_earns_nothing(always):
    judgement = judged(task_of("should_stop"), lambda losses, patience, tol: always)
    assert judgement.points == 0
    assert [one.name for one in judgement.named] == [f"always_{always}".lower()]


def test_right_statistics_earn_their_points_where_y_is_wrong():
    def forgets(x, gamma, beta, epsilon):
        return x, x.mean(axis=0), x.var(axis=0)

    judgement = judged(task_of("batchnorm_train"), forgets)
    assert judgement.status == PARTIAL
    assert judgement.earned["statistics"] and not judgement.earned["batch"]
    assert "y differs" in judgement.said[0]


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("minibatch_gradient", ("sum", "sign")),
        ("minibatches", ("last_dropped", "own_seed")),
        ("should_stop", ("one_before", "without_tolerance")),
        ("linear_decay", ("tenth", "no_floor")),
        ("exponential_decay", ("every_step", "lost_share")),
        ("steps_to_target", ("strict", "zero")),
        ("glorot_normal", ("without_two", "transposed")),
        ("he_normal", ("n_out", "own_seed")),
        ("batchnorm_train", ("epsilon_outside", "swapped")),
        ("batchnorm_inference", ("without_epsilon", "batch_mean")),
        ("batchnorm_backward", ("without_mean_term", "without_gamma")),
    ],
)
def test_two_misconceptions_at_once_are_named_as_both(name, names):
    task = task_of(name)
    by_name = {one.name: one for one in task.misconceptions}
    both = sorted((by_name[n] for n in names), key=task.misconceptions.index)
    for seed in range(3):
        judgement = judged(task, task.wrong(*both), seed)
        assert set(judgement.named) == set(both)


# Functions that draw


def test_a_generator_of_one_s_own_beside_the_given_one_is_noticed():
    def mixes(n_in, n_out, rng):
        rng.random()
        return (
            np.random.default_rng().standard_normal((n_out, n_in)) * (2 / n_in) ** 0.5
        )

    task = task_of("he_normal")
    judgement = judged(task, mixes)
    lost = {p.name for p in task.properties if not judgement.earned[p.name]}
    assert lost == {GENERATOR}
    assert "draw from rng" in judgement.said[0]


def test_another_variance_is_told_with_its_number():
    def wide(n_in, n_out, rng):
        return 3 * rng.standard_normal((n_out, n_in))

    (said,) = judged(task_of("glorot_normal"), wide).said
    assert re.fullmatch(
        r"glorot_normal\(\d+, \d+, rng\): the weights have the mean 0 and the variance "
        r"(8\.9|9|9\.1): expected are 0 and 0\.00\d+\.",
        said,
    )


def each_drawn(n_in, n_out, rng):
    return rng.normal(0, (2 / n_in) ** 0.5, (n_out, n_in))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda n_in, n_out, rng: rng.normal((2 / n_in) ** 0.5, 0, (n_out, n_in)),
            "0.816",
        ),
        (lambda n_in, n_out, rng: np.zeros((n_out, n_in)), "all weights are 0: each"),
        (
            lambda *a: np.repeat(each_drawn(*a)[:1], a[1], axis=0),
            "all rows of W are eq",
        ),
        (lambda *a: np.repeat(each_drawn(*a)[:, :1], a[0], axis=1), "all columns of W"),
        (lambda *a: each_drawn(*a) + 3, "mean 3 and the variance 0.0"),
        (
            lambda *a: np.clip(
                each_drawn(*a), -2 * (2 / a[0]) ** 0.5, 2 * (2 / a[0]) ** 0.5
            ),
            "68% of the weights lie within one standard deviation, and none beyond 2.0",
        ),
    ],
)
def test_wrong_weights_are_told_with_their_numbers(make, said):
    (sentence,) = judged(task_of("he_normal"), make).said
    assert sentence.startswith("he_normal(") and said in sentence


def blocks_by_shuffle(n, size, rng):
    blocks = [np.arange(i, min(i + size, n)) for i in range(0, n, size)]
    rng.shuffle(blocks)
    return blocks


def blocks_by_sorting(n, size, rng):
    starts = sorted(range(0, n, size), key=lambda start: rng.random())
    return ([i for i in range(start, start + size) if i < n] for start in starts)


def whole_by_choice(n, size, rng):
    return [rng.choice(n, size) for _ in range(0, n, size)]


def whole_number_by_number(n, size, rng):
    count = -(-n // size)
    return [[int(rng.random() * n) for _ in range(size)] for _ in range(count)]


def in_even_parts(n, size, rng):
    return np.array_split(np.argsort(rng.random(n)), np.ceil(n / size))


def with_the_rest(n, size, rng):
    left, batches = list(rng.permutation(n)), []
    while len(left) >= 2 * size:
        batches.append(left[:size])
        left = left[size:]
    return [*batches, left]


def at_once(n, size, rng):
    order = rng.permutation(n)
    for i in range(0, n, size):
        return order[i : i + size]


def uncut(n, size, rng):
    yield from rng.permutation(n)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("blocks_shuffled", blocks_by_shuffle),
        ("blocks_shuffled", blocks_by_sorting),
        ("each_anew_with_replacement", whole_by_choice),
        ("each_anew_with_replacement", whole_number_by_number),
        ("even_parts", in_even_parts),
        ("rest_joined", with_the_rest),
        ("first_alone", at_once),
        ("not_cut", uncut),
    ],
)
def test_wrong_epochs_are_named_however_they_are_drawn(name, function):
    for seed in range(3 * SEEDS):
        judgement = judged(task_of("minibatches"), function, seed)
        assert [one.name for one in judgement.named] == [name]


def merged(cut):
    """The last minibatch added to the second one, where it is smaller."""
    if len(cut[-1]) == len(cut[0]):
        return cut
    return [cut[0], np.concatenate([cut[1], cut[-1]]), *cut[2:-1]]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (merged, r"of sizes 4, 5, 4, .* 4: the index that is left must come alone, at"),
        (lambda cut: [part // 2 for part in merged(cut)], "gave the index 0 more than"),
        (lambda cut: [part - 1 for part in cut], "gave the index -1: the indices go"),
        (lambda cut: [part * 1.0 for part in cut], "gave numbers that are no integers"),
        (lambda cut: [*cut, *cut], r"gave \d+ minibatches of size 4: it must give"),
        (lambda cut: [part[:, None] for part in cut], r"of shape \(4, 1\): each must"),
        (
            lambda cut: np.concatenate(cut)[1:],
            "gave single numbers: each minibatch must be an array",
        ),
        (
            lambda cut: [cut],
            r"one array of shape \(\d, 4\), with all minibatches in it",
        ),
        (lambda cut: [], "gave no minibatch: it must give"),
    ],
)
def test_an_epoch_that_is_wrong_is_told_with_its_numbers(change, said):
    def epoch(n, size, rng):
        order = rng.permutation(n)
        return change([order[i : i + size] for i in range(0, n, size)])

    judgement = judged(task_of("minibatches"), epoch)
    assert judgement.named == () and len(judgement.said) == 1
    assert re.match(rf"minibatches\(\d+, \d+, rng\) .*{said}", judgement.said[0])


def test_minibatches_that_can_only_be_equal_are_told_so():
    def reshaped(n, size, rng):
        return rng.permutation(n).reshape(-1, size)

    first, second = judged(task_of("minibatches"), reshaped).said
    assert first == (
        "minibatches raises an error where the last minibatch has to be smaller."
    )
    assert "cannot reshape" in second


def test_an_order_that_is_hardly_random_is_told_with_its_numbers():
    def ordered(n, size, rng):
        order = np.sort(rng.permutation(n))
        return [order[i : i + size] for i in range(0, n, size)]

    def again(n, size, rng):
        rng.random()
        order = np.random.default_rng(n).permutation(n)
        return [order[i : i + size] for i in range(0, n, size)]

    task = task_of("minibatches")
    (said,) = judged(task, ordered).said
    assert "gave a minibatch with all the indices from 0 to 99: each must" in said
    assert "gave the same minibatches in two epochs" in judged(task, again).said[0]


def test_a_w_of_another_shape_is_told_with_its_shape():
    def flat(n_in, n_out, rng):
        return rng.standard_normal(n_in * n_out) * (2 / n_in) ** 0.5

    (said,) = judged(task_of("he_normal"), flat).said
    assert said == "he_normal(3, 5, rng): W must have the shape (5, 3), but has (15,)."


def test_nothing_finite_passes_for_a_distribution():
    bad = np.full((500, 2), np.nan)
    good = np.random.default_rng(0).standard_normal((500, 2))
    for one, other in ((bad, good), (good, bad), (good, good[:-1])):
        assert not same_moments(one, other)
        assert not same_distribution(one, other)


@pytest.mark.parametrize("n", [458, 3000])
def test_two_correct_samples_are_told_apart_no_more_often_than_stated(n):
    rng, pairs = np.random.default_rng(n), 3000
    alarms = Counter()
    for _ in range(pairs):
        one, other = rng.standard_normal((2, n))
        for chance in (0.1, None):
            level = {} if chance is None else {"chance": chance}
            alarms[same_moments, chance] += not same_moments(one, other, **level)
            far = not same_distribution(one, other, **level)
            alarms[same_distribution, chance] += far
    print(n, dict(alarms))
    most = {same_moments: 0.1, same_distribution: 0.2}  # it asks for the moments too
    for test, share in most.items():
        spread = (share * (1 - share) / pairs) ** 0.5
        assert alarms[test, 0.1] <= pairs * (share + 3 * spread)
    assert alarms[same_distribution, 0.1] > 0  # the bounds are no empty promise
    assert alarms[same_moments, None] == alarms[same_distribution, None] == 0


def test_no_correct_epoch_is_taken_for_a_wrong_one():
    task = task_of("minibatches")
    for seed in range(500):
        assert judged(task, batches_by_sorting, seed).status == CORRECT


@pytest.mark.parametrize("name", ["glorot_normal", "he_normal"])
def test_a_correct_initialiser_fails_less_than_once_in_a_million(name):
    for seed in range(SEEDS):
        questions = task_of(name).questions(np.random.default_rng(seed))
        sizes = [
            q.arguments["n_in"] * q.arguments["n_out"]
            for q in questions
            if q.about in (VARIANCE, NORMAL)
        ]
        assert len(sizes) == 3
        assert false_alarm(sizes) < 1e-6


def test_the_samples_are_large_enough_for_keras_s_truncated_normal():
    # its distribution function is 0.0167 from the normal's, twice that in |x|
    questions = task_of("he_normal").questions(np.random.default_rng(0))
    (n,) = (
        q.arguments["n_in"] * q.arguments["n_out"]
        for q in questions
        if q.about == NORMAL
    )
    spread = (2 * 0.25 / n) ** 0.5  # of the difference at one place, at most
    assert 0.0333 - largest_distance(n, 1e-9) > 4.5 * spread


# The search


@cache
def tune_judgements(name):
    """What is said of a search in 100 seeds; None for the right one."""
    wrong = [one for one in TUNE.misconceptions if one.name == name]
    function = TUNE.wrong(*wrong) if wrong else TUNE.reference
    found = []
    for seed in range(100):
        questions = TUNE.questions(np.random.default_rng(seed))
        with np.errstate(all="ignore"):
            came = [ask(function, q, TUNE.returns, train) for q in questions]
        found.append(TUNE.judge(questions, came))
    return found


@pytest.mark.parametrize("name", [None, *(one.name for one in TUNE.misconceptions)])
def test_a_search_is_named_by_what_it_does(name):
    for judgement in tune_judgements(name):
        assert [one.name for one in judgement.named] == [name] * (name is not None)
        assert (judgement.status == CORRECT) == (name is None)
        assert (judgement.points == TUNE.points) == (name is None)


def test_an_honest_search_misses_less_than_once_in_a_million():
    valleys = len(TUNE.questions(np.random.default_rng(0))) - 1
    assert valleys * (1 - GOOD) ** CALLS < 1e-6


def test_a_search_without_end_is_stopped_by_its_budget():
    def endless(run, budget, rng):
        while True:
            run(10 ** rng.uniform(-5, 0), 0.9)

    judgement = judged(TUNE, endless)
    assert judgement.status == WRONG and judgement.points == 0
    assert [one.name for one in judgement.named] == ["over_budget"]


def test_what_a_search_says_of_its_values_is_no_proof():
    def boasts(run, budget, rng):
        run.calls, run.train = 0, lambda *setting: 0.0
        losses = [run(10 ** rng.uniform(-5, 0), rng.random()) for _ in range(budget)]
        return 1e-5, losses[0]

    judgement = judged(TUNE, boasts)
    assert not judgement.earned[STEEP]
    assert [one.name for one in judgement.named] == ["fixed"]


def test_a_search_that_fails_is_an_error_and_others_keep_their_points():
    def broken(run, budget, rng):
        return run(0.1, 0.9).alpha

    judgement = judged(TUNE, broken)
    assert judgement.status == ERROR
    assert "raised AttributeError" in judgement.said[0]

    def costly(run, budget, rng):
        first = TUNE.reference(run, budget, rng)
        run(*first)
        return first

    judgement = judged(TUNE, costly)
    assert {n for n, points in judgement.earned.items() if not points} == {"budget"}


@pytest.mark.parametrize(
    ("name", "draw"),
    [
        ("natural", lambda rng: np.exp(rng.uniform(-5, 0))),
        ("even", lambda rng: rng.uniform(1e-5, 1)),
        ("narrow", lambda rng: 10 ** rng.uniform(-2, 0)),
        ("narrow", lambda rng: 2 ** rng.uniform(-5, 0)),
        ("narrow", lambda rng: 10 ** rng.uniform(-3, 0)),  # low enough even so
        ("above_one", lambda rng: 10 ** rng.uniform(0, 5)),
        ("whole", lambda rng: 10.0 ** rng.integers(-5, 0)),
        ("whole", lambda rng: float(f"1e-{rng.integers(6)}")),
    ],
)
def test_how_alpha_was_drawn_is_told_apart(name, draw):
    def search(run, budget, rng):
        pairs = [(draw(rng), rng.uniform(0, 0.99)) for _ in range(budget)]
        return min(pairs, key=lambda pair: run(*pair))

    for seed in range(SEEDS):
        named = judged(TUNE, search, seed).named
        assert [one.name for one in named] == [name] * (name is not None)


def drawn(budget, rng):
    return [(10 ** rng.uniform(-5, 0), rng.uniform(0, 0.99)) for _ in range(budget)]


def mean_of_three(run, budget, rng):
    best = sorted(drawn(budget, rng), key=lambda pair: run(*pair))[:3]
    return tuple(np.mean(best, axis=0))


def one_after_the_other(run, budget, rng):
    pairs = np.array(drawn(budget // 2, rng))
    alpha = min(pairs[:, 0], key=lambda alpha: run(alpha, 0.9))
    return alpha, min(pairs[:, 1], key=lambda beta: run(0.01, beta))


def second_best(run, budget, rng):
    return sorted(drawn(budget, rng), key=lambda pair: run(*pair))[1]


def worst_that_converged(run, budget, rng):
    trials = [(run(*pair), pair) for pair in drawn(budget, rng)]
    return max(trial for trial in trials if trial[0] < np.inf)[1]


def beta_first(run, budget, rng):
    return min(drawn(budget, rng), key=lambda pair: run(pair[1], pair[0]))


def beta_first_throughout(run, budget, rng):
    alpha, beta = beta_first(run, budget, rng)
    return beta, alpha


def without_momentum(run, budget, rng):
    return min((run(a, 0), a, 0.0) for a, _ in drawn(budget, rng))[1:]


def even_and_one_beta(run, budget, rng):
    return min((run(a, 0.9), a, 0.9) for a in rng.uniform(1e-5, 1, budget))[1:]


def last_of_an_even_search(run, budget, rng):
    for alpha, beta in zip(rng.uniform(1e-5, 1, budget), rng.uniform(0, 0.99, budget)):
        run(alpha, beta)
    return alpha, beta


@pytest.mark.parametrize(
    ("search", "names"),
    [
        (mean_of_three, {"untried"}),
        (one_after_the_other, {"untried"}),
        (second_best, {"not_best"}),
        (worst_that_converged, {"highest"}),
        (beta_first, {"swapped_call"}),
        (beta_first_throughout, {"swapped_call"}),
        (without_momentum, {"constant_beta"}),
        (even_and_one_beta, {"even", "constant_beta"}),
        (last_of_an_even_search, {"even", "not_best"}),
    ],
)
def test_what_was_tried_tells_how_a_search_went_wrong(search, names):
    for seed in range(SEEDS):
        judgement = judged(TUNE, search, seed)
        assert {one.name for one in judgement.named} == names
        assert judgement.points < TUNE.points


def test_a_search_may_round_what_it_returns_to_float32():
    def rounded(run, budget, rng):
        return np.float32(min(drawn(budget, rng), key=lambda pair: run(*pair)))

    assert judged(TUNE, rounded).status == CORRECT


def test_a_search_that_never_runs_is_told_so():
    judgement = judged(TUNE, lambda run, budget, rng: (0.1, rng.uniform(0, 0.99)))
    assert not judgement.earned[BUDGET] and not judgement.earned[GENERATOR]
    assert judgement.said[0].startswith("You never call run: ")


def test_the_best_of_a_poor_search_is_not_said_to_be_another():
    def of_three(run, budget, rng):
        pairs = [(10 ** rng.uniform(-5, 0), rng.uniform(0, 0.99)) for _ in range(3)]
        return min((run(*pair), *pair) for pair in pairs)[1:]

    def of_thirty(run, budget, rng):
        alphas, betas = 10 ** rng.uniform(-6, 1, 30), rng.uniform(0, 0.99, 30)
        return min((run(a, b), a, b) for a, b in zip(alphas, betas))[1:]

    found = Counter()
    for seed in range(SEEDS):
        found.update(one.name for one in judged(TUNE, of_three, seed).named)
        assert judged(TUNE, of_thirty, seed).named == ()
    assert set(found) == {"few"}


# Predictions and tuning


def answer(task, value):
    """The judgement of a function without arguments."""
    questions = task.questions(np.random.default_rng(0))
    return task.judge(questions, [ask(lambda: value, questions[0], task.returns)])


@pytest.mark.parametrize("task", PREDICTIONS, **named)
def test_a_prediction_knows_right_from_wrong_and_says_why(task):
    assert answer(task, task.right()).status == CORRECT
    assert task.wrong
    for said, wrong in task.wrong.items():
        assert answer(task, wrong()).said == (said,)
    assert answer(task, "Z").status == WRONG
    assert answer(task, 12345.6).status == WRONG


VALUES = {
    "tuned_sgd": (({"alpha": 0.07}, {"alpha": 0.076}), ({"alpha": 0.01}, {"alpha": 1})),
    "tuned_linear_decay": (
        ({"alpha0": 0.1, "tau": 80}, {"alpha0": 0.19, "tau": 60}),
        ({"alpha0": 0.1, "tau": 1000}, {"alpha0": 0.01, "tau": 100}),
    ),
    "tuned_initialization": (
        ({"sigma": 1.0, "alpha": 0.03}, {"sigma": 0.8, "alpha": 0.05}),
        ({"sigma": 0.1, "alpha": 0.05}, {"sigma": 2.0, "alpha": 0.05}),
    ),
    "tuned_running_momentum": (
        ({"momentum": 0.95}, {"momentum": 0.97}),
        ({"momentum": 0.9}, {"momentum": 0.99}),
    ),
}


@pytest.mark.parametrize("task", TUNINGS, **named)
def test_several_good_values_pass_and_careless_ones_do_not(task):
    good, careless = VALUES[task.name]
    for values in good:
        assert answer(task, values).status == CORRECT
    for values in careless:
        judgement = answer(task, values)
        assert judgement.status in (PARTIAL, WRONG)
        assert "it has to be at most" in judgement.said[0]
    assert answer(task, dict.fromkeys(task.names, 0.0)).points == 0


def test_a_run_that_diverges_has_no_number():
    task = task_of("tuned_sgd")
    for alpha in (0.2, 1, 1e6):  # with a loss, with a very large one, without
        (said,) = answer(task, {"alpha": alpha}).said
        assert said == (
            "tuned_sgd: the loss grows without end, since the run diverges; it has to "
            "be at most 0.001."
        )
    (said,) = answer(task, {"alpha": 0.01}).said
    assert said == "tuned_sgd: the loss is 1.17; it has to be at most 0.001."


def test_a_reply_without_numbers_is_no_correct_answer():
    for task in TASKS:
        questions = task.questions(np.random.default_rng(0))
        with np.errstate(all="ignore"):
            judgement = task.judge(questions, [Reply() for _ in questions])
        assert judgement.points == 0
