"""The figures as decks and the site show them: narrower, so that the type is larger.

Every notebook is run a second time for it, as it is run for pages.
"""

import pytest
from shown import NAMES, check_labels_apart, check_texts_inside, figures

from lez10.appearance import DPI
from lez10.plots import PAGE_WIDTH


@pytest.mark.parametrize("name", NAMES)
def test_texts_are_whole_and_labels_apart_on_a_page(name):
    pictures = figures(name, for_page=True)
    assert pictures
    for picture in pictures:
        assert picture.figure.get_size_inches()[0] <= PAGE_WIDTH
        check_texts_inside(picture)
        check_labels_apart(picture)


def test_a_picture_on_a_page_has_its_words_and_its_size(monkeypatch):
    name = "03_momentum.ipynb"
    picture = figures(name, for_page=True)[0]
    monkeypatch.setenv("LEZ10_STATIC", "1")
    page = picture._repr_mimebundle_()[0]["text/html"]
    assert picture.sentence in page and 'class="lez10-picture"' in page
    assert f'width="{round(DPI * PAGE_WIDTH)}"' in page
