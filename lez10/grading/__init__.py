"""Exercises: what is asked, what is right, and which mistake an answer equals.

A task is asked in the student's process (``asking``: plain data in, raw numbers out)
and judged outside of it (``judging``), so that a class can be graded in a sandbox with
the same tasks, points and sentences.
"""
