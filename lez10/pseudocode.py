"""The lecture's pseudo-code, line for line beside the source of ``lez10``.

The right-hand side is read from the function itself when it is shown: a line that no
longer stands there raises LookupError instead of showing what is not so.
"""

import html
import inspect
from itertools import zip_longest
from typing import NamedTuple

from lez10.optimizers import (
    Step,
    adagrad,
    adam,
    momentum,
    nesterov,
    rmsprop,
    rmsprop_nesterov,
    sgd,
)


class Line(NamedTuple):
    """One line of pseudo-code and the beginnings of the source lines it became.

    Without a source the line is not one of the step's own; ``elsewhere`` tells who
    does it.
    """

    text: str
    source: str | tuple[str, ...] = ()
    elsewhere: str = ""


LOOP = Line("while stopping criterion not met do", elsewhere="iterate")
SAMPLE = Line("  Sample minibatch B from the training set", elsewhere="minibatches")
INTERIM = Line("  θ̃ ← θ + β v", elsewhere="in line 4")
G = Line("  g ← 1/|B| ∇J(θ)", "g = grad(theta)")
G_INTERIM = Line("  g ← 1/|B| ∇J(θ̃)", "g = grad(theta + beta * v)")
V = Line("  v ← β v − αₖ g", "v = beta * v - alpha * g")
MOVE = Line("  θ ← θ + v", "return State(theta + v,")
R_MEAN = Line("  r ← ρ r + (1 − ρ) g ⊙ g", "r = rho * r + (1 - rho) * g * g")
END = Line("end")
WIDTH = max(len(line.text) for line in (LOOP, SAMPLE))

PSEUDOCODE: dict[Step, tuple[str, tuple[Line, ...]]] = {
    sgd: (
        "Stochastic gradient descent (lecture 1.1)",
        (
            LOOP,
            SAMPLE,
            G,
            Line("  θ ← θ − αₖ g", "return State(theta - alpha * g,"),
            END,
        ),
    ),
    momentum: ("SGD with momentum (lecture 1.3)", (LOOP, SAMPLE, G, V, MOVE, END)),
    nesterov: (
        "SGD with Nesterov momentum (lecture 1.4)",
        (LOOP, SAMPLE, INTERIM, G_INTERIM, V, MOVE, END),
    ),
    adagrad: (
        "AdaGrad (lecture 1.5.1)",
        (
            Line("r ← 0", elsewhere="State"),
            LOOP,
            SAMPLE,
            G,
            Line("  r ← r + g ⊙ g", "r = r + g * g"),
            Line(
                "  θ ← θ − α / (δ + √r) ⊙ g", "step = -alpha / (delta + np.sqrt(r)) * g"
            ),
            END,
        ),
    ),
    rmsprop: (
        "RMSProp (lecture 1.5.2)",
        (
            Line("r ← 0", elsewhere="State"),
            LOOP,
            SAMPLE,
            G,
            R_MEAN,
            Line(
                "  θ ← θ − α / √(δ + r) ⊙ g", "step = -alpha / np.sqrt(delta + r) * g"
            ),
            END,
        ),
    ),
    rmsprop_nesterov: (
        "RMSProp with Nesterov momentum (lecture 1.6)",
        (
            Line("r ← 0", elsewhere="State"),
            LOOP,
            SAMPLE,
            INTERIM._replace(elsewhere="in line 5"),
            G_INTERIM,
            R_MEAN,
            Line("  v ← β v − α / √(r + δ) ⊙ g", "v = beta * v - alpha / np.sqrt(r + "),
            MOVE,
            END,
        ),
    ),
    adam: (
        "Adam (lecture 1.7)",
        (
            Line("t ← 0, v ← 0, r ← 0", elsewhere="State"),
            LOOP,
            SAMPLE,
            G,
            Line("  t ← t + 1", "t = t + 1"),
            Line("  v ← β₁ v + (1 − β₁) g", "v = beta1 * v + (1 - beta1) * g"),
            Line("  r ← β₂ r + (1 − β₂) g ⊙ g", "r = beta2 * r + (1 - beta2) * g * g"),
            Line(
                "  v̂ ← v / (1 − β₁ᵗ),\n  r̂ ← r / (1 − β₂ᵗ)",
                (
                    "v_hat = v / one_minus_power(beta1, t)",
                    "r_hat = r / one_minus_power(beta2, t)",
                ),
            ),
            Line("  θ ← θ − α v̂ / (√r̂ + δ)", "step = -alpha * v_hat / (np.sqrt(r_hat)"),
            END,
        ),
    ),
}


class Beside:
    """Pseudo-code on the left, numbered; the source of the same lines on the right."""

    def __init__(self, title: str, rows: list[tuple[int, str, str]]):
        self.title = title
        self.rows = rows

    def __repr__(self) -> str:
        lines = [self.title]
        for n, text, code in self.rows:
            pairs = zip_longest(text.split("\n"), code.split("\n"), fillvalue="")
            for i, (left, right) in enumerate(pairs):
                lines.append(f"{'' if i else n:>2} {left:{WIDTH}} {right}".rstrip())
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        cell = '<td style="text-align:left;white-space:pre-wrap;font-family:monospace">'
        rows = "".join(
            f'<tr><td style="text-align:right">{n}</td>'
            f"{cell}{html.escape(text)}</td>{cell}{html.escape(code)}</td></tr>"
            for n, text, code in self.rows
        )
        return (
            f'<table><caption style="text-align:left">{html.escape(self.title)}'
            "</caption>"
            '<thead><tr><th scope="col">Line</th><th scope="col" '
            'style="text-align:left">Lecture</th><th scope="col" '
            f'style="text-align:left">lez10</th></tr></thead><tbody>{rows}</tbody></table>'
        )


def beside(step: Step) -> Beside:
    """The lecture's pseudo-code of a rule beside the lines of its source.

    Raises ValueError for a function that the lecture gives no pseudo-code for, and
    LookupError where source and pseudo-code no longer agree.
    """
    if step not in PSEUDOCODE:
        known = ", ".join(rule.__name__ for rule in PSEUDOCODE)
        raise ValueError(
            f"the lecture has pseudo-code for {known}; got "
            f"{getattr(step, '__name__', step)!r}."
        )
    title, lines = PSEUDOCODE[step]
    source = [line.strip() for line in inspect.getsource(step).splitlines()]
    return Beside(
        title, [(n, line.text, find(line, source)) for n, line in enumerate(lines, 1)]
    )


def find(line: Line, source: list[str]) -> str:
    """The source lines that a line of pseudo-code became."""
    if not line.source:
        return f"# {line.elsewhere}" if line.elsewhere else ""
    beginnings = (line.source,) if isinstance(line.source, str) else line.source
    found = []
    for beginning in beginnings:
        matches = [candidate for candidate in source if candidate.startswith(beginning)]
        if not matches:
            raise LookupError(f"no line of the source begins with {beginning!r}.")
        found.append(matches[0])
    return "\n".join(found)
