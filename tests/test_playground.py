"""The playground's callbacks, driven without a browser."""

import signal
import threading
import time
from itertools import islice, pairwise

import numpy as np
import pytest
from traitlets import TraitError

from lez10 import RULES, SURFACES, State, history, iterate, noisy, quadratic
from lez10.appearance import ALGORITHMS, YOURS
from lez10.widgets import Playground, controls, student


def lines(playground):
    """What is drawn: the path and the losses of each algorithm, by its name."""
    paths, losses = playground.picture.figure.axes
    by_colour = {seen.colour: name for name, seen in ALGORITHMS.items()}
    by_colour[YOURS.colour] = "yours"
    found = {}
    for ax in (paths, losses):
        for artist in playground.picture.moving:
            if artist.axes is ax and hasattr(artist, "get_xydata"):
                if len(artist.get_xydata()) < 2:
                    continue  # the mark at the start
                name = by_colour[artist.get_color()]
                found.setdefault(name, []).append(artist.get_xydata())
    return found


def corners(slider):
    steps = isinstance(slider, controls.GridSlider)
    return (slider.grid[0], slider.grid[-1]) if steps else (slider.min, slider.max)


def mine(state, grad, *, alpha=0.1, push=0.3):
    theta, v, r, t = state
    v = push * v - alpha * grad(theta)
    return State(theta + v, v, r, t + 1)


def said(playground):
    return playground.status.value.split("<b>")[1].split("</b>")[0]


@pytest.mark.parametrize("surface", SURFACES)
def test_every_corner_of_every_slider_draws(surface):
    playground = Playground([], surface, steps=30)
    for name in RULES:
        playground.shelf.switches[name].value = True
        for slider in playground.shelf.sliders[name].values():
            before = slider.value
            for end in corners(slider):
                slider.value = end
                assert said(playground) == ""
            slider.value = before
        playground.shelf.switches[name].value = False
    for slider in (playground.x, playground.y, playground.sigma, playground.seed):
        for end in corners(slider):
            slider.value = end
            assert said(playground) == ""


def test_all_sliders_at_their_corners_together():
    playground = Playground(list(RULES), "rosenbrock", steps=30, yours=mine)
    everything = [
        s for made in playground.shelf.sliders.values() for s in made.values()
    ]
    everything += [playground.x, playground.y, playground.sigma, playground.steps]
    for end in (0, 1):
        for slider in everything:
            slider.value = corners(slider)[end]
        assert said(playground) == ""


def test_sliders_are_those_of_the_signature():
    playground = Playground(list(RULES))
    made = {n: list(s) for n, s in playground.shelf.sliders.items()}
    assert made["sgd"] == ["alpha"]
    assert made["rmsprop_nesterov"] == ["alpha", "beta", "rho", "delta"]
    assert made["adam"] == ["alpha", "beta1", "beta2", "delta"]
    adam = playground.shelf.values("adam")
    assert (adam["beta1"], adam["beta2"]) == (0.9, 0.999)
    assert adam["delta"] == pytest.approx(1e-8)


def test_picture_shows_a_fresh_run():
    playground = Playground({"momentum": {"alpha": 0.01, "beta": 0.8}}, "beale")
    slider = playground.shelf.sliders["momentum"]["alpha"]
    before = playground.picture.image.value
    slider.value = 0.003
    assert playground.picture.image.value != before
    surface = SURFACES["beale"]()
    states = iterate(
        RULES["momentum"], surface.start, surface.gradient, alpha=0.003, beta=0.8
    )
    theta = history(islice(states, 101)).theta
    path, losses = lines(playground)["momentum"]
    assert np.array_equal(path, theta)
    assert np.allclose(losses[:, 0], np.arange(101))
    assert np.allclose(losses[:, 1], surface.value(theta.T))


def test_every_control_moves_the_picture():
    playground = Playground(["momentum"], sigma=1.0)
    controls_and_values = (
        (playground.x, 1.0),
        (playground.y, -1.0),
        (playground.sigma, 2.0),
        (playground.seed, 3),
        (playground.steps, 60),
        (playground.surface, "saddle"),
        (playground.shelf.switches["adam"], True),
        (playground.shelf.switches["momentum"], False),
    )
    pictures = [playground.picture.image.value]
    for control, value in controls_and_values:
        control.value = value
        pictures.append(playground.picture.image.value)
    assert all(before != after for before, after in pairwise(pictures))
    assert list(lines(playground)) == ["adam"]


def test_choosing_a_surface_moves_the_start_into_its_window():
    playground = Playground()
    for name, make in SURFACES.items():
        playground.surface.value = name
        surface = make()
        assert (playground.x.value, playground.y.value) == surface.start
        assert corners(playground.x) == surface.window[:2]
        assert corners(playground.y) == surface.window[2:]
        assert f"Contour lines: {surface.title}." in playground.picture.sentence


def test_a_surface_and_a_start_of_your_own():
    surface = quadratic(4.0, angle=np.pi / 2)
    playground = Playground(["sgd"], surface, start=(9.0, 0.5))
    assert playground.chosen is surface
    path, _ = lines(playground)["sgd"]
    assert np.array_equal(path[0], [9.0, 0.5])


def test_noise_repeats_with_its_seed():
    first = Playground(["sgd"], sigma=0.7, seed=4)
    (path, _) = lines(first)["sgd"]
    assert (
        first.picture.image.value
        == Playground(["sgd"], sigma=0.7, seed=4).picture.image.value
    )
    surface = SURFACES["quadratic"]()
    grad = noisy(surface.gradient, 0.7, np.random.default_rng(4))
    states = iterate(RULES["sgd"], surface.start, grad, alpha=0.02)
    assert np.array_equal(path, history(islice(states, 101)).theta)
    first.seed.value = 5
    assert not np.array_equal(lines(first)["sgd"][0], path)


def test_divergence_is_told_with_its_step():
    playground = Playground({"sgd": {"alpha": 0.1}, "adam": {}}, "rosenbrock")
    surface = SURFACES["rosenbrock"]()
    states = iterate(RULES["sgd"], surface.start, surface.gradient, alpha=0.1)
    with np.errstate(all="ignore"):
        losses = [surface.value(s.theta) for s in islice(states, 101)]
    step = int(np.argmin(np.isfinite(losses)))
    assert f"SGD goes from (-1.50, 2.00) and diverges at step {step}." in (
        playground.picture.sentence
    )
    written = [t.get_text() for t in playground.picture.figure.axes[1].texts]
    assert f"SGD\ndiverged at step {step}" in written
    path, curve = lines(playground)["sgd"]
    assert len(path) == len(curve) == step
    assert np.isfinite(path).all()


def test_a_run_that_leaves_without_overflow_is_told_too():
    playground = Playground({"sgd": {"alpha": 0.3}}, steps=50)
    assert "off the picture from step" in playground.picture.sentence


def test_wrong_arguments_are_sentences():
    for arguments, told in (
        ({"algorithms": ["sdg"]}, "got 'sdg'"),
        ({"surface": "hill"}, "got 'hill'"),
        ({"algorithms": {"sgd": {"beta": 0.9}}}, "got beta"),
        ({"yours": 3}, "must be a step function, got 3"),
        ({"algorithms": 5}, "algorithms must be names"),
        ({"algorithms": [["sgd"]]}, "algorithms must be among"),
        ({"algorithms": {"sgd": 0.1}}, "must give sgd a dict"),
        ({"algorithms": {"sgd": {"alpha": "x"}}}, "alpha must be a number"),
        ({"algorithms": {"sgd": {"alpha": [0.1, 0.2]}}}, "alpha must be one number"),
        ({"algorithms": {"sgd": {"alpha": -0.1}}}, "alpha must be a finite number"),
        ({"algorithms": {"momentum": {"beta": 1}}}, "beta must lie in"),
        ({"algorithms": {"momentum": {"beta": -0.5}}}, "beta must lie in"),
        ({"surface": 3}, "surface must be"),
        ({"start": (np.nan, 0)}, "start must be finite"),
        ({"start": 3}, "start must be a point"),
        ({"steps": 0}, "steps must be a whole number >= 1"),
        ({"steps": 2.5}, "steps must be a whole number"),
        ({"sigma": -1}, "sigma must be a finite number >= 0"),
        ({"sigma": "loud"}, "sigma must be a number"),
        ({"seed": -1}, "seed must be a whole number >= 0"),
        ({"yours": mine, "algorithms": {"yours": {"push": np.inf}}}, "push must be a"),
    ):
        with pytest.raises(ValueError, match=told) as error:
            Playground(**arguments)
        assert str(error.value).endswith(".")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("momentum", {"beta": 0.9999, "alpha": 0.0213}),
        ("momentum", {"beta": 0.123456789, "alpha": 0}),
        ("sgd", {"alpha": 0.10001}),  # beside 0.1, which looks the same in 4 digits
        ("sgd", {"alpha": np.float32(0.3)}),
        ("sgd", {"alpha": 1e-9}),
        ("adam", {"beta2": 0.99999, "delta": 3e-12}),
        ("yours", {"push": -0.7071}),
    ],
)
def test_a_valid_value_is_reached_exactly(name, values):
    playground = Playground({name: values}, yours=mine)
    for hyperparameter, value in values.items():
        slider = playground.shelf.sliders[name][hyperparameter]
        assert slider.value == value
        assert slider.grid[slider.index] == value  # what the browser holds
        assert float(slider.options[slider.index][0]) == value


def test_start_noise_and_seed_are_reached_exactly():
    playground = Playground(
        ["sgd"], start=(-0.123456, 7.77777), sigma=12.34567, seed=12345, steps=733
    )
    path, _ = lines(playground)["sgd"]
    assert np.array_equal(path[0], [-0.123456, 7.77777])
    assert playground.sigma.value == 12.34567
    assert (playground.seed.value, playground.steps.value) == (12345, 733)


def test_only_what_a_slider_changes_is_computed_again(monkeypatch):
    playground = Playground(["sgd", "adam"], yours=mine)
    computed = []
    run = playground.run
    monkeypatch.setattr(
        playground, "run", lambda name: computed.append(name) or run(name)
    )
    playground.shelf.sliders["sgd"]["alpha"].value = 0.01
    assert computed == ["sgd", "yours"]  # what the student wrote may have changed
    for slider, value in (
        (playground.x, 1.0),
        (playground.steps, 60),
        (playground.sigma, 1.0),
        (playground.seed, 3),
        (playground.surface, "saddle"),
    ):
        computed.clear()
        slider.value = value
        assert computed == ["sgd", "adam", "yours"]
    path, _ = lines(playground)["adam"]
    assert np.array_equal(path, run("adam"))


def test_yours_runs_beside_ours_with_sliders_of_its_own():
    playground = Playground(["sgd"], yours=mine)
    assert list(playground.shelf.sliders["yours"]) == ["alpha", "push"]
    playground.shelf.sliders["yours"]["push"].value = 0.5
    surface = SURFACES["quadratic"]()
    states = iterate(mine, surface.start, surface.gradient, alpha=0.1, push=0.5)
    path, _ = lines(playground)["yours"]
    assert np.array_equal(path, history(islice(states, 101)).theta)
    assert "Yours: mine goes from" in playground.picture.sentence


def none(state, grad, *, alpha):
    grad(state.theta)


def crash(state, grad, *, alpha):
    return State(state.theta / nothing)  # noqa: F821


def shape(state, grad, *, alpha):
    return State(np.zeros((3, 3)))


def velocity(state, grad, *, alpha):
    return State(state.theta, v=np.zeros(7))


def a_list(state, grad, *, alpha):
    return [state.theta]


def in_place(state, grad, *, alpha):
    theta, v, r, t = state
    theta -= alpha * grad(theta)
    return State(theta, v, r, t + 1)


def words(state, grad, *, alpha):
    return State(np.array(["left", "right"]))


def stop(state, grad, *, alpha):
    raise StopIteration


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (none, "none returned nothing: end it with return State(…)."),
        (crash, "(return State(state.theta / nothing)"),
        (crash, "raised NameError: name &#x27;nothing&#x27; is not defined."),
        (shape, "returned theta of shape (3, 3), but it must have theta"),
        (velocity, "returned v of shape (7,)"),
        (a_list, "returned a list: it must return State(theta, v, r, t)."),
        (in_place, "(theta -= alpha * grad(theta)), changes its state in place"),
        (words, "returned theta that does not hold numbers."),
        (stop, "stop"),
    ],
)
def test_a_mistake_is_a_sentence_and_the_rest_works(wrong, told):
    playground = Playground(["momentum"], yours=wrong)
    assert told in said(playground)
    assert list(lines(playground)) == ["momentum"]
    before = playground.picture.image.value
    playground.shelf.sliders["momentum"]["alpha"].value = 0.005
    assert playground.picture.image.value != before
    playground.shelf.switches["yours"].value = False
    assert said(playground) == ""


def test_a_mistake_that_comes_and_goes():
    def sometimes(state, grad, *, alpha):
        if alpha > 0.5:
            raise ZeroDivisionError("too fast")
        return RULES["sgd"](state, grad, alpha=alpha)

    playground = Playground(["adam"], yours=sometimes)
    assert said(playground) == ""
    playground.shelf.sliders["yours"]["alpha"].value = 0.6
    assert "ZeroDivisionError: too fast." in said(playground)
    assert list(lines(playground)) == ["adam"]
    playground.shelf.sliders["yours"]["alpha"].value = 0.01
    assert said(playground) == ""
    assert set(lines(playground)) == {"adam", "yours"}


def test_an_endless_step_is_stopped_and_switched_off(monkeypatch):
    monkeypatch.setattr(student, "LIMIT", 0.2)

    def endless(state, grad, *, alpha):
        while True:
            try:
                grad(state.theta)
            except Exception:
                continue

    before = signal.getsignal(signal.SIGALRM)
    playground = Playground(["sgd"], yours=endless)
    assert "endless took longer than 0.2 s" in said(playground)
    assert playground.shelf.switches["yours"].value is False
    assert list(lines(playground)) == ["sgd"]
    assert signal.getsignal(signal.SIGALRM) is before


def test_the_limit_works_where_there_are_no_signals():
    seen = []

    def work():
        try:
            with student.time_limit(0.2):
                while True:
                    seen.append(1)
        except student.TooSlow:
            seen.append("stopped")
        with student.time_limit(5):
            seen.append("in time")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)
    assert seen[-2:] == ["stopped", "in time"]


def test_where_nothing_can_stop_a_step_it_is_said_once(monkeypatch):
    def no_thread(self):
        raise RuntimeError("can't start new thread")

    assert student.LIMIT == 5
    assert said(Playground(["sgd"], yours=mine)) == ""
    monkeypatch.delattr(signal, "setitimer")
    assert said(Playground(["sgd"], yours=mine)) == ""  # a thread can
    monkeypatch.setattr(threading.Thread, "start", no_thread)
    playground = Playground(["sgd"], yours=mine)
    assert said(playground) == student.UNSTOPPABLE
    assert set(lines(playground)) == {"sgd", "yours"}
    playground.shelf.sliders["yours"]["alpha"].value = 0.02
    assert said(playground) == ""
    assert said(Playground(["sgd"])) == ""  # nothing to stop
    playground = Playground(["sgd"], yours=none)
    assert said(playground).startswith(student.UNSTOPPABLE + " none returned nothing")


def test_no_limit_rings_after_its_block():
    with student.time_limit(0.05):
        pass
    time.sleep(0.1)


def test_controls_are_labelled_and_operable():
    playground = Playground(list(RULES), yours=mine)
    sliders = [s for made in playground.shelf.sliders.values() for s in made.values()]
    sliders += [playground.x, playground.y, playground.sigma, playground.seed]
    sliders += [playground.steps]
    assert all(slider.continuous_update for slider in sliders)
    for control in [*sliders, playground.surface, *playground.shelf.switches.values()]:
        assert control.description
        assert control.tooltip


def test_sliders_hold_values_from_anywhere():
    def odd(
        state, grad, *, alpha=1e-7, beta=0.5, lag=-3, scale=20.0, name="x", on=True
    ):
        return state

    made = controls.sliders(odd, {}, "odd")
    assert list(made) == ["alpha", "beta", "lag", "scale"]
    assert {n: s.value for n, s in made.items()} == pytest.approx(
        {"alpha": 1e-7, "beta": 0.5, "lag": -3, "scale": 20}
    )


def test_rates_are_round_numbers_and_the_one_to_start_with():
    slider = controls.sliders(RULES["sgd"], {"alpha": 0.0213}, "SGD")["alpha"]
    assert slider.value == 0.0213
    assert {0.0001, 0.02, 0.5, 10.0} <= set(slider.grid)
    assert slider.grid == sorted(slider.grid)
    slider.value = 0.052
    assert slider.value == 0.05
    slider.value = 1e6
    assert slider.value == 10.0
    with pytest.raises(TraitError, match="must be > 0"):
        slider.value = -1.0


def test_a_name_in_angle_brackets_is_text():
    playground = Playground([], yours=lambda state, grad, *, alpha: state)
    heading = playground.shelf.made["yours"].children[0].value
    assert "Yours: &lt;lambda&gt;" in heading


def test_repr_is_stable():
    assert repr(Playground(["sgd"])) == repr(Playground(["sgd"]))
    assert repr(Playground(["sgd"])) == (
        "Playground: SGD on Quadratic, condition number 25"
    )
