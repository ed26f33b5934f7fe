"""What an index keeps of its embeddings server: `server.json`.

The name of the model, its prefixes, its dimension, and the vector of a fixed text. A server that
gives this text another vector has another model behind the same name. Address and key are not in
it; see `core/embeddings_access.py`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from semsearch.core.arrays import Vectors
from semsearch.core.checksums import sha256_of
from semsearch.core.embeddings_access import EmbeddingsAccess, embeddings_access
from semsearch.core.errors import UNREADABLE, IndexDamaged, IndexForbidden, ModelRefused
from semsearch.models.embeddings_client import EmbeddingsClient

NAME_PREFIX = "api:"
"""Begins the name of a model of an embeddings server."""

DESCRIPTION = "server.json"
VERSION = 1

PROBE = "A glossary explains what the words of a field mean, and which of them mean the same."
"""The text whose vector identifies a model."""
SAME_MODEL_COSINE = 0.99
"""Least cosine of two vectors of the same text by the same model. Servers round differently from
run to run; the vectors of two models have nothing in common."""
NO_PREFIX = "none"
"""Stands for an empty prefix in the settings, where an empty one counts as not set."""

_PREFIXES: tuple[tuple[str, str, str], ...] = (
    ("nomic-embed-text", "search_query: ", "search_document: "),
    ("embeddinggemma", "task: search result | query: ", "title: none | text: "),
    ("mxbai-embed", "Represent this sentence for searching relevant passages: ", ""),
    ("arctic-embed-l-v2", "query: ", ""),
    ("arctic-embed-m-v2", "query: ", ""),
    ("arctic-embed2", "query: ", ""),
    ("arctic-embed", "Represent this sentence for searching relevant passages: ", ""),
    ("e5-mistral", "", ""),
    ("e5-small", "query: ", "passage: "),
    ("e5-base", "query: ", "passage: "),
    ("e5-large", "query: ", "passage: "),
)
"""Parts of names of models, and the prefixes of questions and passages that their cards ask for.
The first part that a name contains counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerDescription:
    """Content of `server.json`."""

    version: int
    fingerprint: str
    model: str
    """The name by which the server knows it."""
    dim: int
    query_prefix: str
    passage_prefix: str
    max_chars: int
    probe: tuple[float, ...]
    """The unit vector of `PROBE` as a passage."""

    @property
    def settings(self) -> tuple[str, str, str, int]:
        """What shapes a vector beside the model behind the name."""
        return self.model, self.query_prefix, self.passage_prefix, self.max_chars

    def is_near(self, probe: Vectors) -> bool:
        """Return whether a vector of the probe is one of the same model."""
        known = np.array(self.probe, dtype=np.float32)
        return len(probe) == len(known) and float(probe @ known) >= SAME_MODEL_COSINE

    def save(self, folder: Path) -> str | None:
        """Write the description, and return its SHA-256."""
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / DESCRIPTION
        scratch = file.with_suffix(".tmp")
        scratch.write_text(json.dumps(asdict(self), indent=2), encoding="utf-8")
        scratch.replace(file)
        return sha256_of(file)

    @classmethod
    def load(cls, folder: Path) -> ServerDescription | None:
        """Read the description in a folder; None if there is none of this version.

        Raises:
            IndexForbidden: its permissions forbid it.
        """
        try:
            stated = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
            found = cls(**{**stated, "probe": tuple(map(float, stated["probe"]))})
        except PermissionError as error:
            raise IndexForbidden(error) from error
        except (OSError, *UNREADABLE):
            return None
        return found if found.version == VERSION else None

    @classmethod
    def load_stated(cls, folder: Path, fingerprint: str, sha256: str | None) -> ServerDescription:
        """Load the description that a manifest names.

        Args:
            folder: of the encoder in the index.
            fingerprint: of the encoder.
            sha256: of the description; not checked if None.

        Raises:
            IndexDamaged: it is missing, altered, or of another model.
        """
        found = cls.load(folder)
        is_altered = sha256 is not None and sha256 != sha256_of(folder / DESCRIPTION)
        if found is None or is_altered or found.fingerprint != fingerprint:
            raise IndexDamaged(
                f"the description of the embeddings server in {folder} is missing or altered; run "
                "`semsearch build` to write it again"
            )
        return found


def describe_server_model(name: str, known: Path | None) -> ServerDescription:
    """Ask the server for a model, and return its description.

    Args:
        name: with `NAME_PREFIX`.
        known: the folder of the encoders of an index, if there is one. A description in it that is
            of this model is returned, so that its vectors are used again.

    Raises:
        ModelRefused: the name is empty.
        EncoderUnavailable: no address is named, or the server does not answer with vectors.
        InvalidSetting: a setting of the server is not valid.
    """
    model = name.removeprefix(NAME_PREFIX).strip()
    if not model:
        raise ModelRefused(
            f"{name!r} names no model of the embeddings server; write --model "
            f"{NAME_PREFIX}nomic-embed-text"
        )
    access = embeddings_access()
    query, passage = prefixes_of(model, access)
    client = EmbeddingsClient.of(access, timeout_s=access.build_timeout)
    (probe,) = client.embed(model, [passage + PROBE])
    for folder in sorted(known.glob("*")) if known else ():
        found = ServerDescription.load(folder)
        settings = (model, query, passage, access.max_chars)
        if found and found.settings == settings and found.is_near(probe):
            return found
    shown = tuple(round(float(number), 7) for number in probe)
    identity = json.dumps([VERSION, model, query, passage, access.max_chars, shown])
    return ServerDescription(
        version=VERSION,
        fingerprint=hashlib.sha256(identity.encode()).hexdigest(),
        model=model,
        dim=len(shown),
        query_prefix=query,
        passage_prefix=passage,
        max_chars=access.max_chars,
        probe=shown,
    )


def prefixes_of(model: str, access: EmbeddingsAccess) -> tuple[str, str]:
    """Return the prefixes of questions and passages: those of the settings, or known ones."""
    lower = model.lower()
    known = next((pair for part, *pair in _PREFIXES if part in lower), ["", ""])
    stated = (access.query_prefix, access.passage_prefix)
    query, passage = (
        other if own is None else ("" if own == NO_PREFIX else own)
        for own, other in zip(stated, known, strict=True)
    )
    return query, passage
