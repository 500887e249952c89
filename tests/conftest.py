"""Set before any test imports what reads it; and how near to others the tests came."""

import os

import pytest

os.environ.setdefault("MPLBACKEND", "agg")
os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

REACHED = "largest difference, and the one allowed"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Note how near a test's comparisons came, for those that compare so."""
    import problems

    problems.REACHED.clear()
    result = yield
    item.user_properties += [(REACHED, pair) for pair in problems.REACHED]
    return result


def pytest_terminal_summary(terminalreporter):
    """A line for each bound in each file of parity tests."""
    largest: dict[tuple[str, float], float] = {}
    for report in terminalreporter.stats.get("passed", []):
        file = report.nodeid.partition("::")[0]
        pairs = [pair for name, pair in report.user_properties if name == REACHED]
        for bound, found in pairs:
            largest[file, bound] = max(found, largest.get((file, bound), 0.0))
    if largest:
        terminalreporter.section("relative differences", sep="-")
    for (file, bound), found in sorted(largest.items()):
        terminalreporter.line(f"{file}: at most {found:.1e}, allowed {bound:.0e}")
