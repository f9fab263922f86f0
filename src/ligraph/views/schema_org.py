"""The document of a thing in plain schema.org, for search engines: its statements, as far as schema.org has words.

Each subject is written out once, where it belongs; elsewhere, like what is only referred to, it has id, class and name.

What a person presented hangs on the person by `@reverse` of `contributor`. From a person to a work schema.org has only
`subjectOf`, which says that the work is about her, and would be untrue. The page of the work has the same statement the
other way round, and those who skip `@reverse` still read the person's roles, under `memberOf`.

Schema.org has no words for `skos:broader` (the trail of the page tells it), `owl:differentFrom`, and the notes of the
post and the curator; `lig:seconds` is in `duration`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ligraph.errors import NotAcceptable
from ligraph.namespaces import LIG, ORG, SCHEMA, SCHEMA_HTTPS, VOID
from ligraph.releases.manifest import Manifest
from ligraph.stores.documents import Document, Term
from ligraph.views.google import nearest_class
from ligraph.views.jsonld import to_line
from ligraph.views.reader import Reader
from ligraph.views.recordings import watched_from
from ligraph.views.relations import trail
from ligraph.views.said import Said, iri_of
from ligraph.views.schema_classes import OPEN, say_classes
from ligraph.views.schema_words import ACTIONS, ADDRESSES, HOLDING, class_for, is_work, place_of, word_for
from ligraph.views.tree import one_or_all

CONTEXT = "https://schema.org"

_SAID_OTHERWISE = {
    *(LIG + name for name in ("appearance", "action", "plays")),
    *(SCHEMA + name for name in ("contributor", "startOffset", "contentUrl", "embedUrl")),
}
_NOT_OF_PAGES = ("mainEntity", "version")
_Node = dict[str, Any]


def to_schema_org(document: Document, manifest: Manifest, reader: Reader) -> bytes:
    """Return a document as JSON-LD in one line, in the words of schema.org and with its context.

    Shape: the same bytes for the same release and site; the way to the thing is what its page shows, which the reader
    looks up. Identifiers are below the base of the collection, addresses to
    follow on the site. Where its address is not known they are below the base, too, and there are no clips.
    Raises: NotAcceptable for files that are served as they are, which have no base.
    """
    if not manifest.base:
        raise NotAcceptable("files that are served as they are have no profile of schema.org")
    return to_line({"@context": CONTEXT, **Translation(document, manifest, reader).write()})


class Translation:
    """A document in the words of schema.org. Write it once."""

    def __init__(self, document: Document, manifest: Manifest, reader: Reader) -> None:
        self.about = document.about.value
        self.page = document.iri.value
        self.manifest = manifest
        self.reader = reader
        self.site = reader.site
        self.said = Said(document, manifest.language)
        self.written: dict[str, _Node] = {}
        self.references: dict[str, _Node] = {}

    def write(self) -> _Node:
        """Return the tree from the thing outwards, without a context."""
        tree = self._node(self.about)
        # A work is made from its source; of a person or an event, what is said of it is.
        source = {} if is_work(class_for(self.said.types(self.about))) else {"isBasedOn": tree.pop("isBasedOn", None)}
        events = [self._reference(iri) for iri in self.said.iris(self.about, LIG + "featuredAt")]
        back = {"contributor": self._presented(), "workFeatured": events}
        if any(back.values()):
            tree["@reverse"] = {word: one_or_all(values) for word, values in back.items() if values}
        tree["mainEntityOfPage"] = self._page(source)
        say_classes(tree, self.written, self.said, self._page_of(self.about) if self.site.address else None)
        return tree

    # ── Nodes ──

    def _node(self, subject: str) -> _Node:
        """Return a subject with all that is said of it."""
        node: _Node = {"@id": subject, "@type": OPEN}
        self.written[subject] = node
        found: dict[str, list[Any]] = defaultdict(list)
        properties = self.said.properties(subject)
        for predicate in properties:
            if word := word_for(predicate):
                found[word] += [self._value(subject, predicate, term) for term in self.said.terms(subject, predicate)]
        if subject == self.about or not properties.isdisjoint(_SAID_OTHERWISE):
            self._say_otherwise(subject, found)
        found["name"] = found["name"] or self._names(subject)
        for word in sorted(filter(found.get, found), key=place_of):
            node[word] = found[word] if word == "itemListElement" else one_or_all(found[word])
        return node

    def _value(self, subject: str, predicate: str, term: Term) -> Any:
        if isinstance(term, Literal):
            return self.said.json(term)
        if isinstance(term, Triple):
            raise NotAcceptable("schema.org has no way to write a statement about a statement")
        iri = iri_of(term)
        if self.said.properties(iri):
            # Clips are in full in the document of their recording; in that of a set they are where they are played.
            is_own = iri.startswith(subject + "#") or (predicate == SCHEMA + "hasPart" and subject == self.about)
            if (is_own or predicate in HOLDING) and iri not in self.written:
                return self._node(iri)
            return self._reference(iri)
        if iri.startswith(SCHEMA):
            return SCHEMA_HTTPS + iri.removeprefix(SCHEMA)
        return iri if word_for(predicate) in ADDRESSES else {"@id": iri}

    def _reference(self, iri: str) -> _Node:
        """Return what is only referred to: its id, class and name. The same node serves at every mention."""
        if iri not in self.references:
            names = self._names(iri)
            self.references[iri] = {"@id": iri, "@type": OPEN, **({"name": one_or_all(names)} if names else {})}
        return self.references[iri]

    def _names(self, iri: str) -> list[Any]:
        """Return what a subject is called; a source file without a name by the end of its path, as on its page."""
        is_file = VOID + "Dataset" in self.said.types(iri)
        return self.said.names(iri) or ([iri.rpartition("/")[2]] if is_file else [])

    # ── What schema.org says in another shape ──

    def _say_otherwise(self, subject: str, found: dict[str, list[Any]]) -> None:
        if "contributor" in found or LIG + "appearance" in self.said.properties(subject):
            found["contributor"] = self._contributors(subject)
        if subject == self.about:
            roles = [one for one in self.said.subjects if subject in self.said.iris(one, ORG + "member")]
            found["memberOf"] += [self._node(role) for role in roles]
        for action in self.said.iris(subject, LIG + "action"):
            target = self._found_at(subject)
            act = {"@type": ACTIONS.get(action, "Action")}
            found["potentialAction"].append({**act, "target": one_or_all(target)} if target else act)
        for played in self.said.terms(subject, LIG + "plays"):
            word = "audio" if self._is_heard(subject, iri_of(played)) else "video"
            found[word].append(self._value(subject, LIG + "plays", played))
        for word in ("contentUrl", "embedUrl"):  # The page to watch is neither the bytes nor the player.
            found[word] = [address for address in found[word] if address not in found["url"]]
        start = self.said.number(subject, SCHEMA + "startOffset")
        if start is not None and SCHEMA + "Clip" in self.said.types(subject):
            wholes = self.said.iris(subject, SCHEMA + "isPartOf")
            found["url"] = [f"{self._page_of(whole)}?t={start}" for whole in wholes[:1]] + found["url"]

    def _found_at(self, resource: str) -> list[str]:
        """Return where a resource is found: at its own addresses, else where what it plays is."""
        found = self.said.iris(resource, SCHEMA + "url")
        for played in [] if found else self.said.iris(resource, LIG + "plays"):
            start = self.said.number(played, SCHEMA + "startOffset")
            for whole in (played, *self.said.iris(played, SCHEMA + "isPartOf")):
                pages = [watched_from(page, start) for page in self.said.iris(whole, SCHEMA + "url")]
                files = [*self.said.iris(whole, SCHEMA + "contentUrl"), *self.said.iris(whole, SCHEMA + "embedUrl")]
                found = found or (pages or files)[:1]
        return found

    def _is_heard(self, resource: str, played: str) -> bool:
        """Return whether there is nothing to see, by the recording where it is known, else by what readers do."""
        wholes = (played, *self.said.iris(played, SCHEMA + "isPartOf"))
        types = {iri for whole in wholes for iri in self.said.types(whole)}
        if types & {SCHEMA + "VideoObject", SCHEMA + "AudioObject"}:
            return SCHEMA + "AudioObject" in types
        return LIG + "listen" in self.said.iris(resource, LIG + "action")

    def _contributors(self, subject: str) -> list[_Node]:
        """Return who presents, once for each role as held then, and who else contributes."""
        found, presenters = [], set()
        for appearance in self.said.iris(subject, LIG + "appearance"):
            for person in self.said.iris(appearance, LIG + "presenter"):
                presenters.add(person)
                found += self._in_roles(appearance, person) or [self._reference(person)]
        others = [iri for iri in self.said.iris(subject, SCHEMA + "contributor") if iri not in presenters]
        return found + [self._reference(iri) for iri in others]

    def _in_roles(self, appearance: str, person: str) -> list[_Node]:
        """Return a person once for each role of an appearance that the document tells the name of."""
        found = []
        for role in self.said.iris(appearance, LIG + "inRole"):
            if names := self.said.texts(role, SCHEMA + "roleName"):
                held_by = self._reference(person)
                if held_at := [self._reference(iri) for iri in self.said.iris(role, ORG + "organization")]:
                    held_by = {**held_by, "affiliation": one_or_all(held_at)}
                found.append({"@type": "Role", "roleName": one_or_all(names), "contributor": held_by})
        return found

    def _presented(self) -> list[_Node]:
        """Return the works in which the thing, a person, appears, each with the roles held then."""
        found = []
        for whole in self.said.subjects:
            appearances = [
                iri
                for iri in self.said.iris(whole, LIG + "appearance")
                if self.about in self.said.iris(iri, LIG + "presenter")
            ]
            if appearances:
                work = self._reference(whole)
                if roles := [role for one in appearances for role in self._in_roles(one, self.about)]:
                    work = {**work, "contributor": one_or_all(roles)}
                found.append(work)
        return found

    # ── The page ──

    def _page(self, source: _Node) -> _Node:
        """Return the page of the thing: what it says of itself, and its place in the collection."""
        dataset: _Node = {"@id": f"{self.manifest.base}dataset", "@type": OPEN, "name": self.manifest.title}
        if self.manifest.description:
            dataset["description"] = self.manifest.description
        dataset["@type"] = nearest_class("Dataset", dataset)
        page = {**self._node(self.page), "isPartOf": dataset, **source, "breadcrumb": self._trail()}
        # With the release in it, every card on other sites would change with each release, though its facts did not.
        return {word: value for word, value in page.items() if word not in _NOT_OF_PAGES and value is not None}

    def _trail(self) -> _Node:
        """Return the way from the collection to the thing, as its page has it."""
        thing = self.reader.node(NamedNode(self.about))
        steps = [(self.manifest.title, self._home)]
        steps += [(node.text, self._page_of(node.iri.value)) for node in (*trail(thing), thing)]
        places = [
            {"@type": "ListItem", "position": number, "name": name, "item": address}
            for number, (name, address) in enumerate(steps, 1)
        ]
        return {"@type": "BreadcrumbList", "itemListElement": places}

    @property
    def _home(self) -> str:
        return self.site.address or self.manifest.base

    def _page_of(self, iri: str) -> str:
        return f"{self._home}doc/{self.site.path_of(iri)}"
