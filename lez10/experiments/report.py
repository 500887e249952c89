"""The table and the verdicts, as the command prints them."""

from textwrap import fill

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from lez10.appearance import look
from lez10.experiments.protocols import PANELS, PROTOCOLS
from lez10.experiments.results import Results
from lez10.experiments.verdicts import verdicts
from lez10.experiments.workloads import WORKLOADS


def report(results: Results, console: Console) -> None:
    """Print every workload's errors with their uncertainty, and what they show."""
    for workload in results.workloads:
        about = WORKLOADS[workload]
        unit = f"{about.metric} on test data in hundredths"
        console.print(f"\n{about.title}: {unit}, {results.trials} trials each")
        if about.designed:
            console.print(f"This workload is {about.designed}.")
        console.print(errors_table(results, workload))
        if set(PANELS) <= set(results.protocols):
            console.print(verdicts_table(results, workload))


def errors_table(results: Results, workload: str) -> Table:
    """Rules x protocols: median and range over searches; of one, mean and spread."""
    n = results.searches
    table = Table(
        box=SIMPLE_HEAD,
        padding=(0, 1, 1 if n > 1 else 0, 0),
        collapse_padding=True,
        caption="one search: mean ± standard deviation of fresh seeds"
        if n == 1
        else f"{n} searches: median, and below it the lowest and the highest",
        min_width=66,
    )
    table.add_column("algorithm", no_wrap=True)
    for protocol in results.protocols:
        heading = fill(PROTOCOLS[protocol].title, 10)
        table.add_column(heading, justify="right", no_wrap=True)
    for rule in results.rules:
        cells = (uncertainty(results, workload, p, rule) for p in results.protocols)
        table.add_row(look(rule).label, *cells)
    return table


def uncertainty(results: Results, workload: str, protocol: str, rule: str) -> str:
    """A cell of the table."""
    errors = results.errors(workload, protocol, rule)
    if results.searches == 1:
        spread = results.spread[results.cell(workload, protocol, rule)][0]
        return f"{written(errors[0])} ± {written(spread)}"
    low, high = written(errors.min()), written(errors.max())
    return f"{written(np.median(errors))}\n{low}–{high}"


def verdicts_table(results: Results, workload: str) -> Table:
    """The lecture's four sentences, and what became of them."""
    table = Table(
        title="What the lecture says, and what these searches say",
        box=SIMPLE_HEAD,
        padding=(0, 1, 1, 0),
        caption="Decided by sign tests over the searches, which take at least five.",
    )
    for heading in ("the sentence", "verdict", "searches that agree"):
        table.add_column(heading)
    for one in verdicts(results, workload):
        agree = f"{one.agree} of {one.searches}"
        table.add_row(one.sentence.text, one.verdict, agree)
    return table


def written(error: float) -> str:
    """An error in hundredths, or that a winner diverged when it was trained again."""
    return f"{100 * error:.1f}" if np.isfinite(error) else "diverged"
