"""Reading notebooks: those of any editor, and files made to break a reader."""

import json
import os
import socket
import subprocess
import sys
import time

import pytest
from classes import answered, hand_in, notebook

from lez10.grading.reading import (
    LARGEST,
    MOST_CELLS,
    Unreadable,
    cells_in,
    contents,
    fingerprint,
)

MB = 1_000_000
HUGE = LARGEST - 100  # a few bytes are added around it


def read(text: str | bytes):
    return cells_in(text if isinstance(text, bytes) else text.encode())


def made(**more) -> str:
    """A notebook with one code cell, and more in it."""
    return json.dumps({**json.loads(notebook("a = 1")), **more})


# ---- what is read


def test_an_exercise_is_read_with_the_names_of_its_cells():
    cells = read(answered("03_momentum"))
    assert cells[0].grade_id == "setup" and "import numpy" in cells[0].source
    step = cells[1]
    assert step.grade_id == "momentum_step" and "def momentum_step(" in step.source


@pytest.mark.parametrize(
    "text",
    [
        notebook("a = 1"),
        notebook("a = 1").replace('"a = 1"', '["a =", " 1"]'),
        b"\xef\xbb\xbf" + notebook("a = 1").encode(),
        made(metadata={"x": [[[]]]}, nbformat=4),
        made(nbformat=5),
        json.dumps({"cells": [{"cell_type": "code", "source": "a = 1"}]}),
        notebook("a = 1").replace('"metadata": {}', '"metadata": null'),
        notebook("a = 1").replace('"metadata": {}', '"metadata": {"nbgrader": 3}'),
        notebook("a = 1").replace("}]", "}, " + '{"cell_type": "raw", "source": 3}]'),
    ],
)
def test_other_forms_are_read_too(text):
    assert read(text) == [("a = 1", "")]


def test_pictures_and_widgets_are_passed_over():
    outputs = [{"data": {"image/png": "A" * 5 * MB, "x": [1.5, None, {"a": "\\"}]}}]
    text = made(metadata={"widgets": {"state": "x" * MB}})
    text = text.replace('"outputs": []', f'"outputs": {json.dumps(outputs)}')
    assert len(text) > 6 * MB
    assert read(text) == [("a = 1", "")]


@pytest.mark.parametrize("source", ["3", "null", '{"a": 1}', "[1]"])
def test_a_cell_without_text_costs_itself_alone(source):
    text = notebook("a = 1", "b = 2", "c = 3").replace('"b = 2"', source)
    assert [cell.source for cell in read(text)] == ["a = 1", "c = 3"]


def test_bytes_that_are_no_text_cost_their_cell_alone():
    text = notebook("a = 1", "b = 2").encode().replace(b"b = 2", b"b = \xff")
    assert [cell.source for cell in read(text)] == ["a = 1"]


# ---- what is not


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "it is empty"),
        (b" \n ", "it is empty"),
        (b"print(1)", "it is no JSON"),
        (b"\x89PNG\r\n", "it is no JSON"),
        (b"PK\x03\x04" + b"\0" * 100, "it is no JSON"),
        (notebook("a = 1")[:-9], "it is no JSON"),
        (notebook("a = 1").encode("utf-16"), "it is no JSON"),
        (notebook("a = 1") + notebook("a = 1"), "it is no JSON"),
        ("[]", "it is no notebook"),
        ("3", "it is no notebook"),
        ("{}", "it is no notebook: it has no cells"),
        ('{"cells": {}}', "it is no notebook"),
        ('{"cells": [3]}', "it is no notebook"),
        ('{"cells": [{"source": "a"}]}', "it is no notebook"),
        ('{"nbformat": 3, "worksheets": []}', "it is in format 3 of notebooks"),
        (made(nbformat="four"), "it is no notebook"),
        (made(nbformat=1.5), "it is no notebook"),
        (notebook("\ud800"), "it is no JSON: unexpected end of hex escape"),
        (notebook(*["a"] * (MOST_CELLS + 1)), f"it has {MOST_CELLS + 1} cells"),
        (notebook("a" * MB), "its code cells hold more than"),
    ],
)
def test_what_cannot_be_read_has_a_reason(text, reason):
    with pytest.raises(Unreadable, match=reason):
        read(text)


def test_files_are_opened_only_when_they_are_plain(tmp_path):
    """Links, pipes, sockets, folders and devices: at once, and with a reason."""
    plain = hand_in(tmp_path, "ada", "x")
    (tmp_path / "link").symlink_to(plain)
    (tmp_path / "zero").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as there:
        there.bind(str(tmp_path / "socket"))
    reasons = {
        "link": "it is a link",
        "zero": "it is a link",
        "pipe": "it is no plain file",
        "socket": "it is no plain file",
        "ada": "it is no plain file",
        "nothing": "it cannot be opened (No such file or directory)",
    }
    for name, reason in reasons.items():
        with pytest.raises(Unreadable) as raised:
            contents(tmp_path / name)
        assert str(raised.value).startswith(reason)
        assert fingerprint(tmp_path / name) == fingerprint(tmp_path / name)
    assert contents(plain) == b"x"


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / "large.ipynb"
    with path.open("wb") as file:
        file.truncate(10**12)  # nothing of it is on the disk
    started = time.monotonic()
    with pytest.raises(Unreadable, match="it has 1000000.0 MB, and at most 20 MB"):
        contents(path)
    assert time.monotonic() - started < 1


def test_what_is_recognised_is_the_content(tmp_path):
    one, other = hand_in(tmp_path, "ada", "x"), hand_in(tmp_path, "bob", "x")
    assert fingerprint(one) == fingerprint(other)
    other.write_text("y")
    assert fingerprint(one) != fingerprint(other)


# ---- bombs: of the size that is just read


BOMBS = {
    "arrays in arrays": b'{"cells":' + b"[" * HUGE,
    "arrays in arrays, elsewhere": b'{"metadata":' + b"[" * HUGE,
    "objects in objects": b'{"metadata":' + b'{"a":' * (HUGE // 5),
    "a metadata of arrays": b'{"cells":[{"cell_type":"code","source":"a","metadata":'
    + b"[" * (HUGE - 100),
    "millions of arrays": b'{"x":[' + b"[]," * (HUGE // 3) + b'[]],"cells":[]}',
    "millions of objects": b'{"x":[' + b"{}," * (HUGE // 3) + b'{}],"cells":[]}',
    "millions of cells": b'{"cells":['
    + b",".join([b'{"cell_type":"code"}'] * (HUGE // 21))
    + b"]}",
    "cells of nothing": b'{"cells":[' + b"{}," * (HUGE // 3) + b"{}]}",
    "millions of lines": b'{"cells":[{"cell_type":"code","source":['
    + b'"ab",' * (HUGE // 5 - 20)
    + b'""]}]}',
    "millions of keys": b"{" + b'"cells":[],' * (HUGE // 11) + b'"nbformat":4}',
    "a number without end": b'{"nbformat":' + b"9" * HUGE + b',"cells":[]}',
    "a number that is not looked at": b'{"x":' + b"9" * HUGE + b',"cells":[]}',
    "a key without end": b'{"' + b"a" * (HUGE - 20) + b'":1,"cells":[]}',
    "escapes": b'{"x":"' + b"\\\\" * (HUGE // 2 - 20) + b'","cells":[]}',
    "spaces": b" " * HUGE + b"{}",
    "zeros": b"\0" * HUGE,
    "four bytes a character": '{"x":"😀'.encode() + b"a" * HUGE + b'","cells":[]}',
}
PROBE = """
import sys, time
from lez10.grading.reading import *
from pathlib import Path

def used():
    (line,) = (x for x in open("/proc/self/status") if x.startswith("VmHWM"))
    return int(line.split()[1]) / 1000

before, started = used(), time.monotonic()
try:
    said = len(cells_in(contents(Path(sys.argv[1]))))
except Unreadable as error:
    said = error
print(time.monotonic() - started, used() - before, said)
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_a_second_and_little_memory(name, tmp_path):
    """Each in a fresh process, whose memory was never larger."""
    path = hand_in(tmp_path, "ada", BOMBS[name])
    assert path.stat().st_size <= LARGEST
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    seconds, megabytes, said = done.stdout.split(maxsplit=2)
    print(f"{float(seconds):.2f} s, {float(megabytes):.0f} MB: {said[:99].strip()}")
    assert float(seconds) < 2
    assert float(megabytes) < 200
    assert said.strip() == "0" or len(said) < 200
