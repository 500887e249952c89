"""Exercise 01: the wrong ways to say when to stop."""

from lez10.grading.misconceptions import Change, Misconception

NOTEBOOK = "01_sgd"
WHEN = "When to stop"
BEFORE = "before = losses[:-patience].min(axis=0)"
VERDICT = "(before - last <= tolerance) | (before == last)"
WAITING = """best, waited = losses[0], 0
    for loss in losses[1:]:
        lower = loss < best - tolerance
        best, waited = (loss, 0) if lower else (best, waited + 1)"""


def wrong(name: str, said: str, *changes: Change) -> Misconception:
    """A misconception of this exercise."""
    return Misconception(name, said, changes, NOTEBOOK, WHEN)


WAYS = (
    wrong(
        "strict",
        "You go on when the gain is exactly the tolerance: the gain has to be "
        "larger than it.",
        ("<= tolerance) | (before == last)", "< tolerance)"),
    ),
    wrong(
        "one_too_late",
        "You wait one epoch too long: the last patience epochs are compared with "
        "all before them.",
        ("np.asarray(losses)", "np.asarray(losses); patience = patience + 1"),
    ),
    wrong(
        "one_too_early",
        "You stop one epoch too early: the last patience epochs are compared with "
        "all before them.",
        ("np.asarray(losses)", "np.asarray(losses); patience = patience - 1"),
    ),
    wrong(
        "overlap",
        "You count one epoch on both sides: what stands before the last patience "
        "epochs ends before they begin.",
        ("losses[:-patience]", "losses[: -patience + 1]"),
    ),
    wrong(
        "two_windows",
        "You compare the last patience epochs with the patience epochs before: the "
        "best loss of all epochs before counts.",
        ("losses[:-patience]", "losses[-2 * patience : -patience]"),
    ),
    wrong(
        "best_of_all",
        "You compare with the best loss of all epochs, the last ones among them: "
        "the best before the last patience epochs counts.",
        ("losses[:-patience].min", "losses.min"),
    ),
    wrong(
        "last_alone",
        "You look at the last loss alone: the best of the last patience epochs "
        "counts, since one epoch may be bad by chance.",
        ("losses[-patience:].min(axis=0)", "losses[-1]"),
    ),
    wrong(
        "one_before",
        "You compare with a single epoch: the best loss of all before the last "
        "patience epochs counts.",
        ("losses[:-patience].min(axis=0)", "losses[-patience - 1]"),
    ),
    wrong(
        "first_alone",
        "You compare with the first loss: the best loss of all before the last "
        "patience epochs counts.",
        ("losses[:-patience].min(axis=0)", "losses[0]"),
    ),
    wrong(
        "last_two",
        "You compare the last loss with the one before it: the best of the last "
        "patience epochs is compared with the best of all before.",
        ("losses[:-patience].min(axis=0)", "losses[-2]"),
        ("losses[-patience:].min(axis=0)", "losses[-1]"),
    ),
    wrong(
        "mean",
        "You take the mean of the last patience epochs: their best loss counts.",
        ("losses[-patience:].min", "losses[-patience:].mean"),
    ),
    wrong(
        "mean_before",
        "You take the mean of the epochs before the last patience ones: their best "
        "loss counts.",
        ("losses[:-patience].min", "losses[:-patience].mean"),
    ),
    Misconception(
        "best_moves_late",
        "Keras's EarlyStopping moves its best loss only when one is lower by more "
        "than the tolerance, as you do; the exercise compares the best losses "
        "themselves.",
        ((BEFORE, WAITING), (VERDICT, "waited >= patience")),
        NOTEBOOK,
        WHEN,
        convention=True,
    ),
    wrong(
        "once_is_enough",
        "You say True if the losses have stood still for patience epochs at any "
        "time: only the last patience epochs count.",
        (
            BEFORE,
            f"{WAITING}\n        if waited >= patience:\n            return True",
        ),
        (VERDICT, "False"),
    ),
    wrong(
        "relative",
        "Your tolerance is a share of the loss: the lecture's exercise asks for "
        "an absolute one.",
        ("<= tolerance)", "<= tolerance * before)"),
    ),
    wrong(
        "inverted",
        "You say True while the loss still falls: True means to stop.",
        ("<= tolerance) | (before == last)", "> tolerance)"),
    ),
    wrong(
        "wrong_sign",
        "You subtract the wrong way round: the gain is the best loss before minus "
        "the best of the last epochs.",
        ("(before - last", "(last - before"),
    ),
    wrong(
        "absolute_value",
        "You take the difference without its sign, so that a loss which rises "
        "counts as a gain: only a lower loss is one.",
        ("(before - last <=", "(abs(before - last) <="),
    ),
    wrong(
        "without_tolerance",
        "You leave the tolerance out: a gain that is not larger does not count.",
        ("<= tolerance) |", "<= 0) |"),
    ),
    wrong(
        "at_once",
        "You stop while there is nothing to compare with: with at most patience "
        "losses training goes on.",
        ("np.zeros(", "np.ones("),
    ),
    wrong(
        "late_start",
        "You still wait when there are patience + 1 losses: the first of them can "
        "be compared with the other ones.",
        ("len(losses) <= patience", "len(losses) <= patience + 1"),
    ),
    wrong(
        "all_but_last",
        "You compare with all epochs but the last one: the best before the last "
        "patience epochs counts.",
        ("losses[:-patience].min", "losses[:-1].min"),
    ),
    wrong(
        "first_window",
        "You compare with the first patience epochs: the best loss of all before the "
        "last patience epochs counts.",
        ("losses[:-patience]", "losses[:patience]"),
    ),
    wrong(
        "cut_at_the_front",
        "You cut after the first patience epochs: the cut belongs before the last "
        "ones, as in losses[:-patience] and losses[-patience:].",
        ("losses[:-patience]", "losses[:patience]"),
        ("losses[-patience:]", "losses[patience:]"),
    ),
    wrong(
        "gap",
        "You leave one epoch out, as losses[-patience + 1:] does: the last patience "
        "epochs are losses[-patience:].",
        ("losses[-patience:]", "losses[-patience + 1 :]"),
    ),
    wrong(
        "median_before",
        "You take the median of the epochs before the last patience ones: their best "
        "loss counts.",
        ("losses[:-patience].min(axis=0)", "np.median(losses[:-patience], axis=0)"),
    ),
    wrong(
        "patience_ago",
        "You compare the last loss with the one of patience epochs ago: the best of "
        "the last patience epochs is compared with the best of all before.",
        ("losses[:-patience].min(axis=0)", "losses[-patience - 1]"),
        ("losses[-patience:].min(axis=0)", "losses[-1]"),
    ),
    wrong(
        "ends_of_window",
        "You compare the first and the last of the last patience epochs: their best "
        "loss is compared with the best of all before them.",
        ("losses[:-patience].min(axis=0)", "losses[-patience]"),
        ("losses[-patience:].min(axis=0)", "losses[-1]"),
    ),
    wrong(
        "each_gain",
        "You look at the gain of each epoch on its own: several small gains may "
        "together be larger than the tolerance, and a large one may come after a rise.",
        (
            VERDICT,
            "(losses[-patience - 1 : -1] - losses[-patience:] <= tolerance).all()",
        ),
    ),
    wrong(
        "loss_itself",
        "You ask whether the loss itself is at most the tolerance: the tolerance is "
        "for the gain, the best loss before minus the best of the last epochs.",
        (VERDICT, "last <= tolerance"),
    ),
    wrong(
        "last_loss_itself",
        "You ask whether the last loss is at most the tolerance: the tolerance is for "
        "the gain, the best loss before minus the best of the last epochs.",
        (VERDICT, "losses[-1] <= tolerance"),
    ),
    wrong(
        "twice_patience",
        "You wait for 2 patience losses: patience + 1 of them can already be compared.",
        ("len(losses) <= patience", "len(losses) < 2 * patience"),
    ),
    wrong(
        "always_false",
        "You always say False, and training never stops: True is asked for when "
        "the last patience epochs have gained too little.",
        (VERDICT, "False"),
    ),
    wrong(
        "always_true",
        "You always say True, and training stops at once: False is asked for as "
        "long as the last patience epochs have gained enough.",
        ("np.zeros(", "np.ones("),
        (VERDICT, "True"),
    ),
)
