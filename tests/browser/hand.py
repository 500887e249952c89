"""A hand and a keyboard on the sliders of a page, and a clock that runs there.

The clock starts at the time that the browser itself gave to the pressed key, and stops
when the widget's new picture is there: when its canvas has been drawn, or when its
image has loaded the new source.
"""

from collections.abc import Callable
from statistics import median
from typing import NamedTuple

import numpy as np
from playwright.sync_api import Locator, Page

CLOCK = """() => {
  if (window.lez10Clock) return;
  let pressed = null, wanted = null;
  const see = (kind, target) => {
    if (!wanted || pressed === null || wanted.kind !== kind) return;
    const { inside, done } = wanted;
    if (!inside.contains(target) && !target.contains(inside)) return;
    done(performance.now() - pressed);
    wanted = null;
  };
  window.addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
  document.addEventListener("lez10-drawn", (event) => see("drawn", event.target));
  document.addEventListener("load", (event) => see("loaded", event.target), true);
  for (const name of ["drawImage", "putImageData"]) {
    const drawing = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...words) {
      drawing.apply(this, words);
      if (this.canvas.isConnected) see("painted", this.canvas);
    };
  }
  window.lez10Clock = {
    latency: null,
    wait(inside, kind, patience) {
      pressed = null;
      this.latency = new Promise((done) => {
        wanted = { inside, kind, done };
        setTimeout(done, patience, null);
      });
    },
  };
}"""
# What the pictures of a widget show, in one number.
LOOK = """(pictures) => {
  let sum = 17;
  for (const picture of pictures) {
    const text = picture.src ?? picture.toDataURL();
    for (let n = 0; n < text.length; n++) sum = (31 * sum + text.charCodeAt(n)) | 0;
  }
  return sum;
}"""


class Kind(NamedTuple):
    """A kind of widget: where its pictures and sliders are, and when one is drawn."""

    pictures: str
    sliders: str
    drawn: str


EXPLORER = Kind(".lez10-stage canvas", "input[type=range]", "drawn")
LIVE = Kind("img.widget-image", ".noUi-handle", "loaded")


class Hand:
    """What moves the sliders of one widget, and sees what comes of it."""

    def __init__(self, page: Page, widget: Locator, kind: Kind):
        self.page, self.widget, self.kind = page, widget, kind
        self.sliders = widget.locator(kind.sliders)
        page.evaluate(CLOCK)

    def look(self) -> int:
        """The pictures that are shown now."""
        return self.widget.locator(self.kind.pictures).evaluate_all(LOOK)

    def press(self, key: str, patience: float = 1.5) -> float | None:
        """Milliseconds from a key to the new picture; None where none came."""
        self.widget.evaluate(
            "(inside, [kind, patience]) => lez10Clock.wait(inside, kind, patience)",
            [self.kind.drawn, 1000 * patience],
        )
        self.page.keyboard.press(key)
        return self.page.evaluate("lez10Clock.latency")

    def keys(self, slider: Locator) -> tuple[str, str]:
        """The key that moves a slider, and the one that moves it back.

        A slider that stands at its upper end is moved the other way.
        """
        keys = ("ArrowRight", "ArrowLeft")
        return keys if self.share(slider) < 1 else keys[::-1]

    def share(self, slider: Locator) -> float:
        """How far along its range a slider stands."""
        return slider.evaluate(
            """(e) => e.max ? (e.value - e.min) / (e.max - e.min) : parseFloat(
              e.closest(".noUi-target").noUiSlider.getPositions()[0]) / 100"""
        )

    def drag(self, slider: Locator, share: float) -> None:
        """Take a slider's handle, move it, and let it go at a share of its range."""
        slider.scroll_into_view_if_needed()
        if self.kind is LIVE:
            box = slider.locator("xpath=ancestor::*[contains(@class,'noUi-base')]")
            track, inset = box.bounding_box(), 0.0
        else:  # the middle of a thumb never reaches the ends of its input
            track, inset = slider.bounding_box(), 8.0
        assert track
        y = track["y"] + track["height"] / 2

        def x(place: float) -> float:
            return track["x"] + inset + place * (track["width"] - 2 * inset)

        self.page.mouse.move(x(self.share(slider)), y)
        self.page.mouse.down()
        self.page.mouse.move(x(share), y, steps=3)
        self.page.mouse.up()

    def until(self, happened: Callable[[], bool], seconds: float = 5) -> bool:
        """Whether something happens before long."""
        for _ in range(round(20 * seconds)):
            if happened():
                return True
            self.page.wait_for_timeout(50)
        return happened()

    def name(self, slider: Locator) -> str:
        """What stands beside a slider, its value as well."""
        return slider.evaluate(
            "(e) => e.closest('.widget-slider, label').innerText.replace(/\\s+/g, ' ')"
        )


def check_sliders(hand: Hand, latencies: list[float]) -> None:
    """Each slider moves the picture; the last one stays where the hand left it."""
    count = hand.sliders.count()
    for n, slider in enumerate(hand.sliders.all()):
        slider.scroll_into_view_if_needed()
        slider.focus()
        if "noise" in hand.name(slider):  # without it, its seed would move nothing
            assert hand.press("End")
        check_keys(hand, slider, latencies)
        check_mouse(hand, slider, back=n + 1 < count)


def check_keys(hand: Hand, slider, latencies: list[float]) -> None:
    there, back = hand.keys(slider)
    before, said = hand.look(), hand.name(slider)
    found = [hand.press(there) for _ in range(3)]
    assert hand.name(slider) != said
    assert hand.until(lambda: hand.look() != before), f"no key moves anything: {said}"
    found += [hand.press(back) for _ in range(3)]
    latencies += [latency for latency in found if latency is not None]


def check_mouse(hand: Hand, slider, back: bool) -> None:
    """The picture follows the handle, and where it may, comes back with it."""
    began = hand.share(slider)
    before, said = hand.look(), hand.name(slider)
    hand.drag(slider, 0.3 if began > 0.5 else 0.7)
    assert hand.until(lambda: hand.look() != before), f"no hand moves anything: {said}"
    assert hand.name(slider) != said
    if back:
        moved = hand.look()
        hand.drag(slider, began)
        assert hand.until(lambda: hand.look() != moved), f"it does not return: {said}"


def figures(latencies: list[float]) -> str:
    """Median and 95th percentile in words."""
    return (
        f"median {median(latencies):.1f} ms, 95th percentile "
        f"{np.percentile(latencies, 95):.1f} ms ({len(latencies)} key presses)"
    )
