"""The things that a collection has already, for recognising them in a post."""

from __future__ import annotations

from collections import defaultdict

from pyoxigraph import Literal, NamedNode, Store

from ligraph.collection.ingest import Known
from ligraph.namespaces import NAME, ORG, PREF_LABEL, SCHEMA, SKOS

_NAMES = (NAME, PREF_LABEL, SCHEMA + "alternateName", SKOS + "altLabel")


def known_things(store: Store, ids: str, *, besides: str | None = None) -> list[Known]:
    """Return every thing with a name, with its other names, and for people the roles that they held.

    Shape: `besides` is the graph of a file whose things are left out. Names that only follow from others, such as
    those of clips, are none to recognise a thing by.
    """
    derived = f"{ids}derived/"
    names: dict[str, list[str]] = defaultdict(list)
    for predicate in _NAMES:
        for quad in store.quads_for_pattern(None, NamedNode(predicate), None, None):
            iri = getattr(quad.subject, "value", "")
            graph = getattr(quad.graph_name, "value", "")
            if not iri.startswith(ids) or "#" in iri or graph == besides or graph.startswith(derived):
                continue
            if isinstance(quad.object, Literal):
                names[iri].append(quad.object.value)
    roles = _roles(store, ids, besides)
    found = []
    for iri, called in sorted(names.items()):
        local = iri[len(ids) :]
        held = tuple(sorted(roles.get(iri, ())))
        parts = tuple(part.partition("#")[2] for part, _, _ in held)
        found.append(Known(local, tuple(dict.fromkeys(called)), local.partition("/")[0], parts, held))
    return found


def _roles(store: Store, ids: str, besides: str | None) -> dict[str, list[tuple[str, str, str]]]:
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for quad in store.quads_for_pattern(None, NamedNode(ORG + "member"), None, None):
        role, person = quad.subject, quad.object
        if getattr(quad.graph_name, "value", "") == besides:
            continue
        if isinstance(role, NamedNode) and isinstance(person, NamedNode):
            organization = _value(store, role, ORG + "organization").removeprefix(ids)
            name = _value(store, role, SCHEMA + "roleName")
            found[person.value].append((role.value.removeprefix(ids), organization, name))
    return found


def _value(store: Store, subject: NamedNode, predicate: str) -> str:
    quad = next(store.quads_for_pattern(subject, NamedNode(predicate), None, None), None)
    return getattr(quad.object, "value", "") if quad else ""
