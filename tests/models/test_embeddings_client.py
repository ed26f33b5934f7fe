"""Asking an embeddings server for vectors, and refusing what are none."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import SecretStr

from semsearch.core.embeddings_access import EmbeddingsAccess
from semsearch.core.errors import EncoderUnavailable, InvalidSetting
from semsearch.models.embeddings_client import BATCH, EmbeddingsClient
from semsearch.models.encoders.hashed import HashedEncoder
from tests.chat_server import Reply, serving
from tests.embeddings_server import embedding, embeddings

KEY = "sk-secret-0123456789"
TEXTS = ["a heavy pot", "a small boat"]


def client(url: str, key: str | None = None) -> EmbeddingsClient:
    """Return a client that asks once."""
    access = EmbeddingsAccess(api=url, key=SecretStr(key) if key else None)
    return EmbeddingsClient.of(access, timeout_s=10, attempts=1)


def test_vectors_are_unit_vectors_in_the_order_of_the_texts() -> None:
    """Whatever their length was, and in whatever order the server has them."""
    with embedding() as (server, _):
        found = client(f"{server.url}/").embed("m", TEXTS)
        client(server.url, KEY).embed("m", TEXTS)
    expected = HashedEncoder().encode_entries(TEXTS).vectors
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert found.dtype == np.float32
    assert server.requests[0] == {"model": "m", "input": TEXTS}
    assert server.paths == ["/v1/embeddings"] * 2
    assert [headers.get("Authorization") for headers in server.headers] == [None, f"Bearer {KEY}"]


def test_texts_go_in_batches_and_none_is_empty() -> None:
    """Several servers refuse an empty text, and more texts than they are set to take."""
    texts = ["", *(f"text {number}" for number in range(2 * BATCH))]
    with embedding() as (server, _):
        assert client(server.url).embed("m", texts).shape == (len(texts), HashedEncoder().dim)
    assert [len(request["input"]) for request in server.requests] == [BATCH, BATCH, 1]
    assert server.requests[0]["input"][0] == "."


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "without a vector for each text: nothing"),
        (b"[]", "without a vector for each text"),
        (b'{"data": [{"index": 0, "embedding": [1.0]}]}', "without a vector for each text"),
        (embeddings([[1.0], [1.0], [1.0]]).body, "without a vector for each text"),
        (embeddings([[1.0, 2.0], [1.0]]).body, "without a vector for each text"),
        (embeddings([[], []]).body, "without a vector for each text"),
        (b'{"data": [{"index": 0, "embedding": "x"}, {"index": 1, "embedding": "y"}]}', "vector"),
        (embeddings([[1.0, float("nan")], [1.0, 0.0]]).body, "no direction: NaN"),
        (embeddings([[1.0, float("inf")], [1.0, 0.0]]).body, "no direction"),
        (embeddings([[1e39, 0.0], [1.0, 0.0]]).body, "no direction"),
        (embeddings([[0.0, 0.0], [1.0, 0.0]]).body, "no direction"),
        (b"[" * 100_000, "without a vector"),
    ],
)
def test_what_are_no_vectors_is_refused(body: bytes, told: str) -> None:
    """The message says what is wrong, and names the server."""
    with (
        serving(lambda *_: Reply(200, body)) as server,
        pytest.raises(EncoderUnavailable, match=rf"the embeddings server http.* answers .*{told}"),
    ):
        client(server.url).embed("m", TEXTS)


def test_vectors_of_several_lengths_are_refused() -> None:
    """Also in several requests."""
    replies = [embeddings([[1.0, 0.0]] * BATCH), embeddings([[1.0]])]
    with (
        serving(lambda _, number: replies[number]) as server,
        pytest.raises(EncoderUnavailable, match="vectors of several lengths"),
    ):
        client(server.url).embed("m", ["text"] * (BATCH + 1))


def test_a_refusal_is_told_without_the_key() -> None:
    """Even if the server says it again; what may succeed later is tried again during a build."""
    with (
        serving(lambda *_: Reply.error(401, f"no {KEY}")) as server,
        pytest.raises(EncoderUnavailable, match=r"answers with status 401: no \*\*\*"),
    ):
        client(server.url, KEY).embed("m", TEXTS)
    replies = [Reply.error(429, "", Retry_After="0"), embeddings([[1.0], [1.0]])]
    with serving(lambda _, number: replies[number]) as server:
        patient = EmbeddingsClient.of(EmbeddingsAccess(api=server.url), timeout_s=10)
        assert patient.embed("m", TEXTS).tolist() == [[1.0], [1.0]]


def test_without_an_address_nothing_is_asked() -> None:
    """The message names the variable; what is no address is refused."""
    with pytest.raises(EncoderUnavailable, match="name its address in SEMSEARCH_EMBEDDINGS_API"):
        client("")
    told = "is not the address of an embeddings server; .*SEMSEARCH_EMBEDDINGS_KEY"
    with pytest.raises(InvalidSetting, match=told):
        client("localhost:11434")
