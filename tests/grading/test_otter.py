"""otter-grader itself gives the points that lez10 gives, from the same metadata."""

from course import (
    EXERCISES,
    MOMENTUM,
    NAMES,
    POINTS,
    SOLUTIONS,
    answered,
    asked,
    partly,
)


def test_otter_gives_solutions_all_points_stubs_none_and_others_what_lez10_gives(
    tmp_path,
):
    handed_in = tmp_path / "answered"
    handed_in.mkdir()
    for exercise, solution in zip(EXERCISES, SOLUTIONS, strict=True):
        target = handed_in / exercise.name
        target.write_text(answered(exercise, solution), "utf-8")
    full = [handed_in / f"{name}.ipynb" for name in NAMES]
    text, points = partly(EXERCISES[MOMENTUM], SOLUTIONS[MOMENTUM])
    part = tmp_path / "partly" / "03_momentum.ipynb"
    part.parent.mkdir()
    part.write_text(text, "utf-8")
    found = asked(tmp_path, "otter_points.py", tmp_path, *full, *EXERCISES, part)
    assert found[str(part)] == [points, POINTS["03_momentum"]]
    for name, path, stub in zip(NAMES, full, EXERCISES):
        print(f"{name}: {found[str(path)]}, stubs {found[str(stub)]}")
        assert found[str(path)] == [POINTS[name]] * 2
        assert found[str(stub)] == [0, POINTS[name]]
