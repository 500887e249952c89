"""The budget explorer: what it ships, says and draws is what the searches found."""

import html
import json
import os
import re
from dataclasses import replace
from unittest import mock

import numpy as np
import pytest
from searches import results

from lez10.experiments.protocols import PANELS
from lez10.panel_plots import budgets, error_axis, standing
from lez10.widgets import BudgetExplorer


@pytest.fixture(scope="module")
def found():
    """Seven searches of 30 trials; a winner of a search diverged until the tenth."""
    made = results(7, 30)
    made.test[0, 3, 2, 3, :9] = np.inf
    made.test[0, 4, 5, :5, :20] = np.inf
    return made


@pytest.fixture(scope="module")
def explorer(found):
    return BudgetExplorer(found)


def three_digits(numbers):
    return [float(f"{x:.3g}") for x in numbers]


def test_every_number_is_that_of_the_searches_to_three_digits(explorer, found):
    assert explorer.budgets == [1, 2, 3, 4, 5, 7, 10, 15, 20, 30]
    assert list(explorer.tables) == list(found.rules)
    for n, panel in enumerate(PANELS, 1):
        for k, budget in enumerate(explorer.budgets):
            for rule, table in explorer.tables.items():
                errors = 100 * found.errors("rare", panel, rule, budget)
                run = {name: x[k] for name, x in table.run().items()}
                shown = [run[f"median{n}"][0], *run[f"range{n}"]]
                exact = [np.median(errors), errors.min(), errors.max()]
                assert three_digits(shown) == three_digits(exact)
            best = standing(found, "rare", panel, budget).best
            told = [t.run()[f"best{n}"][k, 0] for t in explorer.tables.values()]
            assert told == best.tolist()


def test_the_script_gets_every_number_from_the_buffer(explorer):
    """Decode as the JavaScript does, from the scene alone, and compare."""
    codes = np.frombuffer(explorer.runs, "<f2").astype(float)
    scene = json.loads(json.dumps(explorer.scene))
    many = len(explorer.budgets)
    assert scene["axis"]["texts"] == [str(n) for n in explorer.budgets]
    for data in scene["rules"]:
        run = explorer.tables[data["name"]].run()
        for name, channel in data["channels"].items():
            size = channel["size"]
            at = channel["first"] + np.arange(many * size)
            np.testing.assert_array_equal(codes[at].reshape(many, size), run[name])
            assert (channel["power"], set(channel["zero"])) == (1, {0.0})
            assert channel.get("whole", False) == name.startswith("best")
    assert [panel["number"] for panel in scene["panels"]] == [1, 2, 3, 4]
    named = {name for data in scene["rules"] for name in data["channels"]}
    asked = {column["channel"] for column in scene["columns"]}
    asked |= {f"range{panel['number']}" for panel in scene["panels"]}
    assert asked == named


def test_the_panels_share_an_axis_in_the_units_that_are_drawn(explorer, found):
    axis = error_axis(found, "rare")
    for panel in explorer.scene["panels"]:
        assert panel["log"] and axis.log
        assert panel["low"] == pytest.approx(np.log10(axis.low))
        assert panel["high"] == pytest.approx(np.log10(axis.high))
        assert panel["ticks"] == [[np.log10(p), text] for p, text in axis.ticks]
    flat = results()
    flat.test[:] = 0.2
    (panel, *_) = BudgetExplorer(flat).scene["panels"]
    assert not panel["log"] and panel["low"] < 20 < panel["high"]


def test_the_words_of_the_script_say_what_the_sentence_says(explorer, found):
    """Fill the templates as the JavaScript does, without its trailing zeros."""
    words = explorer.scene["words"]
    assert words["k"] == "number of trials"
    for k in range(explorer.steps + 1):
        explorer.k = k
        texts = explorer.scene["axis"]["texts"]
        budget, steps = texts[k], texts[-1]
        (title,) = explorer.scene["titles"]
        said = [words["scene"].format(title=title, k=budget, steps=steps, settings="")]
        for data in explorer.scene["rules"]:
            run = explorer.tables[data["name"]].run()
            values = {name: f"{x[k, 0]:.3g}" for name, x in run.items()}
            said.append(words["at"].format(rule=data["label"], **values))
        assert " ".join(said).replace("inf", "∞") == explorer.sentence()
    sentence = explorer.sentence()
    assert (
        "(a designed task). Test errors (error rate) of the winners of 30 of 30"
        in sentence
    )
    median = 100 * np.median(found.errors("rare", "alpha", "sgd"))
    assert f"SGD: median in %, by panel: {median:.3g}, " in sentence
    assert re.search(r"of 7 searches won or shared: \d, \d, \d, \d\.", sentence)
    explorer.k = 0
    assert "∞" in explorer.sentence() and "inf" not in explorer.sentence()
    explorer.k = explorer.steps


def test_slider_text_and_picture(explorer):
    explorer.k = 6
    assert (explorer.step, explorer.settings) == (10, {"trials": 10})
    assert repr(explorer) == "BudgetExplorer(rare: trials=10)"
    data, about = explorer._repr_mimebundle_()
    assert data["text/plain"] == repr(explorer)
    assert about["image/png"]["alt"] == explorer.sentence()
    pictures = set()
    for explorer.k in (0, 6, 99):
        pictures.add(explorer.picture())
    assert explorer.step == 30
    assert len(pictures) == 3
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
    assert explorer.picture() in pictures  # the same on every run
    explorer.hidden = ["adam"]
    assert not re.search(r"\bAdam\b", explorer.sentence())
    assert explorer.picture() not in pictures
    explorer.hidden = []


def test_static_page_is_whole(explorer):
    with mock.patch.dict(os.environ, LEZ10_STATIC="1"):
        page = explorer._repr_mimebundle_()[0]["text/html"]
    assert not re.search(r"https?:|//cdn|src=\"(?!data:)", page)
    alt = re.search(r'<img alt="([^"]+)"', page)
    assert alt is not None and html.unescape(alt[1]) == explorer.sentence()


def test_a_workload_is_chosen_by_name():
    two = results(workloads=("digits", "rare"))
    assert BudgetExplorer(two).workload == "digits"
    assert "designed" not in BudgetExplorer(two).sentence()
    rare = BudgetExplorer(two, "rare")
    assert "a designed task" in rare.sentence()
    alone = 100 * np.median(two.errors("rare", "all", "nadam"))
    run = rare.tables["nadam"].run()["median3"]
    assert three_digits(run[-1]) == three_digits([alone])


def test_one_trial_has_one_place_on_the_slider():
    explorer = BudgetExplorer(results(2, 1))
    assert (explorer.steps, explorer.step) == (0, 1)
    assert budgets(1) == explorer.budgets
    assert explorer.picture().startswith(b"\x89PNG")


def test_huge_errors_are_not_called_diverged():
    far = results(2, 2, ("sgd",))
    far.test[..., 0] = 1e9
    run = BudgetExplorer(far).tables["sgd"].run()
    assert run["median1"][0, 0] == 65504


def test_wrong_wishes_are_one_sentence():
    with pytest.raises(ValueError, match=r"workloads here are rare, got 'digits'\."):
        BudgetExplorer(results(), "digits")
    fewer = replace(results(), protocols=("defaults", "alpha", "x", "y", "z"))
    with pytest.raises(ValueError, match=r"protocols here are .* 'alpha-scheduled'\."):
        BudgetExplorer(fewer)
