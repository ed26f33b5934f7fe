"""How the owner of glossaries wants them shown: texts, colours, a logo. Plain data.

A build reads it from `semsearch.toml` (`importers/corpus_file.py`) into the manifest of the index,
so a service without the corpus shows it. Values are checked when they are read.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from semsearch.core.checksums import text_hash
from semsearch.core.entries import Source

NAME = "semsearch"
"""The title of a site whose owner states none."""


@dataclass(frozen=True, slots=True)
class GlossaryText:
    """What the owner says of one glossary; every text may be empty."""

    title: str = ""
    description: str = ""
    licence: str = ""
    licence_url: str = ""
    home_page: str = ""


@dataclass(frozen=True, slots=True)
class Presentation:
    """What the owner says of the whole site, and of its glossaries by name.

    `accent` and `accent_dark` are colours as `#rrggbb`, both or none. `logo` is an image in Base64,
    `logo_type` its media type. `source_url` is the address of a source file, with `{file}` and
    `{line}` for its place.
    """

    title: str = NAME
    description: str = ""
    licence: str = ""
    licence_url: str = ""
    home_page: str = ""
    source_url: str = ""
    default_glossary: str = ""
    accent: str = ""
    accent_dark: str = ""
    logo: str = ""
    logo_type: str = ""
    glossaries: Mapping[str, GlossaryText] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Presentation:
        """Return the presentation of a mapping that `dataclasses.asdict` made."""
        texts = {name: GlossaryText(**text) for name, text in values.get("glossaries", {}).items()}
        return cls(**{**values, "glossaries": texts})

    def text_of(self, name: str) -> GlossaryText:
        """Return what is said of a glossary; without a title its name is its title."""
        text = self.glossaries.get(name, GlossaryText())
        return text if text.title else GlossaryText(name, *_behind_title(text))

    @property
    def digest(self) -> str:
        """A short text that differs between presentations."""
        return text_hash(repr(self)).hex()[:16]

    @property
    def logo_bytes(self) -> bytes:
        """The image."""
        return base64.b64decode(self.logo)

    def source_link(self, source: Source) -> str:
        """Return the web address of a source, empty if the owner states none."""
        file = quote(source.public.file)
        return self.source_url.replace("{file}", file).replace("{line}", str(source.line))


def _behind_title(text: GlossaryText) -> tuple[str, ...]:
    return (text.description, text.licence, text.licence_url, text.home_page)
