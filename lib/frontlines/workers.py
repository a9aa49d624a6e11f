"""Who does the work: this process, processes of this machine, or a Dask cluster that runs already."""

import hashlib
import logging
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from ipaddress import ip_address
from multiprocessing import current_process
from typing import Any
from urllib.parse import urlsplit

import frontlines
from frontlines import data
from frontlines.errors import MissingDataError, SchemaError
from frontlines.records import Partition

Sent = Callable[[Partition], Any]
Work = Callable[[Any], Any]
Share = Callable[[Iterable[Partition], Sent, Work], Iterator[tuple[Partition, Any]]]
_LOOPBACK = "127.0.0.1"
_PATIENCE = 15  # seconds to wait for a scheduler, and for its first worker


@contextmanager
def shared(count: int | None, scheduler: str | None, *, one: bool = False) -> Iterator[Share]:
    """
    Give the function that shares partitions out.

    Parameters
    ----------
    count
        Processes to start on this machine, each with one thread; as many as there are cores if not given.
    scheduler
        Address of a running scheduler instead.
    one
        Whether there is but one partition: this process does it, unless there is a scheduler.

    Yields
    ------
    Callable
        It takes partitions, what to send of one, and the work; it gives each partition with its answer, as
        they finish, and holds no more than two for each worker.

    Raises
    ------
    MissingDataError
        If Dask is missing, or no scheduler or worker with our library and tables answers.

    Notes
    -----
    A scheduler runs what it is sent: ours listens on the loopback address alone, and another address brings
    a warning. Across machines use TLS: `tls://` in the address, and the certificates in Dask's settings
    (``DASK_DISTRIBUTED__COMM__TLS__CA_FILE``, ``..__CLIENT__CERT``, ``..__CLIENT__KEY``).
    """
    if one and scheduler is None:
        yield _here
        return
    try:
        dask: Any = import_module("dask.distributed")
    except ImportError:
        raise MissingDataError("work on several cores needs Dask; install frontlines[scale]") from None
    if scheduler is not None:
        with _reached(dask.Client, scheduler) as client:
            yield _by(client, dask.as_completed)
        return
    with _started(dask.LocalCluster, count) as cluster, dask.Client(cluster) as client:
        yield _by(client, dask.as_completed)


def tables() -> str:
    """
    Tell which library and tables this process works with.

    Returns
    -------
    str
        The version, and a hash of the codebook and the gazetteer.
    """
    found = hashlib.sha256()
    for folder in ("codebook", "gazetteer"):
        for path in sorted((data.data_dir() / folder).rglob("*.csv")):
            found.update(path.name.encode() + path.read_bytes())
    return f"{frontlines.__version__} {found.hexdigest()[:16]}"


def is_loopback(address: str) -> bool:
    """
    Tell whether an address can be reached from this machine alone.

    Parameters
    ----------
    address
        ``tcp://127.0.0.1:8786``, ``localhost:8786`` and the like.

    Returns
    -------
    bool
        Whether its host is the loopback address.

    Raises
    ------
    SchemaError
        If it is no address.
    """
    try:
        split = urlsplit(address if "://" in address else f"tcp://{address}")
        host, port = split.hostname, split.port
    except ValueError:
        host, port = None, None
    if not host or not port:
        raise SchemaError(f"--scheduler {address!r} is no address; write it like tcp://127.0.0.1:8786")
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _here(parts: Iterable[Partition], sent: Sent, work: Work) -> Iterator[tuple[Partition, Any]]:
    for part in parts:
        yield part, work(sent(part))


def _started(cluster_of: Any, count: int | None) -> Any:
    unguarded = MissingDataError(
        "the worker processes did not start; in a script, the call stands under "
        '`if __name__ == "__main__":`, since each of them imports the script'
    )
    if getattr(current_process(), "_inheriting", False):
        raise unguarded  # this is such a process, and would start more
    try:
        return cluster_of(
            n_workers=count, threads_per_worker=1, processes=True, host=_LOOPBACK,
            dashboard_address=f"{_LOOPBACK}:0", worker_dashboard_address=f"{_LOOPBACK}:0",
            silence_logs=logging.CRITICAL,
        )  # fmt: skip
    except RuntimeError:
        raise unguarded from None


@contextmanager
def _reached(client_of: Any, scheduler: str) -> Iterator[Any]:
    if not is_loopback(scheduler):
        warnings.warn(
            f"--scheduler {scheduler}: not this machine. A Dask scheduler runs whatever it is sent, and by "
            "tcp:// anyone on the way reads along: keep it in a closed network, and use tls://",
            stacklevel=5,
        )
    try:
        client = client_of(scheduler, timeout=_PATIENCE)
        client.wait_for_workers(1, timeout=_PATIENCE)
        theirs = client.run(tables)
    except (OSError, TimeoutError, ValueError, ImportError) as fault:
        what = " ".join(str(fault).split()) or "nobody answers"
        raise MissingDataError(
            f"--scheduler {scheduler}: no worker with this library can be reached ({what}); start one "
            "with `dask scheduler --host 127.0.0.1`, and `dask worker ADDRESS` in this environment"
        ) from None
    with client:
        others = sorted(name for name, have in theirs.items() if have != tables())
        if others:
            raise MissingDataError(
                f"--scheduler {scheduler}: worker {others[0]} has another library or data/; "
                "give all machines the same"
            )
        yield client


def _by(client: Any, as_completed: Any) -> Share:
    most = 2 * max(1, sum(client.nthreads().values()))

    def share(parts: Iterable[Partition], sent: Sent, work: Work) -> Iterator[tuple[Partition, Any]]:
        running: dict[Any, Partition] = {}
        done = as_completed()
        for part in parts:
            # the partition goes with the task, so that another worker has it if one dies
            future = client.submit(work, sent(part), pure=False)
            running[future] = part
            done.add(future)
            if len(running) >= most:
                yield _answer(running, next(done))
        while running:
            yield _answer(running, next(done))

    return share


def _answer(running: dict[Any, Partition], future: Any) -> tuple[Partition, Any]:
    part = running.pop(future)
    if future.status == "finished":
        return part, future.result()
    fault = future.exception() if future.status == "error" else None
    if fault is not None and type(fault).__name__ != "KilledWorker":
        raise fault
    raise MissingDataError(
        f"records {part.names[0]} to {part.names[-1]}: their worker died again and again; is there "
        "memory enough? Take fewer --rows or --workers; what is done is kept"
    )
