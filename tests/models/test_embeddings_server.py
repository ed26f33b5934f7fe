"""The encoder of an embeddings server: who it is, and what it does when the server is away."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from semsearch.core.embeddings_access import EmbeddingsAccess
from semsearch.core.errors import EncoderUnavailable
from semsearch.models import is_meant
from semsearch.models.encoders.embeddings_server import CHECK_S, ServerEncoder
from semsearch.models.encoders.hashed import HashedEncoder
from semsearch.models.server_description import PROBE, ServerDescription, describe_server_model
from tests.chat_server import Reply, Server
from tests.embeddings_server import EmbeddingsStandIn, embedding
from tests.models.test_circuit_breaker import StoppedClock

Running = tuple[Server, EmbeddingsStandIn]


@pytest.fixture
def running() -> Iterator[Running]:
    """Run a server."""
    with embedding() as found:
        yield found


@pytest.fixture
def description(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ServerDescription:
    """Give the description of its model."""
    monkeypatch.setenv("SEMSEARCH_EMBEDDINGS_API", running[0].url)
    return describe_server_model("api:m", tmp_path)


@pytest.fixture
def clock() -> StoppedClock:
    """Give a clock that stands still."""
    return StoppedClock()


@pytest.fixture
def encoder(running: Running, description: ServerDescription, clock: StoppedClock) -> ServerEncoder:
    """Give the encoder."""
    access = EmbeddingsAccess(api=running[0].url, timeout=2.0)
    return ServerEncoder(description, access=access, clock=clock)


def test_it_embeds_with_prefixes_and_has_no_tokens(
    running: Running, description: ServerDescription
) -> None:
    """Long texts are cut; empty lists ask nothing."""
    stated = replace(description, query_prefix="q: ", max_chars=10)
    found = ServerEncoder(stated, access=EmbeddingsAccess(api=running[0].url))
    asked = len(running[0].requests)
    assert found.encode_entries([]).vectors.shape == (0, 64)
    assert found.encode_questions([]).vectors.shape == (0, 64)
    assert len(running[0].requests) == asked
    encoded = found.encode_questions(["what is it about"])
    expected = HashedEncoder().encode_entries(["q: what is it"[:13]]).vectors
    np.testing.assert_allclose(encoded.vectors, expected, atol=1e-6)
    assert [len(tokens.ids) for tokens in encoded.tokens] == [0]
    assert found.encode_entries(["a", "b"]).vectors.shape == (2, 64)
    assert (found.dim, found.fingerprint) == (64, description.fingerprint)
    assert not found.is_word("word")


def test_questions_ask_for_the_probe_now_and_then(
    running: Running, encoder: ServerEncoder, clock: StoppedClock
) -> None:
    """At first, and again after some minutes; texts of a build always do."""
    sent = [PROBE in request["input"] for request in running[0].requests]
    for after, expected in ((0, True), (1, False), (CHECK_S, True)):
        clock.now += after
        encoder.encode_questions(["a question"])
        sent.append(PROBE in running[0].requests[-1]["input"])
        assert sent[-1] is expected
    encoder.encode_entries(["a text"])
    assert PROBE in running[0].requests[-1]["input"]


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (HashedEncoder(32), "answers for 'm' with 32 dimensions, and the index has 64; let it"),
        (None, "has another model behind the name 'm' than .* run `semsearch build --model api:m`"),
    ],
)
def test_another_model_behind_the_name_is_refused(
    running: Running, encoder: ServerEncoder, other: HashedEncoder | None, told: str
) -> None:
    """For questions and for texts of a build; none of its vectors is used."""
    server, stand_in = running
    stand_in.encoder = other or Reversed()
    for encode in (encoder.encode_entries, encoder.encode_questions):
        with pytest.raises(EncoderUnavailable, match=rf"the embeddings server {server.url} {told}"):
            encode(["a text"])


class Reversed(HashedEncoder):
    """A model of the same dimension with other vectors."""

    def _encode(self, text: str) -> np.ndarray:
        return super()._encode(text[::-1])


def test_a_server_that_is_away_is_left_alone_for_a_while(
    running: Running,
    encoder: ServerEncoder,
    clock: StoppedClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One line in the log when it goes and when it comes back, and the probe is asked again."""
    server, stand_in = running
    encoder.encode_questions(["a question"])
    stand_in.fault = lambda _: Reply.error(500, "out of memory")
    asked = len(server.requests)
    with caplog.at_level(logging.WARNING, "semsearch"):
        for _ in range(3):
            with pytest.raises(EncoderUnavailable, match="status 500: out of memory"):
                encoder.encode_questions(["a question"])
        assert len(server.requests) == asked + 1
        stand_in.fault = lambda _: None
        clock.now += 10
        encoder.encode_questions(["a question"])
    assert PROBE in server.requests[-1]["input"]
    assert [record.message.split(":")[0] for record in caplog.records] == [
        "questions are answered by words and names",
        "the embeddings server answers again; questions are embedded",
    ]


def test_a_slow_server_is_given_up_by_questions_and_not_by_builds(
    running: Running, description: ServerDescription
) -> None:
    """A build has a timeout of its own."""
    server, stand_in = running
    stand_in.pause_s = 0.3
    access = EmbeddingsAccess(api=server.url, timeout=0.1, build_timeout=30)
    with pytest.raises(EncoderUnavailable, match=r"cannot be reached \(timed out\)"):
        ServerEncoder(description, access=access).encode_questions(["a question"])
    patient = ServerEncoder(description, access=access, is_patient=True)
    assert patient.encode_questions(["a question"]).vectors.shape == (1, 64)
    impatient = ServerEncoder(description, access=access)
    assert impatient.encode_entries(["a text"]).vectors.shape == (1, 64)


def test_a_model_of_a_server_is_meant_by_its_name() -> None:
    """The server need not run."""
    assert is_meant("api:m", model="api:m", fingerprint="")
    assert not is_meant("api:m", model="api:n", fingerprint="")
    assert not is_meant("api:m", model="hashed", fingerprint="")
