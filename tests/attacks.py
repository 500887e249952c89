"""Notebooks that want marks they did not earn, or harm: each names the way it attacks.

The first cell of each gives it what it needs of a machine that it may harm (``World``):
paths, ports, how much of anything it may take.
"""

from collections.abc import Sequence
from typing import NamedTuple

from lez10.grading.statements import Cell

# How an attack is seen to work, in a plain process without walls (plain.py): full marks
# from a grader of some kind, a trace that it leaves, or an end that the grader did not
# choose.
CHECK, TESTING, ALLCLOSE = "check", "testing", "allclose"
EQUAL, DIFFERENCE, AFTER, PICKLE = "equal", "difference", "after", "pickle"
GRADERS = (CHECK, TESTING, ALLCLOSE, EQUAL, DIFFERENCE, AFTER)
FILE, PORT, UNIX, ABSTRACT = "file", "port", "unix", "abstract"
TRACES = (FILE, PORT, UNIX, ABSTRACT, PICKLE)
ENDLESS, UNSTOPPED, DIES = "endless", "unstopped", "dies"
SENT = "sent"  # seen in an open sandbox: the grader's process gets what it forged

STEP = "momentum_step"


class Attack(NamedTuple):
    """name; how it attacks; its cells; what shows that it works; the task."""

    name: str
    how: str
    cells: tuple[str, ...]
    shown: str
    task: str = STEP


class World(NamedTuple):
    """What an attack may touch: only here can it do no harm.

    file: where it leaves a trace; port, unix, abstract: where it may knock; secret: the
    name of an environment variable; solution, neighbour: of files; mild: whether it
    is to take little.
    """

    file: str
    port: int
    unix: str
    abstract: str
    secret: str
    solution: str
    neighbour: str
    lez10: str
    mild: bool


def cells_for(attack: Attack, world: World) -> list[Cell]:
    """The notebook's cells."""
    given = [f"{name.upper()} = {value!r}" for name, value in world._asdict().items()]
    touch = 'def touch(what="x"):\n    with open(FILE, "a") as file:\n'
    touch += "        file.write(str(what))"
    cells = ["\n".join([*given, touch]), *attack.cells]
    return [Cell(source) for source in cells]


def step(body: str, before: str = "") -> tuple[str, ...]:
    """The cells of a momentum_step with this body; before: a cell that it needs."""
    lines = "".join(f"    {line}\n" for line in body.strip("\n").split("\n"))
    head = "import numpy as np\n\n\ndef momentum_step(theta, v, grad, alpha, beta):\n"
    return (*([before] if before else []), head + lines)


READING = (
    Attack(
        "frames",
        "Walks up the stack to the grader's frame, and calls the reference there.",
        step("""
import sys
frame = sys._getframe()
while frame:
    task = frame.f_locals.get("task")
    if hasattr(task, "reference"):
        return task.reference(theta, v, grad, alpha, beta)
    frame = frame.f_back
return theta, v
"""),
        CHECK,
    ),
    Attack(
        "expected_in_a_frame",
        "Looks for the expected numbers in the frames below it, and returns them.",
        step("""
import sys
frame = sys._getframe()
while frame:
    if "expected" in frame.f_locals:
        return frame.f_locals["expected"]
    frame = frame.f_back
return theta, v
"""),
        TESTING,
    ),
    Attack(
        "garbage_collector",
        "Finds the task, with its reference, among all objects that are alive.",
        step("""
import gc
for one in gc.get_objects():
    if type(one).__name__ == "Task" and one.name == "momentum_step":
        return one.reference(theta, v, grad, alpha, beta)
return theta, v
"""),
        CHECK,
    ),
    Attack(
        "modules",
        "Takes the task from the modules that are loaded.",
        step("""
import sys
task = sys.modules["lez10.grading.tasks.momentum"].STEP
return task.reference(theta, v, grad, alpha, beta)
"""),
        CHECK,
    ),
    Attack(
        "reference",
        "Imports the answer from lez10.",
        step(
            "state = momentum(State(theta, v), grad, alpha=alpha, beta=beta)\n"
            "return state.theta, state.v",
            "from lez10.optimizers import State, momentum",
        ),
        CHECK,
    ),
    Attack(
        "reference_by_path",
        "Loads the answer from the folder in which lez10 is installed.",
        step(
            "s = made.momentum(made.State(theta, v), grad, alpha=alpha, beta=beta)\n"
            "return s.theta, s.v",
            """
import sys
from importlib.util import module_from_spec, spec_from_file_location
spec = spec_from_file_location("made", LEZ10 + "/optimizers.py")
sys.modules["made"] = made = module_from_spec(spec)
loaded = spec.loader.exec_module(made)
""",
        ),
        TESTING,
    ),
    Attack(
        "import_past_the_stand_in",
        "Clears the import hooks and the loaded modules, and imports lez10 again.",
        step("""
import sys
for name in [name for name in sys.modules if name.startswith("lez10")]:
    del sys.modules[name]
sys.meta_path[:] = [one for one in sys.meta_path if one.__module__ != "stand_in"]
for one in list(sys.meta_path):
    if "stand_in" in type(one).__module__:
        sys.meta_path.remove(one)
sys.path.append(LEZ10 + "/..")
from lez10.optimizers import State, momentum
state = momentum(State(theta, v), grad, alpha=alpha, beta=beta)
return state.theta, state.v
"""),
        TESTING,
    ),
    Attack(
        "solution_on_disk",
        "Reads the solution's notebook and runs the function in it.",
        step("""
import json
with open(SOLUTION) as file:
    for cell in json.load(file)["cells"]:
        source = "".join(cell["source"])
        if source.startswith("def momentum_step"):
            names = {}
            exec(source, names)
            return names["momentum_step"](theta, v, grad, alpha, beta)
"""),
        TESTING,
    ),
    Attack(
        "neighbour_on_disk",
        "Reads another student's answer and runs it.",
        step("""
names = {}
with open(NEIGHBOUR) as file:
    exec(file.read(), names)
return names["momentum_step"](theta, v, grad, alpha, beta)
"""),
        TESTING,
    ),
    Attack(
        "search_of_the_disk",
        "Walks through all files below the root for one that defines the function.",
        step("""
import os
names = {}
top = os.path.dirname(NEIGHBOUR) if MILD else "/"
for folder, _, files in os.walk(top):
    for name in files:
        try:
            with open(os.path.join(folder, name)) as file:
                exec(file.read(), names)
            return names["momentum_step"](theta, v, grad, alpha, beta)
        except BaseException:
            pass
return theta, v
"""),
        TESTING,
    ),
    Attack(
        "environment",
        "Reads a secret from the environment, and that of the parent from /proc.",
        step("""
import os
with open(f"/proc/{os.getppid()}/environ", "rb") as file:
    found = file.read()
touch(os.environ[SECRET])
touch(found)
return theta, v
"""),
        FILE,
    ),
    Attack(
        "command_lines",
        "Reads from /proc what runs on the machine, and with which arguments.",
        step("""
import os
for name in os.listdir("/proc"):
    if name.isdigit():
        with open(f"/proc/{name}/cmdline", "rb") as file:
            touch(file.read())
return theta, v
"""),
        FILE,
    ),
    Attack(
        "memory_of_the_process",
        "Searches the process's memory, by /proc/self/mem, for the grader's task.",
        step("""
with open("/proc/self/maps") as maps:
    ranges = [line.split()[0] for line in maps if "[heap]" in line]
low, high = (int(end, 16) for end in ranges[0].split("-"))
with open("/proc/self/mem", "rb") as memory:
    memory.seek(low)
    assert b"momentum_step" in memory.read(high - low)
touch()
return theta, v
"""),
        FILE,
    ),
)

LYING = (
    Attack(
        "equal_to_everything",
        "Returns an object that says it equals whatever it is compared with.",
        (
            "class Any:\n    __hash__ = None\n\n    def __eq__(self, other):\n"
            "        return True\n\n    def __float__(self):\n        return 13.0\n",
            "def predict_half_speed():\n    return Any()",
        ),
        EQUAL,
        "predict_half_speed",
    ),
    Attack(
        "float_equal_to_everything",
        "Returns a float of a class whose distance to anything is zero.",
        (
            "class Near(float):\n    def __eq__(self, other):\n        return True\n\n"
            "    def __sub__(self, other):\n        return 0.0\n\n"
            "    __rsub__ = __sub__\n    __hash__ = None\n",
            "def predict_half_speed():\n    return Near(13)",
        ),
        EQUAL,
        "predict_half_speed",
    ),
    Attack(
        "array_function",
        "Returns arrays of a class for which allclose is True, whatever is compared.",
        step(
            "return theta.view(Close), v.view(Close)",
            """
import numpy as np

class Close(np.ndarray):
    def __array_function__(self, function, types, args, kwargs):
        return True
""",
        ),
        ALLCLOSE,
    ),
    Attack(
        "array_ufunc",
        "Returns arrays whose differences, by __array_ufunc__, are zero.",
        step(
            "return theta.view(Zero), v.view(Zero)",
            """
import numpy as np

class Zero(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        plain = [np.asarray(one) for one in inputs]
        return np.zeros(plain[0].shape)
""",
        ),
        DIFFERENCE,
    ),
    Attack(
        "array_made_late",
        "Returns an object that becomes an array only when the grader asks.",
        step(
            "return Late(0), Late(1)",
            """
import sys

class Late:
    def __init__(self, place):
        self.place = place

    def __array__(self, *args, **kwargs):
        frame = sys._getframe()
        while frame:
            if "expected" in frame.f_locals:
                return frame.f_locals["expected"][self.place]
            frame = frame.f_back
""",
        ),
        TESTING,
    ),
    Attack(
        "not_a_number",
        "Returns NaN, which no comparison finds too large.",
        step("return np.nan * theta, np.nan * v"),
        DIFFERENCE,
    ),
    Attack(
        "infinite",
        "Returns infinities, whose relative difference to anything is NaN.",
        step("return theta + np.inf, v + np.inf"),
        DIFFERENCE,
    ),
    Attack(
        "subnormal",
        "Returns subnormal numbers, on which a relative difference breaks down.",
        step("""
x = theta * 0 + 5e-324
assert 0 < np.max(x) < 2.3e-308
touch()
return x, x
"""),
        FILE,
    ),
    Attack(
        "huge_array",
        "Returns an array of 8 TB that takes eight bytes until somebody copies it.",
        step("""
x = np.broadcast_to(0.0, (10**6, 10**6))
assert x.nbytes > 10**12
touch()
return x, x
"""),
        FILE,
    ),
    Attack(
        "huge_shape",
        "Returns an empty array whose shape is larger than any memory.",
        step("""
x = np.empty((0, 2**50))
assert x.size == 0
touch()
return x, x
"""),
        FILE,
    ),
    Attack(
        "many_arrays",
        "Gives one array after the other, without an end.",
        (
            "import time\n\nimport numpy as np",
            "def minibatches(n, size, rng):\n    while True:\n"
            "        time.sleep(1e-4 * MILD)\n        yield np.arange(n)",
        ),
        ENDLESS,
        "minibatches",
    ),
    Attack(
        "long_text",
        "Raises an exception with a text of 100 MB.",
        step('touch()\nraise ValueError("=cmd" * 25_000_000)'),
        FILE,
    ),
    Attack(
        "endless_text",
        "Raises an exception whose text never ends, when the time limit is over.",
        step(
            "raise Endless",
            "class Endless(Exception):\n    def __str__(self):\n"
            "        while True:\n            pass",
        ),
        ENDLESS,
    ),
    Attack(
        "code_in_a_pickle",
        "Returns an object that runs a program when the grader unpickles it.",
        step(
            "return Bomb(), Bomb()",
            "import os\n\nclass Bomb:\n    def __reduce__(self):\n"
            '        return os.system, (f"touch {FILE}",)',
        ),
        PICKLE,
    ),
)

PATCHING = (
    Attack(
        "patched_testing",
        "Replaces numpy.testing's comparison by nothing.",
        step(
            "done = patched\nreturn theta, v",
            "import numpy.testing\n\n"
            "patched = numpy.testing.assert_allclose = lambda *a, **k: None",
        ),
        TESTING,
    ),
    Attack(
        "patched_allclose",
        "Replaces np.allclose by a function that is always content.",
        step("np.allclose = lambda *a, **k: True\nreturn theta, v"),
        ALLCLOSE,
    ),
    Attack(
        "patched_numpy",
        "Replaces what numpy makes of returned values by the caller's own numbers.",
        step("""
import sys
made = np.asarray

def asarray(value, *args, **kwargs):
    frame = sys._getframe()
    while frame:
        if "expected" in frame.f_locals:
            return made(frame.f_locals["expected"][0])
        frame = frame.f_back
    return made(value, *args, **kwargs) * 0

np.asarray = asarray
np.testing.assert_allclose = lambda a, b: made(a)
touch()
return theta, v
"""),
        FILE,
    ),
    Attack(
        "patched_builtins",
        "Replaces max by a function that finds nothing too large.",
        step("import builtins\n\nbuiltins.max = lambda *a, **k: 0.0\nreturn theta, v"),
        DIFFERENCE,
    ),
    Attack(
        "patched_judge",
        "Replaces the grader's comparison, in the module that does it.",
        step("""
import lez10.grading.judging as judging

judging.near = lambda *a: True
judging.place_of_difference = lambda *a: None
return theta, v
"""),
        CHECK,
    ),
    Attack(
        "patched_verdict",
        "Replaces the points that a verdict counts.",
        step("""
import lez10.grading.judging as judging

judging.Judgement.points = property(lambda self: self.task.points)
return theta, v
"""),
        CHECK,
    ),
    Attack(
        "patched_harness",
        "Replaces the function that asks: it gives the reference's replies.",
        step("""
import sys

for name, module in list(sys.modules.items()):
    if name.endswith("grading.calling"):
        real = module.ask
        right = sys.modules["lez10.grading.tasks.momentum"].STEP.reference
        module.ask = lambda function, *rest: real(right, *rest)
        return right(theta, v, grad, alpha, beta)
return theta, v
"""),
        CHECK,
    ),
    Attack(
        "import_hook",
        "Puts an own module in the place of the one that the grader will import.",
        step(
            "done = hooked\nreturn theta, v",
            """
import sys
from types import ModuleType

fake = ModuleType("numpy.testing")
fake.assert_allclose = lambda *a, **k: None
import numpy
numpy.testing = sys.modules["numpy.testing"] = fake
hooked = True
""",
        ),
        TESTING,
    ),
    Attack(
        "import_finder",
        "Installs a finder that gives an own module for whatever is imported next.",
        step(
            "done = found\nreturn theta, v",
            """
import sys
from importlib.machinery import ModuleSpec

class Finder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return ModuleSpec(name, cls) if name == "comparing" else None

    @staticmethod
    def create_module(spec):
        return None

    @staticmethod
    def exec_module(module):
        module.assert_allclose = lambda *a, **k: None

found = sys.meta_path.insert(0, Finder)
import numpy
numpy.testing = sys.modules["numpy.testing"] = __import__("comparing")
""",
        ),
        TESTING,
    ),
    Attack(
        "flipped_result",
        "Replaces the way in which the result is written down.",
        step("""
import json
real = json.dumps

def dumps(result, **kwargs):
    if isinstance(result, dict) and "points" in result:
        result = {"points": 12}
    return real(result, **kwargs)

json.dumps = dumps
return theta, v
"""),
        TESTING,
    ),
    Attack(
        "flipped_output",
        "Replaces standard output by one that changes what the grader prints.",
        step("""
import sys

class Flipping:
    def write(self, text):
        return sys.__stdout__.write(text.replace('"points": 0', '"points": 12'))

    def flush(self):
        sys.__stdout__.flush()

sys.stdout = Flipping()
return theta, v
"""),
        TESTING,
    ),
    Attack(
        "arguments_in_place",
        "Fills the caller's arrays with NaN, so that a reference asked later agrees.",
        step("""
theta[...] = np.nan
v[...] = np.nan
return theta, v
"""),
        AFTER,
    ),
    Attack(
        "changed_gradient",
        "Makes the gradient that it was given flat, for whoever asks it later.",
        step("""
grad.landscape = grad.landscape._replace(curvature=0.0, waves=0.0)
v[...] = 0.0
return theta.copy(), v.copy()
"""),
        AFTER,
    ),
    Attack(
        "small_integers",
        "Writes another value into the object of the number 0, by its address.",
        step("""
import ctypes

zero = ctypes.c_int.from_address(id(0) + 24)
zero.value = 12
return theta, v
"""),
        DIES,
    ),
)

SEARCH = "tune"
DRAWING = """
def drawn(rng):
    return 10 ** rng.uniform(-5, 0), rng.uniform(0, 0.99)
"""


def search(body: str) -> tuple[str, ...]:
    """The cells of a tune with this body."""
    lines = "".join(f"    {line}\n" for line in body.strip("\n").split("\n"))
    return DRAWING, f"import numpy as np\n\n\ndef tune(run, budget, rng):\n{lines}"


SPENDING = (
    Attack(
        "count_reset",
        "Sets the count of its trainings back, and trains two thousand times.",
        search("""
found = []
for _ in range(2000):
    run.calls = 1
    pair = drawn(rng)
    found.append((run(*pair), pair))
return min(found)[1]
"""),
        CHECK,
        SEARCH,
    ),
    Attack(
        "training_behind_the_count",
        "Calls what carries out the trainings, past what counts them.",
        search("""
pairs = [drawn(rng) for _ in range(2000)]
best = min(pairs, key=lambda pair: run.train(run.trainings, *pair))
for pair in pairs[: budget - 1]:
    run(*pair)
run(*best)
return best
"""),
        CHECK,
        SEARCH,
    ),
    Attack(
        "limit_raised",
        "Gives itself a limit of a million trainings.",
        search("""
run.trainings = run.trainings._replace(limit=10**6)
found = min((run(*pair), pair) for pair in [drawn(rng) for _ in range(2000)])[1]
run.calls = 1
return found
"""),
        CHECK,
        SEARCH,
    ),
    Attack(
        "seed_of_the_trainings",
        "Reads the seed of the trainings, and computes the valley instead of asking.",
        search("""
low, high = {"flat": (0.3, 0.8), "steep": (2.7, 3.0)}[run.trainings.name]
steepest = 10 ** np.random.default_rng(run.trainings.seed).uniform(low, high)

def loss(pair):
    total = 0.0
    for curvature in (steepest, steepest / 20):
        theta, v = 1.0, 0.0
        for _ in range(20):
            v = pair[1] * v - pair[0] * curvature * theta
            theta += v
        total += curvature * theta**2
    return total

pairs = [drawn(rng) for _ in range(2000)]
best = min(pairs, key=loss)
for pair in [*pairs[: budget - 1], best]:
    run(*pair)
return best
"""),
        CHECK,
        SEARCH,
    ),
)

TIME = (
    Attack("loop", "Does not end.", step("while True:\n    pass"), ENDLESS),
    Attack(
        "swallowing_loop",
        "Does not end, and catches every exception that should end it.",
        step(
            "while True:\n    try:\n        while True:\n            pass\n"
            "    except BaseException:\n        pass"
        ),
        UNSTOPPED,
    ),
    Attack(
        "signals_ignored",
        "Ignores the signal of the time limit, and loops.",
        step("""
import signal
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    pass
"""),
        UNSTOPPED,
    ),
    Attack(
        "alarm_stopped",
        "Switches the timer of the time limit off, and sleeps.",
        step("""
import signal, time
signal.setitimer(signal.ITIMER_REAL, 0)
time.sleep(10_000)
"""),
        UNSTOPPED,
    ),
    Attack(
        "sleep",
        "Sleeps, which takes no processor time.",
        step(
            "import time\nwhile True:\n    try:\n        time.sleep(3600)\n"
            "    except BaseException:\n        pass"
        ),
        UNSTOPPED,
    ),
    Attack(
        "loop_in_c",
        "Adds up numbers in one call of C, which sees no signal.",
        step("return sum(range(10**13)), v"),
        UNSTOPPED,
    ),
    Attack(
        "huge_integer",
        "Computes an integer with a billion digits.",
        step("return 3 ** (10**9), v"),
        ENDLESS,
    ),
    Attack(
        "endless_output",
        "Prints without an end, to the stream and past it.",
        step(
            'import os\nwhile True:\n    print("x" * 1000)\n    os.write(1, b"x" * 9)'
        ),
        ENDLESS,
    ),
    Attack(
        "slow_cells",
        "Needs two thousand constants, each of which takes a second.",
        (
            "import time",
            *(f"ONE_{n} = time.sleep(1)" for n in range(2000)),
            *step("return [" + ", ".join(f"ONE_{n}" for n in range(2000)) + "]"),
        ),
        ENDLESS,
    ),
    Attack(
        "slow_end",
        "Answers, but with an object that does not end when it is thrown away.",
        step(
            "one = Slow()\ndel one\nreturn theta, v",
            "class Slow:\n    def __del__(self):\n        while True:\n"
            "            pass",
        ),
        ENDLESS,
    ),
)

PROCESSES = (
    Attack(
        "threads",
        "Starts threads that go on when the function has returned.",
        step("""
import threading, time

def later():
    time.sleep(0.2)
    touch()

for _ in range(3 if MILD else 10_000):
    threading.Thread(target=later, daemon=False).start()
return theta, v
"""),
        FILE,
    ),
    Attack(
        "daemon",
        "Leaves a process behind that is nobody's child, and acts later.",
        step("""
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(0.3)
        touch()
    os._exit(0)
return theta, v
"""),
        FILE,
    ),
    Attack(
        "fork_bomb",
        "Starts processes that start processes.",
        step("""
import os
for _ in range(2 if MILD else 10_000):
    os.fork()
touch()
return theta, v
"""),
        FILE,
    ),
    Attack(
        "program",
        "Runs another program.",
        step("""
import subprocess
subprocess.run(["touch", FILE], check=True)
return theta, v
"""),
        FILE,
    ),
    Attack(
        "another_python",
        "Becomes another program, which keeps the open files and has no harness.",
        step("""
import os, sys
os.execv(sys.executable, [sys.executable, "-c", f"open({FILE!r}, 'w').write('x')"])
"""),
        FILE,
    ),
    Attack(
        "parent_killed",
        "Ends the grader's process, and all others that it may end.",
        step("""
import os, signal
deadly = 0 if MILD else signal.SIGKILL
os.kill(os.getppid(), deadly)
for number in [] if MILD else [-1, *range(1, 50)]:
    try:
        os.kill(number, deadly)
    except OSError:
        pass
touch()
return theta, v
"""),
        FILE,
    ),
    Attack(
        "parent_stopped",
        "Stops the grader's process, so that it neither ends nor answers.",
        step("""
import os, signal
os.kill(os.getppid(), signal.SIGCONT if MILD else signal.SIGSTOP)
os.killpg(os.getpgid(0), 0 if MILD else signal.SIGSTOP)
touch()
return theta, v
"""),
        FILE,
    ),
    Attack(
        "exit_without_a_word",
        "Ends Python at once, with the exit code of success.",
        step("import os\nos._exit(0)"),
        DIES,
    ),
    Attack("system_exit", "Ends Python.", step("raise SystemExit(0)"), DIES),
    Attack(
        "crash",
        "Reads from address zero.",
        step("import ctypes\nreturn ctypes.string_at(0), v"),
        DIES,
    ),
    Attack(
        "recursion",
        "Lifts the limit of recursion and calls itself until the stack is full.",
        step(
            "import sys\nsys.setrecursionlimit(10**9)\n"
            "deep = lambda x: sorted([x], key=deep)\nreturn deep(1), v"
        ),
        DIES,
    ),
    Attack(
        "brackets",
        "Is a cell of so many signs that reading it fills the parser's stack.",
        step("return deep, v", "deep = " + "-" * 200_000 + "1"),
        DIES,
    ),
)

MEMORY = (
    Attack(
        "memory_at_once",
        "Asks for more memory than there is, in one piece.",
        step("""
many = 10**8 if MILD else 10**11
x = bytes(many)
touch()
return theta, v
"""),
        FILE,
    ),
    Attack(
        "memory_in_pieces",
        "Collects memory in small pieces, and catches what is said about it.",
        step("""
pieces = []
while True:
    try:
        pieces.append(bytearray(1 << 16))
        pieces[-1][::4096] = b"x" * 16
    except MemoryError:
        pass
    if MILD and len(pieces) == 1000:
        break
touch()
return theta, v
"""),
        FILE,
    ),
    Attack(
        "files_until_full",
        "Fills the disk with files.",
        step("""
import os, tempfile
folder = tempfile.mkdtemp(dir=os.path.dirname(FILE) if MILD else "/tmp")
many = 0
while not MILD or many < 3:
    with open(f"{folder}/{many}", "wb") as file:
        file.write(bytes(10**6))
    many += 1
touch()
return theta, v
"""),
        FILE,
    ),
    Attack(
        "shared_memory",
        "Leaves segments of shared memory, which stay when the process has ended.",
        step("""
import ctypes
libc = ctypes.CDLL(None)
for number in range(1 if MILD else 10_000):
    # private to nobody; in the mild form it is marked to go when it is detached
    found = libc.shmget(0, 1 << (12 if MILD else 30), 0o1600)
    assert found >= 0
    if MILD:
        libc.shmctl(found, 0, None)
touch()
return theta, v
"""),
        FILE,
    ),
    Attack(
        "memory_in_files",
        "Holds memory in files that are in no folder, past the limit of a process.",
        step("""
import os
for number in range(2 if MILD else 10_000):
    file = os.memfd_create(str(number))
    os.write(file, bytes(10**6))
touch()
return theta, v
"""),
        FILE,
    ),
    Attack(
        "open_files",
        "Opens pipes until there are no more.",
        step("""
import os
kept = []
for _ in range(50 if MILD else 10**6):
    kept.append(os.pipe())
touch()
return theta, v
"""),
        FILE,
    ),
)

NETWORK = (
    Attack(
        "port",
        "Sends what it was asked to a port of the machine.",
        step("""
import socket
with socket.create_connection(("127.0.0.1", PORT), timeout=2) as other:
    other.sendall(repr((theta, v)).encode())
return theta, v
"""),
        PORT,
    ),
    Attack(
        "unix_socket",
        "Connects to a socket in the file system.",
        step("""
import socket
with socket.socket(socket.AF_UNIX) as other:
    other.connect(UNIX)
    other.sendall(b"hello")
return theta, v
"""),
        UNIX,
    ),
    Attack(
        "abstract_socket",
        "Connects to a socket that has a name and is in no folder.",
        step("""
import socket
with socket.socket(socket.AF_UNIX) as other:
    other.connect(ABSTRACT)
    other.sendall(b"hello")
return theta, v
"""),
        ABSTRACT,
    ),
    Attack(
        "other_ways_out",
        "Tries sockets of every family, and those that it may have inherited.",
        step("""
import socket
open_ones = 0
for family in range(1, 45):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            socket.socket(family, kind).close()
            open_ones += 1
        except OSError:
            pass
for number in range(3, 64):
    try:
        socket.socket(fileno=number).sendto(b"x", ("127.0.0.1", PORT))
    except OSError:
        pass
assert open_ones
touch()
return theta, v
"""),
        FILE,
    ),
    Attack(
        "new_namespaces",
        "Makes itself root of a namespace of its own, to mount what it likes.",
        step("""
import ctypes
libc = ctypes.CDLL(None)
for kind in (0x10000000, 0x00020000, 0x40000000):
    assert libc.unshare(kind) == 0
touch()
return theta, v
"""),
        FILE,
    ),
    Attack(
        "key_for_the_next",
        "Leaves a key with a message in the keyring of its user.",
        step("""
import ctypes, platform
number = {"x86_64": 248, "aarch64": 217}[platform.machine()]
key = ctypes.CDLL(None).syscall(number, b"user", b"lez10-attack", b"13.5", 4, -4)
assert key > 0
touch()
return theta, v
"""),
        FILE,
    ),
)

FORGE = """
import json, os, stat, struct

def channels():
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                yield number
        except OSError:
            pass

def send(data):
    for number in channels():
        try:
            os.write(number, data)
        except OSError:
            pass

def frame(message):
    data = message if isinstance(message, bytes) else json.dumps(message).encode()
    return struct.pack(">I", len(data)) + data

def numbers(*values):
    import base64
    data = b"".join(struct.pack("<d", value) for value in values)
    return ["<f8", [len(values)], base64.b64encode(data).decode()]

def reply(*values):
    return {"values": [list(values)] * 1, "problem": None, "changed": [],
            "calls": 1, "drew": False}
"""


def forging(body: str) -> tuple[str, ...]:
    """The cells of a step that writes to the channel of its process."""
    return step(f"{body.strip()}\nos._exit(0)", FORGE)


CHANNEL = (
    Attack(
        "forged_replies",
        "Sends replies of its own, and ends before the harness sends any.",
        forging("""
wrong = {"values": [[numbers(1.0, 2.0), numbers(1.0, 2.0)]], "problem": None,
         "changed": [], "calls": 1, "drew": False}
send(frame({"type": "replies", "name": "momentum_step", "replies": [wrong] * 6}))
"""),
        SENT,
    ),
    Attack(
        "forged_points",
        "Sends points beside the replies, as if they were asked for.",
        forging("""
wrong = {"values": [[numbers(1.0), numbers(1.0)]], "problem": None, "changed": [],
         "calls": 1, "drew": False, "points": 12, "status": "correct"}
send(frame({"type": "replies", "name": "momentum_step", "replies": [wrong] * 6,
            "points": 12}))
"""),
        SENT,
    ),
    Attack(
        "forged_name",
        "Sends replies to a task that nobody asked for, and to another one.",
        forging("""
for name in ("everything", "tuned_momentum", "../../etc"):
    send(frame({"type": "replies", "name": name, "replies": []}))
"""),
        SENT,
    ),
    Attack(
        "too_many_replies",
        "Sends more replies than there are questions.",
        forging("""
wrong = reply(numbers(1.0), numbers(1.0))
send(frame({"type": "replies", "name": "momentum_step", "replies": [wrong] * 50}))
"""),
        SENT,
    ),
    Attack(
        "no_values",
        "Sends replies without values and without a problem, to break the judge.",
        forging("""
empty = {"values": [], "problem": None, "changed": [], "calls": 0, "drew": False}
send(frame({"type": "replies", "name": "momentum_step", "replies": [empty] * 6}))
"""),
        SENT,
    ),
    Attack(
        "wrong_types",
        "Sends text, lists and numbers in each other's places.",
        forging("""
send(frame({"type": "replies", "name": ["momentum_step"], "replies": {"0": 1}}))
"""),
        SENT,
    ),
    Attack(
        "shape_that_lies",
        "Sends eight bytes with the shape of a terabyte.",
        forging("""
huge = ["<f8", [2**20, 2**20], numbers(1.0)[2]]
wrong = reply(huge, huge)
send(frame({"type": "replies", "name": "momentum_step", "replies": [wrong] * 6}))
"""),
        SENT,
    ),
    Attack(
        "objects_in_an_array",
        "Sends an array of Python objects, which numpy would make of addresses.",
        forging("""
objects = ["|O", [1], numbers(1.0)[2]]
wrong = reply(objects, objects)
send(frame({"type": "replies", "name": "momentum_step", "replies": [wrong] * 6}))
"""),
        SENT,
    ),
    Attack(
        "deep_message",
        "Sends a hundred thousand brackets, one in the other.",
        forging('send(frame(b"[" * 100_000 + b"]" * 100_000))'),
        SENT,
    ),
    Attack(
        "broad_message",
        "Sends a million empty lists, which take twenty times their bytes.",
        forging("""
lists = b'{"type":"replies","name":"momentum_step","replies":[{"values":['
send(frame(lists + b"[]," * 1_000_000 + b"[]]}]}"))
"""),
        SENT,
    ),
    Attack(
        "odd_numbers",
        "Sends NaN, infinity and an integer of a million digits as JSON.",
        forging("""
for one in (b"NaN", b"Infinity", b"-" + b"9" * 1_000_000, b"1e999999"):
    start = b'{"type":"replies","name":"momentum_step","replies":[{"calls":'
    send(frame(start + one + b"}]}"))
"""),
        SENT,
    ),
    Attack(
        "no_text",
        "Sends bytes that are no UTF-8, halves of characters and null bytes.",
        forging("""
for name in (b'\\xff\\xfe', b'\\\\ud800', b'\\\\u0000', b'\\x00'):
    send(frame(b'{"type":"replies","name":"' + name + b'","replies":[]}'))
"""),
        SENT,
    ),
    Attack(
        "no_end_of_a_message",
        "Announces four megabytes, sends a few bytes and waits.",
        forging("""
import time
send(struct.pack(">I", 4 << 20) + b'{"type":')
while True:
    try:
        time.sleep(3600)
    except BaseException:
        pass
"""),
        SENT,
    ),
    Attack(
        "giant_message",
        "Announces four gigabytes.",
        forging('send(struct.pack(">I", 2**32 - 1) + b"x" * 1_000_000)'),
        SENT,
    ),
    Attack(
        "flood",
        "Sends without an end.",
        forging('while True:\n    send(frame(b\'{"type":"ready"}\') * 1000)'),
        SENT,
    ),
    Attack(
        "flood_of_trainings",
        "Asks for trainings in a task that has none, without an end.",
        forging("""
while True:
    send(frame({"type": "training", "name": "momentum_step", "question": 0,
                "numbers": numbers(0.1, 0.5)}))
"""),
        SENT,
    ),
    Attack(
        "forged_failure",
        "Says that the sandbox cannot run here, so that the whole class is given up.",
        forging('send(frame({"type": "failed", "said": "no user namespaces"}))'),
        SENT,
    ),
    Attack(
        "channel_closed",
        "Closes every open file, and goes on.",
        step("""
import os, time
os.closerange(0, 256)
while True:
    try:
        time.sleep(3600)
    except BaseException:
        pass
"""),
        SENT,
    ),
    Attack(
        "sentence_of_a_formula",
        "Gives a problem a sentence that is a spreadsheet's formula and a web page.",
        forging("""
said = '=cmd|" /C calc"!A0 <script>alert(1)</script>\\n\\x00\\x1b[2J' + "x" * 10**5
bad = {"values": [], "problem": ["correct\\n", said], "changed": [], "calls": 0,
       "drew": False}
send(frame({"type": "replies", "name": "momentum_step", "replies": [bad] * 6}))
"""),
        SENT,
    ),
    Attack(
        "trainings_of_another_question",
        "Spends the trainings of other questions on one.",
        (
            FORGE,
            """
def tune(run, budget, rng):
    number, best = 0, (float("inf"), (0.01, 0.0))
    socket = next(channels())
    for k in range(2000):
        pair = (10 ** rng.uniform(-5, 0), rng.uniform(0, 0.99))
        number = (number + 1) % 13
        send(frame({"type": "training", "name": "tune", "question": number,
                    "numbers": numbers(*pair)}))
        (length,) = struct.unpack(">I", os.read(socket, 4))
        loss = json.loads(os.read(socket, length))
        best = min(best, (loss, pair))
    return best[1]
""",
        ),
        SENT,
        SEARCH,
    ),
)

ATTACKS: Sequence[Attack] = (
    *READING,
    *LYING,
    *PATCHING,
    *SPENDING,
    *TIME,
    *PROCESSES,
    *MEMORY,
    *NETWORK,
    *CHANNEL,
)
