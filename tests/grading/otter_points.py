"""Prints the points that otter gives to notebooks: FOLDER NOTEBOOK …"""

import json
import sys
from pathlib import Path

from otter.api import grade_submission
from otter.generate import main as generate

from lez10.course.exercises import otter_files, read

folder, found = Path(sys.argv[1]), {}
for path in map(Path, sys.argv[2:]):
    tests = folder / "tests" / path.stem
    tests.mkdir(parents=True, exist_ok=True)
    for name, text in otter_files(read(path)).items():
        (tests / name).write_text(text, "utf-8")
    package = folder / f"{path.stem}.zip"
    if not package.exists():
        generate(tests_dir=str(tests), output_path=str(package), no_requirements=True)
    results = grade_submission(str(path), str(package), quiet=True)
    found[str(path)] = [results.total, results.possible]
print()
print(json.dumps(found))
