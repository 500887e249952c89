"""A student answers an exercise in a real JupyterLab: stub, mistake, right answer."""

import pytest
from lab_server import CHROMIUM, ROOT, browser, lab, open_notebook, run_all

pytestmark = pytest.mark.skipif(
    CHROMIUM is None,
    reason="there is no chromium on this machine: apt install chromium",
)
SCREENSHOTS = ROOT / "screenshots"
MISTAKEN = """def momentum_step(theta, v, grad, alpha, beta):
v = beta * v - (1 - beta) * alpha * grad(theta)
return theta + v, v"""
RIGHT = MISTAKEN.replace("(1 - beta) * ", "")


def answer(page, text):
    """Write an answer into its cell, and run it and its check as a student does."""
    cell = page.locator(".jp-CodeCell", has_text="def momentum_step").first
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    for n, line in enumerate(text.split("\n")):
        if n:
            page.keyboard.press("Enter")  # JupyterLab indents by itself
        page.keyboard.insert_text(line)
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")


def test_a_student_is_told_the_mistake_and_then_that_it_is_right(tmp_path):
    with lab(tmp_path / "course") as server, browser() as page:
        open_notebook(page, server, "exercises/03_momentum.ipynb")
        run_all(page)
        panels = page.locator(".lez10-check")
        assert panels.count() == 4
        for text in panels.all_inner_texts():
            assert "not answered yet" in text
        answer(page, MISTAKEN)
        said = page.locator(".lez10-check", has_text="Your velocity is an average")
        said.wait_for(timeout=10_000)
        role = said.locator("[role=status]").inner_text()
        assert "wrong" in role and "Your velocity is an average" in role
        said.scroll_into_view_if_needed()
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / "exercise-mistaken.png")
        said.get_by_role("link", name="average").click()
        heading = page.locator("h2", has_text="Errata: a sum, not an average")
        heading.wait_for(timeout=30_000)
        page.get_by_role("tab", name="03_momentum.ipynb").first.click()
        answer(page, RIGHT)
        right = page.locator(".lez10-check", has_text="correct")
        right.wait_for(timeout=10_000)
        right.scroll_into_view_if_needed()
        page.screenshot(path=SCREENSHOTS / "exercise-right.png")
        page.keyboard.press("Control+s")
        open_notebook(page, server, "00_start.ipynb")
        run_all(page)
        assert "12 of" in page.locator(".jp-Notebook").inner_text()
        assert page.errors == []
