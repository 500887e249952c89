"""What a notebook sees from inside: a Python, numpy, and nothing of this machine."""

import ast
import os
import sys

import pytest
from conftest import LIMIT

from lez10.grading.sandbox.sandbox import Sandbox
from notebooks import ROOT, seen

NAME = f"python{sys.version_info.major}.{sys.version_info.minor}"
SYSTEM_CALL = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
"""


@pytest.fixture(scope="module", params=["with a filter", "without a filter"])
def walls(request):
    """A sandbox with both layers, and one where libseccomp is not there."""
    made = Sandbox(limit=LIMIT)
    if request.param == "without a filter":
        made.filter = b""
    with made:
        yield made


def value(box, body):
    """What a body returns, sent in pieces, since an answer has 100 letters."""
    found, part = "", None
    while part != "":
        lines = body.strip().split("\n")
        *most, last = lines
        assert last.startswith("return ")
        last = f"return '<' + repr(({last[7:]}))[{len(found)}:][:98] + '>'"
        got = seen(box, "\n".join([*most, last]))
        assert isinstance(got, str), got
        part = got[1:-1]
        found += part
    return ast.literal_eval(found)


def test_there_is_nothing_but_python_and_numpy(walls):
    found = lambda path: sorted(value(walls, f"import os\nreturn os.listdir({path!r})"))
    assert found("/") == "dev lez10 lib lib64 packages proc python tmp".split()
    assert found("/dev") == ["null"]
    assert found("/proc") == found("/tmp") == []
    assert set(found("/packages")) <= {"numpy", "numpy.libs"}
    assert found("/lez10") == ["grading", "time_limit.py"]
    assert found("/lez10/grading") == [
        *("asking.py", "calling.py", "files.py", "sandbox", "statements.py"),
    ]
    assert "sandbox.py" not in found("/lez10/grading/sandbox")
    assert all(".so" in name for name in found("/lib"))
    folder = f"/python/{sys.platlibdir}/{NAME}"
    assert "os.py" in found(folder)
    for name in ("site-packages", "dist-packages"):
        if name in found(folder):
            assert found(f"{folder}/{name}") == []


def test_nothing_is_known_of_this_machine(walls):
    assert value(walls, "import os\nreturn dict(os.environ)") == {}
    assert value(walls, "import os\nreturn os.getcwd()") == "/tmp"
    assert value(walls, "import sys\nreturn sys.argv") == [""]
    assert value(walls, "import os\nreturn os.uname().nodename") == "sandbox"
    assert value(walls, "import os\nreturn os.getuid(), os.getgid()") == (65534, 65534)
    assert value(walls, "import os\nreturn os.getpid(), os.getppid()") == (1, 0)
    paths = value(walls, "import sys\nreturn [sys.executable, sys.prefix, *sys.path]")
    assert all(path.startswith(("/python", "/packages")) for path in paths)
    modules = value(walls, "import sys\nreturn [m for m in sys.modules if 'lez' in m]")
    assert modules == []


def test_no_text_in_memory_tells_where_this_machine_keeps_things(walls):
    """Of the paths outside nothing is left, not even in what Python remembers."""
    body = (
        "import gc, sys\n"
        "found = {one.co_filename for f in gc.get_objects() if hasattr(f, '__code__')"
        " for one in [f.__code__]}\n"
        "found |= {getattr(m, '__file__', None) or '' for m in sys.modules.values()}\n"
        "tops = {one.split('/')[1] for one in found if one.startswith('/')}\n"
        "return sorted(tops)"
    )
    assert value(walls, body) == ["lez10", "packages", "python"]
    assert str(ROOT).split("/")[1] != "lez10"


@pytest.mark.parametrize(
    "path",
    ["/", "/dev", "/lib", "/lez10/grading", "/packages/numpy", "/proc", "/python/bin"],
)
def test_only_tmp_can_be_written(walls, path):
    body = f"open({path!r} + '/x', 'w')\nreturn 1"
    assert "Read-only file system" in seen(walls, body).said


def test_tmp_is_small_and_of_one_s_own(walls):
    assert value(walls, "open('/tmp/x', 'w').write('13.5')\nreturn 1") == 1
    assert value(walls, "import os\nreturn os.listdir('/tmp')") == []
    fill = (
        "for n in range(3):\n    open(f'/tmp/{n}', 'wb').write(bytes(10**7))\nreturn 1"
    )
    assert "No space left on device" in seen(walls, fill).said
    large = "open('/tmp/x', 'wb').write(bytes(10**8))\nreturn 1"
    assert "File too large" in seen(walls, large).said
    many = "for n in range(5000):\n    open(f'/tmp/{n}', 'w')\nreturn 1"
    assert "No space left on device" in seen(walls, many).said


@pytest.mark.parametrize(
    "body",
    [
        "import os\nos.fork()",
        "import threading\nthreading.Thread(target=int).start()",
        "import subprocess\nsubprocess.run(['/python/bin/python3', '--version'])",
        "import socket\nsocket.create_connection(('127.0.0.1', 80), 1)",
        "import os\nos.kill(2, 0)",
        "import resource as r\nr.setrlimit(r.RLIMIT_NPROC, (100, 100))",
        "import resource as r\nr.setrlimit(r.RLIMIT_AS, (1 << 40, 1 << 40))",
        "import resource as r\nr.setrlimit(r.RLIMIT_CPU, (1 << 20, 1 << 20))",
        "import os\nos.setuid(0)",
        "import os\nos.chroot('/tmp')",
        "import os\nos.mknod('/tmp/x', 0o60600, os.makedev(254, 0))\nopen('/tmp/x')",
        "open('/dev/mem')",
        "open('/proc/1/cmdline')",
        "import os\nos.nice(-5)",
    ],
)
def test_what_is_forbidden_raises(walls, body):
    problem = seen(walls, body)
    assert problem.kind == "raised", problem
    assert "Error" in problem.said


@pytest.mark.parametrize(
    "call",
    [
        "libc.unshare(0x10000000)",
        "libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)",
        "libc.mount(b'proc', b'/proc', b'proc', 0, None)",
        "libc.umount2(b'/tmp', 2)",
        "libc.umount2(b'/proc', 2)",
        "libc.setns(0, 0)",
        "libc.ptrace(16, 1, 0, 0)",
        "libc.pivot_root(b'/tmp', b'/tmp')",
        "libc.sethostname(b'x', 1)",
        "libc.personality(0x0040000) * 0 - (libc.unshare(0x20000000) != 0)",
    ],
)
def test_what_could_lead_out_fails(walls, call):
    assert seen(walls, f"{SYSTEM_CALL}\nreturn float({call})") == -1.0


def test_nothing_is_left_for_the_next(walls):
    """Shared memory, queues and keys that one leaves, the next does not find."""
    if not walls.filter:
        make = (
            f"{SYSTEM_CALL}\nfound = libc.shmget(77, 4096, 0o1666)\nreturn float(found)"
        )
        assert seen(walls, make) >= 0
        make = f"{SYSTEM_CALL}\nreturn float(libc.mq_open(b'/x', 0o102, 0o666, None))"
        assert seen(walls, make) >= 0
    find = f"{SYSTEM_CALL}\nreturn float(libc.shmget(77, 4096, 0o666))"
    assert seen(walls, find) == -1.0
    find = f"{SYSTEM_CALL}\nreturn float(libc.mq_open(b'/x', 2, 0, None))"
    assert seen(walls, find) == -1.0


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="numbers of system calls")
@pytest.mark.parametrize("ring", [-3, -4, -5])
def test_no_key_is_left_for_the_next(walls, ring):
    given = f"ctypes.c_long({ring}), b'user', b'lez10'"
    add = (
        f"libc.syscall(248, b'user', b'lez10', b'1', ctypes.c_size_t(1), "
        f"ctypes.c_long({ring}))"
    )
    find = f"libc.syscall(250, ctypes.c_long(10), {given}, 0)"
    both = f"{SYSTEM_CALL}\nadded = {add}\nreturn float(min({find}, added))"
    if not walls.filter:
        assert seen(walls, both) > 0
    assert seen(walls, f"{SYSTEM_CALL}\nreturn float({find})") == -1.0


def test_limits_are_set(walls):
    body = (
        "import resource as r\n"
        "return [r.getrlimit(k) for k in (r.RLIMIT_NPROC, r.RLIMIT_AS, r.RLIMIT_FSIZE,"
        " r.RLIMIT_NOFILE, r.RLIMIT_CORE, r.RLIMIT_CPU)]"
    )
    seconds = int(2 * LIMIT + 1) + 2
    assert value(walls, body) == [
        (1, 1),
        (1 << 30, 1 << 30),
        (16 << 20, 16 << 20),
        (64, 64),
        (0, 0),
        (seconds, seconds),
    ]


def test_only_the_channel_is_open(walls):
    body = (
        "import os, stat\nfound = []\nfor n in range(256):\n    try:\n"
        "        found.append((n, stat.S_IFMT(os.fstat(n).st_mode)))\n"
        "    except OSError:\n        pass\nreturn found"
    )
    *standard, (_, kind) = value(walls, body)
    assert standard == [(n, 0o20000) for n in range(3)]
    assert kind == 0o140000  # a socket


def test_modules_of_the_standard_library_are_there(walls):
    names = (
        "ast collections dataclasses decimal enum fractions functools heapq itertools"
    )
    names += " json math operator pathlib random re statistics string time typing"
    body = f"import importlib\nfor one in {names.split()}:\n"
    body += "    importlib.import_module(one)\nreturn 1"
    assert seen(walls, body) == 1.0
    parts = (
        "numpy.linalg numpy.random numpy.fft numpy.polynomial numpy.ma numpy.testing"
    )
    body = f"import importlib\nfor one in {parts.split()}:\n"
    body += "    importlib.import_module(one)\nreturn 1"
    assert seen(walls, body) == 1.0
    assert "No module named 'scipy'" in seen(walls, "import scipy").said


def test_there_is_no_network_at_all(walls):
    """Not even to oneself; and with a filter not even a socket."""
    body = "import socket\nsocket.create_connection(('127.0.0.1', 9), 1)"
    said = seen(walls, body).said
    assert ("Network is unreachable" in said) != bool(walls.filter)
    assert ("Function not implemented" in said) == bool(walls.filter)


def test_the_filter_is_installed(walls):
    body = f"{SYSTEM_CALL}\nreturn float(libc.prctl(21, 0, 0, 0, 0))"  # of the filter
    found = seen(walls, body)
    assert found == (-1.0 if walls.filter else 0.0)
