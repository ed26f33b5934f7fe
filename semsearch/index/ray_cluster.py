"""Embeds the texts of a build on the nodes of a Ray cluster, with Ray Data.

A partition of batches at a time is a dataset; its actors load the encoder once and embed one batch
after the other. The texts of one partition and what is computed of it are all that is in the memory
of the cluster. Results come in the order of the batches, so the caller saves them as it saves its
own. A node that dies costs its batches under way, which Ray gives to others.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import socket
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

import numpy as np

from semsearch.core.arrays import Encoded, Tokens
from semsearch.core.errors import ClusterFailed, InvalidSetting, MissingExtra
from semsearch.index.embedding import TextBatch
from semsearch.models.encoders.portable import PortableEncoder
from semsearch.storage.int8 import from_int8, to_int8

CONNECT_S = 5.0
"""Seconds to wait for the head of the cluster. Ray itself would try for two minutes."""

PER_CPU = 32
"""Batches of a partition for each CPU of the cluster. A partition begins with the start of its
actors, some 5 s; a batch takes some seconds."""

MOST = 4096
"""Most batches of a partition: their texts are then 1 GB at most, all over the cluster."""

AHEAD = 2
"""Batches that an actor is given at once: the one that it embeds, and the next."""

_DEEPEST = 10
"""Causes of causes that are looked at for a message."""

_ADDRESS = re.compile(r"(\[[0-9a-fA-F:]+\]|[^\s:/\[\]]+):(\d{1,5})")
_Row = dict[str, Any]


class RayCluster:
    """A Ray cluster that embeds batches; see `BatchEncoder`.

    Args:
        address: HOST:PORT of the head of the cluster, of which this machine is a node.
        portable: the encoder.
    """

    def __init__(self, address: str, portable: PortableEncoder) -> None:
        self._address = address
        self._portable = portable

    def encode(self, batches: Iterable[TextBatch]) -> Iterator[Encoded]:
        """Embed batches; see `BatchEncoder.encode`.

        Raises:
            ClusterFailed: the cluster cannot be reached, or cannot embed.
        """
        with _connected(self._address) as ray:
            shipped = ray.put(self._portable)
            left = iter(batches)
            while partition := list(islice(left, _partition_size(ray))):
                with _translated(self._address, ray):
                    yield from map(encoded_of, _run(ray, shipped, partition))


class RayEmbedder:
    """Embeds batches in an actor of the cluster.

    Args:
        shipped: where the cluster has the `PortableEncoder`.
    """

    def __init__(self, shipped: Any) -> None:  # noqa: ANN401 - a reference of Ray
        portable: PortableEncoder = _load().get(shipped)
        self._encoder = portable.load(runs=1)

    def __call__(self, row: _Row) -> _Row:
        """Return vectors, and of the texts that need them the tokens as the store has them."""
        return row_of(self._encoder.encode_entries(list(row["texts"])), row["kept"])


def row_of(encoded: Encoded, kept: Sequence[bool]) -> _Row:
    """Return a result as a row of Ray Data.

    Args:
        encoded: the vectors and tokens of a batch.
        kept: whether the tokens of each text are stored; they are sent as the store has them.
    """
    tokens = [t for t, is_kept in zip(encoded.tokens, kept, strict=True) if is_kept]
    return {
        "dim": encoded.vectors.shape[1],
        "width": max((one.vectors.shape[1] for one in tokens), default=0),
        "vectors": encoded.vectors.astype("<f4").tobytes(),
        "kept": [bool(one) for one in kept],
        "counts": [len(one.ids) for one in tokens],
        "ids": b"".join(one.ids.astype("<i4").tobytes() for one in tokens),
        "tokens": b"".join(to_int8(one.vectors).tobytes() for one in tokens),
    }


def encoded_of(row: _Row) -> Encoded:
    """Return the result that a row has."""
    counts = iter(row["counts"])
    ids = np.frombuffer(row["ids"], dtype="<i4").astype(np.int32)
    rows = np.frombuffer(row["tokens"], dtype=np.int8).reshape(len(ids), row["width"])
    vectors = from_int8(rows)
    tokens, start = [], 0
    for is_kept in row["kept"]:
        end = start + (next(counts) if is_kept else 0)
        tokens.append(Tokens(ids[start:end], vectors[start:end]))
        start = end
    found = np.frombuffer(row["vectors"], dtype="<f4").reshape(-1, row["dim"])
    return Encoded(found.astype(np.float32), tuple(tokens))


def check_cluster(address: str) -> None:
    """Check that somebody listens at the address of a cluster, and that Ray is installed.

    Raises:
        ClusterFailed: nobody does.
        InvalidSetting: it is no address.
        MissingExtra: Ray is not installed.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None or not 0 < int(found[2]) < 1 << 16:
        raise InvalidSetting(
            f"--ray {address!r} is not of the form HOST:PORT, such as 10.0.0.5:6379: name the head "
            "of a Ray cluster, of which this machine is a node"
        )
    try:
        socket.create_connection((found[1].strip("[]"), int(found[2])), CONNECT_S).close()
    except OSError as error:
        raise ClusterFailed(
            f"the Ray cluster at {address} cannot be reached: {error.strerror or error}; start it "
            "with `ray start --head`, or name its head with --ray HOST:PORT"
        ) from error
    _load()


def _load() -> Any:  # noqa: ANN401 - the module
    # Ray would report to its makers what it is used for
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # its errors are raised, too
    try:
        import ray
        import ray.data  # noqa: F401 - loaded with it
    except ImportError as error:
        raise MissingExtra("Ray with Ray Data", "building with --ray", "ray") from error
    return ray


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    """Connect to a cluster until the end of the block, and then leave it as it was.

    A connection that this process has is used, if it is to the same cluster.
    """
    check_cluster(address)
    ray = _load()
    if ray.is_initialized():
        own = ray.get_runtime_context().gcs_address
        if own != address:
            raise InvalidSetting(f"--ray {address}: this process is connected to Ray at {own}")
        yield ray
        return
    with _own_signals():
        try:
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
        except Exception as error:  # Ray has no error of its own for this
            raise ClusterFailed(
                f"the Ray cluster at {address} does not take this machine: {_line(error)}; run the "
                "build on one of its nodes, with the same versions of Python and Ray"
            ) from error
    try:
        yield ray
    finally:
        ray.shutdown()  # ends the actors of this build, and nothing else of the cluster


@contextmanager
def _own_signals() -> Iterator[None]:
    """Keep what this process does when it is asked to end, which Ray would replace."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _translated(address: str, ray: Any) -> Iterator[None]:  # noqa: ANN401 - the module
    try:
        yield
    except (ray.exceptions.RayError, ray.data.exceptions.RayDataUserCodeException) as error:
        raise ClusterFailed(
            f"the Ray cluster at {address} cannot embed: {cause_of(error)}; each node needs semsearch "
            "of this version; what has been embedded is saved, and a build goes on from there"
        ) from error


def cause_of(error: BaseException) -> str:
    """Return what was wrong in an actor, without Ray's report of where it was."""
    said, inner = "", error
    for _ in range(_DEEPEST):
        said = str(inner).strip() or said
        following = getattr(inner, "cause", None) or inner.__cause__
        if not isinstance(following, BaseException):
            break
        inner = following
    return said.splitlines()[-1].strip() if said else type(error).__name__


def _line(error: BaseException) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), repr(error))


def _partition_size(ray: Any) -> int:  # noqa: ANN401 - the module
    return min(MOST, PER_CPU * _cpus(ray))


def _cpus(ray: Any) -> int:  # noqa: ANN401 - the module
    return max(1, int(ray.cluster_resources().get("CPU", 0)))


def _run(ray: Any, shipped: Any, partition: list[TextBatch]) -> Iterator[_Row]:  # noqa: ANN401 - Ray
    """Yield the rows that actors make of the batches of a partition, in their order."""
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    context.execution_options.preserve_order = True
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    rows = [{"texts": list(b.texts), "kept": list(b.with_tokens)} for b in partition]
    many = len(rows)
    pool = ray.data.ActorPoolStrategy(
        min_size=1,
        max_size=many,
        initial_size=min(many, _cpus(ray)),
        max_tasks_in_flight_per_actor=AHEAD,
    )
    dataset = ray.data.from_items(rows, override_num_blocks=many).map(
        RayEmbedder, fn_constructor_args=(shipped,), compute=pool, num_cpus=1
    )
    yield from dataset.iter_rows()
