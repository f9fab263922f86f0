"""Cards of things for the pages of others: a fragment of HTML that needs no script and no style sheet of ours.

A card has one link, the identifier of its thing, and no `id`: a page may hold many cards, even the same one twice.
"""

from __future__ import annotations

from markupsafe import Markup

from ligraph.releases.manifest import Manifest
from ligraph.stores.documents import Document
from ligraph.stores.facts import Statements
from ligraph.views.pages import Pages, licences_of
from ligraph.views.reader import Reader
from ligraph.views.schema_org import to_schema_org


def card(document: Document, store: Statements, manifest: Manifest, pages: Pages) -> bytes:
    """Return the card of a thing, then its schema.org JSON-LD in a script.

    Shape: UTF-8; one `article` and one `script`, without what begins and ends a page, and without empty lines.
    Raises: NotAcceptable for files that are served as they are.
    Source: CommonMark 0.31 section 4.6 (HTML blocks).
    """
    reader = Reader(store, pages.site, pages.words, document)
    script = to_schema_org(document, manifest, reader).decode()
    # It has no “<”, and within a script nothing else has to be escaped.
    html = pages.render(
        "card.html",
        thing=reader.node(document.about),
        licences=licences_of(document, pages.site),
        script=Markup(script),  # noqa: S704
    )
    # An empty line would end the HTML in a page that is written in Markdown.
    return b"\n".join(line for line in html.split(b"\n") if line.strip()) + b"\n"
