"""The training monitor, driven without a browser: its task on a loop of the test."""

import asyncio

import numpy as np
import pytest

from lez10 import RULES, Perceptron, digits, epochs, fit, split
from lez10.appearance import ALGORITHMS
from lez10.plots import STATIC
from lez10.widgets import TrainingMonitor, background

SMALL = Perceptron((64, 8, 10))


def monitor(rates=None, **options):
    options = {"seeds": 2, "epochs": 2, "network": SMALL, "size": 128} | options
    return TrainingMonitor(rates or {"sgd": 0.1}, **options)


def said(made):
    return made.status.value.split("<b>")[1].split("</b>")[0]


def drawn(made):
    """The lines that are shown, by algorithm: losses, then accuracies."""
    by_colour = {seen.colour: name for name, seen in ALGORITHMS.items()}
    found = {}
    for ax in made.picture.figure.axes:
        for line in ax.lines:
            found.setdefault(by_colour[line.get_color()], []).append(line.get_xydata())
    return found


async def until(condition):
    for _ in range(2000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not happen")


def test_run_to_end_equals_fit():
    made = monitor({"sgd": 0.2, "adam": 0.01}, seeds=3)
    runs = made.run_to_end()
    data = split(*digits(), seed=0)
    for name, alpha in (("sgd", 0.2), ("adam", 0.01)):
        rngs = [np.random.default_rng(seed) for seed in range(3)]
        expected = fit(
            SMALL,
            data.X_train,
            data.y_train,
            RULES[name],
            SMALL.initialize(rngs),
            size=128,
            rng=rngs,
            stop=epochs(2),
            validation=(data.X_validation, data.y_validation),
            alpha=alpha,
        )
        run = runs[name]
        assert np.array_equal(run.theta, expected.theta)
        assert np.array_equal(run.training_loss, expected.training_loss)
        losses, accuracies = drawn(made)[name]
        assert np.array_equal(losses[:, 1], np.median(expected.training_loss, axis=1))
        assert np.allclose(
            accuracies[:, 1], 100 * np.median(expected.validation_accuracy, axis=1)
        )
    assert said(made) == "Finished."
    assert made.progress.value == 1
    assert made.told.value == "epoch 2 of 2"
    assert "of 3 seeds" in made.picture.sentence


@pytest.mark.parametrize("name", RULES)
def test_every_corner_of_every_slider_trains(name):
    made = monitor({name: 0.1}, epochs=1)
    rate = made.shelf.sliders[name]["alpha"]
    for value, seeds in ((rate.grid[0], made.seeds.min), (rate.grid[-1], 3)):
        rate.value, made.seeds.value = value, seeds
        made.run_to_end()
        assert said(made).startswith("Finished.")
        assert made.runs[name].epoch == 1 or not made.runs[name].going.any()


def test_without_a_loop_start_trains_to_the_end():
    made = monitor()
    made.start_button.click()
    assert said(made) == "Finished."
    assert made.runs["sgd"].epoch == 2


def test_stop_keeps_the_curves():
    async def drive():
        made = monitor({"sgd": 0.1, "adam": 0.01}, epochs=10_000)
        made.start_button.click()
        await until(lambda: made.runs["adam"].epoch >= 3)
        made.stop_button.click()
        assert not made.training
        assert said(made) == "Stopped."
        epoch, picture = made.runs["sgd"].epoch, made.picture.image.value
        await asyncio.sleep(0.1)
        made.stop_button.click()  # again: nothing to stop, nothing is lost
        assert (made.runs["sgd"].epoch, made.picture.image.value) == (epoch, picture)
        assert len(drawn(made)["sgd"][0]) == epoch + 1
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(drive())


def test_the_task_gives_way_to_messages():
    async def drive():
        made = monitor(epochs=10_000)
        made.start()
        seen = []
        for _ in range(5):
            seen.append(made.runs["sgd"].k)
            await asyncio.sleep(0)
        made.stop()
        assert seen[0] < seen[-1]

    asyncio.run(drive())


def test_the_picture_grows_while_it_trains(monkeypatch):
    monkeypatch.setattr(background, "REDRAW", 0.0)

    async def drive():
        made = monitor(epochs=10_000)
        before = made.picture.image.value
        made.start()
        await until(lambda: made.progress.value > 0)
        assert made.training
        assert made.picture.image.value != before
        made.stop()

    asyncio.run(drive())


def test_start_again_while_it_runs_begins_anew():
    async def drive():
        made = monitor(epochs=10_000)
        made.start()
        await until(lambda: made.runs["sgd"].epoch >= 2)
        first = made.runs["sgd"]
        made.epochs.value = 1
        made.shelf.switches["adam"].value = True
        made.start()
        await until(lambda: not made.training)
        assert made.runs["sgd"] is not first
        assert set(made.runs) == {"sgd", "adam"}
        assert made.runs["adam"].epoch == 1
        assert said(made) == "Finished."
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(drive())


def test_close_ends_the_training():
    async def drive():
        made = monitor(epochs=10_000)
        made.start()
        await asyncio.sleep(0.05)
        made.close()
        assert not made.training
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(drive())


@pytest.mark.parametrize("with_loop", [True, False])
def test_an_error_inside_the_training_is_a_sentence(with_loop, monkeypatch):
    def breaks(state, grad, *, alpha):
        if state.t >= 10:
            raise ArithmeticError("a step that breaks")
        return RULES["sgd"](state, grad, alpha=alpha)

    monkeypatch.setitem(RULES, "momentum", breaks)
    made = monitor({"momentum": 0.1})

    async def drive():
        made.start()
        await until(lambda: not made.training)

    if with_loop:
        asyncio.run(drive())
    else:
        made.start()
    assert "ArithmeticError: a step that breaks" in said(made)
    assert len(drawn(made)["momentum"][0]) == 2  # the curve until then is kept


def test_an_error_before_the_training_is_a_sentence():
    made = monitor(size=100_000)
    made.start_button.click()
    assert "size must be at most n" in said(made)


def test_divergence_is_told_with_step_and_seeds():
    network = Perceptron((64, 8, 10), phi="relu", objective="cross_entropy")
    made = monitor({"sgd": 0.1, "momentum": 0.1}, network=network)
    made.run_to_end()
    assert "diverged" not in said(made)
    made.runs["sgd"].diverged_at[1] = 12
    assert made.divergences() == ["SGD (alpha 0.1) diverged at step 12, 1 of 2 seeds."]


def test_a_real_divergence_reaches_status_and_picture():
    X, y = digits()
    data = split(1e150 * X, y, seed=0)
    network = Perceptron((64, 8, 10), phi="relu")
    made = monitor({"sgd": 10.0}, network=network, data=data, epochs=3)
    runs = made.run_to_end()
    steps = runs["sgd"].diverged_at
    assert (steps >= 0).all()
    assert f"SGD (alpha 10) diverged at step {steps.min()}" in said(made)
    assert "2 of 2 seeds" in said(made)
    assert "diverged at step" in made.picture.sentence


def test_nothing_ticked_is_a_sentence():
    made = monitor()
    made.shelf.switches["sgd"].value = False
    made.start()
    assert said(made) == "Tick an algorithm first."


def test_an_unknown_algorithm_is_a_sentence():
    with pytest.raises(ValueError, match="got 'sdg'"):
        TrainingMonitor({"sdg": 0.1})


def test_a_page_without_a_kernel_shows_trained_curves(monkeypatch):
    made = monitor()
    monkeypatch.setenv(STATIC, "1")
    data, _ = made._repr_mimebundle_()
    assert "SGD, alpha 0.1: from" in data["text/html"]
    assert "application/vnd.jupyter.widget-view+json" not in data
    assert data["text/plain"] == "Training monitor: SGD on digits"
