"""Questions files: what is read, and what is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.errors import ImportFailed, InvalidSetting
from semsearch.quality.evaluation.judgements import (
    Half,
    half_named,
    in_half,
    is_tuning,
    read_judgements,
)


def read(tmp_path: Path, content: str | bytes) -> list[tuple[str, str, tuple[str, ...], str]]:
    """Read a file called bakery.jsonl."""
    path = tmp_path / "bakery.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [(j.query, j.glossary, j.terms, j.kind) for j in read_judgements(path)]


def test_a_line_states_what_it_must_and_the_rest_has_defaults(tmp_path: Path) -> None:
    """The file's name is the glossary; kinds follow from the terms; a BOM and blank lines pass."""
    lines = (
        '\ufeff{"query": "what rises?", "terms": ["Leaven", "Yeast", "Leaven"]}\r\n\n'
        '{"query": "typo", "terms": ["Crumb"], "kind": "misspelt", "note": 7}\n'
        '{"query": "where is the mast?", "glossary": "harbour", "kind": "near"}\n'
        '{"query": "line\u2028separator", "terms": []}'
    )
    assert read(tmp_path, lines) == [
        ("what rises?", "bakery", ("Leaven", "Yeast"), "answerable"),
        ("typo", "bakery", ("Crumb",), "misspelt"),
        ("where is the mast?", "harbour", (), "near"),
        ("line\u2028separator", "bakery", (), "unanswerable"),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("leaven", "not JSON (Expecting value at character 1)"),
        ('["leaven"]', 'a line reads {"query": "...", "terms": ["..."]}'),
        ("[" * 100_000, "not a judged question"),
        ('{"terms": ["Leaven"]}', 'it has no "query"'),
        ('{"query": "x", "term": ["Leaven"]}', 'no field "term"; did you mean "terms"?'),
        ('{"query": 7, "terms": ["Leaven"]}', '"query" holds 7, which is not a text'),
        ('{"query": " ", "terms": ["Leaven"]}', "the question is empty"),
        ('{"query": "\\ud800", "terms": ["Leaven"]}', "U+D800"),
        ('{"query": "x", "terms": "Leaven"}', '"terms" is a list of texts, not "Leaven"'),
        ('{"query": "x", "terms": ["Leaven", null]}', '"terms" holds null'),
        ('{"query": "x", "terms": [""]}', "\"terms\": '' is not the name of anything"),
        ('{"query": "x", "glossary": ["a"]}', '"glossary" holds ["a"]'),
        ('{"query": "x", "terms": ["Leaven"], "kind": "near"}', 'its kind is "near"'),
        ('{"query": "x", "kind": "nearly"}', 'near, far, unanswerable, not "nearly"'),
    ],
)
def test_a_bad_line_is_refused_with_its_place(tmp_path: Path, line: str, message: str) -> None:
    """File, line, what is wrong, and nothing of the other lines is used."""
    with pytest.raises(ImportFailed) as refused:
        read(tmp_path, '{"query": "what rises?", "terms": ["Leaven"]}\n' + line)
    assert message in str(refused.value)
    assert (refused.value.file, refused.value.line) == (str(tmp_path / "bakery.jsonl"), 2)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no questions"),
        (b"\n \n", "holds no questions"),
        (b'{"query": "caf\xe9"}', "save it as UTF-8"),
        ('{"query": "x"}'.encode("utf-16"), "save it as UTF-8"),
    ],
)
def test_a_file_without_questions_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """An empty file would score as a perfect one."""
    with pytest.raises(ImportFailed, match=message):
        read(tmp_path, content)
    with pytest.raises(ImportFailed, match="cannot be read"):
        read_judgements(tmp_path)


def test_each_question_lies_in_one_half(tmp_path: Path) -> None:
    """The first byte of the SHA-256 of the text decides; sha256sum says fb and 4c."""
    assert not is_tuning("hull")
    assert is_tuning("leaven")
    path = tmp_path / "bakery.jsonl"
    path.write_text("\n".join(f'{{"query": "question {i}"}}' for i in range(50)))
    judgements = read_judgements(path)
    halves = [in_half(judgements, half) for half in (Half.TUNING, Half.REPORTING, Half.ALL)]
    assert sorted(halves[0] + halves[1], key=lambda j: j.source.line) == halves[2] == judgements
    assert min(len(half) for half in halves) > 10
    assert half_named("tuning") is Half.TUNING
    with pytest.raises(InvalidSetting, match="no half 'both'; name tuning, reporting, all"):
        half_named("both")
