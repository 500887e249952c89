"""Live pictures: a figure that is kept, its background drawn once.

A callback draws what moves with ``lez10.plots``, and only that is drawn again, over
the stored background. The picture goes to an ipywidgets Image as a PNG of 64 colours,
which takes a third of the time of the same PNG in full colour; in a data URL, since a
browser shows that sooner than what it must fetch from a blob.
"""

import html
import io
import zlib
from base64 import b64encode
from collections.abc import Iterable
from typing import Any

import ipywidgets as widgets
import numpy as np
import traitlets
from matplotlib.artist import Artist
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from lez10.appearance import ALGORITHMS, DPI, PAPER, YOURS, Look
from lez10.plots import Picture, static
from lez10.widgets.canvas import Canvas

TEXT = "margin:2px 0;line-height:1.4"
DATA = b"data:image/png;base64,"
SHARPNESS = 1.5  # pixels of the picture per pixel of an ordinary screen


def palette(looks: Iterable[Look] = (*ALGORITHMS.values(), YOURS)) -> Image.Image:
    """64 colours: that of each look in five shades towards the paper, and greys."""
    paper = np.array(to_rgb(PAPER))
    # 0.18 is the opacity of a band over seeds; the others smooth the lines' edges
    shades = [1.0, 0.8, 0.6, 0.4, 0.18]
    inks = [to_rgb(seen.colour) for seen in looks]
    colours = [paper + s * (np.array(ink) - paper) for ink in inks for s in shades]
    colours += list(np.linspace(0, 1, 64 - len(colours))[:, None] * paper)
    numbers = np.round(255 * np.array(colours)).astype(int)
    image = Image.new("P", (1, 1))
    image.putpalette(numbers.ravel().tolist())
    return image


class NamedImage(widgets.Image):
    """An Image that a screen reader can name: by its tooltip, the ``title`` in HTML.

    ipywidgets has no alt, and its JavaScript sets the title of a widget only where the
    widget has a description, if an empty one.
    """

    description = traitlets.Unicode("").tag(sync=True)


class LivePicture:
    """A figure, the part of it that is kept, and the Image that shows it.

    image: the ipywidgets.Image; sentence: what is to be seen now; moving: the artists
    that were drawn since the background was kept.
    """

    def __init__(self) -> None:
        self.image = NamedImage(format="url")
        self.image.layout.max_width = "100%"
        self.sentence = ""
        self.palette = palette()

    def keep(self, figure: Figure) -> None:
        """Draw all that is on the figure now: the background of what follows."""
        self.figure = figure
        self.canvas = Canvas(figure)
        figure.set_dpi(SHARPNESS * DPI)
        self.canvas.draw()
        figure.set_layout_engine("none")  # nothing may move from here on
        self.kept = [list(ax.get_children()) for ax in figure.axes]
        self._store()
        self.image.width = str(round(DPI * figure.get_size_inches()[0]))

    def _store(self) -> None:
        self.background = self.canvas.copy_from_bbox(self.figure.bbox)
        self.titles = self._titles()
        self.stored = self._pixels().copy()
        self.coded = self._nearest(self.stored)

    def _titles(self) -> list[str]:
        return [ax.get_title(loc="left") for ax in self.figure.axes]

    @property
    def moving(self) -> list[Artist]:
        """What was drawn since the background, in the order in which it is painted."""
        artists = []
        for ax, kept in zip(self.figure.axes, self.kept, strict=True):
            known = set(map(id, kept))
            artists += [a for a in ax.get_children() if id(a) not in known]
        return sorted(artists, key=lambda artist: artist.zorder)

    def clear(self) -> None:
        """Take away what was drawn since the background."""
        for artist in self.moving:
            artist.remove()

    def show(self, sentence: str) -> None:
        """Paint the moving artists over the background and send the picture."""
        moving = self.moving
        if self._titles() != self.titles:  # a plotting function said something new
            for artist in moving:
                artist.set_visible(False)
            self.canvas.draw()
            self._store()
            for artist in moving:
                artist.set_visible(True)
        self.canvas.restore_region(self.background)
        renderer = self.canvas.get_renderer()
        for artist in moving:
            artist.draw(renderer)
        self.sentence = sentence
        with self.image.hold_sync():
            self.image.value = DATA + b64encode(self.encoded())
            self.image.tooltip = sentence

    def encoded(self) -> bytes:
        """The canvas as a PNG of 64 colours."""
        pixels, coded = self._pixels(), self.coded.copy()
        new = np.flatnonzero(pixels != self.stored)
        if len(new):
            coded.put(new, self._nearest(pixels.take(new)[None]))
        few = Image.fromarray(coded)
        few.putpalette(self.palette.getpalette() or [])
        buffer = io.BytesIO()
        few.save(buffer, "PNG", compress_level=1, compress_type=zlib.Z_RLE)
        return buffer.getvalue()

    def _pixels(self) -> np.ndarray:
        """The canvas as it is, a number per pixel: (height, width)."""
        return np.asarray(self.canvas.buffer_rgba()).view(np.uint32)[..., 0]

    def _nearest(self, pixels: np.ndarray) -> np.ndarray:
        """The number of the colour nearest to each pixel."""
        image = Image.fromarray(pixels[..., None].view(np.uint8)).convert("RGB")
        few = image.quantize(palette=self.palette, dither=Image.Dither.NONE)
        return np.asarray(few)


class LiveWidget(widgets.VBox):
    """A live picture over its controls, a status line and the picture's description.

    A subclass computes and draws in ``_update``. On static pages the widget stands as
    its current picture.
    """

    def __init__(self, *controls: widgets.Widget):
        self.picture = LivePicture()
        # of a fixed height and below what moves: nothing may jump under the hand
        self.status = widgets.HTML(layout={"min_height": "26px"})
        self.description = widgets.HTML()
        super().__init__(
            [self.picture.image, self.status, *controls, self.description],
            layout={"max_width": "100%"},
        )

    def update(self, _: Any = None) -> None:
        """Show the picture at the controls' values; say what went wrong, if it did."""
        try:
            self._update()
        except Exception as error:  # nobody sees the log behind a widget
            self.say(f"The picture could not be drawn: {error}")

    def _update(self) -> None:
        """Compute and draw at the controls' values; nothing for who draws otherwise."""

    def show(self, *sentences: str) -> None:
        """Send the picture, and its sentences as text below the controls."""
        sentence = " ".join(sentences)
        self.picture.show(sentence)
        self.description.value = f'<p style="{TEXT}">{html.escape(sentence)}</p>'

    def say(self, *sentences: str) -> None:
        """Write sentences into the status line; none of them empties it."""
        text = html.escape(" ".join(sentences))
        # with this role a screen reader tells what changed
        self.status.value = f'<p role="status" style="{TEXT}"><b>{text}</b></p>'

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        still = Picture(self.picture.figure, self.picture.sentence)
        data, metadata = still._repr_mimebundle_()
        if not static():
            live = super()._repr_mimebundle_(**kwargs)
            data |= {k: v for k, v in live.items() if k.startswith("application/")}
        return data | {"text/plain": repr(self)}, metadata
