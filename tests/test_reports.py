"""What a teacher gets of a graded class: tables and pages, whatever the names are."""

import csv
import importlib.util
import random
import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from graded_classes import EXERCISES, HOSTILE, graded, plausible

from lez10.grading.reports import ReportError
from lez10.grading.reports import gradebook as to_nbgrader
from lez10.grading.reports.overview import WORDS, Class, mistakes_known
from lez10.grading.reports.pages import file_name, write_pages
from lez10.grading.reports.students import by_student, in_order, most
from lez10.grading.reports.tables import write_csv
from lez10.grading.reports.words import one_line, plain, shown
from lez10.grading.rows import STATUSES, Graded, Row
from lez10.grading.tasks import tasks_of

FORMULA = tuple("=+-@\t\r＝＋－＠")
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def hostile():
    """Every hostile text as a name, and as feedback."""
    return [
        Graded(one.row._replace(feedback=text), one.named)
        for text in HOSTILE
        for one in graded(text, "03_momentum", "wrong")
    ]


def read(path):
    """The cells of a CSV file, line by line."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


def tables(rows, folder):
    """The three files."""
    table, canvas, moodle = write_csv(rows, folder / "marks.csv")
    assert [table.name, canvas.name, moodle.name] == [
        "marks.csv",
        "marks.canvas.csv",
        "marks.moodle.csv",
    ]
    return read(table), read(canvas), read(moodle)


# Texts


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_shown_has_no_character_that_does_something(text):
    found = shown(text)
    assert not TURNING.search(found)
    assert all(one == "\n" or one == "\t" or one.isprintable() for one in found)
    found.encode()  # raises for half of a character
    assert shown(found) == found
    assert one_line(text).isprintable()


def test_ordinary_names_are_shown_as_they_are():
    for name in ("Müller-Lüdenscheidt", "王小明", "שלום", "O'Brien, Anne", "a\\b"):
        assert one_line(name) == shown(name) == name
    assert shown("a\x1b\u202e\udcff\rb") == "a\\x1b\\u202e\\udcff\nb"


def test_headings_without_mathematics():
    assert plain(r"Why is $\beta_2$ closer to 1?") == "Why is β_2 closer to 1?"
    assert plain(r"`decay_steps` is not $\tau$") == "decay_steps is not τ"
    assert plain(r"$\lambda \to 0$") == "λ to 0"


# The table


def test_the_table_is_sorted_by_student_and_the_course_s_order(tmp_path):
    rows = plausible(3)
    lines, _, _ = tables(rows, tmp_path)
    assert ",".join(lines[0]) == (
        "student,exercise,task,points,max_points,status,feedback"
    )
    names = [(one, task.name) for one in EXERCISES for task in tasks_of(one)]
    students = ("student00000", "student00001", "student00002")
    assert [tuple(line[:3]) for line in lines[1:]] == [
        (student, *name) for student in students for name in names
    ]
    known = {one.row[:3]: one.row for one in rows}
    for line in lines[1:]:
        row = known[tuple(line[:3])]
        assert line[3:] == [str(row.points), str(row.max_points), *row[5:]]


def test_the_order_of_the_rows_changes_nothing(tmp_path):
    texts = []
    for seed in range(2):
        rows = plausible(5) + hostile()
        random.Random(seed).shuffle(rows)
        files = write_csv(rows, tmp_path / "marks.csv")
        write_pages(rows, tmp_path / "pages")
        files += sorted((tmp_path / "pages").rglob("*.html"))
        texts.append([(file.name, file.read_bytes()) for file in files])
    assert texts[0] == texts[1]


def test_no_line_is_lost_and_no_cell_is_a_formula(tmp_path):
    rows = hostile()
    for lines, count in zip(
        tables(rows, tmp_path), (len(rows), len(HOSTILE) + 1, len(HOSTILE))
    ):
        assert len(lines) == count + 1
        assert len({len(line) for line in lines}) == 1
        for cell in (cell for line in lines for cell in line):
            assert not cell.startswith(FORMULA), cell
            assert not TURNING.search(cell)
            # where it splits at semicolons, or at newlines
            for part in re.split("[;\n\t]", cell):
                assert not part.strip().startswith(FORMULA), cell
    text = (tmp_path / "marks.csv").read_bytes()
    assert b"\r" not in text and b"\0" not in text and b"\x1b" not in text
    assert text.endswith(b"\n") and not text.startswith(b"\xef\xbb\xbf")


def test_an_apostrophe_and_nothing_else_is_added(tmp_path):
    lines, _, _ = tables(hostile(), tmp_path)
    names = [line[0] for line in lines[1:]][:: len(tasks_of("03_momentum"))]
    for name, student in zip(names, sorted(HOSTILE), strict=True):
        assert name.replace("'", "") == shown(student).replace("'", "")
    assert "'=cmd|' /C calc'!A0" in names
    assert "<script>alert(1)</script>" in names


def test_numbers_that_feedback_speaks_of_stay_as_they_are(tmp_path):
    said = "momentum_step(theta = 1.0): v differs: expected [ 1, -2], got -3."
    lines, _, _ = tables(graded("anna", "03_momentum", "wrong", said), tmp_path)
    assert {line[6] for line in lines[1:]} == {said}


# Canvas and Moodle


def test_canvas_gets_a_column_per_exercise_and_the_maxima(tmp_path):
    rows = plausible(6)
    _, lines, _ = tables(rows, tmp_path)
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert lines[0] == [*head, *EXERCISES]
    assert lines[1][0].strip() == "Points Possible"
    assert lines[1][1:] == [""] * 4 + [str(most(one)) for one in EXERCISES]
    earned = Counter()
    for row, _ in rows:
        earned[row.student, row.exercise] += row.points
    for line in lines[2:]:
        assert line[0] == line[3] and line[1:3] + line[4:5] == [""] * 3
        assert line[5:] == [str(earned[line[3], one]) for one in EXERCISES]


def test_a_bonus_counts_above_the_maximum(tmp_path):
    rows = graded("anna", "08_adam", "correct")
    _, canvas, moodle = tables(rows, tmp_path)
    extra = sum(task.points for task in tasks_of("08_adam") if task.bonus)
    assert extra > 0
    assert canvas[1][-1] == str(most("08_adam"))
    assert canvas[2][-1] == moodle[1][1] == str(most("08_adam") + extra)


def test_no_student_is_taken_for_canvas_s_line_of_maxima(tmp_path):
    _, lines, _ = tables(hostile(), tmp_path)
    assert [line[5:] for line in lines if "Points Possible" in line[0]] == [
        [str(most("03_momentum"))]
    ]
    assert ["Points_Possible", "", "", "Points Possible", "", "0"] in lines


def test_moodle_gets_points_and_feedback_as_html(tmp_path):
    rows = graded("anna", "03_momentum", "wrong", "a < b & <img src=x>")
    rows += graded("bert", "01_sgd", "correct")
    _, _, lines = tables(rows, tmp_path)
    assert lines[0] == [
        "ID number",
        "01_sgd",
        "01_sgd (feedback)",
        "03_momentum",
        "03_momentum (feedback)",
    ]
    assert lines[1][:4] == ["anna", "", "", "0"]
    first, *others = lines[1][4].split("\n")
    assert first == "momentum_step: 0 of 12. a &lt; b &amp; &lt;img src=x&gt;"
    assert len(others) == len(tasks_of("03_momentum")) - 1
    assert lines[2][:2] == ["bert", str(most("01_sgd"))]
    assert lines[2][2].startswith("minibatch_gradient: 4 of 4.\n")
    assert lines[2][3:] == ["", ""]


def test_what_is_missing_is_said_once(tmp_path):
    rows = graded("anna", "03_momentum", "missing", "No 03_momentum.ipynb was found.")
    _, _, lines = tables(rows, tmp_path)
    assert lines[1] == ["anna", "0", "No 03_momentum.ipynb was found."]
    write_pages(rows, tmp_path / "pages")
    (path,) = (tmp_path / "pages" / "students").iterdir()
    assert Page(path).of("bdi") == ["anna", "No 03_momentum.ipynb was found."]
    assert Page(path).of("p") == ["0 of 20 points."]


def test_no_line_of_moodle_is_for_nobody(tmp_path):
    """PHP takes "0" for empty, and Moodle the student of the line before."""
    _, _, lines = tables(hostile(), tmp_path)
    names = [line[0] for line in lines[1:]]
    assert len(set(names)) == len(HOSTILE)
    for name in names:
        assert name.strip() not in ("", "0")
        assert "<" not in name and "\n" not in name


# Writing


def test_a_table_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    for path in (tmp_path / "none" / "marks.csv", tmp_path / "folder.csv"):
        with pytest.raises(ReportError, match=r"cannot be written \(.*\): name a"):
            write_csv(graded("anna", "01_sgd", "correct"), path)
    assert [one.name for one in tmp_path.iterdir()] == ["folder.csv"]


def test_a_file_stays_as_it_was_until_the_new_one_is_whole(tmp_path, monkeypatch):
    path = tmp_path / "marks.csv"
    write_csv(graded("anna", "01_sgd", "correct"), path)
    before = path.read_bytes()
    monkeypatch.setattr("lez10.grading.reports.tables.in_order", broken)
    with pytest.raises(KeyboardInterrupt):
        write_csv(graded("bert", "01_sgd", "correct"), path)
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 3


def broken(rows):
    """Some rows, and then an end that nobody expects."""
    yield from rows[:1]
    raise KeyboardInterrupt


def test_rows_of_another_version_are_refused(tmp_path):
    row = Row("anna", "01_sgd", "a_task_of_old", 0, 1, "wrong", "")
    with pytest.raises(ReportError, match="no task 'a_task_of_old' in '01_sgd': grade"):
        write_csv([Graded(row, ())], tmp_path / "marks.csv")
    assert not list(tmp_path.iterdir())


# Pages

VOID = {"meta", "img", "br", "link", "input", "base", "hr"}


class Page(HTMLParser):
    """A page's tags with their attributes, and its texts by the tag around them."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.texts, self.open = [], [], []
        self.source = path.read_text("utf-8")
        self.feed(self.source)
        self.close()
        assert not self.open, f"{path} does not close {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if data.strip():
            self.texts.append((self.open[-1], data))

    def of(self, tag):
        """The texts directly in this tag."""
        return [text for one, text in self.texts if one == tag]


def pages_of(folder):
    """Every page below a folder."""
    return {path: Page(path) for path in sorted(folder.rglob("*.html"))}


@pytest.fixture(scope="module")
def hostile_pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile") / "pages"
    assert write_pages(hostile(), folder) == folder / "index.html"
    return folder


@pytest.fixture(scope="module")
def class_pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    write_pages(plausible(40), folder)
    return folder


def test_pages_hold_no_tag_that_a_student_wrote(hostile_pages):
    tags = {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p"}
    tags |= {"a", "table", "thead", "tbody", "tr", "th", "td", "br", "small", "code"}
    tags |= {"bdi", "span", "div", "i", "section", "details", "summary", "h3"}
    for path, page in pages_of(hostile_pages).items():
        assert {tag for tag, _ in page.tags} <= tags, path
        assert not [a for _, of in page.tags for a in of if a.startswith("on")]
        assert "://" not in page.source and "url(" not in page.source
        policy = [of.get("content") for tag, of in page.tags if "http-equiv" in of]
        assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]
        assert not TURNING.search(page.source)
        assert "\0" not in page.source and "\x1b" not in page.source


def test_every_name_and_sentence_is_there_as_text(hostile_pages):
    names = [one_line(name).strip() or "(no name)" for name in sorted(HOSTILE)]
    found = pages_of(hostile_pages / "students").values()
    for page, name, text in zip(found, names, sorted(HOSTILE), strict=True):
        assert page.of("title")[0] == name
        first, *said = page.of("bdi")
        assert first == name
        count = len(tasks_of("03_momentum")) if text.strip() else 0
        assert said == [shown(text)] * count
    assert Page(hostile_pages / "students.html").of("bdi") == names


def test_each_student_has_a_page_of_their_own_with_a_safe_name(hostile_pages):
    names = [path.name for path in (hostile_pages / "students").iterdir()]
    assert len(names) == len(HOSTILE)
    assert all(re.fullmatch(r"\d{4}-[a-z0-9-]{1,40}\.html", name) for name in names)
    assert sorted(path.name for path in hostile_pages.iterdir()) == [
        "index.html",
        "students",
        "students.html",
    ]
    links = [
        of["href"]
        for tag, of in Page(hostile_pages / "students.html").tags
        if tag == "a"
    ]
    assert sorted(links[1:]) == sorted(f"students/{name}" for name in names)


def test_names_of_files():
    assert file_name(7, "Müller, Jörg") == "0007-muller-jorg.html"
    assert file_name(12345, "../..") == "12345-student.html"
    assert file_name(1, "a" * 300) == f"0001-{'a' * 40}.html"


def test_the_overview_says_how_each_task_went(class_pages):
    counts = {}
    for row, _ in plausible(40):
        counts.setdefault(row.task, Counter())[row.status] += 1
    page = Page(class_pages / "index.html")
    bars = [of["aria-label"] for _, of in page.tags if of.get("role") == "img"]
    names = [task.name for one in EXERCISES for task in tasks_of(one)]
    assert [bar.split(":")[0] for bar in bars] == names
    for bar in bars:
        name, said = bar.removesuffix(".").split(": ")
        parts = dict(part.split(" ", 1)[::-1] for part in said.split(", "))
        assert {WORDS[status]: str(n) for status, n in counts[name].items()} == parts
    widths = [of["style"] for tag, of in page.tags if tag == "span" and "title" in of]
    shares = [int(style.removeprefix("flex-grow: ")) for style in widths]
    assert sum(shares) == 40 * len(names)


def test_the_overview_has_no_names(class_pages):
    assert "student0" not in (class_pages / "index.html").read_text("utf-8")


def test_the_overview_counts_mistakes_and_says_where_to_read_on(class_pages):
    rows = plausible(40)
    counts = Counter(name for one in rows for name in one.named)
    page = Page(class_pages / "index.html")
    source = page.source
    for name, count in counts.items():
        known = mistakes_known()[name]
        text = known.said.replace("&", "&amp;").replace("<", "&lt;")
        text = text.replace(">", "&gt;").replace("'", "&#39;").replace('"', "&#34;")
        at = source.index(text)
        before = source[:at].rsplit('<td class="number">', 1)[1]
        assert before.startswith(f"{count}<")
        assert f"<code>{known.task}</code> · read on: " in source[at : at + 900]


def test_mistakes_are_counted_by_student_the_most_frequent_first():
    rows = []
    for n, name in enumerate(["average"] * 3 + ["uphill"]):
        one = graded(f"s{n}", "03_momentum", "wrong")[0]
        rows.append(Graded(one.row, (f"momentum_step/{name}",) * 2))
    course = Class()
    for _, theirs in by_student(rows):
        course.add(theirs)
    (exercise,) = course.exercises()
    assert [count for _, count in exercise.mistakes] == [3, 1]
    assert "an average" in exercise.mistakes[0][0].said
    assert exercise.mistakes[0][0].place == "03_momentum, Errata: a sum, not an average"


def test_all_misconceptions_are_known():
    assert len(mistakes_known()) > 250
    for name, one in mistakes_known().items():
        assert name.startswith(f"{one.task}/")
        assert not set(one.place) & set("$`\\")


def test_points_on_average_are_of_those_who_handed_in():
    rows = graded("a", "03_momentum", "correct") + graded("b", "03_momentum", "wrong")
    rows += graded("c", "03_momentum", "missing")
    course = Class()
    for _, theirs in by_student(rows):
        course.add(theirs)
    (exercise,) = course.exercises()
    assert exercise.sentence() == (
        "2 of 3 students handed it in. They have 10.0 of 20 points on average; the "
        "median is 10."
    )
    course = Class()
    course.add({"08_adam": graded("a", "08_adam", "correct")})
    course.add({"03_momentum": graded("a", "03_momentum", "missing")})
    assert [one.sentence() for one in course.exercises()] == [
        "Nobody handed it in.",
        "1 of 2 students handed it in. They have 26.0 of 20 points on average, the "
        "bonus included; the median is 26.",
    ]


def test_a_student_s_page_says_points_status_and_where_to_read_on(tmp_path):
    rows = graded("anna", "08_adam", "correct")
    one = graded("anna", "03_momentum", "partial", "Your velocity is an average.")[0]
    row = one.row._replace(points=7)
    rows.append(Graded(row, ("momentum_step/average", "momentum_step/uphill")))
    write_pages(rows, tmp_path)
    (path,) = (tmp_path / "students").iterdir()
    page = Page(path)
    assert page.of("h2") == ["03_momentum", "08_adam"]
    assert page.of("p") == [
        "7 of 20 points.",
        "26 of 20 points, the bonus included.",
    ]
    assert page.of("code")[:2] == ["momentum_step", "adam_step"]
    assert page.of("span")[:2] == ["partly right", "correct"]
    assert [of.get("class") for tag, of in page.tags if tag == "span"][:2] == [
        "status partial",
        "status correct",
    ]
    assert page.of("bdi")[1:] == ["Your velocity is an average."]
    assert page.of("div") == [
        "Read on: 03_momentum, Errata: a sum, not an average",
        "Read on: 03_momentum, The idea",
    ]
    assert page.of("small") == ["bonus"]


def test_every_status_has_a_word_and_a_look(class_pages):
    assert set(WORDS) == set(STATUSES)
    style = Page(class_pages / "index.html").of("style")[0]
    for status in STATUSES:
        name = status.replace(" ", "-")
        assert f".{name} {{ background: var(--{name}); }}" in style


def test_the_overview_of_a_large_class_is_as_small(tmp_path):
    write_pages(plausible(600, ("03_momentum",)), tmp_path)
    assert len(list((tmp_path / "students").iterdir())) == 600
    assert (tmp_path / "index.html").stat().st_size < 40_000


# Folders


def test_pages_of_students_who_are_gone_are_taken_away_and_nothing_else(tmp_path):
    anna, bert = (graded(name, "01_sgd", "correct") for name in ("anna", "bert"))
    write_pages(anna + bert, tmp_path)
    notes = tmp_path / "students" / "2025-notes.html"
    notes.write_text("mine")
    (tmp_path / "students" / "notes.txt").write_text("mine")
    write_pages(bert, tmp_path)
    assert sorted(path.name for path in (tmp_path / "students").iterdir()) == [
        "0001-bert.html",
        "2025-notes.html",
        "notes.txt",
    ]


def test_somebody_else_s_page_is_kept(tmp_path):
    (tmp_path / "index.html").write_text("<h1>My home page</h1>")
    with pytest.raises(ReportError, match="was not written by lez10: name another"):
        write_pages(graded("anna", "01_sgd", "correct"), tmp_path)
    assert (tmp_path / "index.html").read_text() == "<h1>My home page</h1>"
    assert not (tmp_path / "students.html").exists()


def test_a_folder_that_cannot_be_one_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match="should be a folder for the pages, but"):
        write_pages(graded("anna", "01_sgd", "correct"), tmp_path / "file")


def test_folders_are_made(tmp_path):
    page = write_pages(graded("anna", "01_sgd", "correct"), tmp_path / "a" / "b")
    assert page.is_file()


def test_an_empty_class_is_no_error(tmp_path):
    assert tables([], tmp_path)[0] == [list(Row._fields)]
    assert "Students: 0." in write_pages([], tmp_path / "pages").read_text()
    assert in_order([]) == []


# nbgrader, which is not here; see tests/grading


def test_without_nbgrader_a_sentence_says_what_is_missing(tmp_path):
    assert importlib.util.find_spec("nbgrader") is None
    with pytest.raises(
        ReportError, match="nbgrader is needed here, and nbgrader is mi"
    ):
        to_nbgrader.export([], str(tmp_path / "gradebook.db"))
    assert not list(tmp_path.iterdir())


def test_ids_in_nbgrader_are_harmless_and_never_the_same():
    ids = {name: to_nbgrader.identity(name) for name in HOSTILE}
    ids |= {one: to_nbgrader.identity(one) for one in ids.values()}
    assert len(set(ids.values())) == len(ids)
    for one in ids.values():
        assert re.fullmatch(r"[\w][\w.@+' -]{0,127}", one)
    for name in ("anna", "anna.b+c@example.org", "Müller-Lüdenscheidt", "O'Brien", "0"):
        assert to_nbgrader.identity(name) == name
