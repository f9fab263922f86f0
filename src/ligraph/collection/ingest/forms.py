"""The three forms of a post, told apart and read: plain text, web page, Markdown."""

import re
from pathlib import PurePath

from ligraph.collection.ingest.decoding import decode
from ligraph.collection.ingest.documents import Document, Form, finished, plain_lines, width_of
from ligraph.collection.ingest.markdown import markdown_document
from ligraph.collection.ingest.pages import page_document

_PAGE = re.compile(r"<!doctype\s+html|<html[\s>]|<body[\s>]|<article[\s>]|</(?:p|h[1-6]|li|div)>", re.I)
_WHOLE_PAGE = re.compile(
    r"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).){0,2000}-->\s*)*<(?:!doctype\s+html|html[\s>])", re.I | re.S
)
_MARKDOWN = re.compile(r"^#{1,6} \S|^\*\*\S.*\*\*\s*$|\]\(https?://", re.M)


def read_document(content: bytes, filename: str) -> Document:
    """Return the lines of a file in whichever form it has.

    Raises: PostError for what is no text.
    """
    text = decode(content, filename)
    match form_of(text, filename):
        case "page":
            return page_document(text)
        case "markdown":
            return markdown_document(text)
        case _:
            return Document(tuple(finished(plain_lines(text), width_of(text))), "text")


def form_of(text: str, filename: str) -> Form:
    """Return the form of a text by the end of its name, and by its looks where that does not tell."""
    if _WHOLE_PAGE.match(text):
        return "page"
    match PurePath(filename).suffix.lower():
        case ".html" | ".htm" | ".xhtml":
            return "page"
        case ".md" | ".markdown":
            return "markdown"
        case ".txt" | ".text":
            return "text"
    if len(_PAGE.findall(text)) > 2:
        return "page"
    return "markdown" if _MARKDOWN.search(text) else "text"
