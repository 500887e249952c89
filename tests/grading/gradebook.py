"""Prints what stands in nbgrader's gradebook: points and maxima, by student."""

import json
import sys

from nbgrader.api import Gradebook

with Gradebook(f"sqlite:///{sys.argv[1]}") as gradebook:
    found = {
        submission.student.id: {
            notebook.name: [notebook.score, notebook.max_score]
            for notebook in submission.notebooks
        }
        for submission in gradebook.assignment_submissions("lez10")
    }
print(json.dumps(found))
