"""Settings of the service and of builds: defaults, `SEMSEARCH_*` variables, command line options.

A later source overrides an earlier one. Settings are made once, by the command line or the ASGI
factory, and passed down. Besides, `cache_folder.py` reads where the cache is,
`embeddings_access.py` how an embeddings server is reached, and `telemetry/tracing.py`
OpenTelemetry's own variables.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from semsearch.core.errors import InvalidSetting

MAX_WORKERS = 64
"""Most processes that answer."""


class Settings(BaseSettings):
    """The settings; each field is also an environment variable."""

    model_config = SettingsConfigDict(
        env_prefix="SEMSEARCH_", env_ignore_empty=True, frozen=True, extra="forbid"
    )

    index: Path = Field(Path("index"), description="The index folder.")
    store: SecretStr | None = Field(
        None,
        description="Address of a shared store in PostgreSQL, of which the index folder is a copy.",
    )
    read_store: SecretStr | None = Field(
        None,
        description="Address of a read replica of that store, or of several, from which the copy is "
        "kept in step; the store itself then takes edits.",
    )
    model: str | None = Field(
        None, description="The encoder to build with, and that an index must be built with."
    )
    reranker: str = Field(
        "none", description="The reranker to build with: a CrossEncoder's folder or hub id."
    )
    engine: Literal["auto", "flat", "hnsw", "pgvector"] = Field(
        "auto",
        description="The nearest-neighbour engine to build with; auto chooses by the number of "
        "entries.",
    )
    common_questions: bool | None = Field(
        None,
        description="Whether a build lets entries of common concepts be found by the questions that "
        "semsearch brings for these; by default as the index was built before, at first yes.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    read: Literal["auto", "open", "key"] = Field(
        "auto",
        description="Who may read. open: everybody; key: holders of an access key; "
        "auto: open if the address and the public URL, if any, are of this machine, and no proxy is "
        "named without one; otherwise key.",
    )
    history: Literal["key", "open"] = Field(
        "key",
        description="Who may read the history of entries, which names editors. key: holders of an "
        "access key; open: whoever may read.",
    )
    public_url: str = Field(
        "",
        pattern=r"^(https?://[^\s/?#]+(/[^\s?#]*)?)?$",
        examples=["https://glossary.example.org/words"],
        description="Public base URL of the service, for pages that need absolute links.",
    )
    origins: str = Field(
        "",
        pattern=r"^(https?://[^\s/?#,*]+(\s*,\s*https?://[^\s/?#,*]+)*)?$",
        examples=["https://docs.example.org, http://localhost:3000 (scheme and host, no path)"],
        description="Origins of other sites whose pages may send requests, such as "
        "https://docs.example.org; separated by commas.",
    )
    allowed_hosts: str = Field(
        "",
        pattern=r"^([^\s,/:]+(\s*,\s*[^\s,/:]+)*)?$",
        examples=["glossary.example.org, words (no scheme, no port)"],
        description="Host names by which the service is asked, separated by commas, beside "
        "localhost, IP addresses, the host and that of the public URL. Others get 421 on a loopback "
        "address, or if this is given.",
    )
    tls_cert: Path | None = Field(
        None,
        description="PEM file of the certificate with which the service speaks HTTPS, with those of "
        "intermediate authorities behind it; read again when it changes.",
    )
    tls_key: Path | None = Field(
        None, description="PEM file of its private key, without a passphrase."
    )
    workers: int | Literal["auto"] = Field(
        "auto",
        description="Processes that answer, 1 to 64. auto: one for each core, as far as the memory "
        "allows.",
    )
    queue: int = Field(
        256, ge=1, le=100_000, description="Requests that may wait; more are refused with 503."
    )
    patience: float = Field(
        1.0,
        gt=0,
        le=600,
        description="Seconds a request may wait; one that would take more than half of them is "
        "refused with 503.",
    )
    connections: int = Field(
        1000,
        ge=2,
        le=1_000_000,
        description="Connections of a process at once; an address that is no proxy may hold half. "
        "Others get 503, except for health checks.",
    )
    proxies: str = Field(
        "",
        description="Addresses and networks of proxies whose X-Forwarded-For is believed, separated "
        "by commas.",
    )
    rate_limit: str = Field(
        "",
        description="Requests that a key, or without one an address, may send, such as 600/minute; "
        "more get 429. Not limited by default.",
    )
    rate_storage: str = Field(
        "memory://",
        description="Where requests are counted: memory:// for each process by itself, or "
        "redis://HOST:PORT for all together (needs the package redis).",
    )
    edits_per_day: int = Field(
        0, ge=0, description="Edits that a key of scope edit may make a day; 0: any number."
    )
    entries_per_day: int = Field(
        0, ge=0, description="Entries that a key of scope edit may add a day; 0: any number."
    )
    edit_bytes_per_day: int = Field(
        0, ge=0, description="Bytes that a key of scope edit may write a day; 0: any number."
    )
    record_questions: bool = Field(
        False,
        description="Whether to record what readers ask, redacted and in the index folder. Off by "
        "default.",
    )
    question_days: int = Field(
        90, ge=1, le=3650, description="Days for which recorded questions are kept."
    )
    suggestions: bool = Field(
        False,
        description="Whether readers may suggest missing terms and changes. Off by default.",
    )
    metrics_port: int | None = Field(
        None, ge=0, le=65535, description="Port of `/metrics`, 0 for a free one. Off by default."
    )
    metrics_host: str = Field(
        "127.0.0.1",
        description="Address of `/metrics`, which asks for no key: whoever reaches it may read it.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info",
        description="Least level that `serve` logs. info: a line for each request; warning: only "
        "what fails in the service.",
    )
    log_format: Literal["console", "json"] = Field(
        "console", description="Lines of the log of `serve`: console for people, json for programs."
    )
    chat_key: SecretStr | None = Field(
        None, description="The key of the chat server that `enrich` asks, if it needs one."
    )
    source_key: SecretStr | None = Field(
        None, description="The access key of the service that `follow` copies and follows."
    )
    cache: int = Field(8, ge=0, le=100_000, description="Megabytes of the cache of answers.")

    @property
    def base_url(self) -> str:
        """The public URL with a slash at its end, empty if none is set."""
        return self.public_url and self.public_url.rstrip("/") + "/"

    @field_validator("workers", mode="plain")
    @classmethod
    def _check_workers(cls, value: object) -> int | Literal["auto"]:
        if value == "auto":
            return "auto"
        number = str(value)
        if not (number.isascii() and number.isdigit() and 1 <= int(number[:4]) <= MAX_WORKERS):
            raise PydanticCustomError(
                "workers", f"{number!r} is neither auto nor a number from 1 to {MAX_WORKERS}"
            )
        return int(number)


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
            f"the setting {name} (SEMSEARCH_{name.upper()}) is not valid: {_fault(name, first)}"
        ) from None


def _range(name: str) -> str:
    """Return the values that a number may have, in words."""
    bounds: dict[str, object] = {}
    for stated in Settings.model_fields[name].metadata:
        bounds |= {
            kind: getattr(stated, kind) for kind in ("gt", "ge", "le") if hasattr(stated, kind)
        }
    least = f"more than {bounds['gt']}" if "gt" in bounds else f"{bounds['ge']} or more"
    if "le" not in bounds:
        return least
    most = f"{bounds['le']}"
    return f"{least}, up to {most}" if "gt" in bounds else f"from {bounds['ge']} to {most}"


def _fault(name: str, error: ErrorDetails) -> str:
    """Return what is wrong with a value; a range is told whole, a pattern by an example."""
    given = error["input"]
    if error["type"] == "workers":
        return error["msg"]
    if error["type"] in {"int_parsing", "int_type", "float_parsing", "float_type"}:
        return f"{given!r} is no {'whole ' * error['type'].startswith('int')}number"
    if error["type"] in {"greater_than", "greater_than_equal", "less_than_equal"}:
        return f"{given!r} is out of range; name a number {_range(name)}"
    if error["type"] != "string_pattern_mismatch":
        return f"{error['msg'].replace('Input should', 'it should')}, not {error['input']!r}"
    (example,) = Settings.model_fields[name].examples or [""]
    return f"{error['input']!r} is not of the form {example}"
