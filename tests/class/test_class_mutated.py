"""A thousand damaged notebooks: each has a row for every task, and harms no other."""

import json
import random
from collections import Counter

from classes import (
    MOMENTUM,
    POINTS,
    REST,
    STEP,
    TASKS,
    answered,
    graded,
    hand_in,
    notebook,
)

from lez10.grading.rows import STATUSES

MANY = 1000
BASES = (answered(MOMENTUM), notebook("import numpy as np", STEP, REST))
ODD = (
    "\0",
    '"',
    "\\",
    "{",
    "[",
    "]",
    "}",
    ",",
    "\n",
    "def ",
    "'''",
    "(",
    "🎓",
    "\ud800",
)
VALUES = (
    None,
    0,
    -1,
    1e308,
    True,
    "",
    [],
    {},
    [[]],
    {"a": {}},
    "code",
    10**30,
    "x" * 999,
)


def bytes_changed(text: str, draw: random.Random) -> bytes:
    """A few bytes changed, cut out, doubled or moved; or the end cut off."""
    data = bytearray(text, "utf-8")
    for _ in range(draw.choice([1, 1, 2, 5, 50])):
        at, n = draw.randrange(len(data)), draw.choice([1, 1, 10, 300])
        how = draw.randrange(6)
        if how == 0:
            data[at] = draw.randrange(256)
        elif how == 1:
            del data[at : at + n]
        elif how == 2:
            data[at:at] = data[at : at + n]
        elif how == 3:
            data[at:at] = draw.choice(ODD).encode("utf-8", "surrogatepass")
        elif how == 4:
            part = data[at : at + n]
            del data[at : at + n]
            to = draw.randrange(len(data) + 1)
            data[to:to] = part
        else:
            del data[max(at, 1) :]
        data = data or bytearray(b"x")
    return bytes(data)


def json_changed(text: str, draw: random.Random) -> bytes:
    """Valid JSON with values replaced, removed or moved."""
    made = json.loads(text)
    for _ in range(draw.choice([1, 1, 2, 5])):
        holder, key = draw.choice(list(places(made)) or [({}, "")])
        how = draw.randrange(4)
        if how == 0 and holder:
            holder[key] = draw.choice(VALUES)
        elif how == 1 and holder:
            del holder[key]
        elif how == 2 and isinstance(made.get("cells"), list):
            draw.shuffle(made["cells"])
        elif how == 3 and isinstance(made.get("cells"), list) and made["cells"]:
            made["cells"].append(draw.choice(made["cells"]))
    return json.dumps(made).encode()


def places(made):
    """Every place of a value: what holds it, and its key."""
    keys = made if isinstance(made, dict) else range(len(made))
    for key in keys:
        yield made, key
        if isinstance(made[key], dict | list):
            yield from places(made[key])


def code_changed(text: str, draw: random.Random) -> bytes:
    """A notebook whose code is no longer what it was."""
    made = json.loads(text)
    cells = [cell for cell in made["cells"] if cell["cell_type"] == "code"]
    for _ in range(draw.choice([1, 1, 3, 10])):
        cell = draw.choice(cells)
        source = "".join(cell["source"])
        at = draw.randrange(len(source) + 1)
        lines = source.split("\n")
        how = draw.randrange(4)
        if how == 0:
            source = source[:at] + draw.choice(ODD[:-1]) + source[at:]
        elif how == 1:
            source = source[:at]
        elif how == 2:
            draw.shuffle(lines)
            source = "\n".join(lines)
        else:
            lines[draw.randrange(len(lines))] = ""
            source = "\n".join(lines)
        cell["source"] = source
    return json.dumps(made).encode()


def test_a_thousand_damaged_notebooks_each_have_a_row_for_every_task(tmp_path):
    folder, draw = tmp_path / "submissions", random.Random(1010)
    for n in range(MANY):
        change = draw.choice([bytes_changed, json_changed, code_changed])
        text = change(draw.choice(BASES), draw)
        hand_in(folder, f"{n:04} {change.__name__}", text)
    hand_in(folder, "whole", BASES[0])
    rows = graded(folder, "--timeout", 1)
    expected = [
        (path.name, task) for path in sorted(folder.iterdir()) for task in TASKS
    ]
    assert len(expected) == (MANY + 1) * len(TASKS)
    assert [(row["student"], row["task"]) for row in rows] == expected
    for row in rows:
        assert row["status"] in STATUSES
        assert 0 <= int(row["points"]) <= int(row["max_points"])
        assert row["feedback"] or row["status"] == "correct", row
        assert "\n" not in row["feedback"]
    whole = [int(row["points"]) for row in rows if row["student"] == "whole"]
    assert sum(whole) == POINTS
    found = Counter(row["status"] for row in rows)
    print(dict(found))
    assert {"correct", "error", "missing", "not answered", "unreadable"} <= set(found)
    for change in (bytes_changed, json_changed, code_changed):
        theirs = [r["status"] for r in rows if r["student"].endswith(change.__name__)]
        assert len(set(theirs)) >= 3, change.__name__
