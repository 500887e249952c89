"""One explorer of each kind, as a cell would say it."""

from lez10.experiments.results import stored
from lez10.optimizers import RULES
from lez10.surfaces import quadratic
from lez10.widgets import BudgetExplorer, Explorer, ScheduleExplorer
from lez10.widgets.runs import TableOfRuns

PAIR = "('momentum', 'nesterov')"
EXPLORERS = {
    "one algorithm": "Explorer('quadratic', 'momentum')",
    "three side by side": "Explorer('quadratic', ('sgd', 'momentum', 'nesterov'))",
    "all eight": "Explorer('quadratic', tuple(RULES))",
    "head to tail": f"Explorer('quadratic', {PAIR}, show=('loss', 'head to tail'))",
    "three small plots": "Explorer('quadratic', ('adam', 'adam_uncorrected'), "
    "show=('v', 'r', 'step'))",
    "a family": f"Explorer(quadratic, {PAIR}, condition=[1, 3, 10, 30, 100])",
    "schedules": "ScheduleExplorer()",
    "budgets": "BudgetExplorer(stored('four-panels'))",
}


KNOWN = {"RULES": RULES, "quadratic": quadratic, "stored": stored}
KNOWN |= {made.__name__: made for made in (BudgetExplorer, Explorer, ScheduleExplorer)}


def build(expression: str) -> TableOfRuns:
    """One of them, made here."""
    return eval(expression, dict(KNOWN))
