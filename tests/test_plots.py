"""The pictures hold what they claim to, and say it in words."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex

from lez10 import SURFACES, momentum, plots, quadratic, sgd
from lez10.appearance import ALGORITHMS
from lez10.course_map import MAP, MAP_LINKS, course_map
from lez10.pseudocode import PSEUDOCODE, Line, beside, find
from lez10.selftest import CHECKS, selftest


@pytest.fixture
def ax():
    return plots.figure()[1]


@pytest.mark.parametrize("name", SURFACES)
def test_contour_shows_window_and_minima(ax, name):
    surface = SURFACES[name]()
    sentence = plots.contour(ax, surface)
    assert (*ax.get_xlim(), *ax.get_ylim()) == surface.window
    (marks,) = ax.lines
    assert np.allclose(marks.get_xydata(), surface.minima)
    x, y = surface.minima[0]
    assert f"({x:.3g}, {y:.3g})" in sentence
    assert ax.get_xlabel() and ax.get_ylabel()


def test_contour_lines_lie_where_the_surface_is(ax):
    """Half of the lines within the lowest half of the window, the last at 95 %."""
    surface = quadratic(4.0)
    plots.contour(ax, surface)
    levels = ax.collections[0].levels
    x0, x1, y0, y1 = surface.window
    # the middles of small cells, not the grid that the lines are drawn from
    x, y = (
        low + (np.arange(700) + 0.5) / 700 * (high - low)
        for low, high in ((x0, x1), (y0, y1))
    )
    above = surface.value(np.meshgrid(x, y))
    shares = [(above < level).mean() for level in levels]
    assert shares[-11:] == pytest.approx(np.linspace(0.1, 0.95, 11), abs=0.01)
    assert levels[0] == pytest.approx(levels[3] / 100)
    assert len(levels) == 14


def test_a_flat_surface_has_no_contour_lines(ax):
    flat = replace(quadratic(), value=lambda theta: 0 * theta[0], title="Flat")
    assert plots.contour(ax, flat).startswith("Contour lines: Flat.")
    assert not ax.collections
    plots.fix_loss_axes(ax, flat, 50)
    assert ax.get_ylim() == (1e-9, 10)


def test_path_shows_every_point_in_the_colour_of_its_algorithm(ax):
    plots.contour(ax, quadratic())
    theta = np.random.default_rng(0).normal(size=(9, 2))
    sentence = plots.path(ax, theta, "adam")
    walk, start = ax.lines[1:]
    assert np.array_equal(walk.get_xydata(), theta)
    assert np.array_equal(start.get_xydata(), theta[:1])
    assert to_hex(walk.get_color()) == ALGORITHMS["adam"].colour
    assert walk.get_marker() == ALGORITHMS["adam"].marker
    assert sentence.startswith("Adam goes from") and "in 8 steps" in sentence


def test_path_says_when_it_diverged(ax):
    theta = np.array([[1.0, 1], [2, 2], [np.inf, 3], [np.nan, np.nan]])
    sentence = plots.path(ax, theta, "sgd")
    assert np.array_equal(ax.lines[0].get_xydata(), theta[:2])
    assert ax.lines[0].get_label() == "SGD: diverged at step 2"
    assert sentence.endswith("diverges at step 2.")


def test_a_path_does_not_move_the_window(ax):
    plots.contour(ax, quadratic())
    before = ax.get_xlim()
    plots.path(ax, [[0.0, 0.0], [50.0, 50.0]], "sgd")
    assert ax.get_xlim() == before


@pytest.mark.parametrize("kept", [False, True])
def test_curves_show_median_and_band(ax, kept):
    values = np.random.default_rng(0).lognormal(size=(7, 5))
    if kept:
        ax.set(yscale="log", xlim=(0, 3), ylim=(0.1, 10), autoscale_on=False)
    sentence = plots.curves(ax, {"adam": values, "mine": values[:, 0]})
    line, other = ax.lines
    assert np.allclose(line.get_ydata(), np.median(values, axis=1))
    assert np.allclose(other.get_ydata(), values[:, 0])
    (band,) = ax.collections
    edge = band.get_paths()[0].vertices[:, 1]
    assert np.isclose(edge.max(), values.max())
    assert np.isclose(edge.min(), values.min())
    assert ax.get_yscale() == "log"
    assert {t.get_text() for t in ax.texts} == {"Adam", "mine"}
    assert "5 seeds" in ax.get_title("left") and "5 seeds" in sentence
    assert (ax.get_xlim() == (0, 3) and ax.get_ylim() == (0.1, 10)) == kept


def test_curves_say_which_seeds_ended(ax):
    values = np.ones((6, 3))
    values[3:, 1] = np.nan
    values[4:, 2] = np.inf
    plots.curves(ax, {"sgd": values})
    assert ax.texts[0].get_text() == "SGD (2 of 3 ended early)"
    assert np.array_equal(ax.lines[0].get_xdata(), np.arange(6))
    plots.curves(ax, {"adam": values[:, 1]})
    assert np.array_equal(ax.lines[1].get_xdata(), np.arange(3))


def test_curves_over_a_hyperparameter_tell_the_lowest_place(ax):
    rates = np.array([0.01, 0.1, 1.0])
    sentence = plots.curves(ax, {"sgd": [3.0, 1.0, 2.0]}, at=rates, log="xy", x="rate")
    assert np.array_equal(ax.lines[0].get_xdata(), rates)
    assert ax.get_xscale() == "log"
    assert "SGD: lowest at 0.1." in sentence


def test_labels_of_lines_that_end_together_do_not_overlap():
    figure, ax = plots.figure(width=8)
    plots.curves(ax, {n: np.full(5, 1.0 + i / 1e3) for i, n in enumerate(ALGORITHMS)})
    figure.draw_without_rendering()
    boxes = sorted((t.get_window_extent() for t in ax.texts), key=lambda b: b.y0)
    assert len(boxes) == len(ALGORITHMS)
    for below, above in zip(boxes, boxes[1:], strict=False):
        assert below.y1 <= above.y0
    assert max(b.x1 for b in boxes) <= figure.bbox.x1
    assert max(b.y1 for b in boxes) <= figure.bbox.y1


def test_course_map_tells_every_link():
    figure, ax = plots.figure(width=9, height=4.6)
    sentence = course_map(ax)
    boxes = {t.get_text(): to_hex(t.get_color()) for t in ax.texts}
    assert boxes["03  Momentum\n1.3"] == ALGORITHMS["momentum"].colour
    for name, *_ in MAP.values():
        assert " ".join(name.split()) in sentence
    for start, end, why in MAP_LINKS:
        assert " ".join(f"{MAP[start][0]} to {MAP[end][0]} ({why})".split()) in sentence
    extent = figure.bbox
    for text in ax.texts:
        box = text.get_window_extent()
        assert extent.x0 <= box.x0 and box.x1 <= extent.x1, text


def test_picture_shows_the_image_and_says_the_sentence(monkeypatch):
    figure, ax = plots.figure()
    shown = plots.picture(figure, plots.contour(ax, quadratic()), 'A "quote".')
    data, metadata = shown._repr_mimebundle_()
    assert data["text/plain"] == shown.sentence == repr(shown)
    assert metadata["image/png"]["alt"] == shown.sentence
    assert shown.png().startswith(b"\x89PNG")
    assert "text/html" not in data
    monkeypatch.setenv("LEZ10_STATIC", "1")
    page = shown._repr_mimebundle_()[0]["text/html"]
    assert "A &quot;quote&quot;." in page and "http" not in page


@pytest.mark.parametrize("step", PSEUDOCODE, ids=lambda step: step.__name__)
def test_pseudocode_is_the_source(step):
    shown = beside(step)
    lines = len([line for _, text, _ in shown.rows for line in text.split("\n")])
    assert len(repr(shown).splitlines()) == 1 + lines
    assert "return" in repr(shown) or "step =" in repr(shown)
    assert f'right">{len(shown.rows)}</td>' in shown._repr_html_()


def test_pseudocode_that_left_the_source_is_an_error():
    with pytest.raises(LookupError, match="no line of the source begins with"):
        find(Line("v", "v = beta * v + alpha * g"), ["v = beta * v - alpha * g"])
    with pytest.raises(ValueError, match="sgd, momentum"):
        beside(print)


def test_pseudocode_has_the_lecture_s_numbers():
    numbers = {step: len(lines) for step, (_, lines) in PSEUDOCODE.items()}
    assert numbers[sgd] == 5 and numbers[momentum] == 6
    assert list(numbers.values()) == [5, 6, 7, 7, 7, 9, 10]


def test_selftest_passes_here_and_names_what_fails(monkeypatch):
    assert selftest().count("ok  ") == len(CHECKS)

    def broken():
        raise OSError("no such thing")

    monkeypatch.setattr("lez10.selftest.CHECKS", (broken,))
    assert selftest().startswith("missing  broken: no such thing.")


def test_an_arrow_s_label_stands_at_its_tip_or_beside_its_middle(ax):
    sentence = plots.arrow(ax, (1.0, 2.0), (4.0, -2.0), "v", r"$\beta v$")
    assert ax.texts[-1].xy == pytest.approx((5.0, 0.0))
    assert sentence == "An arrow from (1.00, 2.00) to (5.00, 0.00): beta v."
    plots.arrow(ax, (1.0, 2.0), (4.0, -2.0), "v", "v", middle=True)
    assert ax.texts[-1].xy == pytest.approx((3.0, 1.0))


def test_a_point_near_zero_has_no_sign():
    assert plots.point((-1e-17, -0.004)) == "(0.00, 0.00)"
    assert plots.point((-1.256, 2e7)) == "(-1.26, 2e+07)"
