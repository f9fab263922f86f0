"""A small process without threads that forks workers in milliseconds and ends them.

It is started anew for each release, so that a worker is a copy of what it has: the manifest, and the statements where
they are kept in memory.
"""

from __future__ import annotations

import gzip
import mmap
import os
import selectors
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import orjson
from pyoxigraph import RdfFormat, Store, parse

from ligraph.formats import Format
from ligraph.releases.manifest import DUMP, STORE, read_manifest
from ligraph.stores.confinement import (
    FILTER,
    NAMESPACE,
    cut_off_network,
    die_with_parent,
    limit_memory,
    lower,
    set_apart,
)
from ligraph.stores.embedded import Release
from ligraph.stores.frames import SLOT, Slot
from ligraph.stores.queries import Evaluator
from ligraph.stores.results import Terms, Writer
from ligraph.stores.worker import work

Writers = Callable[[Release], Mapping[Format, Writer]]

MESSAGE = struct.Struct("<4sqq")
"""What service and nursery say to each other: a verb and two numbers. The service says `fork` (slot, whether the worker
may reach the network; the worker's end of a connection comes along), `kill`, `idle` and `away` (process id); the
nursery says `held` (which of `MEANS` takes the network from workers) once it is ready, `born` (process id, slot) and
`gone` (process id, exit code, a signal as a negative number)."""

MEANS = (None, FILTER, NAMESPACE)


@dataclass(frozen=True)
class Order:
    """What a nursery is started with: the release, what its workers may do, and the memory of their slots.

    Units: `memory` is in bytes.
    """

    folder: str
    in_memory: bool
    terms: Terms
    memory: int
    slots: int

    def to_json(self) -> str:
        """Return the order as an argument of a command."""
        return orjson.dumps(asdict(self)).decode()


def order_in(text: str) -> Order:
    """Return the order that an argument of a command gives."""
    values = orjson.loads(text)
    terms = values["terms"]
    return Order(**{**values, "terms": Terms(**{**terms, "services": tuple(terms["services"])})})


def run(control: int, slots: int, order: str, writers: Writers) -> None:
    """Fork workers as the service asks over a socket, and tell it when one ends; end with the service."""
    Nursery(socket.socket(fileno=control), slots, order_in(order), writers).serve()


class Nursery:
    """Forks workers, each with one end of a connection to the service."""

    def __init__(self, control: socket.socket, slots: int, order: Order, writers: Writers) -> None:
        # While it reads statements into memory, it does not look whether the service is there.
        die_with_parent(os.getppid())
        self.pid = os.getpid()
        self.control = control
        self.order = order
        self.folder = Path(order.folder)
        self.manifest = read_manifest(self.folder)
        self.store = read_into_memory(self.folder) if order.in_memory else None
        self.writers = writers
        self.memory = mmap.mmap(slots, order.slots * SLOT)
        self.workers: set[int] = set()

    def serve(self) -> None:
        """Do as the service asks until it is gone, then end every worker."""
        # What stops a whole group of processes is the service's to handle, which lets running queries end.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        awake, waker = socket.socketpair()
        waker.setblocking(False)
        signal.set_wakeup_fd(waker.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        selector = selectors.DefaultSelector()
        selector.register(self.control, selectors.EVENT_READ)
        selector.register(awake, selectors.EVENT_READ)
        try:
            self._tell(b"held", 0, self._try_confinement())
            while True:
                for key, _ in selector.select():
                    if key.fileobj is awake:
                        awake.recv(4096)
                        self._reap()
                    elif not self._obey():
                        return
        except ConnectionError:
            return
        finally:
            signal.set_wakeup_fd(-1)
            for pid in self.workers:
                os.kill(pid, signal.SIGKILL)

    def _try_confinement(self) -> int:
        """Return which of `MEANS` takes the network from a process here: one that is forked tries it."""
        pid = os.fork()
        if pid == 0:
            os._exit(MEANS.index(cut_off_network()))
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def _obey(self) -> bool:
        """Do one thing that the service asks; return whether it is still there."""
        try:
            message, descriptors, _, _ = socket.recv_fds(self.control, MESSAGE.size, 1)
        except ConnectionError:
            return False
        if not message:
            return False
        verb, number, flag = MESSAGE.unpack(message)
        if verb == b"fork":
            self._fork(descriptors[0], number, outward=bool(flag))
        elif number in self.workers:
            # One that is not there any more has left its number to others.
            if verb == b"kill":
                os.kill(number, signal.SIGKILL)
            elif verb == b"idle":
                lower(number)
            else:
                set_apart(number)
        return True

    def _fork(self, connection: int, slot: int, *, outward: bool) -> None:
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                self._be_worker(socket.socket(fileno=connection), slot, outward=outward)
                status = 0
            except (ConnectionError, BrokenPipeError):
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(status)
        os.close(connection)
        self.workers.add(pid)
        self._tell(b"born", pid, slot)

    def _be_worker(self, connection: socket.socket, slot: int, *, outward: bool) -> None:
        die_with_parent(self.pid)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.control.close()
        terms = self.order.terms
        if not outward:
            cut_off_network()
            terms = replace(terms, services=())
        store = self.store if self.store is not None else Store.read_only(str(self.folder / STORE))
        release = Release(self.folder, self.manifest, store)
        evaluator = Evaluator(release, terms, self.writers(release))
        limit_memory(self.order.memory)
        # The engine's last words, such as of an allocation that failed, say nothing that the service does not log.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
        work(connection, Slot(self.memory, slot), evaluator)

    def _reap(self) -> None:
        while self.workers:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self.workers.discard(pid)
            self._tell(b"gone", pid, os.waitstatus_to_exitcode(status))

    def _tell(self, verb: bytes, pid: int, number: int) -> None:
        self.control.sendall(MESSAGE.pack(verb, pid, number))


def read_into_memory(folder: Path) -> Store:
    """Return the statements of a release; blank nodes have the same labels each time.

    They are read in a thread of its own, which ends with it: the C library gives a thread another heap, so that the one
    that workers inherit has no thousands of holes to look through. From a clean heap a lookup takes a fifth less time.
    """
    store = Store()

    def read() -> None:
        # Loaded by the engine itself, blank nodes would be called anew in each process.
        with gzip.open(folder / DUMP) as dump:
            store.bulk_extend(parse(dump, RdfFormat.N_QUADS))  # type: ignore[arg-type]

    with ThreadPoolExecutor(1) as reader:
        reader.submit(read).result()
    return store
