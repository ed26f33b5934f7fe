"""Settings of the service and of builds: defaults, `SEMSEARCH_*` variables, command line options.

A later source overrides an earlier one. Settings are made once, by the command line or the ASGI
factory, and passed down; nothing else reads the environment.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from semsearch.core.errors import InvalidSetting


class Settings(BaseSettings):
    """The settings; each field is also an environment variable."""

    model_config = SettingsConfigDict(
        env_prefix="SEMSEARCH_", env_ignore_empty=True, frozen=True, extra="forbid"
    )

    index: Path = Field(Path("index"), description="The index folder.")
    model: str | None = Field(
        None, description="The encoder to build with, and that an index must be built with."
    )
    reranker: str = Field(
        "none", description="The reranker to build with: a CrossEncoder's folder or hub id."
    )
    engine: Literal["auto", "flat", "hnsw"] = Field(
        "auto",
        description="The nearest-neighbour engine to build with; auto chooses by the number of "
        "entries.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    read: Literal["auto", "open", "key"] = Field(
        "auto",
        description="Who may read. open: everybody; key: holders of an access key; "
        "auto: open on a loopback address, key elsewhere.",
    )
    public_url: str = Field(
        "",
        pattern=r"^(https?://[^\s/?#]+(/[^\s?#]*)?)?$",
        description="Public base URL of the service, for pages that need absolute links.",
    )
    origins: str = Field(
        "",
        pattern=r"^(https?://[^\s/?#,*]+(\s*,\s*https?://[^\s/?#,*]+)*)?$",
        description="Origins of other sites whose pages may send requests, such as "
        "https://docs.example.org; separated by commas.",
    )
    workers: int = Field(1, ge=1, le=64, description="Processes that answer; each opens the index.")
    queue: int = Field(
        256, ge=1, le=100_000, description="Requests that may wait; more are refused with 503."
    )
    patience: float = Field(
        0.8,
        gt=0,
        le=600,
        description="Seconds a request may wait; one that would wait more than half of it is "
        "refused with 503.",
    )
    chat_key: SecretStr | None = Field(
        None, description="The key of the chat server that `enrich` asks, if it needs one."
    )
    cache: int = Field(8, ge=0, le=100_000, description="Megabytes of the cache of answers.")


def load_settings(**given: object) -> Settings:
    """Return settings from the environment; the given values (not None) override them.

    Raises:
        InvalidSetting: a value is out of range or of the wrong type; the message names it.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InvalidSetting(
            f"the setting {name} (SEMSEARCH_{name.upper()}) is not valid: {first['msg']}"
        ) from None
