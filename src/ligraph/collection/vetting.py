"""What is checked on every single statement while it is read, before any shape."""

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store

from ligraph.collection.ids import complaint
from ligraph.collection.vocabulary import ONTOLOGY_GRAPH, Vocabulary
from ligraph.collection.yamltree import nearest, suggest
from ligraph.namespaces import SCHEMA, SCHEMA_HTTPS, TYPE, XSD, as_stored, shorten

_WELL_FORMED = re.compile(r"[^\W\d_][\w\-]*/[\w\-]+(#[\w\-]+)?")
_WHOLE = re.compile(r"[a-z][a-z0-9+.\-]*://|urn:|tag:", re.I)
_ADDRESSES = {SCHEMA + name for name in ("url", "sameAs", "contentUrl", "embedUrl", "thumbnailUrl", "license")}
_STRING = XSD + "string"


@dataclass
class Vetted:
    """What came to light while the statements of one file were read.

    Shape: `bad_ids` by IRI with the complaint; `subjects` only things and parts below the base; `typings` has the
    subjects by segment and class, `foreign` subject and class of things outside the base; `unaddressed` the statements
    whose address is an id of the collection; `blank_links` subject and predicate of statements that lead to a blank
    node, or stand in a graph that is one; `bad_graphs` by IRI with the complaint and such a pair.
    """

    blank: bool = False
    foreign: set[tuple[str, str]] = field(default_factory=set)
    blank_links: dict[tuple[str, str], None] = field(default_factory=dict)
    bad_graphs: dict[str, tuple[str, tuple[str, str]]] = field(default_factory=dict)
    bad_ids: dict[str, str] = field(default_factory=dict)
    predicates: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    typings: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    unaddressed: set[tuple[str, str, str]] = field(default_factory=set)
    typed: set[Literal] = field(default_factory=set)
    subjects: set[str] = field(default_factory=set)
    graphs: set[str] = field(default_factory=set)


def vet(quads: Iterable[Quad], graph: str, files: Set[str], ids: str, vetted: Vetted) -> Iterator[Quad]:
    """Yield statements as they go into the store: in the file's graph unless they name one, schema.org as http.

    Statements with a blank node, a malformed id, or in the graph of another of the files are left out and noted.
    """
    home = NamedNode(graph)
    subject_before: object = None
    subject_good = True
    for quad in quads:
        subject, predicate, value = quad.subject, quad.predicate, quad.object
        if subject != subject_before:
            subject_before = subject
            subject_good = _vet_subject(subject, ids, vetted)
        if not subject_good:
            continue
        assert isinstance(subject, NamedNode)
        # Terms make their text anew each time they are asked for it.
        word = predicate.value
        if word.startswith(SCHEMA_HTTPS):
            word = as_stored(word)
            predicate = NamedNode(word)
        vetted.predicates.add(word)
        if isinstance(value, NamedNode):
            text = value.value
            # An address is where something is, and stays as it was written.
            if text.startswith(SCHEMA_HTTPS) and word not in _ADDRESSES:
                text = as_stored(text)
                value = NamedNode(text)
            if word == TYPE:
                _note_class(subject.value, text, ids, vetted)
            elif text.startswith(ids):
                if text not in vetted.subjects and not _vet_id(text, ids, vetted):
                    continue
                if word in _ADDRESSES:
                    vetted.unaddressed.add((subject.value, word, text))
        elif isinstance(value, Literal):
            if value.language is None and value.datatype.value != _STRING:
                vetted.typed.add(value)
        else:
            vetted.blank_links[subject.value, word] = None
            continue
        name = quad.graph_name
        if isinstance(name, DefaultGraph):
            name = home
        elif isinstance(name, BlankNode):
            vetted.blank_links[subject.value, word] = None
            continue
        elif name.value not in vetted.graphs and not _vet_graph(
            name.value, graph, files, ids, (subject.value, word), vetted
        ):
            continue
        yield Quad(subject, predicate, value, name)


def undeclared(vetted: Vetted, ids: str, vocabulary: Vocabulary) -> Iterator[tuple[str, bool, str]]:
    """Yield the words that no ontology in force declares: IRI, whether that is an error, message.

    A word of the model's own namespaces, a word that was taken for an id and one with a prefix that is not known
    are errors; another's word is published, but nothing checks it.
    """
    own = vocabulary.own_namespaces
    for kind, found, known in (
        ("property", vetted.predicates - {TYPE}, vocabulary.properties),
        ("class", vetted.classes, vocabulary.classes),
    ):
        for iri in sorted(found - known):
            short = shorten(iri)
            near = suggest(short, [shorten(word) for word in known])
            if iri.startswith(own):
                yield iri, True, f"{short} is not a {kind} of the ontology{near}"
            elif iri.startswith(ids):
                word = iri.removeprefix(ids)
                yield iri, True, f"“{word}” is not a {kind} of the context{nearest(word, vocabulary.keys.values())}"
            elif not _WHOLE.match(iri):
                prefix = iri.partition(":")[0]
                yield iri, True, f"the prefix “{prefix}:” is not known{nearest(prefix, vocabulary.prefixes)}"
            else:
                yield (
                    iri,
                    False,
                    f"{short} is not a {kind} that the ontology declares, so nothing checks it{near}",
                )


def mistyped(vetted: Vetted, vocabulary: Vocabulary) -> Iterator[tuple[str, str, str]]:
    """Yield the things whose class is not one of their segment: IRI, class, message."""
    for (segment, cls), subjects in sorted(vetted.typings.items()):
        if cls not in vocabulary.segmented or vocabulary.may_be(segment, cls):
            continue
        names = " or ".join(sorted(shorten(known) for known in vocabulary.allowed.get(segment, ())))
        wrong = f"a thing under “{segment}/” is a {names}, not a {shorten(cls)}"
        if not names:
            wrong = f"no class has ids that begin with “{segment}/”{nearest(segment, vocabulary.allowed)}"
        for subject in subjects:
            yield subject, cls, wrong


def is_too_large(literal: Literal) -> bool:
    """Return whether a literal is a whole number that engines cannot hold, in 64 bits with a sign."""
    digits = literal.value.lstrip("+-").lstrip("0")
    if literal.datatype.value != XSD + "integer" or len(digits) < 19 or not digits.isdecimal():
        return False
    # Python itself refuses to read thousands of digits.
    return len(digits) > 19 or not -(2**63) <= int(literal.value) < 2**63


def rewritten(typed: set[Literal]) -> dict[Literal, Literal]:
    """Return the literals that the store would write in another form, such as `007` as `7`, by themselves."""
    if not typed:
        return {}
    literals = list(typed)
    scratch = Store()
    at = NamedNode(XSD)
    scratch.bulk_extend(Quad(NamedNode(f"urn:n:{n}"), at, literal) for n, literal in enumerate(literals))
    found = {}
    for quad in scratch:
        number = int(quad.subject.value.removeprefix("urn:n:"))
        stored = quad.object
        if isinstance(stored, Literal) and stored != literals[number]:
            found[literals[number]] = stored
    return found


def _vet_subject(subject: object, ids: str, vetted: Vetted) -> bool:
    if not isinstance(subject, NamedNode):
        vetted.blank = True
        return False
    iri = subject.value
    if not iri.startswith(ids):
        return True
    if not _vet_id(iri, ids, vetted):
        return False
    vetted.subjects.add(iri)
    return True


def _vet_graph(name: str, own: str, files: Set[str], ids: str, said: tuple[str, str], vetted: Vetted) -> bool:
    """Return whether a file may speak in a graph that it names: not in another file's, nor in those that we write."""
    wrong = None
    if name == ONTOLOGY_GRAPH.value:
        wrong = "this is said in the graph of the ontology, which no release holds: name another graph"
    elif name.startswith(f"{ids}derived/"):
        wrong = "this is said in a graph of what follows from others: rules write those, name another graph"
    elif name in files and name != own:
        wrong = "this is said in the graph of another file: write it in that file, or name another graph"
    if wrong:
        vetted.bad_graphs.setdefault(name, (wrong, said))
    else:
        vetted.graphs.add(name)
    return not wrong


def _note_class(subject: str, cls: str, ids: str, vetted: Vetted) -> None:
    vetted.classes.add(cls)
    if subject.startswith(ids):
        segment = subject[len(ids) :].partition("/")[0]
        vetted.typings.setdefault((segment, cls), []).append(subject)
    else:
        vetted.foreign.add((subject, cls))


def _vet_id(iri: str, ids: str, vetted: Vetted) -> bool:
    local = iri[len(ids) :]
    if _WELL_FORMED.fullmatch(local):
        return True
    wrong = complaint(local)
    if wrong:
        vetted.bad_ids[iri] = wrong
    return not wrong
