"""Where the embeddings server is and how it is asked: the variables `SEMSEARCH_EMBEDDINGS_*`.

Encoders are loaded deep inside builds, edits and questions, in several processes, so this is read
where it is needed. Address and key are never stored: an index from elsewhere sends questions
nowhere, and the key goes only to the address that the user names.
"""

from __future__ import annotations

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from semsearch.core.errors import InvalidSetting

PREFIX = "SEMSEARCH_EMBEDDINGS_"
API_VARIABLE = f"{PREFIX}API"
KEY_VARIABLE = f"{PREFIX}KEY"


class EmbeddingsAccess(BaseSettings):
    """The settings of an embeddings server; each field is an environment variable."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True)

    api: str = Field(
        default="",
        description="Address of the server that embeds for `--model api:NAME`, such as "
        "http://localhost:11434/v1.",
    )
    key: SecretStr | None = Field(
        default=None, description="The key of that server, if it needs one. It is stored nowhere."
    )
    timeout: float = Field(
        default=3.0,
        gt=0,
        le=600,
        description="Seconds in which that server must embed a question; then the question is "
        "answered by words and names.",
    )
    build_timeout: float = Field(
        default=120.0,
        gt=0,
        le=3600,
        description="The same for a batch of texts while building and editing; it is tried five "
        "times.",
    )
    query_prefix: str | None = Field(
        default=None,
        description="Text that the build puts before questions, for a model that needs one. Known "
        "for nomic, e5, mxbai, arctic-embed and embeddinggemma.",
    )
    passage_prefix: str | None = Field(
        default=None, description="The same for names, definitions and sentences."
    )
    max_chars: int = Field(
        default=1_500,
        ge=100,
        le=100_000,
        description="Characters of a text that are sent at most; servers may refuse longer texts "
        "than their model reads.",
    )


def embeddings_access() -> EmbeddingsAccess:
    """Return the settings from the environment.

    Raises:
        InvalidSetting: one is out of range or of the wrong type; the message names it.
    """
    try:
        return EmbeddingsAccess()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"{PREFIX}{'.'.join(map(str, first['loc'])).upper()}"
        said = first["msg"].replace("Input should", "it should")
        raise InvalidSetting(f"{name} is not valid: {said}, not {first['input']!r}") from None
