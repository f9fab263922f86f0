"""Markdown, by way of the page that it describes, with the lines of the Markdown."""

import re
from typing import Any

import yaml
from markdown_it import MarkdownIt

from ligraph.collection.ingest.addresses import absolute
from ligraph.collection.ingest.documents import Document
from ligraph.collection.ingest.pages import date_of, page_document
from ligraph.collection.ingest.walking import LINE

_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)


def markdown_document(text: str) -> Document:
    """Return the lines of a Markdown text; a head between `---` may give title, date and address."""
    head: dict[str, Any] = {}
    if match := _FRONT.match(text):
        head = _head(match[1])
        text = "\n" * text.count("\n", 0, match.end()) + text[match.end() :]
    parser = MarkdownIt("commonmark", {"html": True, "breaks": False}).enable("table")
    tokens = parser.parse(text)
    for token in tokens:
        if token.map and token.nesting >= 0 and token.type != "inline":
            token.attrSet(LINE, str(token.map[0] + 1))
    parser.add_render_rule("softbreak", lambda *_: '<br class="soft">\n')
    address = next((absolute(str(head[key])) for key in ("canonical", "url", "link", "source") if head.get(key)), None)
    page = page_document(parser.renderer.render(tokens, parser.options, {}), whole=True, address=address)
    title = str(head["title"]).strip() if head.get("title") else page.title
    published = date_of(str(head["date"])) if head.get("date") else None
    return Document(page.lines, "markdown", address or page.address, title, published, page.broken_links)


def _head(text: str) -> dict[str, Any]:
    try:
        head = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - makes texts only
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}
    return {str(key).lower(): value for key, value in head.items()} if isinstance(head, dict) else {}
