"""Exercise 02: the learning rate falls (lecture 1.2)."""

from lez10.grading.tasks.learning_rate_answers import ANSWERS
from lez10.grading.tasks.learning_rate_exponential import EXPONENTIAL
from lez10.grading.tasks.learning_rate_linear import LINEAR

TASKS = (LINEAR, EXPONENTIAL, *ANSWERS)
