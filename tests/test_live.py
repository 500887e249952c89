"""The kept figure: what moves is drawn over a background that stays."""

import io
import json
from base64 import b64decode

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from matplotlib.image import imread
from PIL import Image

from lez10 import plots
from lez10.appearance import ALGORITHMS
from lez10.plots import STATIC
from lez10.widgets.canvas import Renderer, written
from lez10.widgets.live import DATA, LivePicture, LiveWidget, palette


@pytest.fixture
def picture():
    figure, ax = plots.figure()
    ax.set(xlim=(0, 1), ylim=(0, 1))
    live = LivePicture()
    live.keep(figure)
    live.show("empty")
    return live


def pixels(live):
    return imread(io.BytesIO(b64decode(bytes(live.image.value).removeprefix(DATA))))


def test_what_moves_is_painted_and_can_be_taken_away(picture):
    (ax,) = picture.figure.axes
    empty = picture.image.value
    (line,) = ax.plot([0, 1], [0, 1], color="k")
    assert picture.moving == [line]
    picture.show("a line")
    assert picture.image.value != empty
    assert picture.image.tooltip == picture.sentence == "a line"
    picture.clear()
    assert picture.moving == []
    picture.show("empty")
    assert picture.image.value == empty


def test_blitting_paints_what_a_full_drawing_paints(picture):
    (ax,) = picture.figure.axes
    ax.plot([0, 1], [0, 1], color=ALGORITHMS["adam"].colour, lw=5)
    picture.show("a line")
    blitted = np.array(picture.canvas.buffer_rgba())
    picture.canvas.draw()
    drawn = np.array(picture.canvas.buffer_rgba())
    differ = (blitted != drawn).any(axis=-1)
    assert differ.mean() < 1e-3  # the line covers the axis in a full drawing


def test_a_new_title_reaches_the_picture(picture):
    (ax,) = picture.figure.axes
    before = pixels(picture)
    ax.set_title("5 seeds", loc="left")
    (line,) = ax.plot([0, 1], [0, 1])
    picture.show("titled")
    assert not np.array_equal(pixels(picture)[:40], before[:40])
    assert line.get_visible()
    picture.clear()
    picture.show("only the title")
    assert np.array_equal(pixels(picture)[60:], before[60:])  # no line is left behind


def test_colours_are_exact_where_an_algorithm_is_drawn(picture):
    (ax,) = picture.figure.axes
    for name, seen in ALGORITHMS.items():
        picture.clear()
        ax.fill_between([0.2, 0.8], 0.2, 0.8, color=seen.colour)
        picture.show(name)
        height, width = pixels(picture).shape[:2]
        middle = pixels(picture)[height // 2, width // 2, :3]
        shown = "#" + "".join(f"{round(255 * c):02x}" for c in middle)
        assert shown == seen.colour


def test_a_picture_has_the_code_that_all_of_it_would_have(picture):
    """Only what is new is looked up in the palette."""
    (ax,) = picture.figure.axes
    for colour in ("#bd8100", "#73298a"):
        ax.plot([0, 1], [0, 1], color=colour, lw=5)
        ax.text(0.2, 0.5, "jumping", color=colour, fontsize=20)
        picture.show("a line and a word")
        whole = Image.fromarray(np.array(picture.canvas.buffer_rgba())).convert("RGB")
        whole = whole.quantize(palette=picture.palette, dither=Image.Dither.NONE)
        shown = Image.open(io.BytesIO(picture.encoded())).convert("RGB")
        assert np.array_equal(np.array(shown), np.array(whole.convert("RGB")))


def test_a_line_of_text_is_written_once_as_matplotlib_writes_it():
    prop = FontProperties(size=11)

    def drawn(kind, y):
        renderer = kind(300, 80, 150)
        gc = renderer.new_gc()
        gc.set_foreground("#73298a")
        renderer.draw_text(gc, 20, y, "Jumping, Ångström", prop, 0)
        rgba = np.array(renderer.buffer_rgba(), float) / 255
        return 1 - rgba[..., 3:] * (1 - rgba[..., :3])  # on white paper

    written.cache_clear()
    first, plain = drawn(Renderer, 40), drawn(RendererAgg, 40)
    assert plain.min() < 0.5
    np.testing.assert_allclose(first, plain, atol=2 / 255)
    assert np.array_equal(drawn(Renderer, 47)[7:], first[:-7])
    assert written.cache_info()[:2] == (1, 1)  # hits, misses


def test_formulas_and_turned_text_are_in_the_picture(picture):
    (ax,) = picture.figure.axes
    for text, turned in ((r"$\theta_1$", 0), ("turned", 90)):
        picture.clear()
        picture.show("empty")
        empty = pixels(picture)
        ax.text(0.5, 0.5, text, rotation=turned)
        picture.show(text)
        assert not np.array_equal(pixels(picture), empty)


def test_palette_has_64_colours():
    assert len(palette().getpalette()) == 3 * 64


def test_widget_shows_its_sentences_as_text(picture):
    widget = LiveWidget()
    widget.picture.keep(picture.figure)
    widget.show("alpha < 1.", "beta.")
    assert "alpha &lt; 1. beta." in widget.description.value
    widget.say("a & b")
    assert "a &amp; b" in widget.status.value
    assert 'role="status"' in widget.status.value


def test_in_jupyter_a_view_and_on_pages_the_picture(picture, monkeypatch):
    class Small(LiveWidget):
        def __repr__(self):
            return "Small widget"

    widget = Small()
    widget.picture.keep(picture.figure)
    widget.show('a "quoted" line')
    monkeypatch.delenv(STATIC, raising=False)
    data, metadata = widget._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"]
    assert data["text/plain"] == "Small widget"
    assert metadata["image/png"]["alt"] == 'a "quoted" line'
    monkeypatch.setenv(STATIC, "1")
    data, _ = widget._repr_mimebundle_()
    assert 'alt="a &quot;quoted&quot; line"' in data["text/html"]
    assert "widget-view" not in json.dumps(data)
