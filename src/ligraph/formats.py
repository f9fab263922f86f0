"""The formats that ligraph reads and writes: one table."""

from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Format:
    """One serialization: the name people type, its suffixes and media types (the first is preferred).

    Shape: `quads` is true when the format can name graphs; `old_names` are media types by which older clients, rdflib 7
    among them, ask for it.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    media_types: tuple[str, ...]
    quads: bool = False
    old_names: tuple[str, ...] = ()

    @property
    def suffix(self) -> str:
        """The suffix of a document in this format."""
        return self.suffixes[0]

    @property
    def media_type(self) -> str:
        """The media type that answers carry."""
        return self.media_types[0]

    @property
    def content_type(self) -> str:
        """The `Content-Type` of an answer.

        Source: RFC 6838 section 4.2.1: only text types and those that define it take a charset.
        """
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


HTML = Format("html", "HTML", ("html",), ("text/html",))
JSON_LD = Format("jsonld", "JSON-LD", ("jsonld",), ("application/ld+json",), quads=True)
TURTLE = Format("ttl", "Turtle", ("ttl",), ("text/turtle",), old_names=("text/n3",))
N_TRIPLES = Format("nt", "N-Triples", ("nt",), ("application/n-triples",), old_names=("text/plain",))
RDF_XML = Format("rdf", "RDF/XML", ("rdf", "owl", "xml"), ("application/rdf+xml",))
TRIG = Format("trig", "TriG", ("trig",), ("application/trig",), quads=True)
N_QUADS = Format("nq", "N-Quads", ("nq",), ("application/n-quads",), quads=True)
JSON = Format("json", "JSON", ("json",), ("application/json",))
YAML_LD = Format("yaml", "YAML-LD", ("yaml", "yml", "yamlld"), ("application/ld+yaml", "application/yaml"))

SPARQL_JSON = Format("json", "JSON", ("srj",), ("application/sparql-results+json", "application/json"))
SPARQL_CSV = Format("csv", "CSV", ("csv",), ("text/csv",))
SPARQL_TSV = Format("tsv", "TSV", ("tsv",), ("text/tab-separated-values",))
SPARQL_XML = Format("xml", "XML", ("srx",), ("application/sparql-results+xml", "application/xml"))

SOURCES = (YAML_LD, TURTLE, TRIG, N_TRIPLES, N_QUADS, JSON_LD, RDF_XML)
"""What a file below `data/` may be written in."""

DOCUMENTS = (HTML, JSON_LD, TURTLE, N_TRIPLES, RDF_XML, TRIG, N_QUADS, JSON)
"""What a document is given in, best first: the first one wins where a client takes anything."""

RESULTS = (SPARQL_JSON, SPARQL_CSV, SPARQL_TSV, SPARQL_XML)
"""What the answer to SELECT and ASK is given in."""

GRAPHS = (TURTLE, N_TRIPLES, JSON_LD, RDF_XML, TRIG, N_QUADS)
"""What the answer to CONSTRUCT and DESCRIBE is given in."""

SUFFIXES = frozenset(
    suffix
    for known in (HTML, JSON, JSON_LD, TURTLE, N_TRIPLES, RDF_XML, TRIG, N_QUADS, YAML_LD)
    for suffix in known.suffixes
) | {"bib", "ris", "vtt", "csv", "tsv"}
"""Suffixes that an id cannot end in, because `/doc/{id}.{suffix}` means a representation."""


def by_suffix(formats: tuple[Format, ...], suffix: str) -> Format | None:
    """Return the format that uses a file suffix (without the dot), or None."""
    return next((known for known in formats if suffix.lower() in known.suffixes), None)


def by_name(formats: tuple[Format, ...], name: str) -> Format | None:
    """Return the format that people call `name`, or None."""
    return next((known for known in formats if known.name == name.lower()), None)
