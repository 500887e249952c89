"""What a teacher gets of a graded class: tables, pages and nbgrader's gradebook.

Everything here is made from rows (``lez10.grading.rows``). Names and sentences in them
may come from a student: nothing trusts them.
"""


class ReportError(Exception):
    """A sentence: why a report cannot be written, and what to do."""
