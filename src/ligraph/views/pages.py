"""Pages for people: HTML of things, of the collection, of the ontology, of problems. They need no script.

A layout is a template per class of things; templates ask `Node` for what they show.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pyoxigraph import NamedNode, Triple

from ligraph.errors import NotAcceptable
from ligraph.formats import DOCUMENTS, GRAPHS, HTML, JSON_LD, RESULTS, SPARQL_JSON
from ligraph.namespaces import DCTERMS, LIG, ORG, SCHEMA, SKOS
from ligraph.releases.manifest import Manifest
from ligraph.stores.documents import Document
from ligraph.stores.facts import Statements
from ligraph.stores.queries import Answer
from ligraph.stores.questions import KINDS, Question
from ligraph.views import recordings, relations
from ligraph.views.jsonld import to_json_ld
from ligraph.views.nodes import Node
from ligraph.views.profiles import SCHEMA_ORG
from ligraph.views.reader import LIMIT, Reader
from ligraph.views.results import read_table
from ligraph.views.schema_org import to_schema_org
from ligraph.views.service import Service
from ligraph.views.site import Site as Site
from ligraph.views.values import Value, read_address, read_date
from ligraph.views.vocabulary import read_vocabulary
from ligraph.views.words import Words

_ACTIONS = ("watch", "read", "act", "listen")

_EXAMPLES = (
    (
        "Which clips are shorter than five minutes?",
        """PREFIX lig: <https://w3id.org/ligraph/ns#>
PREFIX schema: <http://schema.org/>

SELECT ?name ?seconds ?resource WHERE {
  ?resource schema:name ?name ; lig:plays ?clip .
  ?clip schema:startOffset ?start ; schema:endOffset ?end .
  BIND(?end - ?start AS ?seconds)
  FILTER(?seconds < 300)
}
ORDER BY ?seconds""",
    ),
    (
        "Who presented what, and in which role?",
        """PREFIX lig: <https://w3id.org/ligraph/ns#>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX schema: <http://schema.org/>

SELECT ?person ?role ?organization ?where WHERE {
  ?set lig:appearance ?appearance ; schema:name ?where .
  ?appearance lig:presenter/schema:name ?person ; lig:inRole ?held .
  ?held schema:roleName ?role ; org:organization/schema:name ?organization .
}
ORDER BY ?person ?where""",
    ),
    (
        "How many resources are there on each topic?",
        """PREFIX lig: <https://w3id.org/ligraph/ns#>
PREFIX schema: <http://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?topic (COUNT(DISTINCT ?resource) AS ?resources) WHERE {
  ?resource a lig:Resource ; schema:about/skos:prefLabel ?topic .
}
GROUP BY ?topic
ORDER BY DESC(?resources) ?topic""",
    ),
)

# HTML has no way to write these (WHATWG section 13.2.3.5); JSON-LD has, and has none of them as they are.
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\f\r")
_SHOWABLE = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))


class Pages:
    """Makes pages. Make one for a site and use it for all."""

    def __init__(self, site: Site, words: Words) -> None:
        self.site = site
        self.words = words
        self.environment = Environment(
            loader=PackageLoader("ligraph.views"),
            autoescape=True,
            auto_reload=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals |= {
            "site": site,
            "root": site.root_path,
            "licence": read_address(site.licence, site) if site.licence else None,
            "action": action,
            "addresses": recordings.addresses,
            "capital": capital,
            "clips": recordings.clips,
            "described_in": relations.described_in,
            "held_at": relations.held_at,
            "members": relations.members,
            "neighbours": relations.neighbours,
            "playing": recordings.playing,
            "presented": relations.presented,
            "presenters": relations.presenters,
            "read_playing": recordings.read_playing,
            "resources": relations.resources,
            "tree": relations.tree,
            "watching_time": recordings.watching_time,
        }

    def document(self, document: Document, store: Statements, manifest: Manifest) -> bytes:
        """Return the page of a thing."""
        reader = Reader(store, self.site, self.words, document)
        thing = reader.node(document.about)
        path = f"doc/{self.site.path_of(document.about.value)}"
        return self.render(
            f"layouts/{thing.kind.layout}.html",
            thing=thing,
            trail=relations.trail(thing),
            path=path,
            canonical=self.site.canonical(path),
            formats=[known for known in DOCUMENTS if known is not HTML],
            scripts=list(self._embedded(document, manifest, reader)) if manifest.base else [],
            in_schema_org=f"{path}.{JSON_LD.suffix}?_profile={SCHEMA_ORG.token}" if manifest.base else None,
            licences=licences_of(document, self.site),
            modified=[read_date(str(term.value)) for term in _own(document, DCTERMS + "modified")],
            files=_source_files(reader, document.about),
            manifest=manifest,
            released=read_date(manifest.created),
        )

    def home(self, store: Statements, manifest: Manifest, *, has_search: bool = False, script: str = "") -> bytes:
        """Return the first page: what there is, and the ways in; `script` is what it tells search engines."""
        reader = Reader(store, self.site, self.words)
        every = reader.instances
        posts = every(SCHEMA + "BlogPosting")
        return self.render(
            "home.html",
            has_search=has_search,
            script=Markup(script),  # noqa: S704 - it has no “<”
            canonical=self.site.canonical(""),
            series=every(SCHEMA + "CreativeWorkSeries"),
            posts=posts,
            topics=relations.tree(every(SKOS + "Concept")),
            schemes=every(SKOS + "ConceptScheme"),
            people=every(SCHEMA + "Person"),
            organizations=[node for node in every(ORG + "Organization") if node.kind.layout == "organization"],
            initiatives=every(SCHEMA + "Project"),
            events=[node for node in every(SCHEMA + "Event") if LIG + "Session" not in node.types],
            loose=[] if posts else every(LIG + "Resource"),
            some=[] if manifest.base else reader.some(),
            counts=manifest.things,
            limit=LIMIT,
            manifest=manifest,
            released=read_date(manifest.created),
        )

    def ontology(self, triples: list[Triple]) -> bytes:
        """Return the page that explains every term, each at its anchor."""
        vocabulary = read_vocabulary(triples, self.site)
        return self.render("ontology.html", vocabulary=vocabulary, canonical=self.site.canonical("ns"))

    def problem(self, problem: dict[str, Any], near: list[tuple[str, str]]) -> bytes:
        """Return the page of a problem, with links to what may have been meant."""
        return self.render("problem.html", problem=problem, near=near, canonical=None)

    def error_kinds(self, name: str, title: str, status: int, text: str) -> bytes:
        """Return the page that explains one type of problem."""
        canonical = self.site.canonical(f"errors/{quote(name)}")
        return self.render("error.html", name=name, title=title, status=status, text=text, canonical=canonical)

    def query(self, service: Service, action: str, example: str, manifest: Manifest) -> bytes:
        """Return a form for queries that needs no script, with what the service can do."""
        return self.render(
            "query.html",
            service=service,
            endpoint=action,
            example=example,
            examples=_EXAMPLES,
            results=RESULTS,
            graphs=GRAPHS,
            manifest=manifest,
            canonical=self.site.canonical("sparql"),
        )

    def questions(self, questions: list[Question]) -> bytes:
        """Return the list of stored questions."""
        canonical = self.site.canonical("queries")
        return self.render("questions.html", questions=questions, kinds=KINDS, canonical=canonical)

    def question(self, question: Question, values: dict[str, str], answer: Answer) -> bytes:
        """Return a stored question with its answer, rows in JSON or statements in Turtle."""
        is_table = answer.format is SPARQL_JSON
        return self.render(
            "question.html",
            question=question,
            values=values,
            address=urlencode(values),
            kinds=KINDS,
            rows=answer.rows,
            table=read_table(answer, self.site) if is_table else None,
            text="" if is_table else answer.content.decode(),
            formats=RESULTS if is_table else GRAPHS,
            canonical=self.site.canonical(f"queries/{question.name}"),
        )

    def _embedded(self, document: Document, manifest: Manifest, reader: Reader) -> Iterator[Markup]:
        """Yield the JSON-LD for a page, in each profile; none where that cannot say what the document says."""
        with suppress(NotAcceptable):
            yield Markup(to_json_ld(document, self.words).decode())  # noqa: S704 - it has no “<”
        with suppress(NotAcceptable):
            yield Markup(to_schema_org(document, manifest, reader).decode())  # noqa: S704 - nor has this

    def render(self, template: str, **context: Any) -> bytes:
        """Return a page made from a template."""
        return self.environment.get_template(template).render(context).encode().translate(_SHOWABLE)


def action(resource: Node) -> list[tuple[str, Value]]:
    """Return what a reader does with a resource, each with the name of its colour."""
    values = [value for value in resource.all("lig:action") if isinstance(value, Value)]
    return [(value.text if value.text in _ACTIONS else "other", value) for value in values]


def capital(text: str) -> str:
    """Return a text with a capital at its beginning and the rest as it is."""
    return text[:1].upper() + text[1:]


def licences_of(document: Document, site: Site) -> list[Value]:
    """Return under which licences a document is."""
    return [read_address(licence.value, site) for licence in document.licences]


def _own(document: Document, predicate: str) -> list[Any]:
    return document.objects(document.iri, predicate)


def _source_files(reader: Reader, about: NamedNode) -> list[Node]:
    """Return the files that speak of a thing."""
    prefix = reader.site.ids + "graph/"
    graphs = {quad.graph_name for quad in reader.store.quads_for_pattern(about, None, None, None)}
    found = [reader.node(graph) for graph in graphs if isinstance(graph, NamedNode) and graph.value.startswith(prefix)]
    return sorted(found, key=lambda node: node.local)
