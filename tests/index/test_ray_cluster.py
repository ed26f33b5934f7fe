"""What is refused before Ray is asked, and rows of results; tests/cluster has a real cluster."""

from __future__ import annotations

import socket
import sys

import numpy as np
import pytest

from semsearch.core.arrays import Encoded
from semsearch.core.errors import ClusterFailed, InvalidSetting, MissingExtra
from semsearch.index import ray_cluster
from semsearch.index.ray_cluster import check_cluster, encoded_of, row_of
from semsearch.models.encoders.hashed import HashedEncoder
from semsearch.models.encoders.wordpieces import NO_TOKENS
from semsearch.storage.int8 import to_int8


@pytest.mark.parametrize(
    "address", ["", "auto", "ray://10.0.0.5:10001", "10.0.0.5", "head:0", "head:65536", "a b:1"]
)
def test_an_address_is_a_host_and_a_port(address: str) -> None:
    """Others are named, with an example."""
    with pytest.raises(InvalidSetting, match=r"is not of the form HOST:PORT, such as 10\.0\.0\.5"):
        check_cluster(address)


def test_a_cluster_that_is_not_there_is_named_at_once() -> None:
    """Ray itself would try for two minutes."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(
        ClusterFailed, match=rf"at 127\.0\.0\.1:{port} cannot be reached: .*refused"
    ):
        check_cluster(f"127.0.0.1:{port}")


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is in an environment of `requirements/run.lock`."""
    monkeypatch.setitem(sys.modules, "ray", None)
    with (
        socket.create_server(("127.0.0.1", 0)) as head,
        pytest.raises(MissingExtra, match=r"--ray needs Ray.*pip install '\.\[ray\]'"),
    ):
        check_cluster(f"127.0.0.1:{head.getsockname()[1]}")


@pytest.mark.parametrize(
    "kept", [(True, True, True), (False, True, False), (False, False, False), ()]
)
def test_a_row_has_what_the_store_keeps(kept: tuple[bool, ...]) -> None:
    """Vectors to the last bit; tokens as the store rounds them, of the texts that need them."""
    texts = ["A heavy pot with a lid.", "The of and.", "Dough that rises."][: len(kept)]
    encoded = HashedEncoder().encode_entries(texts)
    found = encoded_of(row_of(encoded, kept))
    assert np.array_equal(found.vectors, encoded.vectors)
    assert len(found.tokens) == len(texts)
    for is_kept, sent, got in zip(kept, encoded.tokens, found.tokens, strict=True):
        assert got.ids.tolist() == (sent.ids.tolist() if is_kept else [])
        if is_kept:
            assert np.array_equal(to_int8(got.vectors), to_int8(sent.vectors))


def test_an_encoder_without_tokens() -> None:
    """As of an embeddings server; there is nothing to reshape."""
    vectors = HashedEncoder().encode_entries(["a pot", "a lid"]).vectors
    found = encoded_of(row_of(Encoded(vectors, (NO_TOKENS, NO_TOKENS)), (True, True)))
    assert [len(tokens.ids) for tokens in found.tokens] == [0, 0]


def test_the_message_of_an_actor_is_the_last_line_of_its_cause() -> None:
    """Ray tells where it was in many lines before."""
    outer = RuntimeError("The actor died\n  File x\nImportError: No module named 'semsearch'\n")
    outer.__cause__ = RuntimeError()
    assert ray_cluster.cause_of(outer) == "ImportError: No module named 'semsearch'"
    assert ray_cluster.cause_of(RuntimeError()) == "RuntimeError"
