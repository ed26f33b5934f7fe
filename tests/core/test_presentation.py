"""What the owner says of a site, as plain data."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict

from semsearch.core.entries import Source
from semsearch.core.presentation import GlossaryText, Presentation


def test_a_presentation_survives_json() -> None:
    """An index without one has the default."""
    stated = Presentation("Words", logo="aGk=", glossaries={"a": GlossaryText("A", "About.")})
    assert Presentation.of(json.loads(json.dumps(asdict(stated)))) == stated
    assert Presentation.of({}) == Presentation()
    assert stated.logo_bytes == base64.b64decode("aGk=")


def test_a_glossary_without_a_title_has_its_name() -> None:
    """Its other texts stay."""
    stated = Presentation(glossaries={"a": GlossaryText(description="About.")})
    assert stated.text_of("a") == GlossaryText("a", "About.")
    assert stated.text_of("b") == GlossaryText("b")


def test_the_address_of_a_source() -> None:
    """The path is encoded; a path of this machine is never a part of it."""
    stated = Presentation(source_url="https://a.example/{file}?x#L{line}")
    assert stated.source_link(Source("a b/ü.md", 3)) == "https://a.example/a%20b/%C3%BC.md?x#L3"
    assert stated.source_link(Source("/home/ann/x.md", 3)) == "https://a.example/x.md?x#L3"
    assert Presentation().source_link(Source("x.md", 3)) == ""
