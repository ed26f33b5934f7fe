"""`semsearch.toml`: how a corpus is read and shown.

Covers `importers/site_colours`, `importers/files/relative_sources`, `ingest/corpus_build`.
"""

from __future__ import annotations

import os
from errno import EACCES
from pathlib import Path

import pytest

from semsearch.core.entries import Entry, Source
from semsearch.core.errors import ImportFailed
from semsearch.core.presentation import GlossaryText, Presentation
from semsearch.core.progress import Silent
from semsearch.importers import read_corpus
from semsearch.importers.corpus_file import FILE, MAX_LOGO_BYTES, corpus_file
from semsearch.importers.files.relative_sources import with_relative_sources
from semsearch.importers.site_colours import DARK_PAPER, PAPER, contrast
from semsearch.index.manifest import read_manifest
from semsearch.ingest import Editor
from semsearch.ingest.corpus_build import build
from semsearch.ingest.drafts import Draft
from semsearch.ingest.publish import publish_edits
from semsearch.storage.files.layout import IndexLayout
from semsearch.web.assets import FOLDER as STATIC
from tests.cpu_time import cpu_time_at_most

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
WHOLE = """
title = "Words"
description = "Of the kitchen."
licence = "CC0"
licence_url = "https://a.example/cc0"
home_page = "https://a.example"
source_url = "https://a.example/{file}#L{line}"
default_glossary = "words"
logo = "logo.png"
format = "table"

[columns]
term = "Wort"

[colours]
accent = "#8a3324"

[glossaries.words]
title = "All words"
licence = "CC BY 4.0"
"""


def _corpus(folder: Path, text: str) -> Path:
    (folder / FILE).write_text(text)
    (folder / "logo.png").write_bytes(PNG)
    (folder / "words.csv").write_text("Wort,definition\nWhisk,Bent wires.\n")
    return folder


def test_everything_that_the_file_says(tmp_path: Path) -> None:
    """Texts, addresses, logo and colours travel in the index; columns and format are used."""
    index = tmp_path / "index"
    folder = tmp_path / "corpus"
    folder.mkdir()
    build([_corpus(folder, WHOLE)], index, model="hashed")
    layout = IndexLayout(index)
    shown = read_manifest(layout)[0].presentation
    assert shown.logo_bytes == PNG
    assert (shown.logo_type, shown.accent) == ("image/png", "#8a3324")
    assert contrast(shown.accent_dark, DARK_PAPER) >= 4.5
    assert shown.title == "Words"
    assert shown.source_url == "https://a.example/{file}#L{line}"
    assert shown.glossaries == {"words": GlossaryText("All words", licence="CC BY 4.0")}
    with Editor(index) as editor:
        assert editor.entry("words:whisk").entry.source == Source("words.csv", 2)
        editor.add("words", Draft("Ladle", "A deep spoon."))
    assert publish_edits(layout, Silent())
    assert read_manifest(layout)[0].presentation == shown
    again = build([folder], index, model="hashed", source_url="https://b.example/{file}")
    assert again.published
    assert read_manifest(layout)[0].presentation.source_url == "https://b.example/{file}"
    assert not build(
        [folder], index, model="hashed", source_url="https://b.example/{file}"
    ).published


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('titel = "x"', "there is no key 'titel'; did you mean 'title'?"),
        ("title = 3", "title is 3, not a text"),
        ('title = " "', "title has 1 to 1,000 characters"),
        (f'title = "{"x" * 1001}"', "title has 1 to 1,000 characters"),
        ('columns = "x"', "columns is 'x', not a table"),
        ('home_page = "javascript:alert(1)"', "write an address with http(s)://"),
        ('home_page = "https://a.example/\'onload=x"', "write an address with http(s)://"),
        ('source_url = "https://a.example/"', "write {file} where the path stands"),
        ('logo = "../logo.png"', "leads out of this folder"),
        ('logo = "none.png"', "cannot be read"),
        ('logo = "words.csv"', "take a PNG, JPEG, GIF or WebP image"),
        ("[colours]\naccent = 3", "[colours] accent is 3, not a text"),
        ('[colours]\naccent = "red; } body {"', "write a colour as #20545c"),
        ('[colours]\naccent = "#ffc"', "whose contrast on light pages is 1.0; 4.5 is needed"),
        (
            '[colours]\naccent = "#000"\naccent_dark = "#111111"',
            "whose contrast on dark pages is 1.1; 4.5 is needed, so take a lighter one",
        ),
        ('[colours]\naccent_dark = "#fff"', "accent is missing"),
        (
            '[colours]\nblue = "#fff"',
            "[colours] there is no key 'blue'; there are accent, accent_dark",
        ),
        ('[glossaries.word]\ntitle = "x"', "there is no glossary 'word'; did you mean 'words'?"),
        ('default_glossary = "kitchen"', "there is no glossary 'kitchen'; there are words"),
        ('[glossaries.words]\ntitel = "x"', "[glossaries.words] there is no key 'titel'"),
        ("glossaries.words = 3", "[glossaries.words] is 3, not a table"),
        ("title = x", "not valid TOML at line 1, column 9; check quotes"),
        ("[columns]\nterm = 3", "[columns] term is 3, not a text"),
        (
            '[columns]\ntrem = "Wort"',
            "[columns] trem: there is no field 'trem'; did you mean 'term'?",
        ),
        ('[columns]\n1 = "trem"', "[columns] 1: there is no field 'trem'; did you mean 'term'?"),
    ],
)
def test_what_is_not_valid_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    """The message has the file, the key, the value and the way out."""
    with pytest.raises(ImportFailed) as caught:
        read_corpus([_corpus(tmp_path, text)], columns={"term": "Wort"})
    assert expected in str(caught.value)
    assert FILE in str(caught.value)


def test_a_file_that_cannot_be_read_is_not_called_invalid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message has the reason of the system."""
    folder = _corpus(tmp_path, WHOLE)

    def fail(*_: object, **__: object) -> int:
        raise PermissionError(EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(ImportFailed, match=rf"{FILE}: cannot be read: permission denied"):
        corpus_file(folder)


def test_colours_are_compared_with_the_paper_of_the_pages() -> None:
    """`style.css` states it once more."""
    css = (STATIC / "style.css").read_text(encoding="utf-8")
    assert f"--paper: light-dark({PAPER}, {DARK_PAPER});" in css


def test_a_logo_is_small(tmp_path: Path) -> None:
    """And none has scripts: an SVG is refused by its content."""
    folder = _corpus(tmp_path, 'logo = "logo.png"')
    (folder / "logo.png").write_bytes(PNG + b"\0" * MAX_LOGO_BYTES)
    with pytest.raises(ImportFailed, match="more than 64 kB"):
        corpus_file(folder)
    (folder / "logo.png").write_bytes(b"<svg onload='alert(1)'/>")
    with pytest.raises(ImportFailed, match="take a PNG"):
        corpus_file(folder)
    (folder / "logo.png").write_bytes(b"RIFF\0\0\0\0WEBPVP8 ")
    assert corpus_file(folder).presentation.logo_type == "image/webp"


def test_the_first_of_several_corpora_names_the_site(tmp_path: Path) -> None:
    """Each describes its glossaries, and is read as it says itself."""
    one, other, third = (tmp_path / name for name in ("one", "other", "third"))
    for folder in (one, other, third):
        folder.mkdir()
        (folder / "f.csv").write_text("a,b\nx,text of x\n")
    (one / FILE).write_text('title = "One"\n[columns]\nterm = "a"\ndefinition = "b"\n')
    (other / FILE).write_text(
        'title = "Other"\n[columns]\nterm = "b"\ndefinition = "a"\n[glossaries.g]\nlicence = "L"\n'
    )
    corpus = read_corpus([one, f"g={other}"])
    assert [(e.glossary, e.term) for e in corpus.entries] == [("f", "x"), ("g", "text of x")]
    assert corpus.presentation == Presentation("One", glossaries={"g": GlossaryText(licence="L")})
    (third / "f.csv").write_text("term,definition\nx,text\n")
    assert read_corpus([third]).presentation == Presentation()


def test_a_corpus_that_is_named_twice_is_the_first_one(tmp_path: Path) -> None:
    """A, B, A: A names the site."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.csv").write_text("term,definition\nx,text of x\n")
        (tmp_path / name / FILE).write_text(f'title = "{name}"')
    paths = [tmp_path / name for name in ("a", "b", "a")]
    assert read_corpus(paths).presentation.title == "a"


def test_files_in_sub_folders(tmp_path: Path) -> None:
    """The top one names the site; the nearest one says how files are read, and describes theirs."""
    sub = tmp_path / "kitchen"
    sub.mkdir()
    (tmp_path / "words.csv").write_text("term,definition\nWord,Some letters.\n")
    (sub / "tools.csv").write_text("Wort,Sinn\nWhisk,Bent wires.\n")
    (sub / FILE).write_text(
        'title = "Kitchen"\n[columns]\nterm = "Wort"\ndefinition = "Sinn"\n'
        '[glossaries.kitchen]\nlicence = "CC0"\n'
    )
    read = read_corpus([tmp_path])
    assert {entry.id for entry in read.entries} == {"words:word", "kitchen:whisk"}
    licence = {"kitchen": GlossaryText(licence="CC0")}
    assert read.presentation == Presentation("Kitchen", glossaries=licence)
    (tmp_path / FILE).write_text(
        'title = "All"\n[glossaries.kitchen]\nlicence = "far"\n[glossaries.words]\nlicence = "L"\n'
    )
    read = read_corpus([tmp_path])
    assert read.presentation == Presentation(
        "All", glossaries={**licence, "words": GlossaryText(licence="L")}
    )
    assert read.folders[0] == tmp_path
    (sub / FILE).write_text('[glossaries.kitchn]\nlicence = "CC0"')
    (sub / "more.csv").write_text("term,definition\nLadle,A spoon.\n")
    with pytest.raises(ImportFailed, match="did you mean 'kitchen'"):
        read_corpus([tmp_path])


def test_the_format_of_a_sub_folder(tmp_path: Path) -> None:
    """Its own file states which of its files are read; without a format each is detected."""
    formats = {"top": 'format = "table"', "top/md": 'format = "markdown"', "top/any": ""}
    for name, stated in formats.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / FILE).write_text(stated)
        (tmp_path / name / "a.csv").write_text("term,definition\nWhisk,Bent wires.\n")
        (tmp_path / name / "b.md").write_text("# Tools\n\n## Ladle\n\nA deep spoon.\n")
    read = read_corpus([tmp_path / "top"])
    assert {entry.id for entry in read.entries} == {"a:whisk", "md:ladle", "any:whisk", "any:ladle"}
    assert {Path(one.file).relative_to(tmp_path).as_posix() for one in read.unread} == {
        "top/b.md",
        "top/md/a.csv",
    }


def test_a_logo_is_read_again_when_it_is_replaced(tmp_path: Path) -> None:
    """While `semsearch.toml` stays as it is."""
    folder = _corpus(tmp_path, 'logo = "logo.png"')
    assert corpus_file(folder).presentation.logo_bytes == PNG
    (folder / "logo.png").write_bytes(PNG + b"new")
    os.utime(folder / "logo.png", ns=(1, 1))
    assert corpus_file(folder).presentation.logo_bytes == PNG + b"new"


def test_sources_are_relative(tmp_path: Path) -> None:
    """To the first folder that has them; others stay as they were named."""
    folder = tmp_path / "corpus"
    files = [str(folder / "sub" / "a.md"), str(tmp_path / "b.md"), "c.md"]
    entries = [Entry(f"g:{n}", "t", "d", "g", source=Source(f, n)) for n, f in enumerate(files)]
    bare = Entry("g:bare", "t", "d", "g")
    found = with_relative_sources([*entries, bare], [folder, folder / "sub"])
    assert [one.source for one in found] == [
        Source("sub/a.md", 0),
        Source(files[1], 1),
        Source("c.md", 2),
        None,
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('logo = "pipe"', "logo is 'pipe', which cannot be read"),
        ('logo = "zero"', "logo is 'zero', which leads out of this folder"),
        ('logo = "loop"', "logo is 'loop', which is no path of a file"),
        ('logo = "a\\u0000b"', r"logo is 'a\\x00b', which is no path of a file"),
        ("a = " + "[" * 100_000, "nested too deeply"),
        ("a = " + "{b = " * 40_000, "nested too deeply"),
        ("a" + ".a" * 100_000 + " = 1", "nested too deeply"),
        ("[" + "'a' . " * 40_000 + "a]", "nested too deeply"),
        ("title = " + "1" * 5_000, "not valid TOML; check quotes and brackets"),
        ("#" * 300_000, "has more than 256 kB; shorten it"),
        ("title = [" + "1, " * 50_000 + "]", r"title is \[1, 1, .*\.\.\., not a text"),
    ],
)
def test_a_hostile_file_is_refused_at_once(tmp_path: Path, text: str, reason: str) -> None:
    """It waits for nobody, opens no device, and takes no square of its length."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / FILE).write_text(text)
    with cpu_time_at_most(0.5), pytest.raises(ImportFailed, match=reason) as refused:
        corpus_file(tmp_path)
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize("target", [FILE, "none", "/dev/zero", "folder"])
def test_what_is_called_so_is_a_file(tmp_path: Path, target: str) -> None:
    """Otherwise nothing that the owner wrote would be read, without a word."""
    (tmp_path / "folder").mkdir()
    (tmp_path / FILE).symlink_to(target)
    with pytest.raises(ImportFailed, match="is not a regular file, or a link that leads nowhere"):
        corpus_file(tmp_path)
