"""A plain service as tutorials write it, to compare with: encode, flat search, answer.

One process, one model loaded at the start, definitions embedded once, and for each request one call
of `SentenceTransformer.encode` and one of a FAISS flat index. Nothing is slow on purpose: the route
is a plain function, so it runs in a thread; embeddings are normalised once; torch and FAISS choose
their own number of threads.

    python -m benchmarks.speed.reference_service --port 8001 --corpus corpus
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Annotated

import uvicorn
from fastapi import FastAPI, Query
from pydantic import BaseModel

from semsearch.core.entries import Entry
from semsearch.importers import read_corpus
from semsearch.models.registry import BASE_MODEL, find_model


class PlainHit(BaseModel):
    """One matching entry."""

    term: str
    definition: str
    similarity: float


class PlainAnswer(BaseModel):
    """The nearest entries, best first."""

    query: str
    hits: list[PlainHit]


def create_app(entries: Sequence[Entry]) -> FastAPI:
    """Embed the definitions and return the service over them."""
    import faiss
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(find_model(BASE_MODEL).path))
    vectors = model.encode([entry.definition for entry in entries], normalize_embeddings=True)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    app = FastAPI(title="reference")

    @app.get("/search")
    def search(q: str, limit: Annotated[int, Query(ge=1, le=100)] = 10) -> PlainAnswer:
        query = model.encode([q], normalize_embeddings=True)
        similarities, rows = index.search(query, min(limit, len(entries)))
        hits = [
            PlainHit(
                term=entries[row].term,
                definition=entries[row].definition,
                similarity=float(similarity),
            )
            for similarity, row in zip(similarities[0], rows[0], strict=True)
        ]
        return PlainAnswer(query=q, hits=hits)

    return app


def main() -> None:
    """Read the corpus and serve it on the loopback address until told to stop."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--corpus", nargs="+", default=["corpus"])
    given = parser.parse_args()
    app = create_app(read_corpus(given.corpus).entries)
    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
