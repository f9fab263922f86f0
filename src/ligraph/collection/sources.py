"""The files below `data/`, read into one store: every file is a graph of its own."""

from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Quad, Store

from ligraph.collection.files import SourceFile, source_files
from ligraph.collection.ids import complaint
from ligraph.collection.readers import read_quads
from ligraph.collection.source import Source
from ligraph.collection.vetting import Vetted, is_too_large, mistyped, rewritten, undeclared, vet
from ligraph.collection.vocabulary import Vocabulary
from ligraph.config import Collection
from ligraph.errors import CollectionError
from ligraph.formats import JSON_LD, RDF_XML, YAML_LD
from ligraph.namespaces import TYPE, VOID, shorten
from ligraph.progress import Progress, untold

_NO_ID = "a thing has no name of its own (a blank node): give it an id"


@dataclass(frozen=True)
class Fault:
    """Something wrong that reading a file brought to light.

    Shape: `line` is None where it is to be looked up: the statement of `node`, with `predicate` and one of
    `values`, as far as they are known, or the statements about blank nodes.
    """

    file: SourceFile
    message: str
    line: int | None = None
    warning: bool = False
    node: str | None = None
    predicate: str | None = None
    values: tuple[str, ...] = ()
    blank: bool = False


@dataclass
class Sources:
    """What the files say: the store of all statements, and what is wrong with the files.

    Shape: `graphs` has the files that speak in each graph; `broken` the files that could not be read to the end.
    """

    files: list[SourceFile] = field(default_factory=list)
    store: Store = field(default_factory=Store)
    graphs: dict[str, list[SourceFile]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    broken: list[SourceFile] = field(default_factory=list)


def read_sources(collection: Collection, vocabulary: Vocabulary, progress: Progress = untold) -> Sources:
    """Return everything that the files below `data/` say.

    Raises: CollectionError when a file cannot be opened.
    """
    sources = Sources(source_files(collection))
    homes: dict[str, SourceFile] = {}
    graphs = frozenset(file.graph for file in sources.files)
    for number, file in enumerate(sources.files):
        progress("Reading", number, len(sources.files))
        # No part of an id, and no `#` of one: the whole name is the path of the graph.
        if wrong := complaint(file.graph.removeprefix(collection.settings.ids).replace("#", "?")):
            sources.faults.append(Fault(file, f"the name of a file is part of an id, and {wrong}: rename it", line=1))
            sources.broken.append(file)
            continue
        _read_file(file, graphs, collection, vocabulary, sources, homes)
    return sources


def _read_file(
    file: SourceFile,
    graphs: frozenset[str],
    collection: Collection,
    vocabulary: Vocabulary,
    sources: Sources,
    homes: dict[str, SourceFile],
) -> None:
    limits = collection.settings.limits
    limit = limits.yaml_bytes if file.format in (YAML_LD, JSON_LD, RDF_XML) else limits.source_bytes
    try:
        size = file.path.stat().st_size
        if size > limit:
            message = f"the file has {size:,} bytes, over the limit of {limit:,}: split it, or raise the limit"
            sources.faults.append(Fault(file, message, line=1))
            sources.broken.append(file)
            return
        content = file.path.read_bytes()
    except OSError as error:
        raise CollectionError(f"{file.path} cannot be read: {error.strerror}") from None
    settings = collection.settings
    content = content.removeprefix(BOM_UTF8)
    source = Source(content, file.format, settings.ids, file.graph, settings.language, settings.base)
    vetted = Vetted()
    quads = vet(read_quads(source, vocabulary), file.graph, graphs, settings.ids, vetted)
    sources.store.bulk_extend(quads)
    home = NamedNode(file.graph)
    sources.store.add(Quad(home, NamedNode(TYPE), NamedNode(VOID + "Dataset"), home))
    for graph in vetted.graphs | {file.graph}:
        sources.graphs.setdefault(graph, []).append(file)
    if source.is_cut:
        sources.broken.append(file)
    for found in source.complaints:
        node = settings.ids + found.node if found.node else None
        sources.faults.append(Fault(file, found.message, line=found.line, node=node, predicate=found.property))
    sources.faults.extend(_faults_of(file, vetted, settings.ids, vocabulary))
    sources.faults.extend(_named_twice(file, vetted, homes))


def _faults_of(file: SourceFile, vetted: Vetted, ids: str, vocabulary: Vocabulary) -> Iterator[Fault]:
    if vetted.blank:
        yield Fault(file, _NO_ID, blank=True)
    else:
        for subject, predicate in vetted.blank_links:
            yield Fault(file, _NO_ID, node=subject, predicate=predicate)
    for wrong, (subject, predicate) in vetted.bad_graphs.values():
        yield Fault(file, wrong, node=subject, predicate=predicate)
    for iri, wrong in sorted(vetted.bad_ids.items()):
        yield Fault(file, wrong, node=iri)
    for iri, cls, wrong in mistyped(vetted, vocabulary):
        yield Fault(file, wrong, node=iri, predicate=TYPE, values=(cls,))
    for subject, predicate, value in sorted(vetted.unaddressed):
        wrong = f"“{value.removeprefix(ids)}” is an id of this collection and no address: write https://… whole"
        yield Fault(file, wrong, node=subject, predicate=predicate, values=(value,))
    for literal in sorted(vetted.typed, key=lambda literal: literal.value):
        if is_too_large(literal):
            message = f"“{literal.value}” is too large for a number: engines count to 9,223,372,036,854,775,807"
            yield Fault(file, message, values=(literal.value,))
    for iri, cls in sorted(vetted.foreign):
        message = f"this is a {shorten(cls)} of another place than {ids}, so it has no page here: give it an id"
        if cls in vocabulary.segmented:
            yield Fault(file, message, node=iri, predicate=TYPE, values=(cls,), warning=True)
    for iri, is_error, message in undeclared(vetted, ids, vocabulary):
        if iri in vetted.predicates:
            yield Fault(file, message, predicate=iri, warning=not is_error)
        else:
            yield Fault(file, message, predicate=TYPE, values=(iri,), warning=not is_error)
    for literal, stored in sorted(rewritten(vetted.typed).items(), key=lambda pair: pair[0].value):
        before, after = literal.value, stored.value
        if before == after:
            before, after = (f"{t.value} ({shorten(t.datatype.value)})" for t in (literal, stored))
        message = f"“{before}” is published as “{after}”: write it so, to see what others will see"
        yield Fault(file, message, values=(literal.value, stored.value), warning=True)


def _named_twice(file: SourceFile, vetted: Vetted, homes: dict[str, SourceFile]) -> Iterator[Fault]:
    shared: dict[SourceFile, list[str]] = defaultdict(list)
    for iri in vetted.subjects:
        # Each part is looked at by itself: a later post adds a role to a person whom an earlier one describes.
        first = homes.setdefault(iri, file)
        if first is not file and iri != file.graph:
            shared[first].append(iri)
    for first, iris in shared.items():
        twins = first.path.with_suffix("") == file.path.with_suffix("")
        for iri in sorted(iris):
            message = f"this is described in {first.name} too: keep one"
            if twins:
                message = f"{first.name} beside this file describes the same thing: keep one of the two files"
            yield Fault(file, message, node=iri)
