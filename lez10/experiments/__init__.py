"""How far a comparison of algorithms can be trusted (lecture 1.8 and 1.8.1).

Search spaces, protocols, workloads, trials, results and verdicts need numpy alone;
running at scale (store, command) brings joblib and a database.
"""


class ExperimentError(Exception):
    """What an experiment cannot do, in a sentence for the person who asked."""
