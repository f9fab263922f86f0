"""What must not happen: nothing that ends, fills, locks or damages a build takes the old release away.

Builds are processes of their own and are really killed. To kill many of them in little time they are forked off one
process that has imported everything and opened nothing.
"""

from __future__ import annotations

import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import NamedNode
from starlette.testclient import TestClient

from ligraph import ReleaseError, build, create_app, open_release
from ligraph.config import open_collection
from ligraph.releases.history import current_id, release_ids, roll_back
from ligraph.releases.manifest import Manifest, read_manifest

BINARY = Path(sys.executable).parent / "ligraph"
IDS = "https://example.org/c/id/"
TOML = 'title = "Faults"\nbase = "https://example.org/c/"\n'
FACTS = """\
source: https://example.org/people
things:
- id: organization/school
  name: Harbor School
- id: person/mira
  name: Mira 0
  roles:
    role-1: {organization: organization/school, roleName: Teacher}
- id: person/ada
  name: Ada Lind
  roles:
    role-1: {organization: organization/school, roleName: Head}
"""
KILLS = 40
STEPS = ("rename", "replace", "mkdir", "rmdir", "unlink", "fsync")
"""Calls by which a build changes folders or makes sure of files."""

WORKER = """
import json, os, signal, sys
import ligraph.api, ligraph.collection.checking, ligraph.collection.validation, ligraph.collection.report_formats
import ligraph.collection.removals, ligraph.collection.shapes, ligraph.releases.things, ligraph.releases.writing
import ligraph.views.dumps

def end_at(number, steps):
    calls = 0
    def counting(call):
        def counted(*args, **kwargs):
            nonlocal calls
            calls += 1
            if calls == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **kwargs)
        return counted
    for name in steps:
        setattr(os, name, counting(getattr(os, name)))

print("ready", flush=True)
for line in sys.stdin:
    root, number, steps = json.loads(line)
    child = os.fork()
    if child == 0:
        try:
            if number:
                end_at(number, steps)
            ligraph.api.build(root)
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(getattr(error, "exit_code", 3))
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Worker:
    """Builds in processes of their own, one after another."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        assert self._answer() == "ready"

    def build(
        self, root: Path, *, kill_after: float | None = None, kill_at: int = 0, steps: tuple[str, ...] = STEPS
    ) -> int:
        """Build; return the exit code. The process is killed after some seconds, or before its step `kill_at`."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps([str(root), kill_at, steps]) + "\n")
        child = int(self._answer())
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        return int(self._answer())

    def _answer(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.close()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("built") / "collection"
    (root / "data").mkdir(parents=True)
    (root / "ligraph.toml").write_text(TOML, "utf-8")
    write(root, FACTS)
    build(root)
    return root


@pytest.fixture
def root(built: Path, tmp_path: Path) -> Path:
    """A collection with one release."""
    return Path(shutil.copytree(built, tmp_path / "collection"))


def write(root: Path, facts: str) -> None:
    (root / "data" / "facts.yaml").write_text(facts, "utf-8")


def change(root: Path) -> str:
    """Change the sources; return the name that the next release must have."""
    path = root / "data" / "facts.yaml"
    number = int(re.findall(r"Mira (\d+)", path.read_text("utf-8"))[0])
    write(root, FACTS.replace("Mira 0", f"Mira {number + 1}"))
    return f"Mira {number + 1}"


def ligraph(*words: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIGRAPH_")}
    return subprocess.run(
        [BINARY, *map(str, words)], env=environment, capture_output=True, text=True, timeout=120, check=False, **options
    )


def name_in(root: Path) -> str:
    """Open the live release and read all of it; return the name that tells one from another."""
    opened = open_release(root)
    opened.verify()
    assert len(opened.store) == opened.manifest.statements
    names = opened.store.quads_for_pattern(NamedNode(IDS + "person/mira"), NamedNode("http://schema.org/name"), None)
    return next(names).object.value  # type: ignore[union-attr]


def served_name(root: Path) -> str:
    with TestClient(create_app(root)) as client:
        answer = client.get("/doc/person/mira.nt")
        assert answer.status_code == 200
        return str(re.findall(r'"(Mira \d+)"', answer.text)[0])


def leftovers(root: Path) -> list[str]:
    """What lies about that is neither a release nor known."""
    known = {"current", "held", "lock", "inputs.json", "releases", "words"}
    found = [path.name for path in (root / ".ligraph").iterdir() if path.name not in known]
    found += [path.name for path in (root / ".ligraph" / "words").iterdir() if path.name.endswith(".new")]
    whole = set(release_ids(open_collection(root)))
    found += [path.name for path in (root / ".ligraph" / "releases").iterdir() if path.name not in whole]
    return found + [path.name for path in (root / "data").iterdir() if path.name.startswith(".")]


def live(root: Path) -> Manifest:
    return open_release(root).manifest


def live_folder(root: Path) -> Path:
    return root / ".ligraph" / "releases" / str(current_id(open_collection(root)))


def assert_recovers(root: Path, worker: Worker, wanted: str) -> None:
    assert worker.build(root) == 0
    assert name_in(root) == wanted
    assert leftovers(root) == []


# ── Killed ──


def duration(root: Path, worker: Worker) -> float:
    """How long a build takes."""
    change(root)
    start = time.perf_counter()
    assert worker.build(root) == 0
    return time.perf_counter() - start


def kill_at_random(root: Path, worker: Worker, kills: int) -> None:
    rng = random.Random(kills)
    whole = duration(root, worker)
    killed = 0
    for number in range(kills):
        before, wanted = name_in(root), change(root)
        start = time.perf_counter()
        code = worker.build(root, kill_after=whole * (number % 10 + rng.random()) / 10)
        if code == 0:
            # It was quicker than the moment chosen: the machine is less busy now.
            whole = min(whole, time.perf_counter() - start)
        assert code in (0, -signal.SIGKILL)
        killed += code != 0
        # The old release, or the new one where the build got so far.
        assert name_in(root) in ({before, wanted} if code else {wanted})
        if number % 9 == 0:
            assert served_name(root) in (before, wanted)
            assert_recovers(root, worker, wanted)
    assert_recovers(root, worker, wanted)
    assert killed > kills / 4


def test_a_build_killed_at_any_moment_leaves_the_old_release(root: Path, worker: Worker) -> None:
    kill_at_random(root, worker, KILLS)


@pytest.mark.slow
def test_a_build_killed_at_many_moments_leaves_the_old_release(root: Path, worker: Worker) -> None:
    kill_at_random(root, worker, 150)


def kill_at_steps(root: Path, worker: Worker, steps: tuple[str, ...], every: int = 1) -> list[tuple[bool, bool]]:
    """Kill a build before its first step of some kinds, then before a later one, until it gets through.

    Shape: for each kill, whether a new release was there, and whether it was live.
    """
    seen: list[tuple[bool, bool]] = []
    for number in range(1, 1_000, every):
        before, wanted = name_in(root), change(root)
        count = len(release_ids(open_collection(root)))
        if worker.build(root, kill_at=number, steps=steps) == 0:
            assert name_in(root) == wanted
            return seen
        assert name_in(root) in (before, wanted)
        seen.append((len(release_ids(open_collection(root))) > count, name_in(root) == wanted))
        assert_recovers(root, worker, wanted)
    raise AssertionError("no build got through")


def test_a_build_killed_between_two_steps_leaves_the_old_release(root: Path, worker: Worker) -> None:
    assert len(kill_at_steps(root, worker, STEPS, every=9)) > 5


@pytest.mark.slow
def test_a_build_killed_before_each_step_leaves_the_old_release(root: Path, worker: Worker) -> None:
    assert len(kill_at_steps(root, worker, STEPS)) > 50


def test_a_build_killed_around_the_renaming_and_the_making_live(root: Path, worker: Worker) -> None:
    """The release gets its name, then the pointer is replaced: killed before, between and after."""
    seen = kill_at_steps(root, worker, ("rename", "replace"))
    assert {(False, False), (True, False)} <= set(seen)


def test_ids_that_disappear_are_known_after_a_kill(root: Path, worker: Worker) -> None:
    """The list is put in place before the release is live: killed in between, nothing is lost or entered twice."""
    text = FACTS[: FACTS.index("- id: person/ada")]
    for number in range(4, 200, 25):
        write(root, text)
        if worker.build(root, kill_at=number) == 0:
            break
        assert worker.build(root) == 0
        assert (root / "data" / "removed.yaml").read_text("utf-8").count("person/ada: removed") == 1
        (root / "data" / "removed.yaml").unlink()
        write(root, FACTS)
        assert worker.build(root) == 0
    assert leftovers(root) == []


# ── Full, read-only ──


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """Mount a small disk of memory; skip where that is not allowed."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", *options, "none", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("disks cannot be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("free", [0, 40_000, 200_000, 700_000])
def test_a_full_disk(root: Path, tmp_path: Path, free: int) -> None:
    disk = tmp_path / "disk"
    with mounted(disk, "-o", "size=6m"):
        shutil.copytree(root, disk / "c")
        wanted = change(disk / "c")
        room = os.statvfs(disk)
        filler = disk / "filler"
        filler.write_bytes(bytes(max(0, room.f_bavail * room.f_bsize - free)))
        told = ligraph("build", "-C", disk / "c")
        if told.returncode:
            assert_told(told, "No space left on device")
            assert name_in(disk / "c") == "Mira 0"
            assert leftovers(disk / "c") == []
        filler.unlink()
        build(disk / "c")
        assert name_in(disk / "c") == wanted
        assert leftovers(disk / "c") == []


@pytest.mark.parametrize("limit", [0, 2_000, 20_000])
def test_a_disk_that_takes_no_more_bytes(root: Path, limit: int) -> None:
    """As a full disk, where none can be mounted: no file may grow over a limit."""

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    wanted = change(root)
    told = ligraph("build", "-C", root, preexec_fn=limited)
    assert_told(told, "File too large")
    assert name_in(root) == "Mira 0"
    assert leftovers(root) == []
    build(root)
    assert name_in(root) == wanted


def test_ids_of_a_release_that_could_not_be_written_are_not_listed_as_removed(root: Path) -> None:
    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    write(root, FACTS[: FACTS.index("- id: person/ada")])
    assert_told(ligraph("build", "-C", root, preexec_fn=limited), "File too large")
    assert not (root / "data" / "removed.yaml").exists()
    assert leftovers(root) == []
    build(root)
    assert "person/ada: removed" in (root / "data" / "removed.yaml").read_text("utf-8")
    assert live(root).removed == {"person/ada": {"renamed_to": None, "release": live(root).id}}


def assert_told(told: subprocess.CompletedProcess[str], *words: str) -> None:
    """The command could not work and said why, in words for people."""
    assert told.returncode == 2, told.stderr
    assert told.stderr.startswith("error: "), told.stderr
    assert "Traceback" not in told.stderr
    for word in words:
        assert word in told.stderr


def test_a_read_only_disk(root: Path, tmp_path: Path) -> None:
    """Where nothing can be written, what is there is served, and a build says what is wrong."""
    disk = tmp_path / "disk"
    with mounted(disk):
        shutil.copytree(root, disk / "c")
        (disk / "new" / "data").mkdir(parents=True)
        shutil.copy(root / "ligraph.toml", disk / "new")
        shutil.copy(root / "data" / "facts.yaml", disk / "new" / "data")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        assert ligraph("build", "-C", disk / "c").returncode == 0
        assert_told(ligraph("build", "-C", disk / "new"), "cannot be written", "Read-only file system")
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        change(disk / "c")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        assert_told(ligraph("build", "-C", disk / "c"), "cannot be written", "Read-only file system")
        assert_told(ligraph("rollback", "-C", disk / "c"), "cannot be written")
        assert_told(ligraph("prune", "-C", disk / "c"), "cannot be written")
        assert name_in(disk / "c") == "Mira 0"
        assert served_name(disk / "c") == "Mira 0"


@pytest.mark.parametrize("what", [".ligraph", ".ligraph/releases", ".ligraph/lock", ".ligraph/current"])
def test_something_else_in_the_way(root: Path, what: str) -> None:
    shutil.rmtree(root / ".ligraph")
    path = root / what
    path.parent.mkdir(exist_ok=True)
    if what in (".ligraph", ".ligraph/releases"):
        path.write_text("not a folder")
    else:
        (path / "x").mkdir(parents=True)
    told = ligraph("build", "-C", root)
    assert_told(told, "cannot be")
    assert path.exists()
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert build(root).is_new


def test_a_folder_that_may_not_be_changed(root: Path) -> None:
    releases = root / ".ligraph" / "releases"
    if subprocess.run(["chattr", "+i", str(releases)], capture_output=True, check=False).returncode:
        pytest.skip("chattr does not work here")
    try:
        change(root)
        assert_told(ligraph("build", "-C", root), "cannot be written", "not permitted")
        assert name_in(root) == "Mira 0"
    finally:
        subprocess.run(["chattr", "-i", str(releases)], check=True)


# ── Several at once ──


def test_several_builds_at_once(root: Path) -> None:
    wanted = change(root)
    before = release_ids(open_collection(root))
    builds = [
        subprocess.Popen([BINARY, "build", "-C", root], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    ends = []
    for process in builds:
        out, told = process.communicate(timeout=120)
        ends.append((process.returncode, out.strip()))
        assert process.returncode == 0 or "another process is building" in told
    made = {out for code, out in ends if code == 0}
    assert {code for code, _ in ends} <= {0, 2}
    assert len(made) == 1
    assert release_ids(open_collection(root)) == [*before, *made]
    assert name_in(root) == wanted
    assert leftovers(root) == []


# ── Damaged ──


def first_store_file(root: Path, pattern: str) -> str:
    folder = live_folder(root)
    return sorted((folder / "store").glob(pattern))[0].relative_to(folder).as_posix()


def alter(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def cut(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.truncate(path.stat().st_size - 1)


def remove(path: Path) -> None:
    path.unlink()


Damage = Callable[[Path], None]


def damaged_copies(root: Path, damage: Damage) -> Iterator[tuple[str, Path]]:
    """Damage each file of the live release, one after another, and mend it again."""
    folder = live_folder(root)
    for name in [*read_manifest(folder).files, "manifest.json"]:
        path = folder / name
        content = path.read_bytes()
        if content or damage is remove:
            damage(path)
            yield name, path
            path.write_bytes(content)


@pytest.mark.parametrize("damage", [cut, remove])
def test_a_file_that_is_cut_or_missing_is_found_when_a_release_is_opened(root: Path, damage: Damage) -> None:
    collection, now = open_collection(root), live(root).id
    for name, path in damaged_copies(root, damage):
        with pytest.raises(ReleaseError, match=re.escape(path.name)) as caught:
            open_release(root)
        assert caught.value.exit_code == 2
        assert "ligraph build" in str(caught.value.hint), name
        with pytest.raises(ReleaseError):
            roll_back(collection, now)
    assert name_in(root) == "Mira 0"


def test_a_byte_that_changed_is_found_when_a_release_is_verified(root: Path) -> None:
    collection, now = open_collection(root), live(root).id
    found = 0
    for _, path in damaged_copies(root, alter):
        with pytest.raises(ReleaseError, match=re.escape(path.name)):
            open_release(root).verify()
        with pytest.raises(ReleaseError, match=re.escape(path.name)):
            roll_back(collection, now)
        found += 1
    assert found > 10


@pytest.mark.parametrize("damage", [cut, remove, alter])
@pytest.mark.parametrize("pattern", ["store/*.sst", "dumps/*.gz", "manifest.json"])
def test_a_damaged_release_is_made_again(root: Path, damage: Damage, pattern: str) -> None:
    before = live(root)
    damage(sorted(live_folder(root).glob(pattern))[0])
    again = build(root)
    assert again.is_new
    assert again.manifest.digest == before.digest
    assert name_in(root) == "Mira 0"
    assert not build(root).is_new


def test_damage_that_left_no_trace_is_mended_once_it_was_found(root: Path) -> None:
    """A disk that forgets changes no time of a file: verifying finds it, and the next build then makes it again."""
    path = live_folder(root) / "dumps" / "all.nq.gz"
    times = path.stat()
    alter(path)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(ReleaseError, match=r"all\.nq\.gz"):
        open_release(root).verify()
    assert build(root).is_new


def test_a_build_on_top_of_a_damaged_release(root: Path) -> None:
    alter(live_folder(root) / "dumps" / "all.nq.gz")
    wanted = change(root)
    assert ligraph("build", "-C", root).returncode == 0
    assert name_in(root) == wanted


def test_a_damaged_store_is_not_the_fault_of_who_asks(root: Path) -> None:
    everything = "SELECT * { GRAPH ?graph { ?s ?p ?o } }"
    found = set()
    for path in sorted((live_folder(root) / "store").glob("*.sst")):
        content = path.read_bytes()
        path.write_bytes(content[:20] + bytes([content[20] ^ 1]) + content[21:])
        with suppress(ReleaseError), TestClient(create_app(root)) as client:
            found.add(client.get("/sparql", params={"query": everything}).status_code)
        path.write_bytes(content)
    assert found == {200, 503}


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "damaged"),
        (b"garbage", "damaged"),
        (b"\xff\xfe\x00", "damaged"),
        (b"null", "format None"),
        (b"[]", "format None"),
        (b'{"format": 1}', "format 1"),
        (b'{"format": 4, "files": []}', "damaged"),
        (b'{"format": 4, "statistics": []}', "damaged"),
        (b'{"format": 4, "statistics": {"linksets": [3]}}', "damaged"),
        (b"[" * 100_000, "damaged"),
    ],
)
def test_a_manifest_that_cannot_be_read(root: Path, content: bytes, word: str) -> None:
    (live_folder(root) / "manifest.json").write_bytes(content)
    with pytest.raises(ReleaseError, match=word) as caught:
        open_release(root)
    assert "ligraph build" in str(caught.value.hint)
    assert build(root).is_new
    assert name_in(root) == "Mira 0"


def rewrite_manifest(folder: Path, **entries: Any) -> None:
    """Write a manifest that fits the files as they are now."""
    from dataclasses import replace

    from ligraph.releases.manifest import describe_files

    manifest = read_manifest(folder)
    (folder / "manifest.json").write_bytes(replace(manifest, files=describe_files(folder), **entries).to_json())


@pytest.mark.parametrize("pattern", ["CURRENT", "MANIFEST-*", "*.sst"])
def test_a_store_of_another_layout_is_made_again(root: Path, pattern: str) -> None:
    """As after an upgrade of the engine: every byte is as it was written, and this engine cannot read it."""
    folder = live_folder(root)
    path = folder / first_store_file(root, pattern)
    path.write_bytes(bytes(path.stat().st_size))
    rewrite_manifest(folder, software={"pyoxigraph": "0.4.0"})
    with pytest.raises(ReleaseError, match="cannot be opened") as caught:
        open_release(root)
    assert "ligraph build" in str(caught.value.hint)
    assert build(root).is_new
    assert name_in(root) == "Mira 0"


@pytest.mark.parametrize("content", [b"", b"\n", b"nothing\n", b"../..\n", b"/\n", b"\xff\xfe", b"a\0b", b".draft\n"])
def test_a_pointer_that_leads_nowhere(root: Path, content: bytes) -> None:
    made = live(root).id
    (root / ".ligraph" / "current").write_bytes(content)
    with pytest.raises(ReleaseError) as caught:
        open_release(root)
    assert caught.value.hint
    # The release is whole and made from these very sources: it is found again.
    assert build(root).manifest.id == made
    assert name_in(root) == "Mira 0"


def test_a_damaged_pointer_does_not_keep_from_going_back(root: Path) -> None:
    collection, made = open_collection(root), live(root).id
    (root / ".ligraph" / "current").write_bytes(b"nothing\n")
    assert roll_back(collection, made) == made
    assert name_in(root) == "Mira 0"


# ── Served ──


@contextmanager
def serving(root: Path, *words: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Serve a collection in a process of its own; yield its address once it answers."""
    process = subprocess.Popen(
        [BINARY, "serve", "-C", root, "--port", "0", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        yield process.stdout.readline().split()[-1], process
    finally:
        process.terminate()
        process.communicate()


def get(address: str) -> tuple[int, str]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def health_after_check(address: str) -> tuple[int, dict[str, Any]]:
    for _ in range(200):
        status, body = get(address + "health")
        found = json.loads(body)
        if found["integrity"] != "not yet checked":
            return status, found
        time.sleep(0.05)
    raise AssertionError("the release was never checked")


def test_a_served_release_is_checked_in_the_background(root: Path) -> None:
    made = live(root).id
    with serving(root, "--release", made) as (address, _):
        status, body = health_after_check(address)
        assert (status, body["status"], body["integrity"]) == (200, "ok", "whole")
    alter(live_folder(root) / "dumps" / "all.nq.gz")
    with serving(root, "--release", made) as (address, _):
        status, body = health_after_check(address)
        assert (status, body["status"], body["integrity"]) == (503, "damaged", "damaged")


@pytest.mark.parametrize("damage", [cut, remove])
def test_a_damaged_release_is_not_served(root: Path, damage: Damage) -> None:
    name = first_store_file(root, "*.sst")
    made = live(root).id
    damage(live_folder(root) / name)
    assert_told(ligraph("serve", "-C", root, "--port", "0", "--release", made), name, "ligraph build")
    assert_told(ligraph("query", "-C", root, "ASK {}"), name, "ligraph build")
    with serving(root) as (address, _):
        assert get(address + "doc/person/mira.nt")[0] == 200
    assert live(root).id > made


def test_a_release_that_is_not_there_is_not_served(root: Path) -> None:
    told = ligraph("serve", "-C", root, "--port", "0", "--release", "nothing")
    assert_told(told, "there is no release nothing", live(root).id)


def test_sources_that_do_not_pass_leave_the_old_release_served(root: Path) -> None:
    write(
        root,
        FACTS.replace("Mira 0", "Mira 7").replace(
            "organization: organization/school", "organization: organization/none"
        ),
    )
    with serving(root) as (address, process):
        assert '"Mira 0"' in get(address + "doc/person/mira.nt")[1]
        process.terminate()
        assert process.stderr
        told = process.stderr.read()
    assert "violations" in told
    assert "Serving the release of" in told


def test_sources_that_do_not_pass_and_no_release(root: Path) -> None:
    shutil.rmtree(root / ".ligraph")
    write(root, FACTS.replace("organization: organization/school", "organization: organization/none"))
    told = ligraph("serve", "-C", root, "--port", "0")
    assert (told.returncode, told.stdout) == (1, "")
    assert "facts.yaml:" in told.stderr
    assert ligraph("build", "-C", root).returncode == 1
    assert not list((root / ".ligraph").rglob("manifest.json"))


def test_a_build_killed_while_it_is_served_harms_no_answer(root: Path, worker: Worker) -> None:
    with serving(root, "--release", live(root).id) as (address, _):
        for moment in (0.05, 0.15):
            change(root)
            worker.build(root, kill_after=moment)
            assert '"Mira 0"' in get(address + "doc/person/mira.nt")[1]
