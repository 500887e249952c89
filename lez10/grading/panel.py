"""What a student sees of a check: a small panel, and the same as plain text."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from lez10.course import START
from lez10.grading.judging import Judgement

# White words keep a contrast of 4.5 to 1 on each, and each 3 to 1 on white and on
# JupyterLab's dark grey; all other words take the theme's colour.
COLOURS = {
    "correct": "#1b7f3b",
    "partial": "#a35f00",
    "wrong": "#c8324b",
    "error": "#c8324b",
    "not answered": "#5f6b7a",
}
WORDS = {"partial": "partly right", "not answered": "not answered yet"}
SYMBOLS = ("alpha", "beta", "gamma", "rho", "tau", "g", "k", "r", "v", "nan", "inf")
CONVENTION = "A convention, not a mistake in itself: "
BOX = (
    "border-left:4px solid {0};padding:.2em .8em;margin:.3em 0;max-width:46em;"
    "line-height:1.45"
)
BADGE = (
    "background:{0};color:#fff;border-radius:3px;padding:.05em .5em;font-weight:600;"
    "margin-right:.5em"
)


@dataclass(frozen=True, repr=False)
class Panel:
    """A check as it is shown; points, max_points and status for who goes on with it."""

    judgement: Judgement
    printed: str = ""
    note: str = ""

    @property
    def points(self) -> int:
        """What was earned."""
        return self.judgement.points

    @property
    def max_points(self) -> int:
        """What could be earned."""
        return self.judgement.task.points

    @property
    def status(self) -> str:
        """Correct, partial, wrong, error or not answered."""
        return self.judgement.status

    def show(self) -> int:
        """Show the panel now; the points, for a cell that must end with a number."""
        try:
            from IPython import get_ipython
        except ModuleNotFoundError:
            print(self)
            return self.points
        if get_ipython() is None:
            print(self)
        else:
            from IPython.display import display

            display(self)
        return self.points

    def head(self) -> str:
        """Task and points, after the status."""
        return f"{self.judgement.task.name}: {self.points} of {self.max_points} points"

    def sentences(self) -> tuple[str, ...]:
        """What went wrong, the most important first; conventions told as such."""
        known = {one.said for one in self.judgement.named if one.convention}
        task = self.judgement.task
        prefix = f"{task.name}: "  # it stands in the head
        letters = (*task.signature, *task.returns)
        return tuple(
            CONVENTION + one
            if one in known
            else capital(one.removeprefix(prefix), letters)
            for one in self.judgement.said
        )

    def read_on(self) -> Iterator[tuple[str, str]]:
        """Where the misconceptions are explained: what to call it, and its link."""
        places = dict.fromkeys((m.notebook, m.heading) for m in self.judgement.named)
        for notebook, heading in places:
            yield f"{notebook}, {heading.replace('$', '')}", link(notebook, heading)

    def properties(self) -> Iterator[tuple[str, int, int]]:
        """What is asked for, the points earned for it, and the points there are."""
        for one in self.judgement.task.properties:
            yield one.said, self.judgement.earned[one.name], one.points

    def partly(self) -> bool:
        """Whether some hold and others not, or may; else there is nothing to tell."""
        answered = self.status in ("partial", "wrong")
        return answered and len(self.judgement.task.properties) > 1

    def __repr__(self) -> str:
        lines = [f"{WORDS.get(self.status, self.status)} · {self.head()}"]
        lines += [f"  {sentence}" for sentence in self.sentences()]
        lines += [f"  Read on: {place}" for place, _ in self.read_on()]
        if self.partly():
            for said, earned, most in self.properties():
                lines.append(f"  {mark(earned, most)} {earned}/{most}  {said}")
        if self.printed:
            lines += ["  It printed:"]
            lines += [f"    {line}" for line in self.printed.splitlines()]
        lines += [f"  {self.note}"] if self.note else []
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        colour = COLOURS.get(self.status, COLOURS["wrong"])
        word = WORDS.get(self.status, self.status)
        first, *others = self.sentences() or ("",)
        two = len(self.judgement.named) == 2
        said = [first, others.pop(0)] if two and others else [first]
        parts = [
            f'<div class="lez10-check" style="{BOX.format(colour)}">',
            f'<div role="status"><span style="{BADGE.format(colour)}">{word}</span>'
            f"<b>{escape(self.head())}</b>",
            *(f"<br>{escape(sentence)}" for sentence in said if sentence),
            "</div>",
        ]
        if links := " · ".join(
            f'<a href="{escape(to)}">{escape(place)}</a>'
            for place, to in self.read_on()
        ):
            parts.append(f"<div>Read on: {links}</div>")
        parts += [f"<div>{escape(sentence)}</div>" for sentence in others]
        if self.partly():
            parts.append(table(self.properties()))
        if self.printed:
            pre = "margin:.1em 0;white-space:pre-wrap;font-size:.9em"
            parts.append(
                f'<div>It printed:</div><pre style="{pre}">{escape(self.printed)}</pre>'
            )
        if self.note:
            parts.append(f"<div>{escape(self.note)}</div>")
        return "".join([*parts, "</div>"])


@dataclass(frozen=True, repr=False)
class Hints:
    """The hints to a task that were asked for so far."""

    task: Any
    seen: int

    def lines(self) -> list[str]:
        """Each hint with its number, and what to do for the next."""
        many = len(self.task.hints)
        lines = [
            f"Hint {n} of {many}: {said}"
            for n, said in enumerate(self.task.hints[: self.seen], start=1)
        ]
        if self.seen < many:
            return [*lines, "Run the cell again for the next one."]
        return [*lines, "There are no more hints."]

    def __repr__(self) -> str:
        return "\n".join([self.task.name, *(f"  {line}" for line in self.lines())])

    def _repr_html_(self) -> str:
        box = BOX.format(COLOURS["not answered"])
        *hints, last = (escape(line) for line in self.lines())
        return (
            f'<div class="lez10-hint" style="{box}"><div role="status">'
            f"<b>{escape(self.task.name)}</b><br>{'<br>'.join(hints)}</div>"
            f'<div style="opacity:.8">{last}</div></div>'
        )


def capital(sentence: str, letters: tuple[str, ...] = ()) -> str:
    """The sentence with a capital, unless it begins with code or one of the letters."""
    word = sentence.split(" ", 1)[0]
    if not word.isalpha() or word in (*letters, *SYMBOLS):
        return sentence
    return sentence[0].upper() + sentence[1:]


def mark(earned: int, most: int) -> str:
    """Whether a property holds, without colour."""
    return "✓" if earned == most else "✗"


def table(rows: Iterator[tuple[str, int, int]]) -> str:
    """Properties with their points, one a row."""
    cells = "".join(
        f'<tr style="background:none"><td style="text-align:left;padding:0 .6em 0 0">'
        f"{mark(earned, most)} {escape(said)}</td>"
        f'<td style="text-align:right;padding:0">{earned} of {most}</td></tr>'
        for said, earned, most in rows
    )
    return f'<table style="margin:.3em 0;border:0;font-size:inherit">{cells}</table>'


def link(notebook: str, heading: str) -> str:
    """A link to a heading, relative to the folder in which the notebook runs."""
    # An exercise has the name of its notebook, which lies in the folder above it, or
    # in a clone in the folder beside it.
    around = [at for at in ("../", "../notebooks/") if Path(at + START).is_file()]
    at = around[0] if around else ""
    # JupyterLab compares the link with the heading as it is: nothing is encoded, and
    # what has an equals sign has to say that it is a heading.
    anchor = ("heading=" if "=" in heading else "") + heading.replace(" ", "-")
    return f"{at}{notebook}.ipynb#{anchor}"
