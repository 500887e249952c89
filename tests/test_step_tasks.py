"""The tasks of the update rules: right answers in any form, wrong ones explained."""

import math
import re

import numpy as np
import pytest

from lez10.grading.answers import Prediction, Tuning
from lez10.grading.asking import Asked, Landscape, ask
from lez10.grading.judging import CORRECT, PARTIAL, WRONG
from lez10.grading.task import UNTOUCHED, Task
from lez10.grading.tasks import EXERCISES, tasks_of

SEEDS = 100
RULES = [name for name in EXERCISES if "03" <= name[:2] <= "08"]
EVERYTHING = {task.name: task for name in RULES for task in tasks_of(name)}
STEPS = {name: task for name, task in EVERYTHING.items() if isinstance(task, Task)}


def judged(task, answer, seed=0):
    questions = task.questions(np.random.default_rng(seed))
    with np.errstate(all="ignore"):
        return task.judge(questions, [ask(answer, q, task.returns) for q in questions])


# Each rule written twice more: for arrays, with names of its own, changing its own
# copies in place; and for one component, in plain Python.


def momentum(weights, speed, slope_at, rate, keep):
    speed = np.array(speed)
    speed *= keep
    speed -= rate * slope_at(weights)
    return weights + speed, speed


def nesterov(weights, speed, slope_at, rate, keep):
    drift = np.multiply(keep, speed)
    push = np.negative(rate) * slope_at(np.add(weights, drift))
    weights = np.array(weights)
    weights += drift
    weights += push
    return weights, drift + push


def adagrad(w, total, slope_at, rate, small):
    slope = slope_at(w)
    total = np.array(total)
    total += np.square(slope)
    return w - rate * slope / (total**0.5 + small), total


def blend(old, new, share):
    return old + (1 - share) * (new - old)


def rmsprop(w, mean, slope_at, rate, share, small):
    slope = slope_at(w)
    mean = blend(mean, slope**2, share)
    return w - rate * slope * (small + mean) ** -0.5, mean


def rmsprop_nesterov(w, speed, mean, slope_at, rate, keep, share, small):
    slope = slope_at(w + keep * speed)
    mean = blend(mean, slope**2, share)
    speed = keep * speed - rate * slope / np.sqrt(small + mean)
    return w + speed, speed, mean


def adam(w, first, second, count, slope_at, rate, share1, share2, small):
    count += 1  # of a number: nobody else sees it
    slope = slope_at(w)
    first, second = blend(first, slope, share1), blend(second, slope**2, share2)
    top, bottom = first / (1 - share1**count), second / (1 - share2**count)
    return w - rate * top / (bottom**0.5 + small), first, second, count


def nadam(w, first, second, count, slope_at, rate, share1, share2, small):
    count = count + 1
    slope = slope_at(w)
    first, second = blend(first, slope, share1), blend(second, slope**2, share2)
    top = share1 / (1 - share1 ** (count + 1)) * first
    top = top + (1 - share1) / (1 - share1**count) * slope
    bottom = np.sqrt(second / (1 - share2**count))
    return w - rate * top / (bottom + small), first, second, count


ARRAYS = {
    "momentum_step": momentum,
    "nesterov_step": nesterov,
    "adagrad_step": adagrad,
    "rmsprop_step": rmsprop,
    "rmsprop_nesterov_step": rmsprop_nesterov,
    "adam_step": adam,
    "nadam_step": nadam,
}


def one_momentum(w, v, g, alpha, beta):
    v = beta * v - alpha * g
    return w + v, v


def one_adagrad(w, r, g, alpha, delta):
    r += g**2
    return w - alpha * g / (math.sqrt(r) + delta), r


def one_rmsprop(w, r, g, alpha, rho, delta):
    r = rho * r + g**2 - rho * g**2
    return w - alpha * g / math.sqrt(r + delta), r


def one_rmsprop_nesterov(w, v, r, g, alpha, beta, rho, delta):
    r = rho * r + g**2 - rho * g**2
    v = beta * v - alpha * g / math.sqrt(r + delta)
    return w + v, v, r


def one_adam(w, v, r, t, g, alpha, beta1, beta2, delta):
    t += 1
    v, r = beta1 * v + (1 - beta1) * g, beta2 * r + (1 - beta2) * g**2
    root = math.sqrt(r / (1 - math.pow(beta2, t)))
    return w - alpha * v / (1 - math.pow(beta1, t)) / (root + delta), v, r, t


def one_nadam(w, v, r, t, g, alpha, beta1, beta2, delta):
    t += 1
    v, r = beta1 * v + (1 - beta1) * g, beta2 * r + (1 - beta2) * g**2
    now, later = 1 - math.pow(beta1, t), 1 - math.pow(beta1, t + 1)
    top = beta1 * v / later + (1 - beta1) * g / now
    return w - alpha * top / (math.sqrt(r / (1 - beta2**t)) + delta), v, r, t


COMPONENTS = {
    "momentum_step": one_momentum,
    "nesterov_step": one_momentum,
    "adagrad_step": one_adagrad,
    "rmsprop_step": one_rmsprop,
    "rmsprop_nesterov_step": one_rmsprop_nesterov,
    "adam_step": one_adam,
    "nadam_step": one_nadam,
}


def split(task, arguments):
    """The letters, grad and the hyperparameters of a call."""
    n = len(task.returns)
    return list(arguments[:n]), arguments[n], list(arguments[n + 1 :])


def loops(task):
    """An answer that goes through the components one by one."""
    one = COMPONENTS[task.name]

    def answer(*arguments):
        letters, grad, others = split(task, arguments)
        point = letters[0]
        if "nesterov" in task.name:
            point = point + others[1] * letters[1]
        g = np.asarray(grad(point))
        parts = [np.array(letter, float) for letter in letters]
        for index in np.ndindex(g.shape):
            its = [p[index] if p.ndim else x for p, x in zip(parts, letters)]
            for part, new in zip(parts, one(*its, float(g[index]), *others)):
                part[index if part.ndim else ()] = new
        return tuple(parts)

    return answer


def lists(task):
    """As loops, but what comes back are lists and plain numbers."""
    return lambda *arguments: [part.tolist() for part in loops(task)(*arguments)]


def single(task):
    """All in float32."""

    def answer(*arguments):
        letters, grad, others = split(task, arguments)
        cast = [x if isinstance(x, int) else np.float32(x) for x in letters]
        return ARRAYS[task.name](*cast, grad, *map(np.float32, others))

    return answer


def mixed(task):
    """theta alone in float32, the rest as it came."""

    def answer(theta, *others):
        return ARRAYS[task.name](np.asarray(theta, np.float32), *others)

    return answer


def without_shape(task):
    """Numbers come back as arrays without a shape, t as a float."""

    def answer(*arguments):
        return tuple(np.asarray(x, float) for x in ARRAYS[task.name](*arguments))

    return answer


def plain(task):
    return ARRAYS[task.name]


FORMS = (plain, loops, lists, single, mixed, without_shape)

each_step = pytest.mark.parametrize("name", STEPS)


@each_step
@pytest.mark.parametrize("form", FORMS)
def test_a_right_answer_passes_in_any_form(name, form):
    task = STEPS[name]
    for seed in range(SEEDS if form is plain else 10):
        judgement = judged(task, form(task), seed)
        assert (judgement.status, judgement.said) == (CORRECT, ()), (seed, judgement)
        assert judgement.points == task.points


@each_step
def test_the_questions_can_tell_the_known_mistakes(name):
    task = STEPS[name]
    for seed in range(20):
        questions = task.questions(np.random.default_rng(seed))
        assert {np.shape(q.arguments["theta"]) for q in questions} >= {(), (2,), (2, 3)}
        assert {q.times for q in questions} >= {1, 10}
        for question in questions:
            given = question.arguments
            assert tuple(given) == task.signature
            assert isinstance(given["grad"], Landscape)  # plain data
            kind = float if np.shape(given["theta"]) == () else np.ndarray
            assert type(given["theta"]) is kind
            assert np.min(given.get("r", 0.0)) >= 0
            assert question.feeds == task.returns
        moving = [np.any(q.arguments.get("v", q.arguments.get("r"))) for q in questions]
        assert set(moving) == {True, False}
        if "t" in task.signature:
            assert {q.arguments["t"] == 0 for q in questions} == {True, False}
            assert max(q.arguments["t"] for q in questions) > 1
            assert all(q.arguments["beta2"] <= 0.9 for q in questions)
        if "delta" in task.signature:
            large = [q for q in questions if q.about == "large delta"]
            assert all(0.05 <= q.arguments["delta"] <= 0.5 for q in large)
            assert len(large) == 2


def test_ten_steps_do_not_reach_the_minimum_where_rounding_is_magnified():
    task = STEPS["rmsprop_nesterov_step"]
    for seed in range(20):
        for question in task.questions(np.random.default_rng(seed)):
            grad = Asked(question.arguments["grad"])
            (*_, last) = ask(task.reference, question, task.returns).values
            start = np.abs(grad(question.arguments["theta"]))
            assert np.all(np.abs(grad(last[0])) > 0.02 * start)


# One mistake, and two at once, in the words of somebody who has not seen the list.


def by_its_length(theta, v, grad, alpha, beta):
    slope = grad(theta)
    v = beta * v - alpha * slope / np.linalg.norm(slope)
    return theta + v, v


def loses_speed_first(theta, v, grad, alpha, beta):
    v = beta * v
    v = v - alpha * grad(theta + beta * v)
    return theta + v, v


def heun(theta, v, grad, alpha, beta):
    slopes = grad(theta), grad(theta + beta * v)
    v = beta * v - alpha * sum(slopes) / 2
    return theta + v, v


def power_without_bracket(theta, r, grad, alpha, delta):
    slope = grad(theta)
    r = r + slope**2
    return theta - alpha / (delta + r**1 / 2) * slope, r


def keeps_delta(theta, r, grad, alpha, delta):
    slope = grad(theta)
    r = r + slope**2 + delta
    return theta - alpha / np.sqrt(r) * slope, r


def ends_too_soon(theta, r, grad, alpha, rho, delta):
    slope = grad(theta)
    r = rho * r + (1 - rho) * slope**2
    return theta - alpha * slope / np.sqrt(delta) + r, r


def own_epsilon(theta, r, grad, alpha, rho, delta):
    slope = grad(theta)
    r = rho * r + (1 - rho) * slope**2
    return theta - alpha * slope / np.sqrt(r + 1e-7), r


def power_of_the_quotient(theta, r, grad, alpha, rho, delta):
    slope = grad(theta)
    r = rho * r + (1 - rho) * slope**2
    return theta - alpha * slope / (delta + r) ** 1 / 2, r


def sizes(theta, r, grad, alpha, rho, delta):
    slope = grad(theta)
    size = rho * np.sqrt(r) + (1 - rho) * np.abs(slope)
    return theta - alpha / np.sqrt(delta + size**2) * slope, size**2


def rescaled_alone(theta, v, r, grad, alpha, beta, rho, delta):
    slope = grad(theta + beta * v)
    r = rho * r + (1 - rho) * slope**2
    step = alpha * slope / np.sqrt(r + delta)
    return theta - step, beta * v - step, r


def moments_of_v(theta, v, r, t, grad, alpha, beta1, beta2, delta):
    v, t = beta1 * v + (1 - beta1) * grad(theta), t + 1
    r = beta2 * r + (1 - beta2) * v * v
    root = np.sqrt(r / (1 - beta2**t)) + delta
    return theta - alpha * v / (1 - beta1**t) / root, v, r, t


def ahead_of_theta(theta, v, r, t, grad, alpha, beta1, beta2, delta):
    slope, t = grad(theta + beta1 * v), t + 1
    v, r = beta1 * v + (1 - beta1) * slope, beta2 * r + (1 - beta2) * slope**2
    top = beta1 * v / (1 - beta1 ** (t + 1)) + (1 - beta1) * slope / (1 - beta1**t)
    return theta - alpha * top / (np.sqrt(r / (1 - beta2**t)) + delta), v, r, t


def without_shares(theta, v, r, t, grad, alpha, beta1, beta2, delta):
    slope, t = grad(theta), t + 1
    v, r = beta1 * v + (1 - beta1) * slope, beta2 * r + (1 - beta2) * slope**2
    top = v / (1 - beta1 ** (t + 1)) + slope / (1 - beta1**t)
    return theta - alpha * top / (np.sqrt(r / (1 - beta2**t)) + delta), v, r, t


def fast_uphill(theta, v, grad, alpha, beta):
    new_v = v * beta + (1 - beta) * alpha * grad(theta)
    return theta + new_v, new_v


def stale_and_keeping(theta, v, grad, alpha, beta):
    return theta + v, v - alpha * grad(theta)


def ahead_and_averaging(theta, v, grad, alpha, beta):
    there = theta + v
    new_v = beta * v - alpha * (1 - beta) * grad(there)
    return theta + new_v, new_v


def back_and_whole(theta, v, grad, alpha, beta):
    new_v = v - alpha * grad(theta - beta * v)
    return theta + new_v, new_v


def inside_and_absolute(theta, r, grad, alpha, delta):
    slope = grad(theta)
    total = r + abs(slope)
    return theta - alpha * slope / (delta + total) ** 0.5, total


def forgetful_climber(theta, r, grad, alpha, delta):
    slope = grad(theta)
    return theta + alpha * slope / (delta + abs(slope)), slope**2


def outside_and_swapped(theta, r, grad, alpha, rho, delta):
    slope = grad(theta)
    mean = r - rho * r + rho * slope**2
    return theta - alpha * slope / (delta + np.sqrt(mean)), mean


def summing_stale(theta, r, grad, alpha, rho, delta):
    slope = grad(theta)
    return theta - alpha * slope / np.sqrt(delta + r), rho * r + slope**2


def here_and_averaging(theta, v, r, grad, alpha, beta, rho, delta):
    slope = grad(theta)
    mean = rho * r + (1 - rho) * slope**2
    speed = beta * v - (1 - beta) * alpha * slope / np.sqrt(mean + delta)
    return theta + speed, speed, mean


def interim_and_outside(theta, v, r, grad, alpha, beta, rho, delta):
    theta = theta + beta * v
    slope = grad(theta)
    mean = rho * r + (1 - rho) * slope**2
    speed = beta * v - alpha * slope / (np.sqrt(mean) + delta)
    return theta + speed, speed, mean


def uncorrected_root_inside(theta, v, r, t, grad, alpha, beta1, beta2, delta):
    slope = grad(theta)
    v = beta1 * v + (1 - beta1) * slope
    r = beta2 * r + (1 - beta2) * slope**2
    return theta - alpha * v / np.sqrt(r + delta), v, r, t + 1


def late_and_summing(theta, v, r, t, grad, alpha, beta1, beta2, delta):
    slope = grad(theta)
    v, r = beta1 * v + slope, beta2 * r + (1 - beta2) * slope**2
    top, mean = v / np.float64(1 - beta1**t), r / np.float64(1 - beta2**t)
    return theta - alpha * top / (np.sqrt(mean) + delta), v, r, t + 1


def whole_and_inside(theta, v, r, t, grad, alpha, beta1, beta2, delta):
    slope, t = grad(theta), t + 1
    v, r = beta1 * v + (1 - beta1) * slope, beta2 * r + (1 - beta2) * slope**2
    top = beta1 * v / (1 - beta1 ** (t + 1)) + slope
    return theta - alpha * top / np.sqrt(r / (1 - beta2**t) + delta), v, r, t


def in_order_of_use(theta, v, grad, alpha, beta):
    v = beta * v - alpha * grad(theta)
    return v, theta - v


def here_and_in_order_of_use(theta, v, r, grad, alpha, beta, rho, delta):
    slope = grad(theta)
    mean = rho * r + (1 - rho) * slope**2
    speed = beta * v - alpha * slope / np.sqrt(mean + delta)
    return theta + speed, mean, speed


def one_correction_and_no_count(theta, v, r, t, grad, alpha, beta1, beta2, delta):
    slope, weight = grad(theta), 1 - beta2 ** (t + 1)
    v, r = beta1 * v + (1 - beta1) * slope, beta2 * r + (1 - beta2) * slope**2
    root = np.sqrt(r / weight) + delta
    return theta - alpha * v / weight / root, v, r, t


NAMED = [
    ("momentum_step", by_its_length, {"unit_gradient"}),
    ("nesterov_step", loses_speed_first, {"share_twice"}),
    ("nesterov_step", heun, {"at_both"}),
    ("adagrad_step", power_without_bracket, {"half"}),
    ("adagrad_step", keeps_delta, {"delta_kept"}),
    ("rmsprop_step", ends_too_soon, {"r_at_the_end"}),
    ("rmsprop_step", own_epsilon, {"no_delta"}),
    ("rmsprop_step", power_of_the_quotient, {"half_of_all"}),
    ("rmsprop_step", sizes, {"averages_sizes"}),
    ("rmsprop_nesterov_step", rescaled_alone, {"velocity_unused"}),
    ("adam_step", moments_of_v, {"squares_of_v"}),
    ("nadam_step", ahead_of_theta, {"asks_at_v"}),
    ("nadam_step", without_shares, {"whole_v", "gradient_share_missing"}),
    ("momentum_step", fast_uphill, {"average", "uphill"}),
    ("momentum_step", stale_and_keeping, {"old_velocity", "no_forgetting"}),
    ("momentum_step", in_order_of_use, {"subtracts_v", "returns_v_theta"}),
    ("nesterov_step", ahead_and_averaging, {"whole_velocity", "average"}),
    ("nesterov_step", back_and_whole, {"looks_back", "no_forgetting"}),
    ("adagrad_step", inside_and_absolute, {"delta_inside", "absolute"}),
    ("adagrad_step", forgetful_climber, {"no_accumulation", "uphill"}),
    ("rmsprop_step", outside_and_swapped, {"delta_outside", "rho_swapped"}),
    ("rmsprop_step", summing_stale, {"sum", "old_r"}),
    ("rmsprop_nesterov_step", here_and_averaging, {"at_theta", "average"}),
    ("rmsprop_nesterov_step", interim_and_outside, {"keeps_interim", "delta_outside"}),
    (
        "rmsprop_nesterov_step",
        here_and_in_order_of_use,
        {"at_theta", "returns_theta_r_v"},
    ),
    ("adam_step", uncorrected_root_inside, {"no_correction", "delta_inside"}),
    ("adam_step", late_and_summing, {"t_too_late", "v_sum"}),
    ("adam_step", one_correction_and_no_count, {"v_with_beta2", "t_not_returned"}),
    ("nadam_step", whole_and_inside, {"whole_gradient", "delta_inside"}),
]


@pytest.mark.parametrize("name, answer, expected", NAMED)
def test_one_mistake_is_named_and_two_at_once_are_named_as_both(name, answer, expected):
    for seed in range(5):
        judgement = judged(STEPS[name], answer, seed)
        assert {one.name for one in judgement.named} == expected, seed
        assert judgement.said == tuple(one.said for one in judgement.named)


def diverges(task, answer):
    """Whether its numbers grow beyond what float32 can follow."""
    with np.errstate(all="ignore"):
        for question in task.questions(np.random.default_rng(0)):
            values = ask(answer, question, task.returns).values
            if any(np.max(np.abs(x)) > 1e10 for call in values for x in call):
                return True
    return False


# What divides by delta or by an r that shrinks, and so grows beyond all bounds.
DIVERGE = {
    "momentum_step": {"alpha_divides", "swapped"},
    "nesterov_step": {"swapped"},
    "adagrad_step": {
        "delta_multiplies",
        "no_brackets",
        "old_r",
        "returns_r_theta",
        "root_added",
        "root_after_quotient",
        "squares_sum",
    },
    "rmsprop_step": {"old_r", "r_at_the_end", "returns_r_theta", "squares_r"},
    "rmsprop_nesterov_step": {
        "old_r",
        "returns_r_theta_v",
        "returns_r_v_theta",
        "returns_theta_r_v",
        "returns_v_r_theta",
        "squares_of_v",
    },
    "adam_step": {"old_r", "returns_r_v_theta_t"},
    "nadam_step": {"old_r", "returns_r_v_theta_t"},
}


@each_step
def test_a_mistake_is_named_in_float32_too(name):
    task, left_out = STEPS[name], set()
    for one in task.misconceptions:
        wrong = task.wrong(one)
        if one.name == "swapped" or diverges(task, wrong):
            left_out.add(one.name)  # in float32 to other numbers
            continue

        def answer(*arguments, wrong=wrong):
            letters, *rest = split(task, arguments)
            cast = [x if isinstance(x, int) else np.float32(x) for x in letters]
            grad, others = rest
            new = wrong(*cast, grad, *others)
            return tuple(x if np.ndim(x) == 0 else np.float32(x) for x in new)

        assert one in judged(task, answer).named
    assert left_out == DIVERGE.get(name, set())


@each_step
def test_an_unknown_mistake_gets_the_first_difference_with_its_numbers(name):
    task = STEPS[name]

    def answer(*arguments):
        theta, *inner = task.reference(*arguments)
        return theta + 0.125, *inner

    judgement = judged(task, answer)
    assert (judgement.status, judgement.named) == (WRONG, ())
    (said,) = judgement.said
    found = re.search(r"theta differs .*: expected \[(.+)\], got \[(.+)\]\.$", said)
    expected, got = (np.array(part.split(","), float) for part in found.groups())
    np.testing.assert_allclose(got - expected, 0.125, atol=2e-6)
    # what was asked stands there, gradient and all, to be tried by hand
    given = said[said.index("(") + 1 :]
    assert all(f"{letter} = " in given for letter in task.signature)
    grad = eval(re.search(r"grad = (lambda x: .+?), alpha", given)[1], {"np": np})
    question = task.questions(np.random.default_rng(0))[0]
    theta = question.arguments["theta"]
    np.testing.assert_allclose(
        grad(theta), Asked(question.arguments["grad"])(theta), rtol=1e-5
    )


@each_step
def test_changing_the_callers_arrays_costs_its_points_and_no_more(name):
    task = STEPS[name]

    def answer(*arguments):
        theta, *inner = task.reference(*arguments)
        if isinstance(arguments[0], np.ndarray):
            arguments[0][...] = theta
        return theta, *inner

    judgement = judged(task, answer)
    lost = {one.name: one.points for one in task.properties if one.name == UNTOUCHED}
    assert judgement.status == PARTIAL
    assert judgement.points == task.points - lost[UNTOUCHED]
    assert "changes the caller's theta" in judgement.said[0]


@each_step
def test_credit_is_given_by_property(name):
    task = STEPS[name]

    def flat(*arguments):  # a number becomes an array of one
        theta, *inner = task.reference(*arguments)
        return np.atleast_1d(theta), *inner

    points = {one.name: one.points for one in task.properties}
    assert judged(task, flat).earned == points | {"shapes": 0}
    if "large delta" in points:
        delta = next(m for m in task.misconceptions if m.name.startswith("delta_"))
        judgement = judged(task, task.wrong(delta))
        assert judgement.earned == points | {"large delta": 0}
        assert judgement.named == (delta,)


@pytest.mark.parametrize("exercise", RULES)
def test_an_exercise_has_its_step_two_predictions_and_a_tuning(exercise):
    tasks = [task for task in tasks_of(exercise) if not task.bonus]
    kinds = [type(task) for task in tasks]
    assert kinds == [Task, Prediction, Prediction, Tuning]
    assert sum(task.points for task in tasks) == 20
    for task in tasks_of(exercise):
        assert task.exercise == exercise
        assert len(set(task.hints)) == 3


# What the predictions' answers are, in closed form.
CLOSED = {
    "predict_half_speed": math.ceil(math.log(0.5) / math.log(0.95)),
    "predict_largest_momentum_rate": 2 * (1 + 0.9) / 25,
    "predict_same_ground": "B",
    "predict_largest_nesterov_rate": (2 + 2 * 0.5) / (1 + 2 * 0.5) / 10,
    "predict_which_goes_further": "C",
    "predict_hundredth_step": 1 / math.sqrt(100),
    "predict_first_rmsprop_step": 1 / math.sqrt(1 - 0.96),
    "predict_recovery": math.ceil(math.log(3 / 99) / math.log(0.9)),
    "predict_long_run": 1 / (1 - 0.8),
    "predict_first_against_rmsprop": "C",
    "predict_uncorrected_step": (1 - 0.8) / math.sqrt(1 - 0.99),
    # v = 1 - 101 * 0.2 * 0.8^j after j more steps: below 0 for j = 0, …, 13
    "predict_wrong_way": 1 + math.floor(math.log(1 / 20.2) / math.log(0.8)),
}
PREDICTIONS = [t for t in EVERYTHING.values() if isinstance(t, Prediction)]
TUNINGS = [t for t in EVERYTHING.values() if isinstance(t, Tuning)]


def judged_value(task, value):
    questions = task.questions(np.random.default_rng(0))
    replies = [ask(lambda: value, q, task.returns) for q in questions]
    return task.judge(questions, replies)


@pytest.mark.parametrize("task", PREDICTIONS, ids=lambda task: task.name)
def test_a_prediction_is_right_in_closed_form_and_wrong_for_a_reason(task):
    assert judged_value(task, CLOSED[task.name]).points == task.points
    if isinstance(CLOSED[task.name], str):
        assert judged_value(task, CLOSED[task.name].lower()).status == CORRECT
    else:
        assert task.right() == pytest.approx(CLOSED[task.name], rel=1e-6)
    assert len(task.wrong) >= 2
    for sentence, value in task.wrong.items():
        judgement = judged_value(task, value())
        assert (judgement.points, judgement.said) == (0, (sentence,))


@pytest.mark.parametrize("task", PREDICTIONS, ids=lambda task: task.name)
def test_a_prediction_may_be_rounded_to_three_digits_but_no_further(task):
    right = CLOSED[task.name]
    if isinstance(right, str):
        (said,) = judged_value(task, "D").said
        assert said == f"{task.name} must return the letter A, B or C, got 'D'."
        (said,) = judged_value(task, [right]).said
        assert said == f"{task.name}: it must return the letter A, B or C."
        return
    assert judged_value(task, float(f"{right:.3g}")).points == task.points
    for value in (1.015 * right, 0.985 * right):
        (said,) = judged_value(task, value).said
        assert said.endswith(
            f"{value:.10g} is close to what happens, but not exact enough."
        )
    (said,) = judged_value(task, math.nan).said
    assert said == f"{task.name}: nan is not what happens."
    (said,) = judged_value(task, (right, right)).said
    assert said == f"{task.name}: it must return a number."


def test_a_tuning_says_which_values_it_wants():
    task = EVERYTHING["tuned_momentum"]
    values = {"alpha": 0.06, "beta": 0.6}
    (said,) = judged_value(task, (0.06, 0.6)).said
    wanted = "it must return a dict with a number for each of alpha and beta."
    assert said == f"tuned_momentum: {wanted}"
    (said,) = judged_value(task, values | {"delta": 1.0}).said
    assert said.startswith(
        "tuned_momentum must return a dict with alpha and beta alone"
    )
    (said,) = judged_value(task, {"alpha": 0.06}).said
    assert said.startswith("tuned_momentum must return a dict with alpha and beta, got")
    (said,) = judged_value(EVERYTHING["tuned_adagrad"], values).said
    assert said.startswith("tuned_adagrad must return a dict with alpha alone, got")
    (linear,) = (t for t in tasks_of("02_learning_rate") if isinstance(t, Tuning))
    (said,) = judged_value(linear, {"alpha0": 0.1, "tau": 0}).said
    assert said == "tuned_linear_decay: tau must be a finite number > 0, got 0.0."


GOOD = {
    "tuned_momentum": [(0.05, 0.6), (0.07, 0.6), (0.1, 0.5), (0.1, 0.7)],
    "tuned_nesterov": [(0.01, 0.8), (0.01, 0.9), (0.012, 0.85)],
    "tuned_adagrad": [(0.5,), (0.7,), (1.0,), (2.0,)],
    "tuned_rmsprop": [(0.1, 0.99), (0.2, 0.99), (0.5, 0.99), (0.2, 0.98)],
    "tuned_rmsprop_nesterov": [(0.1, 0.5), (0.06, 0.7), (0.04, 0.8)],
    "tuned_adam": [(0.3, 0.8, 0.99), (0.5, 0.5, 0.99), (1.0, 0.8, 0.99)],
}
CARELESS = {
    "tuned_momentum": [(0.01, 0.9), (0.1, 0.9), (0.01, 0.5), (0.2, 0.5)],
    "tuned_nesterov": [(0.01, 0.0), (0.001, 0.9), (0.1, 0.9), (0.01, 0.99)],
    "tuned_adagrad": [(0.01,), (0.1,), (10.0,), (100.0,)],
    "tuned_rmsprop": [(0.001, 0.9), (0.01, 0.9), (0.1, 0.9), (0.01, 0.99), (1.0, 0.9)],
    "tuned_rmsprop_nesterov": [(0.001, 0.9), (0.01, 0.9), (1.0, 0.9), (0.3, 0.9)],
    "tuned_adam": [(0.001, 0.9, 0.999), (0.1, 0.9, 0.999), (0.3, 0.9, 0.999)],
}


@pytest.mark.parametrize("task", TUNINGS, ids=lambda task: task.name)
def test_careful_values_reach_the_loss_and_careless_ones_do_not(task):
    for values in GOOD[task.name]:
        judgement = judged_value(task, dict(zip(task.names, values, strict=True)))
        assert (judgement.status, judgement.points) == (CORRECT, task.points), values
    for values in CARELESS[task.name]:
        judgement = judged_value(task, dict(zip(task.names, values, strict=True)))
        assert judgement.points < task.points, values
        assert "it has to be at most" in judgement.said[0]
    below = judged_value(task, dict.fromkeys(task.names, -0.1))
    assert (below.status, below.points) == (WRONG, 0)
    assert "got -0.1" in below.said[0]
