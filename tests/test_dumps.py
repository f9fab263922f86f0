"""Dumps and sitemaps: written once, of exactly what is served, the same bytes for the same release."""

import gzip
import hashlib
import os
import resource
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import orjson
import pytest
import rdflib
from conftest import WriteCollection
from starlette.testclient import TestClient

from ligraph import ReleaseError, api, create_app, open_release
from ligraph.releases.canonical import read_lines
from ligraph.stores.documents import modified, read_document
from ligraph.stores.embedded import Release
from ligraph.views import dumps, sitemaps
from ligraph.views import twin as twin_module
from ligraph.views.dumps import write_dumps
from ligraph.views.jsonld import to_json_ld
from ligraph.views.sitemaps import part_path, sitemap_index, sitemap_part
from ligraph.views.twin import Twin
from ligraph.views.words import Words

PARENT = os.getpid()
EVERY_ROW = Path(__file__).parent / "every_row"
BASE = "https://example.org/every-row/"
IDS = BASE + "id/"
SITE = "https://site.example/a&b/"
MORE = """\
source: https://example.org/more
things:
- {id: topic/éva-ü, prefLabel: "Éva </script>", inScheme: scheme/topics}
- {id: topic/rows-a, prefLabel: rows a, inScheme: scheme/topics}
"""
FILES = ("dumps/all.ttl.gz", "dumps/all.jsonl.gz", "sitemaps/index.xml", "sitemaps/1.xml")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("dumps") / "every-row"
    shutil.copytree(EVERY_ROW, root, ignore=shutil.ignore_patterns(".ligraph"))
    assert api.build(root).left_out == 0
    # What is said of the things of another file changes later.
    (root / "data" / "more.yaml").write_text(MORE, "utf-8")
    api.build(root)
    return root


@pytest.fixture(scope="module")
def release(root: Path) -> Release:
    return open_release(root)


@pytest.fixture(scope="module")
def facts(release: Release) -> rdflib.Graph:
    content = gzip.decompress((release.folder / "dumps" / "all.nq.gz").read_bytes())
    graph = rdflib.Graph()
    for subject, predicate, value, _ in rdflib.Dataset().parse(data=content, format="nquads").quads():
        graph.add((subject, predicate, value))
    return graph


@pytest.fixture(scope="module")
def client(root: Path) -> Iterator[TestClient]:
    with TestClient(create_app(root), follow_redirects=False) as client:
        yield client


def things(facts: rdflib.Graph) -> list[str]:
    """The ids of all that has a document, in order."""
    return sorted({str(one).removeprefix(IDS) for one in facts.subjects() if "#" not in str(one)})


def written_again(release: Release, folder: Path) -> dict[str, bytes]:
    """What is written once more, with the statements in the order of the release's own store."""
    (folder / "dumps").mkdir(parents=True)
    for name in ("context.jsonld", "dumps/all.nq.gz"):
        shutil.copy(release.folder / name, folder / name)
    assert write_dumps(folder, release.manifest, release.store) == 0
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("context.jsonld", "all.nq.gz")
    }


# ── Dumps ──


def test_each_line_is_the_json_ld_of_a_thing(release: Release, facts: rdflib.Graph, client: TestClient) -> None:
    lines = read_lines(release.folder / "dumps" / "all.jsonl.gz")
    ids = [orjson.loads(line)["id"] for line in lines]
    assert ids == [IDS + local for local in things(facts)]
    assert {IDS + "graph/every-row.yaml", IDS + "topic/éva-ü"} < set(ids)
    words = Words(release.context)
    for local, line in zip(things(facts), lines, strict=True):
        document = read_document(release.store, release.manifest, local)
        assert document is not None
        assert line == to_json_ld(document, words) == client.get(f"/doc/{local}.jsonld").content


def test_the_turtle_has_each_triple_once(release: Release, facts: rdflib.Graph) -> None:
    content = gzip.decompress((release.folder / "dumps" / "all.ttl.gz").read_bytes())
    graph = rdflib.Graph().parse(data=content, format="turtle")
    assert set(graph) == set(facts)
    lines = content.decode().splitlines()
    # One block for each subject, and one line for each property.
    assert sum(line.startswith("<") for line in lines) == len(set(facts.subjects()))
    pairs = {(subject, predicate) for subject, predicate, _ in facts}
    assert sum(line[:1] in ("<", "\t") for line in lines) == len(pairs)
    assert "@prefix lig: <https://w3id.org/ligraph/ns#> ." in lines
    assert len([line for line in lines if line.startswith("@prefix")]) == 13


def test_what_is_written_does_not_depend_on_the_order_of_a_store(release: Release, tmp_path: Path) -> None:
    written = written_again(release, tmp_path / "again")
    assert written == {name: (release.folder / name).read_bytes() for name in FILES}
    assert set(FILES) <= release.manifest.files.keys()


@pytest.mark.parametrize("name", ["all.nq.gz", "all.ttl.gz", "all.jsonl.gz"])
def test_compressed_files_have_neither_time_nor_name(name: str, release: Release) -> None:
    content = (release.folder / "dumps" / name).read_bytes()
    # RFC 1952 section 2.3: magic number, deflate, no flags, time 0.
    assert content[:8] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00"


def test_batches_change_no_statement(
    release: Release, facts: rdflib.Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dumps, "_TRIPLES", 7)
    monkeypatch.setattr(dumps, "_DOCUMENTS", 3)
    again = written_again(release, tmp_path / "again")
    for name in ("dumps/all.ttl.gz", "dumps/all.jsonl.gz"):
        assert gzip.decompress(again[name]) == gzip.decompress((release.folder / name).read_bytes())
    content = gzip.decompress(again["dumps/all.ttl.gz"])
    assert len(rdflib.Graph().parse(data=content, format="turtle")) == len(facts)


def test_what_json_ld_cannot_say_is_left_out_and_counted(collection: WriteCollection) -> None:
    ids, core = "https://example.org/c/id/", "http://www.w3.org/2004/02/skos/core#"
    odd = "".join(
        f"<{ids}topic/odd> <{predicate}> {value} .\n"
        for predicate, value in (
            ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", f"<{core}Concept>"),
            (core + "prefLabel", '"odd"@en'),
            (core + "inScheme", f"<{ids}scheme/s>"),
            # “schema” is a prefix of the context.
            (core + "closeMatch", "<schema:odd>"),
        )
    )
    files = {
        "data/a.yaml": "source: https://example.org/a\nthings:\n- {id: scheme/s, prefLabel: S}\n",
        "data/b.nt": odd,
    }
    root = collection(dict(files))
    built = api.build(root)
    assert built.left_out == 1
    release = open_release(root)
    lines = read_lines(release.folder / "dumps" / "all.jsonl.gz")
    assert [orjson.loads(line)["id"] for line in lines] == [
        ids + local for local in ("graph/a.yaml", "graph/b.nt", "scheme/s")
    ]
    # The other dumps have it.
    assert b"<schema:odd>" in gzip.decompress((release.folder / "dumps" / "all.ttl.gz").read_bytes())
    assert api.build(root).left_out == 0


def test_progress_is_told(release: Release, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    (tmp_path / "dumps").mkdir()
    for name in ("context.jsonld", "dumps/all.nq.gz"):
        shutil.copy(release.folder / name, tmp_path / name)
    write_dumps(tmp_path, release.manifest, release.store, lambda *args: told.append(args))
    number = len(read_lines(release.folder / "dumps" / "all.jsonl.gz"))
    assert told[0] == ("Writing documents", 0, number)


def test_a_dump_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(shutil.copytree(EVERY_ROW, tmp_path / "c", ignore=shutil.ignore_patterns(".ligraph")))
    before = api.build(root).manifest.id
    (root / "data" / "more.yaml").write_text(MORE, "utf-8")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(dumps, "_write_turtle", fail)
        with pytest.raises(ReleaseError, match="No space left"):
            api.build(root)
    assert open_release(root).manifest.id == before
    assert [path.name for path in (root / ".ligraph" / "releases").iterdir()] == [before]
    assert api.build(root).is_new


# ── The second process ──

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux copies a process that has threads")


def children() -> set[int]:
    return set(map(int, Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()))


@on_linux
def test_a_twin_makes_what_this_process_would() -> None:
    with Twin([1, 3_000_000, 0, 3], lambda size: f"{os.getpid() != PARENT}".encode() + b"x" * size, 2) as twin:
        made = [twin.take() for _ in range(5)]
    assert made == [b"True" + b"x" * size for size in (1, 3_000_000, 0, 3)] + [None]
    assert not children()


@on_linux
@pytest.mark.parametrize("end", ["killed", "stuck", "failed"])
def test_a_twin_that_ends_leaves_the_work_to_this_process(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twin_module, "_PATIENCE_SECONDS", 0.5)

    def make(job: int) -> bytes:
        if job == 1 and end == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if job == 1 and end == "stuck":
            time.sleep(60)
        return b"made" if job != 1 else bytes(1 // 0)

    with Twin([0, 1, 2], make, 2) as twin:
        assert [twin.take() for _ in range(3)] == [b"made", None, None]
        assert not children()


@on_linux
def test_a_twin_ends_with_who_it_works_for() -> None:
    def fail() -> None:
        with Twin(list(range(1_000)), lambda _: b"x" * 1_000_000, 2) as twin:
            assert twin.take()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not children()


@on_linux
def test_a_twin_may_be_reaped_by_others() -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        with Twin([0], lambda _: b"made", 2) as twin:
            assert twin.take() == b"made"
            time.sleep(0.2)
    finally:
        signal.signal(signal.SIGCHLD, before)


@on_linux
def test_a_twin_is_heard_whatever_its_descriptor() -> None:
    """Of `select`, 1,023 is the largest."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4_096, hard), hard))
    with ExitStack() as stack:
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        for _ in range(1_100):
            stack.enter_context(open(os.devnull, "rb"))  # noqa: PTH123 - many, and nothing is read
        with Twin([0], lambda _: b"made", 2) as twin:
            assert twin.take() == b"made"


@on_linux
def test_an_interrupt_leaves_no_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    parent, fork = os.getpid(), os.fork

    def fork_interrupted() -> int:
        pid = fork()
        if os.getpid() == parent:
            # To this thread, which waits for it: others of this process would take it at once.
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        return pid

    monkeypatch.setattr(os, "fork", fork_interrupted)
    # Where the tests run in the background of a shell, it has interrupts ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), Twin([0], lambda _: b"made", 2):
            pass
    finally:
        signal.signal(signal.SIGINT, before)
    assert not children()


@on_linux
def test_a_twin_of_which_nobody_knows_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt may come between the copy and its number."""
    parent, fork = os.getpid(), os.fork
    pids = []

    def fork_interrupted() -> int:
        pid = fork()
        if os.getpid() == parent:
            pids.append(pid)
            raise KeyboardInterrupt
        return pid

    monkeypatch.setattr(os, "fork", fork_interrupted)
    with pytest.raises(KeyboardInterrupt), Twin(list(range(100)), lambda _: b"x" * 100_000, 2):
        pass
    assert os.waitpid(pids[0], 0)[0] == pids[0]


@on_linux
def test_a_service_is_not_copied() -> None:
    """It has connections of clients, which a copy would hold open."""

    def take() -> bytes | None:
        with Twin([0], lambda _: b"made", 2) as twin:
            return twin.take()

    with ThreadPoolExecutor(1) as other:
        assert other.submit(take).result() is None
    assert take() == b"made"


def test_the_bytes_are_the_same_whoever_makes_them(
    release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dumps, "_DOCUMENTS", 2)
    digests = set()
    for processors in (1, 2):
        monkeypatch.setattr(dumps, "Twin", partial(Twin, processors=processors))
        written_again(release, tmp_path / str(processors))
        digests.add(hashlib.sha256((tmp_path / str(processors) / "dumps/all.jsonl.gz").read_bytes()).hexdigest())
    assert len(digests) == 1


# ── Sitemaps ──


def entries(content: bytes | None, root: str, entry: str) -> dict[str, str]:
    """Read a sitemap: times by address, in order."""
    assert content is not None
    namespace = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    tree = ElementTree.fromstring(content)
    assert tree.tag == namespace + root
    found = {}
    for element in tree:
        assert element.tag == namespace + entry
        assert [child.tag for child in element] == [namespace + "loc", namespace + "lastmod"]
        found[str(element[0].text)] = str(element[1].text)
    return found


def test_the_sitemap_lists_every_page(release: Release, facts: rdflib.Graph, client: TestClient) -> None:
    [[part, latest]] = entries(sitemap_index(release.folder, SITE), "sitemapindex", "sitemap").items()
    assert part == f"{SITE}sitemap-1.xml" == SITE + part_path(1)
    pages = entries(sitemap_part(release.folder, 1, SITE), "urlset", "url")
    local = [unquote(page.removeprefix(f"{SITE}doc/")) for page in pages]
    assert local == [one for one in things(facts) if not one.startswith("graph/")]
    for page, when in pages.items():
        path = "/" + page.removeprefix(SITE)
        # Another spelling of the address would be redirected.
        assert client.get(path).status_code == 200
        about = rdflib.URIRef(IDS + unquote(path.removeprefix("/doc/")))
        assert when == modified_of(release, str(about))
    assert f"{SITE}doc/topic/%C3%A9va-%C3%BC" in pages
    assert latest == max(pages.values())
    # Those of the first file did not change with the second release.
    assert len(set(pages.values())) == 2


def modified_of(release: Release, about: str) -> str:
    from pyoxigraph import NamedNode

    return modified(release.store, release.manifest, NamedNode(about))


def test_a_long_sitemap_has_parts(release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every = entries(sitemap_part(release.folder, 1, SITE), "urlset", "url")
    monkeypatch.setattr(sitemaps, "PAGES", 9)
    full, rest = divmod(len(every), 9)
    assert full > 1
    assert rest > 0
    written_again(release, tmp_path / "again")
    index = entries(sitemap_index(tmp_path / "again", SITE), "sitemapindex", "sitemap")
    parts = [entries(sitemap_part(tmp_path / "again", number, SITE), "urlset", "url") for number in range(1, full + 2)]
    assert list(index) == [f"{SITE}sitemap-{number}.xml" for number in range(1, full + 2)]
    assert [len(part) for part in parts] == [9] * full + [rest]
    assert [max(part.values()) for part in parts] == list(index.values())
    assert [entry for part in parts for entry in part.items()] == list(every.items())


@pytest.mark.parametrize("number", [0, -1, 2, 10**9])
def test_a_part_that_is_not_there_is_none(number: int, release: Release) -> None:
    assert sitemap_part(release.folder, number, SITE) is None


def test_a_release_without_pages_has_no_sitemap(collection: WriteCollection) -> None:
    root = collection({})
    api.build(root)
    release = open_release(root)
    assert sitemap_index(release.folder, SITE) is None
    assert read_lines(release.folder / "dumps" / "all.jsonl.gz") == []
