"""One page per term.

Covers `importers/markdown/front_matter`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.entries import Details, Source
from semsearch.importers.records import Record
from tests.importers.support import DATA, read, read_text, refusals, terms

KITCHEN = DATA / "pages" / "kitchen"


def test_page_becomes_a_record_of_its_whole_body() -> None:
    """Title, id, aliases without empty ones, and every section as plain words."""
    path = KITCHEN / "whisk.md"
    assert read(path) == [
        Record(
            "Whisk",
            "A whisk beats air into eggs.\n\nSee also\n\n- egg white\n- creams",
            Source(str(path), 1),
            ("balloon whisk", "wire whip"),
            "whisk",
            see_also=("Foam", "egg-white", "cream"),
            details=Details(
                markdown="A **whisk** beats [air](#Foam) into eggs.\n\n**See also**\n\n"
                "- [egg white](#egg-white)\n- [creams](#cream)",
                extra=(("short_description", "Beats air into things."),),
            ),
        )
    ]


def test_yaml_words_stay_words() -> None:
    """`title: No` is the word; a heading that repeats it goes; a slug loses its section."""
    path = KITCHEN / "no.md"
    assert read(path) == [
        Record(
            "No",
            "What a cook says to more salt.",
            Source(str(path), 1),
            ("nope",),
            "Answers/No",
            "en-GB",
            details=Details(markdown="What a cook says to *more* salt."),
            left_out=(("page-type", "glossary-definition"),),
        )
    ]


@pytest.mark.parametrize(
    ("name", "line", "reason"),
    [
        ("index.md", 1, "landing page, not an entry"),
        ("pan.md", 1, "disambiguation page, not an entry"),
        ("search.md", 1, "no text below the front matter of 'Search'"),
        ("_template.md", 1, "template or section page (its name starts with _), not an entry"),
        ("ladle.md", 3, "front matter is not valid YAML: "),
    ],
)
def test_pages_that_are_no_entries_say_why(name: str, line: int, reason: str) -> None:
    """Navigation, templates, empty and broken pages are refused one by one."""
    [(found_line, found)] = refusals(read(KITCHEN / name))
    assert (found_line, found[: len(reason)]) == (line, reason)


@pytest.mark.parametrize(
    ("front_matter", "line", "reason"),
    [
        ("title: x\n", 1, "front matter opens with --- but no second --- closes it"),
        ("- x\n---\n", 1, "front matter is not a list of `name: value` lines"),
        (
            "a: &b x\nc: *b\n---\n",
            2,
            "front matter is not valid YAML: anchors and aliases are not read",
        ),
        (
            "a: x\nc: *b\n---\n",
            3,
            "front matter is not valid YAML: anchors and aliases are not read",
        ),
        ("? [a]\n: b\n---\n", 2, "front matter is not valid YAML: a list or a mapping is a key"),
        ("a: \x07\n---\n", 1, "front matter holds a character YAML does not allow"),
        ("a: " + "[" * 5000 + "\n---\n", 1, "front matter is nested too deeply"),
        ("a: " + "b" * 70_000 + "\n---\n", 1, "front matter is longer than 65536 characters"),
        ("title: [x]\n---\n", 1, "no title in the front matter"),
        ("title: x\nlayout: glossary\n---\n", 1, "no text below the front matter of 'x'"),
    ],
)
def test_bad_front_matter_is_refused_with_its_line(
    tmp_path: Path, front_matter: str, line: int, reason: str
) -> None:
    """Whatever YAML can do wrong is one refusal and no crash."""
    items = read_text(tmp_path, "a.md", f"---\n{front_matter}")
    assert refusals(items) == [(line, reason)]


@pytest.mark.parametrize(
    ("fields", "aliases", "id_"),
    [
        ("aliases: [b, '', c]", ("b", "c"), None),
        ("synonyms: b\nAKA: [~, null, d]", ("d", "b"), None),
        ("alias:\nslug: one", (), "one"),
        ("id: 7\nslug: A/b", (), "7"),
        ("aliases: {a: b}\nid: [x]", (), None),
    ],
)
def test_aliases_and_ids_of_every_shape(
    tmp_path: Path, fields: str, aliases: tuple[str, ...], id_: str | None
) -> None:
    """Aliases may be a text or a list, under any usual name, in any case."""
    [record] = read_text(tmp_path, "a.md", f"---\nTitle: 404\n{fields}\n...\ntext")
    assert isinstance(record, Record)
    assert (record.term, record.aliases, record.id) == ("404", aliases, id_)


def test_layout_glossary_is_a_landing_page(tmp_path: Path) -> None:
    """The index of a Hugo glossary is no entry even if it has text."""
    items = read_text(tmp_path, "index.md", "---\ntitle: G\nlayout: glossary\n---\ntext")
    assert refusals(items) == [(1, "landing page, not an entry")]


def test_page_too_long_is_refused(tmp_path: Path) -> None:
    """A page no part of which could be kept is refused without being parsed."""
    items = read_text(tmp_path, "a.md", "---\ntitle: x\n---\n" + "[" * 5_000_000)
    assert refusals(items) == [(1, "the page is longer than 100000 characters")]
    assert terms(items) == []
