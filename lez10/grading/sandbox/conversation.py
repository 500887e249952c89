"""A conversation with one child: a job goes in, replies come out."""

import math
import time
from collections import Counter, defaultdict

from lez10.grading.asking import Problem, Question, Reply, Train, Trainings
from lez10.grading.sandbox import received, wire
from lez10.grading.sandbox.process import Channel, Silent

GRACE = 1.0  # seconds, beside those for the questions and for the definitions
GARBLED = Problem("garbled", "its process sent something that is no answer.")


def slow(limit: float) -> Problem:
    """The problem of a child that did not end, and could not be asked where it is."""
    said = f"it took longer than {limit:g} s and was stopped: look for a loop that "
    return Problem("slow", f"{said}does not end.")


class Conversation:
    """What has come so far: found holds the replies by the task's name.

    What is asked of ``train`` is counted and noted here, by task and question.
    """

    def __init__(self, job: wire.Job, train: Train | None):
        self.job, self.train = job, train
        self.found: dict[str, list[Reply]] = {}
        self.calls: Counter[tuple[str, int]] = Counter()
        self.asked: defaultdict[tuple[str, int], list] = defaultdict(list)

    def hold(self, channel: Channel) -> Problem | None:
        """Until all is answered, or why it is not; None where the child ended."""
        patience = 2 * self.job.limit + GRACE  # for each task
        until = time.monotonic() + patience
        try:
            channel.send(wire.packed_job(self.job), until)
            while len(self.found) < len(self.job.askings):
                message = channel.message(until)
                if isinstance(message, received.Replies):
                    self._take(message)
                    until = time.monotonic() + patience
                elif isinstance(message, received.Training):
                    channel.send(wire.frame(self._trained(message)), until)
                else:
                    return GARBLED
        except Silent:
            return slow(self.job.limit)
        except received.Garbled:
            return GARBLED
        except EOFError:
            return None
        return None

    def _take(self, message: received.Replies) -> None:
        asking = self._asking(message.name)
        replies = received.replies_of(asking, message.replies)
        for number, question in enumerate(asking.questions):
            if trainings_in(question):
                replies[number].calls = self.calls[message.name, number]
                replies[number].asked = self.asked[message.name, number]
        self.found[message.name] = replies

    def _trained(self, message: received.Training) -> float | None:
        """The loss at the end of a training; None where there were too many."""
        asking = self._asking(message.name)
        if message.question >= len(asking.questions) or self.train is None:
            raise received.Garbled
        trainings = trainings_in(asking.questions[message.question])
        numbers = received.numbers_of(message.numbers)
        if trainings is None or numbers.shape != (2,):
            raise received.Garbled
        self.calls[message.name, message.question] += 1
        if self.calls[message.name, message.question] > trainings.limit:
            return None
        try:
            alpha, beta = map(float, numbers)
            self.asked[message.name, message.question].append((alpha, beta))
            return self.train(trainings, alpha, beta)
        except (ArithmeticError, ValueError):  # NaN, or whatever was sent
            return math.inf

    def _asking(self, name: str) -> wire.Asking:
        for one in self.job.askings:
            if one.name == name and name not in self.found:
                return one
        raise received.Garbled


def trainings_in(question: Question) -> Trainings | None:
    """The trainings that a question hands over."""
    values = question.arguments.values()
    return next((one for one in values if isinstance(one, Trainings)), None)
