"""Client of the HTTP API of semsearch; `Client` waits for each answer, `AsyncClient` is awaited."""

from semsearch_client import models
from semsearch_client.client import AsyncClient, Client
from semsearch_client.errors import (
    BusyError,
    ConflictError,
    InvalidArgumentError,
    NotFoundError,
    ProblemError,
    SemsearchClientError,
    UnexpectedAnswerError,
    UnreachableError,
)
from semsearch_client.operations import ChangePage
from semsearch_client.version import __version__

__all__ = [
    "AsyncClient",
    "BusyError",
    "ChangePage",
    "Client",
    "ConflictError",
    "InvalidArgumentError",
    "NotFoundError",
    "ProblemError",
    "SemsearchClientError",
    "UnexpectedAnswerError",
    "UnreachableError",
    "__version__",
    "models",
]
