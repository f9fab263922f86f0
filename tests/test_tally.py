"""What the processes of a service count together."""

import subprocess
import sys
from pathlib import Path

import pytest

from ligraph.web.tally import Tally


def empty(tmp_path: Path) -> Path:
    path = tmp_path / "tally"
    path.touch()
    return path


def test_processes_see_the_sum_and_write_their_own(tmp_path: Path) -> None:
    path = empty(tmp_path)
    one, two = Tally(path), Tally(path)
    # Locks are a process's: the second in the same one gets the same block unless it is another process.
    one.add("slow", 2)
    code = f"from pathlib import Path; from ligraph.web.tally import Tally; t = Tally(Path({str(path)!r})); "
    code += "t.add('slow', 3); print(t.total('slow'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) == 5
    one.close()
    two.close()


def test_a_process_that_starts_again_has_no_slow_queries_left(tmp_path: Path) -> None:
    path = empty(tmp_path)
    code = f"from pathlib import Path; from ligraph.web.tally import Tally; t = Tally(Path({str(path)!r})); "
    subprocess.run([sys.executable, "-c", code + "t.add('slow', 3); t.add('kill time', 3)"], check=True)
    again = Tally(path)
    assert again.total("slow") == 0
    assert again.total("kill time") == 3
    again.close()


def test_the_places_of_a_client_are_those_it_has_in_all_processes(tmp_path: Path) -> None:
    path = empty(tmp_path)
    tally = Tally(path)
    tally.hold("203.0.113.7", 2)
    code = f"from pathlib import Path; from ligraph.web.tally import Tally; t = Tally(Path({str(path)!r})); "
    code += "t.hold('203.0.113.7', 1); t.hold('203.0.113.8', 3); print(t.held_by('203.0.113.7'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) == 3
    assert tally.held_by("203.0.113.8") == 3
    # The next process that has the block of one that ended has nobody's queries.
    subprocess.run([sys.executable, "-c", code.partition("t.hold")[0]], check=True)
    assert (tally.held_by("203.0.113.7"), tally.held_by("203.0.113.8")) == (2, 0)
    tally.hold("203.0.113.7", -2)
    assert tally.held_by("203.0.113.7") == 0
    tally.close()


def test_clients_are_counted_each_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [600_000.0]
    monkeypatch.setattr("ligraph.web.tally.time.time", lambda: now[0])
    tally = Tally()
    for _ in range(10):
        tally.asks("203.0.113.7")
    assert tally.asks("203.0.113.7") == 11
    assert tally.asks("203.0.113.8") == 1
    now[0] += 90
    # Half of the window before is over 60 seconds ago by now.
    assert tally.asks("203.0.113.7") == 1 + 11 / 2
    now[0] += 120
    assert tally.asks("203.0.113.7") == 1


def test_many_clients_do_not_count_as_one() -> None:
    tally = Tally()
    counts = [tally.asks(f"198.51.100.{number % 250}/{number}") for number in range(2_000)]
    assert sum(count > 1 for count in counts) < 60


def test_durations_are_counted_by_class() -> None:
    tally = Tally()
    tally.took("answered", 0.0005, 1, 10)
    tally.took("answered", 0.02, 2, 20)
    tally.took("out-of-time", 31, 0, 0)
    assert tally.count_of("answered") == 2
    assert tally.total("rows") == 3
    assert tally.total("bytes") == 30
    assert tally.total("out-of-time seconds") == 31
