"""The fixed contract of the command line (DESIGN section 7), through the real binary.

Each command is a process of its own: what is on stdout, what on stderr, and the exit code are what scripts rely on.
"""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
import rdflib
from rdflib.namespace import SH

BINARY = Path(sys.executable).parent / "ligraph"
POST = Path(__file__).parent / "ingest" / "posts" / "coaching-circles" / "post.txt"
GOOD = """\
source: https://example.org/
things:
- id: organization/school
  name: Harbor School
- id: person/mira
  name: Mira Olsen
  roles:
    role-1: {organization: organization/school, roleName: Teacher}
"""
WARNED = GOOD.replace("source: https://example.org/\n", "")
BAD = GOOD.replace("roleName: Teacher", "roleNam: Teacher")
TOML = 'base = "https://example.org/c/"\n'
ALL_NAMES = "SELECT ?name { ?s schema:name ?name } ORDER BY ?name"
SOME = "CONSTRUCT { ?s schema:name ?name } WHERE { ?s schema:name ?name }"


def ligraph(*words: str | Path, stdin: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the binary as a script would: no terminal, no settings in the environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIGRAPH_")}
    return subprocess.run(
        [BINARY, *map(str, words)],
        input=stdin,
        cwd=cwd,
        env=environment | {"COLUMNS": "100", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def write(root: Path, facts: str, toml: str = TOML) -> Path:
    """Write a collection of one file; return its folder."""
    (root / "data").mkdir(parents=True, exist_ok=True)
    (root / "data" / "facts.yaml").write_text(facts, "utf-8")
    (root / "ligraph.toml").write_text(toml, "utf-8")
    return root


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a collection with a release."""
    root = write(tmp_path_factory.mktemp("built"), GOOD)
    done = ligraph("build", "-C", root)
    assert done.returncode == 0, done.stderr
    return root


# ── One after another, without an editor ──


def test_from_a_post_to_an_answer(tmp_path: Path) -> None:
    made = ligraph("new", "X", cwd=tmp_path)
    assert (made.returncode, made.stdout.splitlines()[0]) == (0, "X/ligraph.toml")
    read = ligraph("ingest", "-C", "X", POST, cwd=tmp_path)
    assert read.returncode == 0, read.stderr
    release = ligraph("build", "-C", "X", cwd=tmp_path)
    assert release.returncode == 0, release.stderr
    assert release.stdout.strip() == (tmp_path / "X" / ".ligraph" / "current").read_text().strip()
    words = "SELECT ?name { ?post a schema:BlogPosting ; schema:name ?name }"
    asked = ligraph("query", "-C", "X", "--format", "json", words, cwd=tmp_path)
    assert asked.returncode == 0, asked.stderr
    names = {row["name"]["value"] for row in json.loads(asked.stdout)["results"]["bindings"]}
    assert "Learning in Public: Coaching Circles, Part One" in names


def test_new_leaves_a_folder_with_something_in_it_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = ligraph("new", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_ingest_prints_json_for_programs_and_tells_what_differs(tmp_path: Path) -> None:
    root = write(tmp_path, GOOD)
    first, second = (ligraph("ingest", "-C", root, "--json", POST) for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0)
    (result,) = json.loads(first.stdout)
    assert result.keys() == {"post", "file", "written", "counts", "decisions", "differences"}
    assert result["written"] is True
    (again,) = json.loads(second.stdout)
    assert (again["written"], again["differences"]) == (False, [])


def test_ingest_reads_a_post_from_stdin(tmp_path: Path) -> None:
    root = write(tmp_path, GOOD)
    done = ligraph("ingest", "-C", root, "-", stdin=POST.read_text("utf-8"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Wrote data/")


def test_ingest_of_something_else_writes_nothing(tmp_path: Path) -> None:
    root = write(tmp_path, GOOD)
    done = ligraph("ingest", "-C", root, "-", stdin="Dear Sir,\n\nplease find the bill enclosed.\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert [path.name for path in (root / "data").iterdir()] == ["facts.yaml"]


# ── check ──


@pytest.mark.parametrize(
    ("facts", "options", "code", "violations", "warnings"),
    [
        (GOOD, (), 0, 0, 0),
        (GOOD, ("-W",), 0, 0, 0),
        (WARNED, (), 0, 0, 1),
        (WARNED, ("-W",), 1, 0, 1),
        (WARNED, ("--strict", "--full"), 1, 0, 1),
        (BAD, (), 1, 2, 0),
        (BAD, ("--full",), 1, 2, 0),
    ],
)
def test_check_fails_for_what_blocks(
    tmp_path: Path, facts: str, options: tuple[str, ...], code: int, violations: int, warnings: int
) -> None:
    done = ligraph("check", "-C", write(tmp_path, facts), "--format", "json", *options)
    assert (done.returncode, done.stderr) == (code, "")
    report = json.loads(done.stdout)
    assert list(report) == ["violations", "warnings", "results"]
    assert (report["violations"], report["warnings"]) == (violations, warnings)


def test_check_says_where_and_what_for_programs(tmp_path: Path) -> None:
    done = ligraph("check", "-C", write(tmp_path, BAD), "--format", "json")
    first, second = json.loads(done.stdout)["results"]
    keys = ["severity", "file", "line", "node", "path", "message", "shape"]
    assert (list(first), list(second)) == (keys, keys)
    role = "https://example.org/c/id/person/mira#role-1"
    by_shape = {result["shape"]: result for result in (first, second)}
    reading = by_shape[None]
    assert (reading["severity"], reading["file"], reading["line"], reading["node"], reading["path"]) == (
        "violation",
        "data/facts.yaml",
        8,
        role,
        None,
    )
    assert "did you mean “roleName”?" in reading["message"]
    shape = by_shape["https://w3id.org/ligraph/shapes#Membership-roleName"]
    assert (shape["file"], shape["line"], shape["node"]) == ("data/facts.yaml", 8, role)
    assert shape["path"] == "http://schema.org/roleName"


def test_check_names_the_three_severities_in_words(tmp_path: Path) -> None:
    facts = WARNED.replace("  roles:\n    role-1: {organization: organization/school, roleName: Teacher}\n", "")
    done = ligraph("check", "-C", write(tmp_path, facts), "--format", "json")
    assert {result["severity"] for result in json.loads(done.stdout)["results"]} == {"warning", "info"}


def test_check_for_people_has_file_line_remedy_and_a_summary(tmp_path: Path) -> None:
    done = ligraph("check", "-C", write(tmp_path, BAD))
    assert "data/facts.yaml:8" in done.stdout
    assert "did you mean “roleName”?" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("2 violations: ")
    assert "\x1b" not in done.stdout


def test_check_annotates_for_github(tmp_path: Path) -> None:
    done = ligraph("check", "-C", write(tmp_path, BAD), "--format", "github")
    assert done.returncode == 1
    assert sum(line.startswith("::error file=data/facts.yaml,line=8") for line in done.stdout.splitlines()) == 2


def test_check_writes_a_shacl_report(tmp_path: Path) -> None:
    done = ligraph("check", "-C", write(tmp_path, BAD), "--format", "turtle")
    report = rdflib.Graph().parse(data=done.stdout, format="turtle")
    assert len(set(report.subjects(rdflib.RDF.type, SH.ValidationResult))) == 2
    assert {bool(value) for value in report.objects(None, SH.conforms)} == {False}


# ── build, rollback, prune ──


def test_build_of_wrong_data_says_why_and_publishes_nothing(tmp_path: Path) -> None:
    done = ligraph("build", "-C", write(tmp_path, BAD))
    assert (done.returncode, done.stdout) == (1, "")
    assert "data/facts.yaml:8" in done.stderr
    assert "error: 2 violations" in done.stderr
    assert not (tmp_path / ".ligraph" / "current").exists()


def test_build_prints_json_and_keeps_the_release_of_unchanged_sources(built: Path) -> None:
    facts = json.loads(ligraph("build", "-C", built, "--json").stdout)
    assert facts.keys() == {"release", "new", "digest", "statements"}
    assert facts["new"] is False
    assert facts["release"] == (built / ".ligraph" / "current").read_text().strip()


def test_rollback_and_prune_print_ids(tmp_path: Path) -> None:
    root = write(tmp_path, GOOD)
    first = ligraph("build", "-C", root).stdout
    write(root, GOOD.replace("Harbor", "Harbour"))
    second = ligraph("build", "-C", root).stdout
    assert second != first
    assert ligraph("rollback", "-C", root).stdout == first
    assert ligraph("rollback", "-C", root, second.strip()).stdout == second
    assert ligraph("prune", "-C", root, "--keep", "1").stdout == first
    none = ligraph("rollback", "-C", root)
    assert (none.returncode, none.stdout) == (2, "")
    assert "no release before" in none.stderr


# ── query ──


@pytest.mark.parametrize(
    ("format_", "text", "begins"),
    [
        ("table", ALL_NAMES, "name\n"),
        ("csv", ALL_NAMES, "name\n"),
        ("tsv", ALL_NAMES, "?name\n"),
        ("json", ALL_NAMES, "{"),
        ("xml", ALL_NAMES, "<?xml"),
        ("csv", "ASK { ?s ?p ?o }", "true"),
        ("table", "ASK { ?s ?p ?o }", "yes"),
        ("ttl", SOME, "@prefix"),
        ("nt", SOME, "<https://example.org/c/id/"),
        ("jsonld", SOME, "{"),
    ],
)
def test_query_prints_the_format_that_is_asked_for(built: Path, format_: str, text: str, begins: str) -> None:
    done = ligraph("query", "-C", built, "--format", format_, text)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(begins)
    if "name" in text:
        assert "Harbor School" in done.stdout


def test_query_prints_json_that_programs_read(built: Path) -> None:
    done = ligraph("query", "-C", built, "--format", "json", ALL_NAMES)
    assert [row["name"]["value"] for row in json.loads(done.stdout)["results"]["bindings"]] == [
        "Harbor School",
        "Mira Olsen",
    ]
    assert done.stderr == ""


def test_query_prints_json_ld_that_means_the_statements(built: Path) -> None:
    from pyld import jsonld

    text = ligraph("query", "-C", built, "--format", "jsonld", SOME).stdout
    lines = jsonld.to_rdf(json.loads(text), {"format": "application/n-quads"})
    nt = ligraph("query", "-C", built, "--format", "nt", SOME).stdout
    assert sorted(lines.splitlines()) == sorted(nt.splitlines())


def test_query_without_a_format_prints_a_table_or_turtle(built: Path) -> None:
    table = ligraph("query", "-C", built, "SELECT ?who { ?who a schema:Person }")
    assert table.stdout == "who\nperson/mira\n"
    assert table.stderr == "1 row\n"
    assert ligraph("query", "-C", built, SOME).stdout.startswith("@prefix")


def test_query_reads_stdin_and_files(built: Path, tmp_path: Path) -> None:
    path = tmp_path / "names.rq"
    path.write_text(ALL_NAMES, "utf-8")
    expected = ligraph("query", "-C", built, "--format", "csv", ALL_NAMES).stdout
    assert ligraph("query", "-C", built, "--format", "csv", path).stdout == expected
    assert ligraph("query", "-C", built, "--format", "csv", "-", stdin=ALL_NAMES).stdout == expected


def test_query_describes_a_thing_by_its_address(built: Path) -> None:
    done = ligraph("query", "-C", built, "--format", "nt", "DESCRIBE <https://example.org/c/id/organization/school>")
    assert done.returncode == 0, done.stderr
    assert '"Harbor School"@en' in done.stdout


def test_query_of_another_release_than_the_live_one(tmp_path: Path) -> None:
    root = write(tmp_path, GOOD)
    first = ligraph("build", "-C", root).stdout.strip()
    write(root, GOOD.replace("Harbor", "Harbour"))
    ligraph("build", "-C", root)
    assert "Harbor School" in ligraph("query", "-C", root, "--release", first, ALL_NAMES).stdout
    assert "Harbour School" in ligraph("query", "-C", root, ALL_NAMES).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--format", "ttl", ALL_NAMES), "choose table, csv, tsv, json or xml"),
        (("--format", "csv", SOME), "choose ttl, nt, jsonld, rdf, trig or nq"),
        (("SELECT { nothing",), "not SPARQL"),
        (("SELECT * { SERVICE <http://192.0.2.1/> { ?s ?p ?o } }",), "SERVICE is not allowed"),
        (("no-such-file.rq",), "neither a query nor a file"),
        (("--release", "20200101T000000Z-0", ALL_NAMES), "there is no release 20200101T000000Z-0"),
    ],
)
def test_query_says_what_is_wrong_with_a_question(built: Path, words: tuple[str, ...], said: str) -> None:
    done = ligraph("query", "-C", built, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert said in done.stderr


def test_query_before_the_first_release_names_the_way_on(tmp_path: Path) -> None:
    done = ligraph("query", "-C", write(tmp_path, GOOD), ALL_NAMES)
    assert done.returncode == 2
    assert "hint: make one with: ligraph build" in done.stderr


def test_work_of_more_than_a_second_shows_its_progress_on_a_terminal(built: Path, tmp_path: Path) -> None:
    things = "".join(f"- id: person/p{n}\n  name: P {n}\n" for n in range(6_000))
    root = write(tmp_path, GOOD + things)
    terminal, stderr = pty.openpty()
    with subprocess.Popen([BINARY, "check", "-C", root], stdout=subprocess.DEVNULL, stderr=stderr) as checking:
        os.close(stderr)
        shown = b""
        # The terminal of a process that has ended gives an error, not an end.
        with suppress(OSError):
            while b"Checking" not in shown and (part := os.read(terminal, 10_000)):
                shown += part
        checking.kill()
    os.close(terminal)
    assert b"Checking" in shown
    assert ligraph("check", "-C", root).stderr == ""


# ── serve ──


def serve(root: Path, *words: str) -> tuple[subprocess.Popen[str], str]:
    """Start a server on a free port; return it with the first line of its stdout."""
    server = subprocess.Popen(
        [BINARY, "serve", "-C", root, "--port", "0", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.stdout
    return server, server.stdout.readline()


def stop(server: subprocess.Popen[str], by: signal.Signals) -> tuple[str, str]:
    """Stop a server; return what else it printed."""
    server.send_signal(by)
    return server.communicate(timeout=30)


@pytest.mark.parametrize("words", [(), ("--workers", "2")], ids=["one", "two"])
def test_serve_prints_its_address_once_it_answers(built: Path, words: tuple[str, ...]) -> None:
    server, line = serve(built, *words)
    address = line.split()[-1]
    assert address.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(f"{address}health", timeout=10) as answer:
        assert json.load(answer)["status"] == "ok"
    rest, _ = stop(server, signal.SIGTERM)
    assert rest == ""


def test_serve_at_every_address_names_one_that_leads_somewhere(built: Path) -> None:
    server, line = serve(built, "--host", "0.0.0.0")
    address = line.split()[-1]
    assert address.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(f"{address}doc/person/mira", timeout=10) as answer:
        assert f'<link rel="canonical" href="{address}doc/' in answer.read().decode()
    _, said = stop(server, signal.SIGTERM)
    assert "set site" in said


def test_serve_stops_quietly_by_hand(built: Path) -> None:
    server, _ = serve(built)
    rest, said = stop(server, signal.SIGINT)
    assert rest == ""
    assert "Traceback" not in said


def test_serve_goes_on_with_the_old_release_when_the_sources_do_not_pass(built: Path, tmp_path: Path) -> None:
    root = tmp_path / "copy"
    shutil.copytree(built, root)
    write(root, BAD)
    server, line = serve(root)
    with urllib.request.urlopen(f"{line.split()[-1]}doc/person/mira.nt", timeout=10) as answer:
        assert b'"Mira Olsen"@en' in answer.read()
    _, said = stop(server, signal.SIGTERM)
    assert "data/facts.yaml:8" in said
    assert "Serving the release of" in said


def test_serve_without_any_release_fails_with_the_data(tmp_path: Path) -> None:
    done = ligraph("serve", "-C", write(tmp_path, BAD), "--port", "0")
    assert (done.returncode, done.stdout) == (1, "")
    assert "error: 2 violations" in done.stderr


def test_serve_at_a_port_that_is_taken_names_another(built: Path) -> None:
    server, line = serve(built)
    port = line.rsplit(":", 1)[1].strip("/\n")
    done = ligraph("serve", "-C", built, "--port", port)
    stop(server, signal.SIGTERM)
    assert (done.returncode, done.stdout) == (2, "")
    assert "choose another with --port" in done.stderr


# ── Usage ──


@pytest.mark.parametrize(
    "words",
    [
        ("sevre",),
        ("check", "--formt", "json"),
        ("check", "--format", "yaml"),
        ("query",),
        ("serve", "--port", "99999"),
        ("prune", "--keep", "0"),
    ],
    ids=" ".join,
)
def test_a_command_line_that_means_nothing(words: tuple[str, ...]) -> None:
    done = ligraph(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Usage: ligraph" in done.stderr


def test_help_and_version_are_results() -> None:
    help_, version = ligraph("--help"), ligraph("--version")
    assert (help_.returncode, help_.stderr) == (0, "")
    assert help_.stdout.startswith("Usage: ligraph")
    assert version.stdout.startswith("ligraph ")


@pytest.mark.parametrize(
    "words",
    [("check",), ("build",), ("ingest", str(POST)), ("query", "ASK {}"), ("serve",), ("rollback",), ("prune",)],
    ids=lambda words: words[0],
)
def test_a_folder_that_is_no_collection(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = ligraph(*words, "-C", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {tmp_path} is not a collection")
    assert "hint: name the folder with -C DIR" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (TOML + 'tilte = "x"\n', "“tilte” is not a setting: did you mean “title”?"),
        (TOML + "[limits]\nquery_byte = 1\n", "“limits.query_byte” is not a setting: did you mean “query_bytes”?"),
        ('title = "x"\n', "“base” is missing"),
        ('base = "example.org"\n', "“base”"),
        ('base = "https://example.org/c"\n', "must be an absolute http(s) address that ends with “/”"),
        (TOML + 'language = "!"\n', "must be a language tag"),
        ("base = \n", "ligraph.toml"),
    ],
)
def test_settings_that_are_wrong_are_named(tmp_path: Path, toml: str, said: str) -> None:
    done = ligraph("check", "-C", write(tmp_path, GOOD, toml))
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
