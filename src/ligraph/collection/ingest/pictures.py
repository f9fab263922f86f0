"""What pictures say in place of words: an icon that stands for an action, an image that is a button."""

import re
from collections.abc import Sequence
from urllib.parse import unquote

from bs4.element import Tag

from ligraph.collection.ingest.lines import Line, Link, action_of, is_cue
from ligraph.collection.ingest.words import ACTIONS, words_of

_KINDS = words_of("icon icons button label image img picture graphic logo badge symbol small large white black")
_WORD = re.compile(r"[^\W\d_]+")
_SIZE = re.compile(r"\d+x\d+|@\dx")


def picture_action(tag: Tag) -> str | None:
    """Return the action that a picture or an empty element stands for, by its text for those who do not see it.

    A picture without such a text is known by the name of its file.
    """
    if tag.name != "img" and (tag.name in ("a", "button") or tag.get_text(strip=True)):
        return None
    told = str(tag.get("alt") or tag.get("aria-label") or tag.get("title") or "")
    if not told and tag.name == "img":
        told = _SIZE.sub(" ", unquote(str(tag.get("src", ""))).rpartition("/")[2].rpartition(".")[0])
    words = [word.casefold() for word in _WORD.findall(told) if word.casefold() not in _KINDS]
    return words[0] if len(words) == 1 and words[0] in ACTIONS else None


def button_words(link: Tag) -> str:
    """Return what a link says that holds a picture and no words, such as `Watch Video »`; "" for any other."""
    if link.get_text(strip=True):
        return ""
    told = next((str(tag["alt"]) for tag in link.find_all("img", alt=True)), "").strip()
    return told if len(told.split()) > 1 and is_cue(Line(told, 0, 0, links=(Link(told, ""),))) else ""


def with_pictures(lines: Sequence[Line], pictures: Sequence[tuple[int, Line]]) -> list[Line]:
    """Return lines with those of pictures at their places, where pictures tell actions that words do not.

    A page that writes its actions out may repeat them in its pictures, as icons or as decoration.
    """
    if len(pictures) <= sum(action_of(line) is not None for line in lines):
        return list(lines)
    found: list[Line] = []
    places = dict(pictures)
    for index, line in enumerate(lines):
        before = lines[index - 1] if index else None
        if index in places and not action_of(line) and not (before and action_of(before)):
            found.append(places[index])
        found.append(line)
    return found
