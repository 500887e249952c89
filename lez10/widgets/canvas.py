"""The canvas of a live picture: a line of text is written once, and kept as an image.

Writing four labels anew takes a quarter of the time of a whole picture.
"""

from functools import lru_cache
from math import ceil
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.font_manager import FontProperties

MARGIN = 4  # pixels around a line, for the parts of letters that lean over its box
KEPT = 256  # lines
Colour = tuple[float, float, float, float]


class Canvas(FigureCanvasAgg):
    """Agg's canvas, with a renderer that knows what it has written."""

    size: tuple[float, ...] = ()

    def get_renderer(self) -> RendererAgg:
        """The renderer for the figure's size and sharpness."""
        width, height = self.get_width_height(physical=True)
        size = width, height, self.figure.dpi
        if size != self.size:
            self.size, self.renderer = size, Renderer(*size)
        return self.renderer


class Renderer(RendererAgg):
    """Agg's renderer; a line of text begins at a whole pixel."""

    def draw_text(
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        """Draw a line as it was drawn before; formulas and turned text anew."""
        if ismath or angle:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        image, below = written(s, prop, gc.get_rgb(), self.dpi)
        self.draw_image(gc, round(x) - MARGIN, self.height - round(y) - below, image)


@lru_cache(KEPT)
def written(
    s: str, prop: FontProperties, colour: Colour, dpi: float
) -> tuple[np.ndarray, int]:
    """A line of text, (height, width, 4), lowest row first; the rows below its base."""
    paper = RendererAgg(1, 1, dpi)
    width, height, descent = paper.get_text_width_height_descent(s, prop, False)
    below, above = ceil(descent) + MARGIN, ceil(height - descent) + MARGIN
    paper = RendererAgg(ceil(width) + 2 * MARGIN, above + below, dpi)
    gc = paper.new_gc()
    gc.set_foreground(colour, isRGBA=True)
    paper.draw_text(gc, MARGIN, above, s, prop, 0)
    return np.asarray(paper.buffer_rgba())[::-1].copy(), below
