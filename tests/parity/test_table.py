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


def existing():
    return {
        (file, name)
        for file in FILES
        for name in re.findall(
            r"^def (test_\w+)", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE
        )
    }


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
