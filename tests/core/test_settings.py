"""Settings from options and from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.errors import InvalidSetting
from semsearch.core.settings import load_settings


def test_the_base_url_ends_with_a_slash() -> None:
    """It is empty if there is none."""
    assert load_settings(public_url="https://a.example/w").base_url == "https://a.example/w/"
    assert load_settings(public_url="https://a.example/").base_url == "https://a.example/"
    assert load_settings().base_url == ""


def test_settings_out_of_range_are_named() -> None:
    """The variable and what is wrong with it."""
    with pytest.raises(InvalidSetting, match=r"the setting port \(SEMSEARCH_PORT\) is not valid"):
        load_settings(port=70000)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("port", 70000, "70000 is out of range; name a number from 0 to 65535"),
        ("port", "http", "'http' is no whole number"),
        ("patience", 0, "0 is out of range; name a number more than 0, up to 600"),
        ("edits_per_day", -1, "-1 is out of range; name a number 0 or more"),
        ("workers", "two", "'two' is neither auto nor a number from 1 to 64"),
        ("engine", "x", "it should be 'auto', 'flat', 'hnsw' or 'pgvector', not 'x'"),
    ],
)
def test_the_whole_range_is_told_in_plain_words(name: str, value: object, told: str) -> None:
    """So nobody has to try a second time to learn the other end of it."""
    with pytest.raises(InvalidSetting) as refused:
        load_settings(**{name: value})
    assert str(refused.value).endswith(f"is not valid: {told}")


@pytest.mark.parametrize(
    ("name", "value", "form"),
    [
        ("origins", "docs.example.org", "https://docs.example.org"),
        ("allowed_hosts", "http://a.example", "glossary.example.org"),
        ("public_url", "glossary.example", "https://glossary.example.org/words"),
    ],
)
def test_a_value_of_another_form_is_named_with_an_example(name: str, value: str, form: str) -> None:
    """Nobody has to read a regular expression."""
    with pytest.raises(InvalidSetting) as caught:
        load_settings(**{name: value})
    assert f"(SEMSEARCH_{name.upper()}) is not valid: {value!r} is not of the form {form}" in str(
        caught.value
    )


def test_a_variable_that_is_set_but_empty_counts_as_not_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`SEMSEARCH_INDEX=` does not mean the current folder."""
    for name in ("INDEX", "MODEL", "RERANKER", "HOST", "PORT"):
        monkeypatch.setenv(f"SEMSEARCH_{name}", "")
    settings = load_settings()
    assert (settings.index, settings.model, settings.reranker) == (Path("index"), None, "none")
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
