"""What 04 to 08 ask of the explorer: small plots, families, functions, variants."""

import json
import re

import numpy as np
import pytest
from test_explorer import fresh_run

from lez10 import quadratic, rosenbrock
from lez10.channels import CHANNELS, channels_of
from lez10.tables import size_in_bytes
from lez10.variants import VARIANTS
from lez10.widgets import Explorer
from lez10.widgets.scene import PANELS

PAIR = ["momentum", "nesterov"]
TIGHT = {"rtol": 2e-3, "atol": 1e-6}


def effective_explorer(**options):
    return Explorer(
        "quadratic",
        ["rmsprop", "rmsprop_nesterov"],
        effective=[0.01, 0.1, 0.5],
        beta=[0.0, 0.5, 0.9],
        alpha=lambda effective, beta=0.0: (1 - beta) * effective,
        steps=40,
        **options,
    )


def family_explorer(**options):
    return Explorer(
        quadratic,
        PAIR,
        condition=[1, 10, 100],
        beta=[0.5, 0.9],
        alpha=lambda condition: 1 / condition,
        steps=40,
        **options,
    )


@pytest.mark.parametrize("sigma", [0.0, 0.5])
@pytest.mark.parametrize("rule", PAIR)
def test_head_to_tail_is_the_next_step_of_both_methods(rule, sigma):
    show = ("loss", "head to tail")
    explorer = Explorer("beale", PAIR, show=show, sigma=sigma, seed=4, steps=30)
    rng = np.random.default_rng(0)
    alphas, betas = explorer.grids.values()
    for _ in range(8):
        i, j = int(rng.integers(len(alphas) // 2)), int(rng.integers(len(betas)))
        alpha, beta = alphas[i], betas[j]
        states, taken = fresh_run(
            explorer.surface,
            rule,
            explorer.surface.start,
            30,
            sigma,
            4,
            alpha=alpha,
            beta=beta,
        )
        run = explorer.tables[rule].run(i, j)
        for k in range(explorer.tables[rule].lived[i, j]):
            theta, v = states[k].theta, states[k].v
            np.testing.assert_allclose(run["push"][k], beta * v, **TIGHT)
            gradient = explorer.surface.gradient
            asked = theta + beta * v if rule == "nesterov" else theta
            noise = taken[k] - gradient(asked)
            for name, at in (("pull", theta), ("pull_ahead", theta + beta * v)):
                expected = -alpha * (gradient(at) + noise)
                np.testing.assert_allclose(run[name][k], expected, rtol=3e-3, atol=1e-6)
            # head to tail they make the step that the rule really takes
            own = run["pull_ahead" if rule == "nesterov" else "pull"][k]
            moved = states[k + 1].theta - theta
            slack = 2e-3 * (abs(run["push"][k]) + abs(own)) + 1e-6
            assert np.all(abs(run["push"][k] + own - moved) <= slack)


def test_only_what_is_shown_is_shipped():
    plain = Explorer("quadratic", PAIR, steps=20)
    assert not {"push", "pull"} & set(plain.tables["momentum"].run())
    assert "rate" not in plain.tables["momentum"].codes
    rates = Explorer("quadratic", ["sgd", "adagrad"], show=["rate", "r"], steps=20)
    alpha = rates.settings["alpha"]
    run = rates.tables["sgd"].run(rates.i)
    np.testing.assert_allclose(run["rate"], alpha, rtol=2e-3)
    assert len(rates.runs) == size_in_bytes(rates.rules, rates.grids, 20, rates.show)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_s_rate_is_what_multiplies_its_gradient(name):
    explorer = Explorer("quadratic", name, steps=25)
    i, j = explorer.i, explorer.j
    run = explorer.tables[name].run(i, j)
    assert {c.name for c in channels_of(name)} == set(run)
    if name.startswith("nesterov"):
        assert "rate" not in run
        return
    # the first step: v is 0, so it is the rate times g, or times the first moment
    first = {"adam_uncorrected": 0.1, "adam_epsilon_hat": 1.0}.get(name, 1.0)
    if name == "adam_epsilon_hat":
        first = 0.1 / (1 - 0.9)
    np.testing.assert_allclose(
        run["step"][0], -run["rate"][0] * first * run["g"][0], rtol=5e-3
    )


def test_a_hyperparameter_can_be_a_function_of_others():
    explorer = effective_explorer()
    assert list(explorer.grids) == ["effective", "beta"]
    assert explorer.tables["rmsprop"].shape == (3, 1)
    assert explorer.tables["rmsprop_nesterov"].shape == (3, 3)
    for i, effective in enumerate(explorer.grids["effective"]):
        for j, beta in enumerate(explorer.grids["beta"]):
            for rule, values in (
                ("rmsprop", {"alpha": effective}),
                ("rmsprop_nesterov", {"alpha": (1 - beta) * effective, "beta": beta}),
            ):
                start = explorer.surface.start
                states, _ = fresh_run(explorer.surface, rule, start, 40, **values)
                got = explorer.tables[rule].run(i, j)["theta"][40]
                np.testing.assert_allclose(got, states[40].theta, atol=2e-3)


def test_a_family_is_its_members_side_by_side():
    explorer = family_explorer()
    assert explorer.family == (3, 1)
    assert [s.title[-3:].strip() for s in explorer.members] == ["r 1", "10", "100"]
    for i, condition in enumerate(explorer.grids["condition"]):
        explorer.i = i
        assert explorer.surface.title.endswith(f" {condition:g}")
        alone = Explorer(
            quadratic(condition), PAIR, alpha=1 / condition, beta=[0.5, 0.9], steps=40
        )
        for rule in PAIR:
            for j in range(2):
                ours = explorer.tables[rule].run(i, j)
                for name, numbers in alone.tables[rule].run(j).items():
                    np.testing.assert_array_equal(ours[name], numbers)
        assert f"condition number {condition:g}" in explorer.sentence()
        assert explorer.backgrounds[explorer.member] == alone.backgrounds[0]


def test_a_family_without_a_slider_is_one_surface():
    turned = Explorer(quadratic, "sgd", condition=4.0, angle=0.5)
    assert turned.surface == turned.members[0] and turned.family == (1, 1)
    assert turned.surface.title == quadratic(4.0, 0.5).title
    assert turned.surface.window == quadratic(4.0, 0.5).window
    assert list(turned.grids) == ["alpha"]


@pytest.mark.parametrize("show", [*PANELS, ("v", "r", "step"), ("rate", "g")])
def test_small_plots_hold_what_they_show(show):
    explorer = Explorer(rosenbrock(), ["adam", "nadam"], show=show, steps=60)
    names = [show] if isinstance(show, str) else list(show)
    assert [panel["channel"] for panel in explorer.scene["panels"]] == names
    for panel in explorer.scene["panels"]:
        for table in explorer.tables.values():
            sizes = np.abs(table.run(explorer.i, explorer.j)[panel["channel"]])
            with np.errstate(divide="ignore"):
                inside = np.log10(sizes[np.isfinite(sizes)])
            assert np.mean(inside <= panel["high"]) > 0.9
            assert np.mean(inside >= panel["low"]) > 0.8
        assert len(panel["ticks"]) >= 2
        json.dumps(panel)
    if "loss" not in names:
        assert f"In the small plot, {explorer.scene['panels'][0]['name']}: Adam (" in (
            explorer.sentence()
        )


@pytest.mark.parametrize(
    "make",
    [
        effective_explorer,
        family_explorer,
        lambda **o: effective_explorer(show=("step", "rate", "r"), **o),
        lambda **o: family_explorer(show=("head to tail", "loss"), **o),
        lambda **o: Explorer("plateau", ["adam", "adam_uncorrected"], steps=30, **o),
    ],
)
def test_corners_can_be_shown(make):
    explorer = make(sigma=0.3)
    first, second, steps = explorer._lasts()
    for explorer.i in (0, first):
        for explorer.j in (0, second):
            for explorer.k in (0, steps):
                assert explorer.picture().startswith(b"\x89PNG")
                assert re.fullmatch(r"[^{}]+\.", explorer.sentence())
    explorer.hidden = explorer.rules[:1]
    explorer.picture()
    assert len(explorer.scene["titles"]) == len(explorer.backgrounds)


def test_every_channel_has_its_words():
    from lez10.widgets.words import SIGNS, WORDS

    shown = {c.name for c in CHANNELS} - {"push", "pull", "pull_ahead"}
    assert shown <= set(SIGNS) & set(WORDS)
    assert {f"panel {name}" for name in PANELS} <= set(WORDS)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"show": "speed"}, "show must be one to three of loss, v, g, step"),
        ({"show": ()}, "show must be"),
        ({"show": ("loss", "loss")}, "each once"),
        ({"show": ("loss", "v", "g", "step")}, "one to three"),
        ({"show": "r"}, "for momentum"),
        ({"algorithms": "sgd", "show": "head to tail"}, "show must be"),
        ({"alpha": lambda effective: effective}, "effective must be given"),
        ({"effective": [1, 2]}, "momentum takes alpha, beta, got effective"),
        ({"surface": quadratic, "condition": [0.5, 2]}, "condition must be"),
        ({"surface": quadratic, "angle": [0.0, 0.5]}, "one window"),
        ({"surface": print}, "surface must be a Surface"),
        (
            {
                "surface": quadratic,
                "condition": [1, 2],
                "alpha": [1.0, 2.0],
                "beta": [0.5],
            },
            "two hyperparameters",
        ),
        ({"alpha": lambda beta: -beta, "beta": [0.5, 0.9]}, "alpha must be"),
        ({"surface": quadratic, "condition": ["a", "b"]}, "condition must be a number"),
        ({"alpha": lambda effective: effective, "effective": ["x"]}, "effective must"),
        ({"alpha": lambda beta: beta, "beta": lambda alpha: alpha}, "got a function"),
        ({"alpha": lambda beta: 1 / 0}, "raised ZeroDivisionError"),
    ],
)
def test_wrong_wishes_are_refused_in_one_sentence(arguments, says):
    with pytest.raises(ValueError, match=re.escape(says)) as error:
        Explorer(**arguments)
    assert str(error.value).endswith(".") and "\n" not in str(error.value)
