"""The colours: readable on white paper, and apart for colour-blind eyes."""

import itertools

import numpy as np
import pytest

import lez10
from lez10 import variants
from lez10.appearance import (
    ALGORITHMS,
    INK,
    LETTERS,
    PAPER,
    SERIES,
    VARIANTS,
    YOURS,
    look,
)

# What a colour becomes without one kind of cone (Machado et al. 2009, severity 1).
VISION = {
    "usual": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
)


def linear(colour):
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    x = TO_XYZ @ np.clip(rgb, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(colour, paper):
    light, dark = sorted((TO_XYZ[1] @ linear(c) for c in (colour, paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("looks", [(*ALGORITHMS.values(), YOURS), SERIES])
def test_lines_stay_apart(vision, looks):
    for one, other in itertools.combinations(looks, 2):
        seen = [lab(VISION[vision] @ linear(line.colour)) for line in (one, other)]
        assert np.linalg.norm(seen[0] - seen[1]) > 20, (one, other)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_stands_apart_from_its_rule(vision, name):
    rule = max((rule for rule in ALGORITHMS if name.startswith(rule)), key=len)
    pair = (VARIANTS[name], ALGORITHMS[rule])
    one, other = (lab(VISION[vision] @ linear(line.colour)) for line in pair)
    assert np.linalg.norm(one - other) > 20
    assert pair[0].marker != pair[1].marker
    assert contrast(pair[0].colour, PAPER) >= 3


def test_colours_can_be_read_on_paper():
    looks = (*ALGORITHMS.values(), YOURS, *SERIES)
    for colour in (*(line.colour for line in looks), *LETTERS.values()):
        assert contrast(colour, PAPER) >= 3, colour
    assert contrast(INK, PAPER) >= 7


def test_every_rule_has_a_look_of_its_own():
    assert list(ALGORITHMS) == list(lez10.RULES)
    assert list(VARIANTS) == list(variants.VARIANTS)
    assert len({a.marker for a in ALGORITHMS.values()}) == len(ALGORITHMS)
    assert look("my_step").label == "my_step"
