"""From slider input to drawn picture, in headless Chromium, and the first picture.

    python -m benchmarks.explorer_latency

The explorer stands on a static page. Every input is an event of its own, sent at a
random moment between two frames, as a hand does; a measurement ends when the canvas
has been drawn (`lez10-drawn`), in the frame that shows it.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from unittest import mock

import numpy as np

from lez10.experiments.results import stored
from lez10.optimizers import RULES
from lez10.surfaces import quadratic
from lez10.tables import tabulate
from lez10.training import history, iterate
from lez10.widgets import BudgetExplorer, Explorer, ScheduleExplorer
from lez10.widgets.runs import TableOfRuns

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update"
).split()
PAIR = ("momentum", "nesterov")
ADAMS = ("adam", "adam_uncorrected")
CASES: dict[str, Callable[[], TableOfRuns]] = {
    "momentum": lambda: Explorer("quadratic", "momentum"),
    "three side by side": lambda: Explorer("quadratic", ("sgd", *PAIR)),
    "all eight": lambda: Explorer("quadratic", tuple(RULES)),
    "head to tail": lambda: Explorer("quadratic", PAIR, show=("loss", "head to tail")),
    "three small plots": lambda: Explorer("quadratic", ADAMS, show=("v", "r", "step")),
    "a family": lambda: Explorer(quadratic, PAIR, condition=[1, 3, 10, 30, 100]),
    "schedules": ScheduleExplorer,
    "budgets": lambda: BudgetExplorer(stored("four-panels")),
}

# Moves one slider after the other through its range, at k = 150 mostly: long paths.
MEASURE = """async (count) => {
  const sliders = [...document.querySelectorAll("input[type=range]")];
  const k = sliders.at(-1), latencies = [];
  k.value = k.max;
  for (let n = 0; n < count; n++) {
    await new Promise((done) => setTimeout(done, 20 + 16 * Math.random()));
    const slider = sliders[n % sliders.length];
    slider.value = slider === k ? k.max - (n % 20) : Math.random() * slider.max;
    const drawn = new Promise((done) =>
      document.addEventListener("lez10-drawn", done, { once: true }));
    const sent = performance.now();
    slider.dispatchEvent(new Event("input"));
    await drawn;
    latencies.push(performance.now() - sent);
  }
  return latencies;
}"""


def latencies(explorer: TableOfRuns, count: int = 300) -> list[float]:
    """Milliseconds from input to drawn, one per input."""
    from playwright.sync_api import sync_playwright

    with mock.patch.dict(os.environ, LEZ10_STATIC="1"):
        body = explorer._repr_mimebundle_()[0]["text/html"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder) / "page.html"
        page_file.write_text(f"<!doctype html><meta charset=utf-8>{body}")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = chromium.new_page(viewport={"width": 760, "height": 700})
        page.goto(page_file.as_uri())
        page.wait_for_selector(".lez10-explorer canvas[aria-label]")
        page.evaluate(MEASURE, 30)  # warm
        found = page.evaluate(MEASURE, count)
        chromium.close()
    return found


def seconds(work, rounds: int = 7) -> float:
    """The median time of a piece of work."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return median(taken)


def first_picture(make: Callable[[], TableOfRuns]) -> float:
    """Seconds to build an explorer and all that its cell sends, in a warm kernel."""

    def work():
        make()._repr_mimebundle_()

    work()
    return seconds(work)


def table_times() -> tuple[float, float]:
    """Seconds for 40 x 20 settings x 150 steps: paths alone, and all packed."""
    surface = quadratic()
    grids = {"alpha": np.geomspace(0.001, 0.1, 40), "beta": np.linspace(0, 0.95, 20)}
    values = {"alpha": grids["alpha"][:, None], "beta": grids["beta"]}
    start = np.reshape(surface.start, (2, 1, 1))

    def paths():
        states = iterate(RULES["momentum"], start, surface.gradient, **values)
        history(state for state, _ in zip(states, range(151)))

    return seconds(paths), seconds(
        lambda: tabulate(surface, "momentum", grids, {}, surface.start, 150)
    )


def main() -> None:
    paths, packed = table_times()
    print(f"table 40 x 20 x 150, momentum: paths {paths * 1e3:.1f} ms", end=", ")
    print(f"all channels, packed {packed * 1e3:.1f} ms")
    for name, make in CASES.items():
        size = len(make().runs)
        print(f"{name}: {size:,} bytes of runs", end=", ")
        print(f"first picture {first_picture(make):.2f} s", end="")
        if CHROMIUM is None:
            print()
            continue
        found = latencies(make())
        print(f", slider to drawn: median {median(found):.1f} ms", end=", ")
        print(f"p95 {np.percentile(found, 95):.1f} ms ({len(found)} inputs)")
    if CHROMIUM is None:
        print("slider to drawn: not measured, there is no chromium", file=sys.stderr)


if __name__ == "__main__":
    main()
