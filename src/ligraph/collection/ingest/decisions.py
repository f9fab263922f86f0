"""What a person has to decide: found while a post is read and drafted, told in one place."""

import textwrap
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_PLAIN = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "»": ">>", "«": "<<", "•": "*"}
)


@dataclass(frozen=True)
class Decision:
    """One open question.

    Shape: `kind` is one word for programs; `line` is that of the post, 0 where it is about the whole of it; `ids` are
    the things of the draft or the collection that it is about; `remedy` is what would settle it.
    """

    kind: str
    message: str
    line: int
    ids: tuple[str, ...] = ()
    remedy: str = ""


def in_order(decisions: Iterable[Decision]) -> list[Decision]:
    """Return decisions once each, in the order of the post."""
    unique = dict.fromkeys(decisions)
    return sorted(unique, key=lambda d: (d.line, d.kind, d.message))


def as_comment(decisions: Iterable[Decision], width: int = 100) -> str:
    """Return decisions as the text of a YAML comment, in ASCII, numbered."""
    rows: list[str] = []
    for number, decision in enumerate(decisions, 1):
        where = f"line {decision.line}: " if decision.line else ""
        said = f"{where}{decision.message}"
        if decision.remedy:
            said = f"{_closed(said)} {_closed(decision.remedy[:1].upper() + decision.remedy[1:])}"
        mark = f"{number:>3}. "
        rows += textwrap.wrap(
            ascii_of(said), width, initial_indent=mark, subsequent_indent=" " * len(mark), break_on_hyphens=False
        )
    return "\n".join(rows)


def _closed(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "!", ".”", "?”", "!”")) else f"{sentence}."


def ascii_of(text: str) -> str:
    """Return a text in ASCII: plain quotes and dashes, letters without accents, other scripts escaped."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(bare.encode("ascii", "backslashreplace").decode("ascii").split())
