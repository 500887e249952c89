"""Texts as they may be shown: harmless, on one line, without mathematics."""

import re
import unicodedata

# Control characters but tab and newline; marks that turn the direction of what follows
# (a name with one of them would turn the points beside it round); halves of characters,
# which stand for bytes of a file's name that are no text.
HARMFUL = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff"
    "\ud800-\udfff]"
)


def shown(text: str) -> str:
    r"""The text with harmful characters written as in Python: \x1b, \u202e."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return HARMFUL.sub(escaped, text)


def one_line(text: str) -> str:
    r"""The text as shown, with its newlines and tabs written as \n and \t."""
    return re.sub("[\n\t]", escaped, shown(text))


def escaped(match: re.Match[str]) -> str:
    """A character as it is written in Python."""
    return match[0].encode("unicode_escape").decode("ascii")


def plain(heading: str) -> str:
    r"""A notebook's heading without marks: "$\rho$ is a length" begins with a rho."""
    return re.sub(r"\\([a-z]+)", greek, re.sub("[$`]", "", heading))


def greek(match: re.Match[str]) -> str:
    """A Greek letter by its name in TeX, and other names as they are."""
    name = match[1].replace("lambda", "lamda")  # as Unicode spells it
    try:
        return unicodedata.lookup(f"GREEK SMALL LETTER {name}")
    except KeyError:
        return match[1]
