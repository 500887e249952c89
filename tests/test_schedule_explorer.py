"""The schedule explorer: rates, sums and distances against sums of their own."""

import json
import re

import numpy as np
import pytest

from lez10.schedule_runs import SCHEDULES, START, progress
from lez10.widgets import ScheduleExplorer


@pytest.fixture(scope="module")
def explorer():
    return ScheduleExplorer()


def rates(name, alpha0, tau, k):
    """alpha of steps 0 … k - 1, by formulas of their own."""
    n = np.arange(k)
    if name == "constant":
        return np.full(k, alpha0)
    if name == "linear":
        return alpha0 * (1 - 0.99 * np.minimum(n / tau, 1))
    if name == "exponential":
        return alpha0 * 10 ** (-2 * n / tau)
    if name == "staircase":
        return alpha0 * 10.0 ** -np.floor(2 * n / tau)
    return alpha0 / (n + 1)


@pytest.mark.parametrize("name", SCHEDULES)
def test_rates_and_sums(explorer, name):
    for i, j in ((0, 0), (6, 2), (9, 6)):
        alpha0, tau = explorer.grids["alpha0"][i], explorer.grids["tau"][j]
        run = explorer.tables[name].run(i, j)
        alpha = rates(name, alpha0, tau, explorer.ks[-1])
        last = np.array(explorer.ks) - 1
        expected = {
            "alpha": alpha[last],
            "total": np.cumsum(alpha)[last],
            "squares": np.cumsum(alpha**2)[last],
        }
        for channel, numbers in expected.items():
            # the third power of a float16, which is nothing below 2e-22
            got = run[channel][:, 0]
            np.testing.assert_allclose(got, numbers, rtol=2e-3, atol=2e-13)


@pytest.mark.parametrize("name", ["linear", "inverse"])
def test_distance_is_that_of_the_recursion(name):
    """theta <- theta - alpha (theta + noise), written out, run by run."""
    schedule = SCHEDULES[name](np.array([[0.3], [0.7]]), np.array([20.0, 90.0]))
    ks, runs = [1, 7, 60], 5
    found = progress(schedule, ks, runs, seed=3)
    for a, alpha0 in enumerate((0.3, 0.7)):
        for b, tau in enumerate((20.0, 90.0)):
            rng = np.random.default_rng(3)
            theta, alpha = np.full(runs, START), rates(name, alpha0, tau, 60)
            for k in range(1, 61):
                theta = theta - alpha[k - 1] * (theta + rng.standard_normal(runs))
                if k in ks:
                    n = ks.index(k)
                    expected = np.sqrt(np.mean(theta**2))
                    assert np.isclose(found.distance[n, a, b], expected)


def test_the_conditions_and_what_they_do(explorer):
    """What the notebook says: a cloud, a walk that stops short, one that arrives."""
    last = {name: table.run(6, 2) for name, table in explorer.tables.items()}
    half = np.searchsorted(explorer.ks, 5000)
    grows = {n: run["total"][-1, 0] / run["total"][half, 0] for n, run in last.items()}
    assert grows["constant"] > 1.9 and grows["linear"] > 1.3
    assert grows["exponential"] < 1.001 and grows["staircase"] < 1.001
    assert 1.05 < grows["inverse"] < 1.2  # without end, but ever so slowly
    short = explorer.tables["exponential"].run(0, 0)  # alpha_0 = 0.01, tau = 10
    assert short["distance"][-1, 0] > 0.9 * START


def test_sliders_sentence_and_picture(explorer):
    text = "ScheduleExplorer(alpha0=0.5, tau=1000, k=10000)"
    explorer.i, explorer.j, explorer.k = 6, 4, explorer.steps
    assert repr(explorer) == text
    data, about = explorer._repr_mimebundle_()
    assert data["text/plain"] == text
    assert about["image/png"]["alt"] == explorer.sentence()
    assert "constant: rate 0.5, sum of the rates 4.99e+03" in explorer.sentence()
    assert len(explorer.runs) < 1_000_000
    for explorer.i in (0, 9):
        for explorer.j in (0, 6):
            for explorer.k in (0, 9999):
                assert explorer.picture().startswith(b"\x89PNG")
                assert re.fullmatch(r"[^{}]+\.", explorer.sentence())
    assert explorer.settings == {"alpha0": 1.5, "tau": 10_000.0, "k": 10_000}
    explorer.hidden = ["linear"]
    assert "linear" not in explorer.sentence()
    explorer.hidden = []


def test_the_script_gets_every_number_from_the_buffer(explorer):
    codes = np.frombuffer(explorer.runs, "<f2").astype(float)
    scene = json.loads(json.dumps(explorer.scene))
    n = len(explorer.ks)
    assert len(scene["axis"]["texts"]) == len(scene["axis"]["places"]) == n
    for data in scene["rules"]:
        run, high = explorer.tables[data["name"]].run(3, 5), data["shape"][1]
        setting = 3 * high + min(5, high - 1)
        for name, channel in data["channels"].items():
            at = channel["first"] + setting * n + np.arange(n)
            numbers = codes[at] ** channel["power"]
            np.testing.assert_allclose(numbers, run[name][:, 0])
    assert [p["channel"] for p in scene["panels"]] == [
        "alpha",
        "total",
        "squares",
        "distance",
    ]


def test_a_seed_is_a_whole_number():
    with pytest.raises(ValueError, match="seed must be"):
        ScheduleExplorer(seed=-1)
