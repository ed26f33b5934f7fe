"""What an index keeps of its embeddings server."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from semsearch.core.embeddings_access import EmbeddingsAccess
from semsearch.core.errors import EncoderUnavailable, IndexDamaged, ModelRefused
from semsearch.models.encoders.hashed import HashedEncoder
from semsearch.models.server_description import (
    DESCRIPTION,
    PROBE,
    ServerDescription,
    describe_server_model,
    prefixes_of,
)
from tests.embeddings_server import EmbeddingsStandIn, embedding

KEY = "sk-secret-0123456789"


def described(monkeypatch: pytest.MonkeyPatch, known: Path, model: str = "m") -> ServerDescription:
    """Ask a server for a model."""
    with embedding() as (server, _):
        monkeypatch.setenv("SEMSEARCH_EMBEDDINGS_API", server.url)
        return describe_server_model(f"api:{model}", known)


def test_name_prefixes_dimension_and_a_vector_identify_a_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The file has no address and no key."""
    monkeypatch.setenv("SEMSEARCH_EMBEDDINGS_KEY", KEY)
    found = described(monkeypatch, tmp_path, "nomic-embed-text")
    expected = HashedEncoder().encode_entries([f"search_document: {PROBE}"]).vectors[0]
    np.testing.assert_allclose(found.probe, expected, atol=1e-6)
    assert (found.dim, found.query_prefix) == (64, "search_query: ")
    assert len(found.fingerprint) == 64
    digest = found.save(tmp_path / "x")
    text = (tmp_path / "x" / DESCRIPTION).read_text(encoding="utf-8")
    assert not any(secret in text for secret in (KEY, "127.0.0.1"))
    assert ServerDescription.load_stated(tmp_path / "x", found.fingerprint, digest) == found


def test_the_same_model_is_known_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A vector that differs by rounding is one of the same model; the index keeps its vectors."""
    first = described(monkeypatch, tmp_path)
    noisy = tuple(number + 0.002 for number in first.probe)
    replace(first, probe=noisy, fingerprint="a" * 64).save(tmp_path / "aa")
    assert described(monkeypatch, tmp_path).fingerprint == "a" * 64
    assert described(monkeypatch, tmp_path, "other").fingerprint != "a" * 64


def test_another_model_behind_a_name_is_another_encoder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """So is the same one with other prefixes."""
    first = described(monkeypatch, tmp_path)
    first.save(tmp_path / "aa")
    other = EmbeddingsStandIn(HashedEncoder(65))
    with embedding(other) as (server, _):
        monkeypatch.setenv("SEMSEARCH_EMBEDDINGS_API", server.url)
        assert describe_server_model("api:m", tmp_path).fingerprint != first.fingerprint
    monkeypatch.setenv("SEMSEARCH_EMBEDDINGS_QUERY_PREFIX", "query: ")
    changed = described(monkeypatch, tmp_path)
    assert changed.query_prefix == "query: "
    assert changed.fingerprint != first.fingerprint


@pytest.mark.parametrize(
    ("model", "query", "passage"),
    [
        ("nomic-embed-text:v1.5", "search_query: ", "search_document: "),
        ("intfloat/multilingual-e5-small", "query: ", "passage: "),
        ("bge-m3", "", ""),
        ("snowflake-arctic-embed2", "query: ", ""),
        ("EmbeddingGemma:300m", "task: search result | query: ", "title: none | text: "),
    ],
)
def test_prefixes_of_known_models(model: str, query: str, passage: str) -> None:
    """The settings win; `none` stands for an empty one."""
    assert prefixes_of(model, EmbeddingsAccess()) == (query, passage)
    stated = EmbeddingsAccess(query_prefix="Q: ", passage_prefix="none")
    assert prefixes_of(model, stated) == ("Q: ", "")


def test_what_is_missing_or_altered_is_damage(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whatever the file holds."""
    found = described(monkeypatch, tmp_path)
    digest = found.save(tmp_path)
    file = tmp_path / DESCRIPTION
    whole = json.loads(file.read_text(encoding="utf-8"))
    for text in ("", "[]", "{}", json.dumps({**whole, "dim": 3}), json.dumps({**whole, "x": 1})):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(IndexDamaged, match="is missing or altered; run `semsearch build`"):
            ServerDescription.load_stated(tmp_path, found.fingerprint, digest)
    file.unlink()
    with pytest.raises(IndexDamaged):
        ServerDescription.load_stated(tmp_path, found.fingerprint, digest)


def test_a_model_needs_a_name_and_a_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Both messages say what to write."""
    with pytest.raises(
        ModelRefused, match=r"'api:' names no model .* --model api:nomic-embed-text"
    ):
        describe_server_model("api:", tmp_path)
    monkeypatch.delenv("SEMSEARCH_EMBEDDINGS_API", raising=False)
    with pytest.raises(EncoderUnavailable, match="SEMSEARCH_EMBEDDINGS_API"):
        describe_server_model("api:m", tmp_path)
