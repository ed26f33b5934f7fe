"""The option `--embeddings-api`: the address of the embeddings server for this process."""

from __future__ import annotations

import os


def use_embeddings_api(url: str | None) -> str | None:
    """Set `SEMSEARCH_EMBEDDINGS_API`, which encoders and child processes read.

    Args:
        url: the value of the option; None leaves the variable as it is.
    """
    if url is not None:
        from semsearch.core.embeddings_access import API_VARIABLE  # noqa: PLC0415 - loads pydantic

        os.environ[API_VARIABLE] = url
    return url
