"""Stopping criteria on losses and on a stand-in for a run; combined runs: fitting."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import always_the_same

from lez10 import epochs, gradient_norm, no_improvement, should_stop, target_loss


@pytest.mark.parametrize(
    ("losses", "patience", "tolerance", "expected"),
    [
        ([], 1, 0.0, False),
        ([3.0], 1, 0.0, False),
        ([3.0, 2.0], 1, 0.0, False),
        ([3.0, 3.0], 1, 0.0, True),  # as good as before is no gain
        ([3.0, 4.0], 1, 0.0, True),
        ([3.0, 2.0, 2.5, 2.4], 2, 0.0, True),
        ([3.0, 2.0, 2.5, 2.4], 3, 0.0, False),  # 2.0 lies within the last three
        ([3.0, 2.0, 2.5, 1.9], 2, 0.0, False),
        ([3.0, 2.0, 2.5, 1.9], 2, 0.125, True),  # a gain of 0.1 does not count
        ([4.0, 3.5], 1, 0.5, True),  # a gain of exactly the tolerance: not more
        ([4.0, 3.25], 1, 0.5, False),
        ([1.0, 5.0, 4.0, 3.0], 2, 0.0, True),  # falling, but not below the best
        ([-1.0, -2.0], 1, 0.5, False),  # absolute, so negative losses work
    ],
)
def test_should_stop_by_hand(losses, patience, tolerance, expected):
    found = should_stop(losses, patience, tolerance)
    assert found == expected
    assert np.ndim(found) == 0


@always_the_same
@given(
    losses=st.lists(st.integers(0, 9), max_size=12),
    patience=st.integers(1, 6),
    tolerance=st.integers(0, 3),
)
def test_should_stop_is_the_sentence(losses, patience, tolerance):
    """Whole numbers, so that nothing rounds."""
    expected = len(losses) > patience and (
        min(losses[-patience:]) >= min(losses[:-patience]) - tolerance
    )
    assert should_stop(losses, patience, tolerance) == expected


def test_settings_side_by_side():
    losses = np.random.default_rng(0).integers(0, 5, (6, 40))
    found = should_stop(losses, 2, 0)
    assert found.shape == (40,)
    assert 0 < found.sum() < 40
    for s in range(40):
        assert found[s] == should_stop(losses[:, s], 2, 0)
    np.testing.assert_array_equal(should_stop(losses[:2], 2, 0), np.zeros(40, bool))


def test_an_ended_setting_is_no_reason_for_another():
    """Curves hold NaN after a setting's end."""
    losses = np.array([[3.0, 3.0], [2.0, np.nan], [1.0, np.nan]])
    assert not should_stop(losses, 1, 0.0).any()


@pytest.mark.parametrize("patience", [0, -1, 1.5, True, None], ids=repr)
def test_bad_patience(patience):
    sentence = r"patience must be a whole number >= 1, got "
    with pytest.raises(ValueError, match=sentence):
        no_improvement(patience)
    with pytest.raises(ValueError, match=sentence):
        should_stop([3.0, 2.0, 1.0], patience, 0.0)


@pytest.mark.parametrize("tolerance", [-0.1, np.nan, "0"], ids=repr)
def test_bad_tolerance(tolerance):
    with pytest.raises(ValueError, match=r"tolerance must be .*, got "):
        no_improvement(3, tolerance)
    with pytest.raises(ValueError, match=r"tolerance must be .*, got "):
        should_stop([3.0, 2.0, 1.0], 1, tolerance)


@pytest.mark.parametrize("limit", [-1, 2.5, None], ids=repr)
def test_bad_limits(limit):
    with pytest.raises(ValueError, match=r"limit must be .*, got "):
        epochs(limit)


@pytest.mark.parametrize("bad", [-1, np.nan, None, "1"], ids=repr)
def test_bad_thresholds(bad):
    with pytest.raises(ValueError, match=r"threshold must be .*, got "):
        gradient_norm(bad)


@pytest.mark.parametrize("bad", [np.nan, None, "1"], ids=repr)
def test_bad_targets(bad):
    with pytest.raises(ValueError, match=r"target must be .*, got "):
        target_loss(bad)


def test_criteria_on_a_run():
    run = SimpleNamespace(
        epoch=3,
        training_loss=[np.array([0.5, 0.6])],
        watched=np.array([[3.0, 3.0], [2.0, 4.0]]),
        gradient_norm=lambda: np.array([0.25, 0.24]),
    )
    assert epochs(3).holds(run)
    assert not epochs(4).holds(run)
    np.testing.assert_array_equal(target_loss(0.5).holds(run), [True, False])
    np.testing.assert_array_equal(gradient_norm(0.24).holds(run), [False, True])
    np.testing.assert_array_equal(no_improvement(1).holds(run), [False, True])


def test_reasons_are_words():
    for criterion, words in [
        (epochs(3), "epochs"),
        (no_improvement(4), "no improvement in 4 epochs"),
        (gradient_norm(1e-3), "gradient norm <= 0.001"),
        (target_loss(0.1), "training loss <= 0.1"),
    ]:
        assert words in criterion.reason


@pytest.mark.filterwarnings("error")
def test_no_gain_from_infinity_to_infinity():
    assert should_stop([np.inf] * 3, 1, 0.0)
    assert not should_stop([np.inf, 1.0], 1, 0.0)
