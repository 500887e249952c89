"""Exercise 09: what the stored searches of notebook 10 say of the four panels."""

from lez10.experiments.results import Results, stored
from lez10.experiments.verdicts import NOT_SEPARATED, NOT_SO, SHOWN, verdicts
from lez10.grading.answers import WHOLE, Prediction

EXERCISE, PANELS = "09_choosing_an_algorithm", "1.8.1"
TASKS_OF_10 = ("digits", "scaled", "rare", "valley")
LETTERS = {SHOWN: "A", NOT_SEPARATED: "B", NOT_SO: "C"}


def results_of(name: str) -> Results:
    """The stored searches of one of notebook 10's tasks."""
    return stored("four-panels" if name == "rare" else f"four-panels-{name}")


def verdict(name: str, panel: int) -> str:
    """What became of a panel's sentence on a task."""
    return verdicts(results_of(name), name)[panel - 1].verdict


def shown(panel: int) -> int:
    """On how many tasks the sentence of a panel is shown."""
    return sum(verdict(name, panel) == SHOWN for name in TASKS_OF_10)


ANSWERS = (
    Prediction(
        name="predict_adam_worst",
        exercise=EXERCISE,
        section=PANELS,
        asked="Panel 1 of the lecture says that Adam is the worst where alpha alone is "
        "tuned: what did notebook 10's 20 searches on digits say? A: shown, B: not "
        "separated, C: not so here.",
        points=2,
        right=lambda: LETTERS[verdict("digits", 1)],
        wrong={
            "That is the lecture's sentence, and on digits the searches are against "
            "it: some algorithm is worse than Adam.": lambda: LETTERS[SHOWN],
            "It is more than not shown: some algorithm is worse than Adam in so many "
            "searches that a coin would hardly do it.": lambda: LETTERS[NOT_SEPARATED],
        },
        hints=(
            "The lecture's panels are measurements of one study.",
            "One pair is enough for C: is some algorithm worse than Adam?",
            "Notebook 10 has the verdicts of four tasks in one table.",
        ),
    ),
    Prediction(
        name="predict_adam_improves",
        exercise=EXERCISE,
        section=PANELS,
        asked="Panel 3 says that Adam does better when all its hyperparameters are "
        "tuned: on how many of notebook 10's four tasks was that shown (a number)?",
        points=2,
        right=lambda: float(shown(3)),
        wrong={
            "That holds for the medians, perhaps, but not in so many of the 20 "
            "searches that a coin would hardly do it.": lambda: len(TASKS_OF_10),
            "Look again: there are tasks on which Adam's defaults are bad.": lambda: 0,
            "Only a designed task? A synthetic one shows it as well.": lambda: 1,
            "On neither of the two kinds of digits is it shown.": lambda: 3,
        },
        hints=(
            "It needs a task on which the defaults are bad.",
            "Two of the tasks are designed or synthetic, and two are digits.",
            "Notebook 10 has the verdicts of four tasks in one table.",
        ),
        tolerance=WHOLE,
    ),
)
