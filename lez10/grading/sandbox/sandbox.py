"""The outside of the sandbox: cells and questions go in, replies come out."""

import contextlib
import signal
from collections.abc import Sequence

from lez10.grading.asking import Problem, Reply, Train
from lez10.grading.sandbox import SandboxError, system_calls
from lez10.grading.sandbox.conversation import GRACE, Conversation, slow
from lez10.grading.sandbox.process import Channel, Ended, Lost, Process
from lez10.grading.sandbox.wire import NO_MEMORY, Asking, Job
from lez10.grading.statements import Cell

__all__ = ["Asking", "Sandbox"]

LIMIT = 5.0
TRIES = 3  # where the process inside ends, or is ended, from outside
KILLED = Problem(
    "memory", "its process was ended by the system, as happens where memory is short."
)
LOST = (
    "the sandbox was started {0} times and ended each time before it did anything: "
    "look for what ends processes of this user."
)


class Sandbox:
    """Asks functions of notebooks that nobody vouches for; reusable, one at a time.

    limit: seconds for a task's questions, and as much again for what its function needs
    to be defined. unsafe: without walls, in a plain process. train: carries out what a
    ``run`` is asked for. notes: sentences for whoever grades, on what is missing here.
    """

    def __init__(
        self, *, limit: float = LIMIT, unsafe: bool = False, train: Train | None = None
    ):
        self.limit, self.unsafe, self.train = limit, unsafe, train
        self.filter, note = (b"", "") if unsafe else system_calls.program()
        self.notes = (note,) if note else ()
        self.process: Process | None = None

    def __enter__(self) -> "Sandbox":
        """Start it. Raises SandboxError where it cannot run."""
        self._running()
        return self

    def __exit__(self, *_: object) -> None:
        """End everything in it."""
        self.close()

    def close(self) -> None:
        """End everything in it; it starts again when it is asked again."""
        if self.process is not None:
            process, self.process = self.process, None
            process.close()

    def answers(
        self, cells: Sequence[Cell], askings: Sequence[Asking]
    ) -> dict[str, list[Reply]]:
        """The replies by the task's name, one per question.

        One child answers all tasks; those that it does not answer are asked again, each
        in a child of its own. Raises nothing for what the cells do, and SandboxError
        where the sandbox itself cannot run.
        """
        try:
            found: dict[str, list[Reply]] = {}
            if len(askings) > 1:
                found, _ = self._asked(cells, askings)
            for one in askings:
                if one.name not in found:
                    found[one.name] = self._asked_alone(cells, one)
            with contextlib.suppress(Lost):
                if self.process:  # while the replies are judged
                    self.process.prepare()
        except BaseException:
            self.close()  # it may stand in the middle of something
            raise
        return found

    def _asked_alone(self, cells: Sequence[Cell], asking: Asking) -> list[Reply]:
        """The replies to one task; or why there are none, for each question."""
        for _ in range(TRIES):
            found, problem = self._asked(cells, [asking])
            if asking.name in found:
                return found[asking.name]
            if problem is not KILLED:
                break
        return [Reply(problem=problem) for _ in asking.questions]

    def _asked(
        self, cells: Sequence[Cell], askings: Sequence[Asking]
    ) -> tuple[dict[str, list[Reply]], Problem]:
        """The replies that one child sent, and why it sent no more."""
        held = Conversation(Job(cells, askings, self.limit), self.train)
        channel = self._channel()
        with channel.end:
            problem = held.hold(channel)
        by_itself = problem is None and len(held.found) < len(askings)
        try:
            ended = self._running().end_child(by_itself)
        except Lost:
            self.close()
            ended = Ended(signal.SIGKILL, 0, 0.0)
        return held.found, problem or self._why(ended, len(askings))

    def _why(self, ended: Ended, tasks: int) -> Problem:
        """Why a child ended before it had answered."""
        if ended.by == 0 and ended.code == NO_MEMORY:
            return Problem("memory", "it asked for more memory than there is.")
        if ended.by == 0:
            said = "it ended Python before all was answered: return the values instead."
            return Problem("ended", said)
        if ended.by in (signal.SIGKILL, signal.SIGXCPU):
            longest = (2 * self.limit + GRACE) * tasks
            return slow(self.limit) if ended.seconds > longest else KILLED
        name = signal.Signals(ended.by).name
        said = f"Python itself broke down ({name}), as where a function calls itself "
        return Problem("crashed", f"{said}without an end.")

    def _running(self) -> Process:
        """The process inside. Raises SandboxError where it does not start."""
        if self.process is None:
            self.process = Process(self.unsafe, self.filter)
        return self.process

    def _channel(self) -> Channel:
        """To a new child. Raises SandboxError."""
        for _ in range(TRIES):
            try:
                return self._running().child()
            except Lost:
                self.close()
        raise SandboxError(LOST.format(TRIES))
