"""A sandbox that asks students' functions: it knows no task, and holds no answers.

Outside: ``sandbox`` holds a ``conversation`` with each child, by a ``process`` that
``jail`` starts with bubblewrap; ``received`` trusts nothing of what comes back;
``system_calls`` makes a filter for seccomp. Inside: ``start`` and ``inside`` fork a
child for every notebook, ``confined`` locks it in, ``stand_in`` takes the place of
lez10. Both sides speak ``wire``.

Student code may change all that is in its own process: the harness, numpy, what is
sent. What it may forge are its own numbers, and the counts and flags of a reply; a flag
can also be had by honest means (a number drawn and thrown away, an array copied), and
what would be worth forging, how often a training was asked for, is counted outside.
"""


class SandboxError(Exception):
    """Why there can be no sandbox here, in a sentence that says what to do."""
