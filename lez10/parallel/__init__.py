"""Many tasks at once: on the cores of one machine, or on a Dask cluster.

Knows nothing of what the tasks are: `lez10 experiment` and `lez10 grade` share it.
"""


class ParallelError(Exception):
    """Why the tasks cannot be carried out, in a sentence for the person who asked."""
