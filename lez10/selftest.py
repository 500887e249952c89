"""Does the installation work? One line for each part that a notebook needs."""

import sys
from collections.abc import Callable
from importlib import import_module
from itertools import islice

import numpy as np


def python() -> str:
    """The version of Python."""
    assert sys.version_info >= (3, 11), "needs Python 3.11 or later"
    return "Python 3.11 or later"


def algorithms() -> str:
    """Every update rule walks downhill."""
    from lez10 import RULES, iterate, quadratic

    surface = quadratic(4.0)
    for rule in RULES.values():
        states = iterate(rule, np.array(surface.start), surface.gradient, alpha=0.02)
        *_, last = islice(states, 200)
        assert surface.value(last.theta) < surface.value(np.array(surface.start))
    return "the algorithms walk downhill"


def data() -> str:
    """The digits are there."""
    from lez10 import digits

    assert digits()[0].shape == (1797, 64)
    return "the handwritten digits are there"


def pictures() -> str:
    """matplotlib draws."""
    from lez10 import plots
    from lez10.course_map import course_map

    figure, ax = plots.figure()
    assert plots.picture(figure, course_map(ax)).png()
    return "pictures can be drawn"


def widgets() -> str:
    """ipywidgets and anywidget are there."""
    for name in ("ipywidgets", "anywidget"):
        import_module(name)
    return "widgets can be shown"


CHECKS: tuple[Callable[[], str], ...] = (python, algorithms, data, pictures, widgets)


def selftest() -> str:
    """One line per part: "ok", or what is missing and what to do."""
    lines = []
    for check in CHECKS:
        try:
            lines.append(f"ok       {check()}")
        except Exception as error:
            lines.append(
                f"missing  {check.__name__}: {error}. "
                "Install the course again, as its README says."
            )
    return "\n".join(lines)
