"""The JSON-LD context of a release, looked up by IRI."""

from typing import Any


class Words:
    """What the JSON-LD context says, looked up by IRI.

    Shape: `context` is written into every document; the keys of a node stand in its order.
    """

    def __init__(self, context: dict[str, Any]) -> None:
        self.context = context
        self.language = context.get("@language")
        self.prefixes = {k: v for k, v in context.items() if isinstance(v, str) and v[-1:] in "/#"}
        self.keys: dict[str, str] = {}
        self.types: dict[str, str | None] = {}
        self.plain: set[str] = set()
        for key, value in context.items():
            if key.startswith("@") or key in self.prefixes or value in ("@id", "@type"):
                continue
            definition = {"@id": value} if isinstance(value, str) else value
            if "@reverse" in definition:
                continue
            iri = self.expand(definition["@id"])
            self.keys.setdefault(iri, key)
            self.types[iri] = self.expand(definition["@type"]) if "@type" in definition else None
            if "@language" in definition:
                self.plain.add(iri)
        self.order = {iri: number for number, iri in enumerate(self.keys)}

    def expand(self, name: str) -> str:
        """Return the IRI of a compact IRI."""
        prefix, colon, rest = name.partition(":")
        return self.prefixes[prefix] + rest if colon and prefix in self.prefixes else name

    def compact(self, iri: str) -> str:
        """Return the key of a word, else its compact IRI, else the IRI."""
        if key := self.keys.get(iri):
            return key
        for prefix, namespace in self.prefixes.items():
            # Behind a prefix, “//” would make it an IRI of its own.
            if iri.startswith(namespace) and iri != namespace and not iri.startswith("//", len(namespace)):
                return f"{prefix}:{iri[len(namespace) :]}"
        return iri
