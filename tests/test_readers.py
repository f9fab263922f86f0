"""Each source format: what it says, the line of what is wrong in it, and that nothing in it reaches the network."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from conftest import WriteCollection
from pyoxigraph import NamedNode

from ligraph.collection.checking import check
from ligraph.collection.files import source_files
from ligraph.collection.sources import read_sources
from ligraph.collection.vocabulary import Vocabulary, vocabulary_of
from ligraph.config import open_collection
from ligraph.errors import CollectionError
from ligraph.namespaces import LIG

IDS = "https://example.org/c/id/"
TURTLE = "PREFIX schema: <http://schema.org/>\n"
XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:s="http://schema.org/">\n'
CONTEXT = '{"@context": "https://w3id.org/ligraph/context.jsonld",\n'


@dataclass(frozen=True)
class Told:
    """Something that reading told, as an error."""

    file: str
    line: int | None
    message: str


@cache
def words() -> Vocabulary:
    return vocabulary_of(open_collection(Path(__file__).parent.parent))


def faults(root: Path) -> list[Told]:
    found = read_sources(open_collection(root), words()).faults
    return [Told(fault.file.name, fault.line, fault.message) for fault in found if not fault.warning]


PERSON = {
    "a.yaml": "things:\n- id: person/p\n  name: P\n",
    "a.ttl": TURTLE + '<person/p> a schema:Person ; schema:name "P"@en .\n',
    "a.trig": TURTLE + '<graph/a.trig> { <person/p> a schema:Person ; schema:name "P"@en }\n',
    "a.nt": f"<{IDS}person/p> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://schema.org/Person> .\n"
    f'<{IDS}person/p> <http://schema.org/name> "P"@en .\n',
    "a.nq": f"<{IDS}person/p> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://schema.org/Person> .\n"
    f'<{IDS}person/p> <http://schema.org/name> "P"@en <{IDS}graph/a.nq> .\n',
    "a.jsonld": CONTEXT + ' "id": "person/p", "type": "Person", "name": "P"}\n',
    "a.rdf": XML + '<s:Person rdf:about="person/p"><s:name xml:lang="en">P</s:name></s:Person></rdf:RDF>\n',
}


@pytest.mark.parametrize("name", PERSON)
@pytest.mark.parametrize(("before", "line_end"), [(b"", b"\n"), (b"\xef\xbb\xbf", b"\r\n")])
def test_every_format_says_the_same(collection: WriteCollection, name: str, before: bytes, line_end: bytes) -> None:
    content = before + PERSON[name].encode().replace(b"\n", line_end)
    sources = read_sources(open_collection(collection({f"data/{name}": content})), words())
    said = {
        (quad.subject.value, quad.predicate.value.rpartition("/")[2], quad.object.value)
        for quad in sources.store
        if getattr(quad.subject, "value", "") == IDS + "person/p"
    }
    assert sources.faults == []
    assert {
        (IDS + "person/p", "name", "P"),
        (IDS + "person/p", "22-rdf-syntax-ns#type", "http://schema.org/Person"),
    } <= said
    assert {getattr(quad.graph_name, "value", "") for quad in sources.store} == {f"{IDS}graph/{name}"}


@pytest.mark.parametrize("before", ["https://schema.org/", "http://schema.org/"])
def test_schema_org_is_kept_as_http(collection: WriteCollection, before: str) -> None:
    root = collection({"data/a.ttl": f'PREFIX s: <{before}>\n<person/p> a s:Person ; s:name "P"@en .\n'})
    assert faults(root) == []


def test_schema_org_is_kept_as_http_where_something_refers_to_it_but_not_in_an_address(
    collection: WriteCollection,
) -> None:
    text = (
        "PREFIX s: <https://schema.org/>\n<event/e> s:eventAttendanceMode s:MixedEventAttendanceMode ; s:url s:Event ."
    )
    objects = {quad.object for quad in read_sources(open_collection(collection({"data/a.ttl": text})), words()).store}
    assert {NamedNode("http://schema.org/MixedEventAttendanceMode"), NamedNode("https://schema.org/Event")} <= objects


@pytest.mark.parametrize(
    ("name", "content", "line", "says"),
    [
        ("a.yaml", 'things:\n- id: person/p\n  name: "P\n- id: person/q\n', 3, "the quote that opens here is not"),
        ("a.yaml", "things:\n- id: person/p\n   name: P\n", 3, "this is not YAML"),
        ("a.ttl", TURTLE + '\n<person/p> a schema:Person\n  schema:name "P"@en .\n', 4, "this is not Turtle"),
        ("a.ttl", "\n\n<person/p> a schema:Person .\n", 3, "the prefix schema: has not been declared"),
        ("a.ttl", TURTLE + '<person/p> schema:name "P .\n', 2, "this is not Turtle"),
        ("a.ttl", TURTLE + "<person/p> schema:url <https://e.org/a b> .\n", 2, "this is not Turtle"),
        ("a.trig", TURTLE + "<urn:x> {\n<person/p> a schema:Person ;;; “x” .\n}\n", 3, "this is not TriG"),
        ("a.nt", f'<{IDS}person/p> <http://schema.org/name> "P"@en .\n\n<person/q> <http://schema.org/name> "Q" .\n', 3,
         "this is not N-Triples"),
        ("a.nq", f'<{IDS}person/p> <http://schema.org/name> "P"@en .\n<{IDS}person/q> <http://schema.org/name> "Q\n', 2,
         "this is not N-Quads: unexpected end"),
        ("a.jsonld", '{\n "@id": "person/p",\n "name":\n}\n', 4, "this is not JSON"),
        ("a.jsonld", '{\n "@id": "person/p",\n', 3, "this is not JSON"),
        ("a.jsonld", '{\n\n "@context": 5,\n "@id": "person/p"}\n', 3, "this is not JSON-LD"),
        ("a.jsonld", "", 1, "this is not JSON"),
        ("a.jsonld", '{"@id": "person/p",\n"http://e.org/a": 18446744073709551616}', 2, "184467440737095516"),
        ("a.jsonld", '{"@id": "person/p",\n"http://e.org/a": -9223372036854775809}', 2, "too large"),
        ("a.jsonld", '{"@id": "person/p",\n\n"http://e.org/a": ' + "7" * 5_000 + "}", 3, "too large"),
        ("a.jsonld", '{"@id": "person/p",\n"http://e.org/a": 1e400}', 2, "too large"),
        ("a.jsonld", '{"@id": "person/p",\n"http://e.org/a": NaN}', 2, "NaN"),
        ("a.jsonld", '{\n"http://e.org/a": "\\ud83d\\ude00 \\\\ud800",\n"http://e.org/b": "\\ud800"}', 3,
         "half a character"),
        ("a.rdf", XML + '<s:Person rdf:about="person/p">\n</rdf:RDF>\n', 3, "this is not XML: mismatched tag"),
        ("a.rdf", XML + '\n<q:Person rdf:about="person/p"/></rdf:RDF>\n', 3, "this is not XML: unbound prefix"),
        ("a.rdf", XML + '<s:Person rdf:about="person/p">\n<s:name>P', 3, "this is not XML"),
        ("a.rdf", XML + '<s:P rdf:about="person/p">\n<s:url rdf:resource="https://e.org/a b"/></s:P>\n</rdf:RDF>\n', 3,
         "this is not RDF/XML"),
        ("a.rdf", "", 1, "this is not XML: no element found"),
        ("a.xml", "<html><body>Hi</body></html>", 1, "this is not RDF/XML"),
    ],
)  # fmt: skip
def test_syntax_error_has_its_line(collection: WriteCollection, name: str, content: str, line: int, says: str) -> None:
    found = faults(collection({f"data/{name}": content}))
    assert [(result.file, result.line) for result in found] == [(f"data/{name}", line)]
    assert says in found[0].message


@pytest.mark.parametrize("suffix", ["yaml", "ttl", "trig", "jsonld", "rdf", "nt", "nq"])
def test_file_in_another_encoding_has_the_line(collection: WriteCollection, suffix: str) -> None:
    good = f'<{IDS}person/p> <http://schema.org/name> "P"@en .\n' if suffix in ("nt", "nq") else "# good\n"
    found = faults(collection({f"data/a.{suffix}": good.encode() + '<urn:a> <urn:b> "é" .\n'.encode("latin-1")}))
    assert ("UTF-8" in found[-1].message, found[-1].line) == (True, 2)


def test_file_over_the_limit_is_not_read(collection: WriteCollection) -> None:
    toml = 'title = "A"\nbase = "https://example.org/c/"\n[limits]\nyaml_bytes = 40\nsource_bytes = 60\n'
    long = {f"data/{name}": content for name, content in PERSON.items()}
    found = faults(collection({"ligraph.toml": toml, **long}))
    assert {result.file: result.line for result in found} == {
        f"data/{name}": 1
        for name, content in PERSON.items()
        if len(content) > (40 if name[2:] in ("yaml", "jsonld", "rdf") else 60)
    }
    assert all("bytes, over the limit of" in result.message for result in found)


# ── Things that are made to do harm ──


DEEP = (
    ("yaml", "things: " + "[" * 100_000),
    ("yaml", "things: " + '{"a":' * 100_000),
    ("yaml", "things:\n" + "- " * 100_000 + "x"),
    ("yaml", "- - - - " * 30_000),
    ("yaml", "? " * 100_000),
    *(
        ("yaml", before + indicators * 60_000 + "x")
        for before in ("", "things:\n")
        for indicators in ("-  ", "-    ", "?   ", "- ? ", "? -  ", "- - ? ", "-\t", "? - -   ? ")
    ),
    ("yaml", "things:\n" + "".join(f"{' ' * n}? - - -  ? a\n{' ' * n}: " for n in range(0, 600, 12))),
    ("yaml", "things: " + "[{a: " * 30_000),
    ("yaml", "".join(f"{' ' * n}a:\n" for n in range(3_000))),
    (
        "yaml",
        "things:\n- id: post/p\n" + "".join(f"{' ' * n}isPartOf:\n{' ' * n} id: post/p\n" for n in range(2, 3_000)),
    ),
    ("yaml", "".join(f"{' ' * n}-\n" for n in range(3_000))),
    ("yaml", "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))),
    ("jsonld", "[" * 100_000),
    ("jsonld", '{"http://e.org/a":' * 100_000 + "1" + "}" * 100_000),
    ("jsonld", '{"http://e.org/a":' * 900 + "1" + "}" * 900),
    ("jsonld", '{"@context":' * 900 + "{}" + "}" * 900),
    ("ttl", "<urn:a> <urn:b> " + "[ <urn:b> " * 100_000),
    ("ttl", "<urn:a> <urn:b> " + "( " * 100_000),
    ("ttl", "<urn:a> <urn:b> " + "[ <urn:b> " * 3_000 + "1" + "]" * 3_000 + "."),
    ("trig", "<urn:a> { <urn:a> <urn:b> " + "( " * 100_000),
    ("nt", "<< " * 100_000),
    ("nt", "<<( " * 100_000),
    ("nq", "<<( " * 100_000),
    ("rdf", "<a>" * 100_000),
    ("rdf", XML + '<s:p rdf:parseType="Resource">' * 100_000),
)


def test_deep_nesting_is_a_fault_and_no_crash(collection: WriteCollection) -> None:
    files = {f"data/{number}.{suffix}": content for number, (suffix, content) in enumerate(DEEP)}
    root = collection(dict(files))
    command = [
        sys.executable,
        "-c",
        "from ligraph.cli import main; main()",
        "check",
        "-C",
        str(root),
        "--format",
        "json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    results = json.loads(done.stdout)["results"]
    assert {result["file"] for result in results if result["severity"] == "violation"} == set(files)


@pytest.mark.parametrize(
    ("declared", "line"),
    [
        ('<!ENTITY a "x">\n<!ENTITY b "&a;&a;">', 3),
        ("<!ENTITY a \"x\">\n<!ENTITY b '&a;&a;'>", 3),
        ('<!ENTITY b SYSTEM "file:///etc/passwd">', 2),
        ('<!ENTITY b PUBLIC "x" "http://127.0.0.1:9/x">', 2),
        ('<!ENTITY % b SYSTEM "http://127.0.0.1:9/x">', 2),
        ('\n<!ENTITY\n b\n SYSTEM "http://127.0.0.1:9/x">', 3),
    ],
)
def test_entities_that_lead_elsewhere_are_refused(collection: WriteCollection, declared: str, line: int) -> None:
    text = f"<!DOCTYPE rdf:RDF [\n{declared}\n]>\n{XML}<s:Person rdf:about='person/p' s:name='&b;'/></rdf:RDF>"
    found = faults(collection({"data/a.rdf": text}))
    assert [(result.line, "entities that refer to" in result.message) for result in found] == [(line, True)]


def test_plain_entities_are_read(collection: WriteCollection) -> None:
    text = '<!DOCTYPE rdf:RDF [\n<!ENTITY s "http://schema.org/">\n]>\n' + PERSON["a.rdf"].replace(
        "http://schema.org/", "&s;"
    )
    assert faults(collection({"data/a.rdf": text})) == []


@pytest.fixture
def visits() -> Iterator[tuple[int, list[bytes]]]:
    """Return the port of a server on this machine, and what is said to it."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(1)
                    heard.append(connection.recv(1000))

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_listener_hears_a_visit(visits: tuple[int, list[bytes]]) -> None:
    port, heard = visits
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"hello")
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)
    assert heard == [b"hello"]


def test_nothing_in_a_source_reaches_the_network(collection: WriteCollection, visits: tuple[int, list[bytes]]) -> None:
    port, heard = visits
    at = f"http://127.0.0.1:{port}/x"
    owl = "PREFIX owl: <http://www.w3.org/2002/07/owl#>\n"
    root = collection(
        {
            "data/context.jsonld": f'{{"@context": "{at}", "@id": "person/p", "name": "P"}}',
            "data/contexts.jsonld": f'{{"@context": [{{}}, "{at}"], "@id": "person/p"}}',
            "data/import.jsonld": f'{{"@context": {{"@version": 1.1, "@import": "{at}"}}, "@id": "person/p"}}',
            "data/scoped.jsonld": f'{{"@context": {{"p": {{"@id": "urn:p", "@context": "{at}"}}}}, "p": {{"q": 1}}}}',
            "data/relative.jsonld": '{"@context": "/context.jsonld", "@id": "person/p"}',
            "data/owl.ttl": f"{owl}<{at}> a owl:Ontology ; owl:imports <{at}> .\n",
            "data/dtd.rdf": f'<!DOCTYPE rdf:RDF SYSTEM "{at}">\n{PERSON["a.rdf"]}',
            "data/public.rdf": f'<!DOCTYPE rdf:RDF PUBLIC "x" "{at}">\n{PERSON["a.rdf"]}',
            "data/entity.rdf": f'<!DOCTYPE r [<!ENTITY x SYSTEM "{at}">]>\n{XML}&x;</rdf:RDF>',
            "data/parameter.rdf": f'<!DOCTYPE r [<!ENTITY % x SYSTEM "{at}"> %x;]>\n{XML}</rdf:RDF>',
            "data/style.rdf": f'<?xml-stylesheet href="{at}"?>\n{XML}</rdf:RDF>',
            "data/include.rdf": f'{XML}<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{at}"/></rdf:RDF>',
            "data/head.yaml": f"source: {at}\nthings:\n- id: person/q\n  name: Q\n  url: {at}\n  sameAs: {at}\n",
            "shapes/own.ttl": f"{owl}<{at}> a owl:Ontology ; owl:imports <{at}> .\n"
            f"<http://127.0.0.1:{port}/s> <http://www.w3.org/ns/shacl#shapesGraph> <{at}> .\n",
            "ontology/own.ttl": f"{owl}<{at}> a owl:Ontology ; owl:imports <{at}> .\n",
        }
    )
    for full in (False, True):
        check(open_collection(root), full=full)
    found = {result.file: result.message for result in faults(root)}
    assert heard == []
    for name in ("context", "contexts", "import", "scoped"):
        assert f"the context {at} is not fetched" in found[f"data/{name}.jsonld"]
        assert LIG.removesuffix("ns#") + "context.jsonld" in found[f"data/{name}.jsonld"]


def test_context_that_is_not_fetched_has_its_line(collection: WriteCollection) -> None:
    found = faults(collection({"data/a.jsonld": '{\n "@id": "person/p",\n "@context":\n  "https://schema.org"\n}'}))
    assert [result.line for result in found] == [4]


@pytest.mark.parametrize("address", ["https://w3id.org/ligraph/context.jsonld", "https://example.org/c/context.jsonld"])
def test_own_context_is_known_without_fetching(collection: WriteCollection, address: str) -> None:
    text = f'{{"@context": "{address}", "id": "person/p", "type": "Person", "name": "P"}}'
    assert faults(collection({"data/a.jsonld": text})) == []


# ── What is a source ──


def test_hidden_files_and_other_suffixes_are_no_sources(collection: WriteCollection) -> None:
    names = (
        ".hidden.yaml",
        ".git/a.ttl",
        "a/.b/c.nt",
        "a.txt",
        "b.csv",
        "README",
        "c.yaml~",
        "d.json",
        "e.ttl.bak",
        "#f#",
    )
    assert source_files(open_collection(collection({f"data/{name}": "not a source" for name in names}))) == []


def test_suffixes_in_any_case_and_folders_below_are_sources(collection: WriteCollection) -> None:
    names = ("a.TTL", "b/c/d.Yml", "é ü.nq", "e.owl", "f.yamlld")
    found = source_files(open_collection(collection({f"data/{name}": "" for name in names})))
    assert {file.name for file in found} == {f"data/{name}" for name in names}


@pytest.mark.parametrize("name", ["a b", "c%20d", "e#f", "g<h>", "[i]", "100%", "j?k", 'l"m', "n:o", "e\u0301"])
def test_file_whose_name_is_no_part_of_an_id_is_to_be_renamed(collection: WriteCollection, name: str) -> None:
    root = collection({f"data/{name}.ttl": PERSON["a.ttl"], "data/b.yaml": "things:\n- id: event\n"})
    found = {result.file: (result.line, result.message) for result in faults(root)}
    line, message = found[f"data/{name}.ttl"]
    assert (line, "rename it" in message) == (1, True)
    assert "data/b.yaml" in found


def test_collection_without_data_is_told_so(collection: WriteCollection) -> None:
    root = collection({})
    (root / "data").rmdir()
    with pytest.raises(CollectionError, match="has no data/ folder"):
        faults(root)


def test_folder_named_like_a_file_is_a_folder(collection: WriteCollection) -> None:
    root = collection({"data/x.ttl/a.yaml": PERSON["a.yaml"]})
    assert faults(root) == []


def test_link_that_leads_nowhere_is_told(collection: WriteCollection) -> None:
    root = collection({"data/a.yaml": PERSON["a.yaml"]})
    (root / "data/b.ttl").symlink_to("nowhere.ttl")
    with pytest.raises(CollectionError, match=r"b\.ttl cannot be read"):
        faults(root)


def test_link_that_leads_back_is_told(collection: WriteCollection) -> None:
    root = collection({"data/a.yaml": PERSON["a.yaml"]})
    (root / "data/b.ttl").symlink_to("b.ttl")
    (root / "data/loop").symlink_to(".", target_is_directory=True)
    with pytest.raises(CollectionError, match=r"b\.ttl cannot be read"):
        faults(root)


def test_folder_that_leads_back_is_read_once(collection: WriteCollection) -> None:
    root = collection({"data/a.yaml": PERSON["a.yaml"]})
    (root / "data/loop").symlink_to(".", target_is_directory=True)
    assert faults(root) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_pipe_is_not_waited_for(collection: WriteCollection) -> None:
    root = collection({"data/a.yaml": PERSON["a.yaml"]})
    os.mkfifo(root / "data/b.ttl")
    with pytest.raises(CollectionError, match=r"b\.ttl cannot be read"):
        faults(root)
