"""docs/frameworks.md: each row names a test that exists, and no test is left out."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "frameworks.md").read_text(encoding="utf-8")
FILES = [
    "tests/parity/test_keras.py",
    "tests/parity/test_optax.py",
    "tests/frameworks/test_torch.py",
    "tests/frameworks/test_tensorflow.py",
]


def named():
    return set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TABLE))


def names_in(file):
    """The tests of a file, and those that it takes over from keras_cases.py."""
    text = (ROOT / file).read_text(encoding="utf-8")
    found = set(re.findall(r"^def (test_\w+)", text, re.MULTILINE))
    if re.search(r"^from keras_cases import \*", text, re.MULTILINE):
        found |= names_in("tests/keras_cases.py")
    return found


def existing():
    return {(file, name) for file in FILES for name in names_in(file)}


def test_each_row_names_a_test():
    rows = [line for line in TABLE.splitlines() if line.startswith("|")]
    rows = [row for row in rows if not row.startswith("|--") and "| test |" not in row]
    assert len(rows) > 30
    for row in rows:
        assert re.search(r"`tests/[\w/]+\.py::\w+` \|$", row), row


def test_the_tests_exist():
    assert named() <= existing()


def test_no_difference_is_left_out():
    """tf.keras repeats Keras's tests: its own rows are those about float32."""
    left = {(f, t) for f, t in existing() - named() if "tensorflow" not in f}
    assert left == set()
