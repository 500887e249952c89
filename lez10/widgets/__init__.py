"""What the student moves. No mathematics, no drawing of their own but the canvas.

Each widget is imported when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lez10.widgets.budget import BudgetExplorer
    from lez10.widgets.explorer import Explorer
    from lez10.widgets.initialization import InitializationExplorer
    from lez10.widgets.monitor import TrainingMonitor
    from lez10.widgets.normalization import NormalizationExplorer
    from lez10.widgets.playground import Playground
    from lez10.widgets.schedules import ScheduleExplorer

__all__ = [
    "BudgetExplorer",
    "Explorer",
    "InitializationExplorer",
    "NormalizationExplorer",
    "Playground",
    "ScheduleExplorer",
    "TrainingMonitor",
]

HOMES = {
    "BudgetExplorer": "budget",
    "Explorer": "explorer",
    "InitializationExplorer": "initialization",
    "NormalizationExplorer": "normalization",
    "Playground": "playground",
    "ScheduleExplorer": "schedules",
    "TrainingMonitor": "monitor",
}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *HOMES})
