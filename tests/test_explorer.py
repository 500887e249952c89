"""The explorer's table of runs, its grids, its still forms and its refusals."""

import html
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import islice
from unittest import mock

import numpy as np
import pytest

from lez10.channels import channels_of, takes
from lez10.curvature import stability_limit
from lez10.optimizers import RULES
from lez10.surfaces import SURFACES, noisy, plateau, quadratic, rosenbrock
from lez10.tables import LIMIT, size_in_bytes, tabulate
from lez10.training import iterate
from lez10.widgets import Explorer
from lez10.widgets.grids import BUDGET, default_grids

SIDE_BY_SIDE = [
    ("sgd", "momentum"),
    ("momentum", "nesterov"),
    ("sgd", "momentum", "nesterov"),
    ("rmsprop", "rmsprop_nesterov"),
    ("sgd", "adam"),
    tuple(RULES),
]
SETS = [*[(rule,) for rule in RULES], *SIDE_BY_SIDE]
# relative rounding of a float16, once per power of the code
HALF = 2.0**-11
DELTAS = {"adagrad": 1e-7, "rmsprop": 1e-6, "rmsprop_nesterov": 1e-6}
DELTAS |= {"adam": 1e-8, "nadam": 1e-8}


def fresh_run(surface, rule, start, steps, sigma=0.0, seed=0, **values):
    """One setting by iterate itself: theta, v, r at 0 … steps + 1, g at 0 … steps."""
    grad = surface.gradient
    if sigma:
        grad = noisy(grad, sigma, np.random.default_rng(seed))
    taken = []

    def recorded(theta):
        taken.append(grad(theta))
        return taken[-1]

    states = list(
        islice(
            iterate(RULES[rule], np.array(start, float), recorded, **values), steps + 2
        )
    )
    return states, np.array(taken)


def expected_channels(surface, rule, states, taken, values):
    """The channels of a fresh run, by formulas of their own."""
    theta = np.array([state.theta for state in states])
    found = {
        "theta": theta[:-1],
        "loss": np.array([[surface.value(t) - surface.lowest] for t in theta[:-1]]),
        "v": np.array([state.v for state in states[:-1]]),
        "r": np.array([state.r for state in states[:-1]]),
        "g": taken,
        "step": theta[1:] - theta[:-1],
    }
    if "delta" in takes(rule):
        r, t = np.array([state.r for state in states[1:]]), np.arange(1, len(theta))
        alpha, delta = values["alpha"], values.get("delta", DELTAS[rule])
        if rule == "adagrad":
            root = delta + r**0.5
        elif "beta2" in takes(rule):
            root = delta + (r / (1 - values.get("beta2", 0.999) ** t[:, None])) ** 0.5
        else:
            root = (delta + r) ** 0.5
        found["rate"] = alpha / root
    return found


def all_values(explorer, rule, i, j):
    """The hyperparameters of one setting of a rule, the defaults left to iterate."""
    values = dict(explorer.fixed)
    values |= {n: g[p] for (n, g), p in zip(explorer.grids.items(), (i, j))}
    return {name: value for name, value in values.items() if name in takes(rule)}


@pytest.mark.parametrize("sigma", [0.0, 0.5])
@pytest.mark.parametrize("rule", RULES)
def test_every_channel_equals_a_fresh_run(rule, sigma):
    rng = np.random.default_rng(len(rule))
    explorer = Explorer(quadratic(25), rule, sigma=sigma, seed=3, steps=60)
    table = explorer.tables[rule]
    for _ in range(12):
        i, j = (int(rng.integers(size)) for size in table.shape)
        values = all_values(explorer, rule, i, j)
        states, taken = fresh_run(
            explorer.surface, rule, explorer.surface.start, 60, sigma, 3, **values
        )
        expected = expected_channels(explorer.surface, rule, states, taken, values)
        run, lived = table.run(i, j), table.lived[i, j]
        assert set(run) == {channel.name for channel in table.channels}
        for channel in table.channels:
            exact, got = expected[channel.name][:lived], run[channel.name][:lived]
            # a place is rounded against half a window, the rest against itself
            size = 3.2 if channel.point else np.abs(exact)
            slack = 1.05 * channel.power * HALF * np.maximum(size, np.abs(exact))
            assert np.all(np.abs(got - exact) <= slack + 1e-15), (channel.name, values)


@pytest.mark.parametrize("surface", SURFACES)
def test_positions_are_exact_to_a_tenth_of_a_pixel(surface):
    explorer = Explorer(surface, "momentum")
    x0, x1, y0, y1 = explorer.surface.window
    pixels = 800 / np.array([x1 - x0, y1 - y0])  # wider than any screen shows it
    rng = np.random.default_rng(0)
    for _ in range(5):
        i, j = (int(rng.integers(size)) for size in explorer.tables["momentum"].shape)
        states, _ = fresh_run(
            explorer.surface,
            "momentum",
            explorer.surface.start,
            150,
            **all_values(explorer, "momentum", i, j),
        )
        exact = np.array([state.theta for state in states[:20]])
        got = explorer.tables["momentum"].run(i, j)["theta"][:20]
        inside = np.all((exact >= (x0, y0)) & (exact <= (x1, y1)), axis=1)
        assert inside[0]
        assert np.max((np.abs(got - exact) * pixels)[inside]) < 0.1


@pytest.mark.parametrize("rules", SETS, ids="+".join)
@pytest.mark.parametrize("surface", SURFACES)
def test_defaults_stay_within_a_megabyte(surface, rules):
    surface = SURFACES[surface]()
    grids = default_grids(surface, rules, {}, {}, {}, surface.start, 150)
    assert size_in_bytes(rules, grids, 150) <= BUDGET == 1_000_000
    assert len(grids["alpha"]) >= 10


@pytest.mark.parametrize("rules", SETS, ids="+".join)
def test_the_size_is_known_before_the_runs_are(rules):
    explorer = Explorer("beale", rules, steps=20)
    assert len(explorer.runs) == size_in_bytes(rules, explorer.grids, 20)


@pytest.mark.parametrize("rules", SETS, ids="+".join)
def test_the_lectures_values_are_on_the_grids(rules):
    surface = quadratic()
    grids = default_grids(surface, rules, {}, {}, {}, surface.start, 150)
    assert next(iter(grids)) == "alpha"
    assert {0.01, 0.1, 0.03, 0.3} & set(grids["alpha"])
    for name in ("beta", "beta1"):
        if name in grids:
            assert {0.0, 0.5, 0.9, 0.99} <= set(grids[name])
    if rules == ("rmsprop",):
        assert 0.9 in grids["rho"]
    if len(rules) == 1:
        decades = np.log10(grids["alpha"])
        assert np.ptp(decades) > 2
        assert np.diff(decades).max() < 0.25


@pytest.mark.parametrize("surface", ["quadratic", "saddle", "rosenbrock", "beale"])
def test_too_small_good_and_diverged_are_all_on_the_slider(surface):
    table = Explorer(surface, "sgd").tables["sgd"]
    runs = [table.run(i)["loss"][:, 0] for i in range(table.shape[0])]
    falls = np.array([run[60] / run[0] for run in runs])
    assert falls[0] > 0.15
    assert np.nanmin(falls) < 0.5 * falls[0]
    assert np.isnan(runs[-1][-1])


def test_a_run_is_nan_from_its_divergence_on_and_never_before():
    explorer = Explorer("quadratic", ["sgd", "nesterov"])
    for rule, table in explorer.tables.items():
        assert 0 < (table.lived <= 150).sum() < table.lived.size
        for i, j in np.ndindex(*table.shape):
            lived = table.lived[i, j]
            for numbers in table.run(i, j).values():
                assert np.isfinite(numbers[:lived]).all()
                assert np.isnan(numbers[lived:]).all()
            values = all_values(explorer, rule, i, j)
            if lived <= 150 and i % 4 == 0:
                states, _ = fresh_run(
                    explorer.surface, rule, explorer.surface.start, 150, **values
                )
                # far out it is: a number of this step or its move cannot be packed
                v, r = states[lived].v, states[lived].r
                step = states[lived + 1].theta - states[lived].theta
                loss = explorer.surface.value(states[lived].theta)
                far = [*np.abs(states[lived].theta) / 2.2, *np.abs(v) / LIMIT**2]
                far += [abs(loss) / LIMIT**2, *np.abs(step) / LIMIT**2, *r]
                assert not max(far) < LIMIT * 0.999


def test_a_run_that_comes_back_has_not_diverged():
    """One far jump out and one back: at the limit meanwhile, then exact again."""

    def gradient(theta):
        return np.where(np.abs(theta) > 1e5, theta - 1.0, theta - 1e8)

    there_and_back = replace(plateau(), gradient=gradient)
    table = tabulate(there_and_back, "sgd", {"alpha": [1.0]}, {}, (2.0, 2.0), 2)
    assert table.lived == 3
    theta = table.run()["theta"]
    np.testing.assert_allclose(theta[[0, 2]], [[2.0, 2.0], [1.0, 1.0]], atol=1e-3)
    np.testing.assert_allclose(theta[1], [6 * LIMIT, 4 * LIMIT])


def test_a_run_beyond_the_picture_is_outside_and_not_diverged():
    surface = plateau()
    explorer = Explorer(surface, "sgd", start=(3.0, 0.0), alpha=[2000.0], at={"k": 1})
    assert explorer.tables["sgd"].lived == 151
    assert "outside the picture" in explorer.sentence()
    explorer = Explorer("quadratic", "sgd", alpha=[0.3], at={"k": 100})
    lived = int(explorer.tables["sgd"].lived[0, 0])
    assert f"SGD diverged at step {lived}." in explorer.sentence()


@pytest.mark.parametrize("rules", [("sgd",), ("momentum", "nesterov"), tuple(RULES)])
def test_corners_of_the_sliders_can_be_shown(rules):
    explorer = Explorer("rosenbrock", rules)
    ends = [(0, len(grid) - 1) for grid in explorer.grids.values()]
    for i in ends[0]:
        for j in ends[1] if len(ends) > 1 else (0,):
            explorer.i, explorer.j, explorer.k = i, j, 150
            assert explorer.picture().startswith(b"\x89PNG")
            assert explorer.sentence().endswith(".")


def test_the_script_gets_every_number_from_the_buffer():
    """Decode as the JavaScript does, from the scene alone, and compare."""
    explorer = Explorer(rosenbrock(), ["sgd", "adam"], at={"k": 7})
    codes = np.frombuffer(explorer.runs, "<f2").astype(float)
    scene = json.loads(json.dumps(explorer.scene))
    rng = np.random.default_rng(1)
    for data in scene["rules"]:
        table = explorer.tables[data["name"]]
        assert set(data["channels"]) == {c.name for c in channels_of(data["name"])}
        high = data["shape"][1]
        for _ in range(20):
            i, j = (int(rng.integers(size)) for size in data["shape"])
            k = int(rng.integers(151))
            for name, channel in data["channels"].items():
                for c in range(channel["size"]):
                    at = ((i * high + j) * 151 + k) * channel["size"] + c
                    code = codes[channel["first"] + at]
                    number = channel["zero"][c]
                    number += channel["unit"][c] * code ** channel["power"]
                    expected = table.run(i, j)[name][k, c]
                    assert np.isclose(number, expected, 1e-12, 0, equal_nan=True)
    drawn = {arrow["channel"] for rule in scene["rules"] for arrow in rule["arrows"]}
    drawn |= {column["channel"] for column in scene["columns"]} | {"theta", "loss"}
    assert drawn == {name for rule in scene["rules"] for name in rule["channels"]}


def test_a_rule_shows_no_letter_that_it_does_not_use():
    letters = {rule: {c.name for c in channels_of(rule)} for rule in RULES}
    always = {"theta", "loss", "g", "step"}
    assert letters["sgd"] == always
    assert letters["momentum"] == letters["nesterov"] == always | {"v"}
    assert letters["adagrad"] == letters["rmsprop"] == always | {"r", "rate"}
    for rule in ("rmsprop_nesterov", "adam", "nadam"):
        assert letters[rule] == always | {"v", "r", "rate"}


def test_a_rule_without_the_second_hyperparameter_stands_beside_one_with_it():
    explorer = Explorer("quadratic", ["sgd", "momentum"], at={"beta": 0.5, "k": 9})
    assert explorer.tables["sgd"].shape == (len(explorer.grids["alpha"]), 1)
    states, _ = fresh_run(
        explorer.surface,
        "sgd",
        explorer.surface.start,
        9,
        alpha=explorer.settings["alpha"],
    )
    got = explorer.tables["sgd"].run(explorer.i, explorer.j)["theta"][9]
    np.testing.assert_allclose(got, states[9].theta, atol=2e-3)


def test_text_form_is_stable():
    at = {"alpha": 0.02, "beta": 0.9, "k": 30}
    explorer = Explorer("quadratic", ["sgd", "momentum"], at=at)
    text = "Explorer(quadratic: sgd, momentum; alpha=0.02, beta=0.9, k=30)"
    assert repr(explorer) == text
    data, about = explorer._repr_mimebundle_()
    assert data["text/plain"] == text
    assert set(data) == {
        "text/plain",
        "image/png",
        "application/vnd.jupyter.widget-view+json",
    }
    assert about["image/png"]["alt"] == explorer.sentence()


def test_static_page_is_whole():
    explorer = Explorer(rosenbrock(), ["momentum", "nesterov"])
    with mock.patch.dict(os.environ, LEZ10_STATIC="1"):
        data, _ = explorer._repr_mimebundle_()
        again, _ = explorer._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", "text/html"}
    assert data == again
    page = data["text/html"]
    assert not re.search(r"https?:|//cdn|src=\"(?!data:)", page)
    alt = re.search(r'<img alt="([^"]+)"', page)
    assert alt is not None
    assert html.unescape(alt[1]) == explorer.sentence()
    assert page.count("</script>") == 2


def test_sliders_can_be_moved_from_python_and_stay_on_their_grids():
    explorer = Explorer("quadratic", "momentum")
    explorer.i, explorer.j, explorer.k = 10_000, -3, 77
    alphas, betas = explorer.grids.values()
    assert explorer.settings == {"alpha": alphas[-1], "beta": betas[0], "k": 77}
    explorer.hidden = ["momentum"]
    assert "Momentum" not in explorer.sentence()


def test_a_value_asked_for_is_taken_up_by_a_default_grid():
    explorer = Explorer("quadratic", "momentum", at={"alpha": 0.033, "beta": 0.77})
    assert explorer.settings == {"alpha": 0.033, "beta": 0.77, "k": 25}


def test_fixed_numbers_have_no_slider():
    explorer = Explorer("quadratic", "rmsprop", rho=0.5, alpha=0.1)
    assert explorer.grids == {}
    assert explorer.settings == {"k": 25}
    explorer = Explorer("beale", "adam", beta2=[0.9, 0.999], alpha=0.1, beta1=0.9)
    assert explorer.grids == {"beta2": [0.9, 0.999]}
    assert explorer.settings == {"beta2": 0.999, "k": 25}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"surface": "valley"}, "surface must be"),
        ({"algorithms": "adamw"}, "algorithms must be"),
        ({"algorithms": []}, "algorithms must be"),
        ({"algorithms": ["sgd", "sgd"]}, "each once"),
        ({"algorithms": "sgd", "beta": 0.9}, "sgd takes alpha"),
        ({"alpha": -0.1}, "alpha must be"),
        ({"beta": [0.5, 1.0]}, "beta must lie"),
        ({"alpha": [0.2, 0.1]}, "rising"),
        ({"alpha": []}, "rising"),
        ({"alpha": "0.1"}, "alpha must be"),
        ({"start": (1, 2, 3)}, "start must be"),
        ({"start": (1, np.inf)}, "start must be"),
        ({"steps": 0}, "steps must be"),
        ({"steps": 2.5}, "steps must be"),
        ({"sigma": -1}, "sigma must be"),
        ({"at": {"gamma": 1}}, "at names"),
        ({"at": {"k": 151}}, "not on its slider"),
        ({"alpha": [0.1, 0.2], "at": {"alpha": 0.3}}, "not on its slider"),
        ({"alpha": np.linspace(0.01, 0.1, 99)}, "give shorter grids, fewer steps"),
        ({"algorithms": list(RULES), "steps": 5000}, "fewer algorithms"),
        ({"algorithms": 5}, "algorithms must be"),
        ({"algorithms": [["sgd"]]}, "algorithms must be"),
        ({"algorithms": {"sgd": {"alpha": 0.1}}}, "algorithms must be"),
        ({"surface": ["quadratic"]}, "surface must be"),
        ({"sigma": [0.1, 0.2]}, "sigma must be one number"),
        ({"start": [[1], [2, 3]]}, "start must be"),
        ({"start": (1e9, 0)}, "nearer to the window (-3.2, 3.2, -2.2, 2.2)"),
        ({"start": (1e300, 0), "surface": "rosenbrock"}, "nearer to the window"),
        ({"alpha": [0.1, 1e300]}, "smaller values of alpha"),
        ({"at": {"beta": 1.5}}, "beta must lie in [0, 1), got 1.5"),
        ({"at": {"alpha": "fast"}}, "alpha must be a number"),
        ({"at": {"alpha": [0.1, 0.2]}}, "alpha must be one number"),
        ({"at": {"k": 2.5}}, "not on its slider"),
        ({"at": 40}, "at must be a dict"),
        (
            {"algorithms": "adam"}
            | {name: [0.1, 0.2] for name in ("alpha", "beta1", "beta2")},
            "two hyperparameters",
        ),
    ],
)
def test_wrong_wishes_are_refused_in_one_sentence(arguments, says):
    with pytest.raises(ValueError, match=re.escape(says)) as error:
        Explorer(**arguments)
    text = str(error.value)
    assert text.endswith(".")
    assert "\n" not in text


SURFACE_LIKE = {
    "flat": (lambda p: 0 * p[0] + 3, lambda p: 0 * p, 3.0),
    "slanted": (lambda p: 2 * p[0], lambda p: 0 * p + [[[2.0]], [[0.0]]], -9.0),
}


@pytest.mark.parametrize("rule", ["momentum", "adam"])
@pytest.mark.parametrize("name", SURFACE_LIKE)
def test_a_surface_without_curvature_can_be_walked_on(name, rule):
    value, gradient, lowest = SURFACE_LIKE[name]
    surface = replace(
        quadratic(),
        name=name,
        value=value,
        lowest=lowest,
        gradient=lambda p: gradient(np.reshape(p, (2, -1, 1))).reshape(np.shape(p)),
    )
    explorer = Explorer(surface, rule, at={"k": 3})
    run = explorer.tables[rule].run(explorer.i, explorer.j)["theta"]
    moved = run[3, 0] < run[0, 0]
    assert moved == (name == "slanted")
    assert explorer.picture().startswith(b"\x89PNG")
    assert len(explorer.grids["alpha"]) >= 10


def test_a_start_far_out_on_a_plateau_is_shown():
    explorer = Explorer("plateau", "sgd", start=(1e5, 0), at={"k": 0})
    assert "SGD is outside the picture, at (1e+05, 0)" in explorer.sentence()


def test_the_stability_limit_is_two_over_the_largest_curvature():
    start = (-1.5, 2.0)
    assert stability_limit(quadratic(40.0, angle=0.7), start) == pytest.approx(2 / 40)
    # Rosenbrock's Hessian, by hand; the start bends more than the minimum
    x, y = start
    hessian = [[1200 * x**2 - 400 * y + 2, -400 * x], [-400 * x, 200]]
    largest = np.linalg.eigvals(hessian).max()
    assert stability_limit(rosenbrock(), start) == pytest.approx(2 / largest, 1e-5)
    assert stability_limit(rosenbrock(), (1.0, 1.0)) == pytest.approx(2 / 1001.6, 1e-5)


def test_rounding_never_makes_a_loss_negative():
    above_its_own_lowest = replace(quadratic(), lowest=1e-9)
    table = tabulate(above_its_own_lowest, "sgd", {"alpha": [0.05]}, {}, (1, 1), 300)
    loss = table.run()["loss"]
    assert loss[-1] == 0
    assert np.all(loss >= 0)


def test_the_loss_axis_ends_where_the_best_run_does():
    slow = Explorer("quadratic", ["sgd", "momentum"], alpha=1e-3, beta=0.5, steps=20)
    best = min(table.run()["loss"].min() for table in slow.tables.values())
    (axis,) = slow.scene["panels"]
    assert axis["low"] == np.floor(np.log10(best)) > axis["high"] - 4
    good = Explorer("quadratic", "momentum", alpha=0.05, beta=0.5, steps=150)
    assert good.tables["momentum"].run()["loss"].min() < 1e-9
    (axis,) = good.scene["panels"]
    assert axis["low"] == axis["high"] - 10


def test_tables_need_no_pictures_and_no_widgets():
    """The runs are plain numpy, below plots and widgets."""
    code = (
        "import sys, lez10.tables, lez10.channels, lez10.curvature; "
        "print(sorted({'anywidget', 'ipywidgets', 'matplotlib', 'lez10.plots', "
        "'lez10.widgets'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
