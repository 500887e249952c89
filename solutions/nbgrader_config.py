"""What nbgrader needs to make of a solution the exercise that the course has.

Copy it into the folder of your nbgrader course; see docs/teachers.md.
"""

c = get_config()  # noqa: F821, it is nbgrader's

# Nothing in the place of the code: the line below it, which raises NotImplementedError
# with a hint, is what remains.
c.ClearSolutions.code_stub = {"python": ""}
