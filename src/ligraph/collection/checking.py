"""The check: sources are read, what follows is derived, the shapes judge, and every result gets its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pyoxigraph import Store

from ligraph.collection.removals import Removals, is_described, read_removals
from ligraph.collection.report import Report, Result, Severity, report_of
from ligraph.collection.reporter import Reporter
from ligraph.collection.rules import derive
from ligraph.collection.sources import Sources, read_sources
from ligraph.collection.vocabulary import ONTOLOGY_GRAPH, Vocabulary, vocabulary_of
from ligraph.config import FILE_NAME, Collection
from ligraph.progress import Progress, untold


@dataclass(frozen=True)
class Checked:
    """A checked graph: all statements, written and derived, and the report about them.

    Shape: `store` has no ontology; each quad is in its file's graph or in a derived one. `removals` are the ids
    that are no more, as the collection lists them.
    """

    collection: Collection
    vocabulary: Vocabulary
    sources: Sources
    removals: Removals
    report: Report

    @property
    def store(self) -> Store:
        """The statements."""
        return self.sources.store


def load(collection: Collection, progress: Progress = untold) -> tuple[Vocabulary, Sources]:
    """Return the words in force and what the sources say, with what follows from it.

    Raises: CollectionError when the folder, the ontology or a rule cannot be worked with.
    """
    vocabulary = vocabulary_of(collection)
    sources = read_sources(collection, vocabulary, progress)
    with _words_in(sources.store, vocabulary):
        derive(sources.store, vocabulary.rules, collection.settings.ids, progress)
    return vocabulary, sources


def check(collection: Collection, *, full: bool = False, progress: Progress = untold) -> Checked:
    """Return the graph of a collection with all that is wrong with it.

    Shape: with `full` the shapes are judged by one plain pySHACL run, without the sieve.
    Raises: CollectionError when the folder, the ontology, a rule or a shape cannot be worked with.
    """
    return judge(collection, *load(collection, progress), full=full, progress=progress)


def judge(
    collection: Collection,
    vocabulary: Vocabulary,
    sources: Sources,
    *,
    full: bool = False,
    progress: Progress = untold,
) -> Checked:
    """Return what was loaded with all that is wrong with it.

    Raises: CollectionError when a shape cannot be worked with.
    """
    from ligraph.collection.shapes import read_shapes
    from ligraph.collection.validation import validate, validate_fully

    with _words_in(sources.store, vocabulary):
        shapes, language = read_shapes(collection), collection.settings.language
        if full:
            progress("Checking with one plain pySHACL run", 0, 1)
            findings = validate_fully(sources.store, shapes, language)
        else:
            findings = validate(sources.store, shapes, language, progress)
    removals, complaints = read_removals(collection, sources.store)
    complaints += _complaints_about_settings(collection, sources.store)
    reporter = Reporter(collection, vocabulary, sources, shapes.aims)
    results = [*reporter.of_faults(), *reporter.of_findings(findings), *complaints]
    return Checked(collection, vocabulary, sources, removals, report_of(results))


def _complaints_about_settings(collection: Collection, store: Store) -> Iterator[Result]:
    """Yield what the settings say about the data and the data do not."""
    publisher = collection.settings.publisher
    if publisher and not is_described(store, collection.settings.ids + publisher):
        message = f"the publisher is said to be {publisher}, which nothing describes: write it, or correct the setting"
        lines = (collection.root / FILE_NAME).read_text("utf-8-sig").splitlines()
        line = next((number for number, text in enumerate(lines, 1) if text.startswith("publisher")), 1)
        yield Result(Severity.WARNING, message, FILE_NAME, line)


@contextmanager
def _words_in(store: Store, vocabulary: Vocabulary) -> Iterator[None]:
    """Have the ontology in a store for a while: rules and shapes look at it, a release does not hold it."""
    store.extend(vocabulary.quads)
    try:
        yield
    finally:
        store.remove_graph(ONTOLOGY_GRAPH)
