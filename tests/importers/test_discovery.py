"""Which files make which glossary."""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.errors import ImportFailed, UnknownFormat
from semsearch.importers.corpus_file import FILE, CorpusFile, corpus_file
from semsearch.importers.files import discovery
from semsearch.importers.files.discovery import find_files
from semsearch.importers.formats.format_lookup import SUFFIXES

PAGE = "---\ntitle: x\n---\ny"


def make(root: Path, *names: str) -> None:
    """Write files; pages have front matter, the others one term."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGE if "page" in name else "# a\nb", encoding="utf-8")


def found(root: Path, *paths: str) -> list[tuple[str, str]]:
    """Give glossary and file, below the root, for each file found."""
    files = find_files(path.replace("@", str(root)) for path in paths).files
    return [(file.glossary, file.path.relative_to(root).as_posix()) for file in files]


def test_a_file_is_a_glossary_named_after_it(tmp_path: Path) -> None:
    """Suffixes count in any case; a page by itself is a glossary too."""
    make(tmp_path, "My Terms.MD", "page.md")
    assert found(tmp_path, "@/My Terms.MD", "@/page.md") == [
        ("my-terms", "My Terms.MD"),
        ("page", "page.md"),
    ]


def test_a_folder_of_pages_is_one_glossary(tmp_path: Path) -> None:
    """All files below it belong to it, sorted, without those that are about it."""
    make(tmp_path, "Docs/b/page.md", "Docs/a/words.csv", "Docs/page.md", "Docs/README.md")
    make(tmp_path, "Docs/LICENSE-MIT.txt", "Docs/changelog.md", "Docs/.git/page.md", "Docs/.x.md")
    make(tmp_path, "Docs/logo.svg", "Docs/license-page.md", "Docs/contributing.de.md")
    assert found(tmp_path, "@/Docs") == [
        ("docs", "Docs/a/words.csv"),
        ("docs", "Docs/b/page.md"),
        ("docs", "Docs/license-page.md"),
        ("docs", "Docs/page.md"),
    ]


def test_a_corpus_folder_holds_many_glossaries(tmp_path: Path) -> None:
    """Each file and each sub-folder is one; loose pages are named after the folder."""
    make(tmp_path, "corpus/b.md", "corpus/a.csv", "corpus/c/x/page.md", "corpus/c/y.json")
    make(tmp_path, "corpus/page.md")
    assert found(tmp_path, "@/corpus") == [
        ("a", "corpus/a.csv"),
        ("b", "corpus/b.md"),
        ("c", "corpus/c/x/page.md"),
        ("c", "corpus/c/y.json"),
        ("corpus", "corpus/page.md"),
    ]


def test_a_given_name_makes_one_glossary(tmp_path: Path) -> None:
    """`NAME=PATH` wins over every other rule; an existing path is never taken apart."""
    make(tmp_path, "corpus/b.md", "corpus/a.csv", "x=y/page.md")
    assert found(tmp_path, "My Words=@/corpus", "@/x=y") == [
        ("my-words", "corpus/a.csv"),
        ("my-words", "corpus/b.md"),
        ("x-equals-y", "x=y/page.md"),
    ]


def test_a_file_counts_once_per_glossary(tmp_path: Path) -> None:
    """The same file by two paths is read once; under another name it is another glossary."""
    make(tmp_path, "a.md")
    paths = ("@/a.md", "@/../" + tmp_path.name + "/a.md", "b=@/a.md", "@/a.md")
    assert [glossary for glossary, _ in found_pairs(tmp_path, *paths)] == ["a", "b"]


def found_pairs(root: Path, *paths: str) -> list[tuple[str, Path]]:
    """Give glossary and file as named, for each file found."""
    files = find_files(path.replace("@", str(root)) for path in paths).files
    return [(file.glossary, file.path) for file in files]


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    """A loop of links ends."""
    make(tmp_path, "a/page.md")
    (tmp_path / "a" / "loop").symlink_to(tmp_path / "a", target_is_directory=True)
    (tmp_path / "a" / "gone.md").symlink_to(tmp_path / "nowhere.md")
    assert found(tmp_path, "@/a") == [("a", "a/page.md")]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("absent.md", "no such file or folder"),
        ("x=absent.md", "no such file or folder"),
        ("empty", "no file in this folder can be read as a glossary"),
        ("\ue000=a.md", "no name for this glossary; give it as NAME=PATH"),
    ],
)
def test_paths_that_give_nothing_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, reason: str
) -> None:
    """Every path must give at least one file of a named glossary."""
    monkeypatch.chdir(tmp_path)
    make(tmp_path, "a.md", "empty/README.md", "empty/logo.svg")
    with pytest.raises(ImportFailed) as caught:
        find_files([path])
    assert (caught.value.reason, caught.value.file) == (reason, path.rpartition("=")[2])


def test_a_named_file_of_unknown_suffix_lists_the_known(tmp_path: Path) -> None:
    """The message says what could be read instead."""
    make(tmp_path, "a.words", "a.numbers", "b")
    with pytest.raises(UnknownFormat) as caught:
        find_files([tmp_path / "a.words"])
    known = ", ".join(SUFFIXES)
    assert caught.value.reason == (
        f"no reader for .words; readers exist for {known}; `semsearch formats` lists them, and --format names one"
    )
    with pytest.raises(UnknownFormat, match=r"no reader for \.numbers: export it as \.xlsx or CSV"):
        find_files([tmp_path / "a.numbers"])
    with pytest.raises(UnknownFormat, match="no reader for files without a suffix"):
        find_files([tmp_path / "b"])


def test_a_file_whose_name_is_not_utf8_is_named_and_refused(tmp_path: Path) -> None:
    """Its entries could not say where they come from."""
    (tmp_path / "caf\udce9.csv").write_text("term,definition\nMast,A pole.\n")
    with pytest.raises(ImportFailed, match=r"caf\\udce9\.csv.*is not UTF-8; rename it"):
        find_files([tmp_path])


def test_the_nearest_corpus_file_is_looked_up_once_for_each_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file says what was found; a link has that of the folder of its target."""
    asked: list[Path] = []

    def counted(path: Path) -> CorpusFile:
        asked.append(path)
        return corpus_file(path)

    monkeypatch.setattr(discovery, "corpus_file", counted)
    (tmp_path / FILE).write_text("title = 'Top'")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / FILE).write_text("title = 'Sub'")
    names = ["a.csv", "b.csv", "sub/c.csv", "sub/d.csv"]
    for name in names:
        (tmp_path / name).write_text("term,definition\nWhisk,Bent wires.\n")
    (tmp_path / "e.csv").symlink_to(tmp_path / "sub" / "c.csv")
    found = {
        file.path.name: file.stated.presentation.title for file in find_files([tmp_path]).files
    }
    assert found == {
        **dict.fromkeys(("a.csv", "b.csv"), "Top"),
        **dict.fromkeys(("c.csv", "d.csv", "e.csv"), "Sub"),
    }
    assert len(asked) == 3  # the named folder, and the folders of files
