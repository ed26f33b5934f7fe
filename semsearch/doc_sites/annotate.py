"""Marks terms in all pages of a folder, and writes what explains them beside the pages."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import mkstemp

from semsearch.core.entries import Entry
from semsearch.core.errors import InvalidSetting
from semsearch.core.progress import Progress, Silent, track
from semsearch.doc_sites.marking import TermMarker, without_marks
from semsearch.doc_sites.terms_data import for_plugins, for_script

ASSETS = "semsearch-terms"
"""The folder beside the pages that has script, style sheet and data."""
_ASSET_NAMES = ("terms.js", "terms.css", "terms.json", "terms-data.js")
MAX_PAGE = 16 << 20
"""Most bytes of a page that is read."""


@dataclass(frozen=True, slots=True)
class Annotated:
    """What was marked: pages with a mark, all pages, and how many pages mark each entry by id.

    `skipped` are pages that could not be read, with the reason.
    """

    marked: int
    pages: int
    terms: dict[str, int]
    skipped: tuple[str, ...]


def annotate(
    folder: Path,
    entries: Sequence[Entry],
    *,
    address: str = "",
    progress: Progress | None = None,
) -> Annotated:
    """Mark the first occurrence of each term in each page of a folder.

    Marks of an earlier run are replaced, so it may run after each build of a site.

    Args:
        folder: finished HTML files, at any depth.
        entries: of one glossary.
        address: base URL of a service; terms are links to its pages of entries. Without it terms
            are no links, and their explanations are all there is.
        progress: reports the pages; silent by default.

    Raises:
        InvalidSetting: the folder has no page, or the address is none.
        OSError: a page cannot be written.
    """
    _check_asset_folder(folder / ASSETS)
    pages = sorted(_pages(folder))
    if not pages:
        raise InvalidSetting(f"{folder} has no HTML file; name the folder of a finished site")
    marker = TermMarker(entries, address)
    counts: Counter[str] = Counter()
    marked = 0
    skipped = []
    for page in track(pages, progress or Silent(), "marking terms", len(pages)):
        try:
            ids = _mark(page, marker, os.path.relpath(folder / ASSETS, page.parent) + "/")
        except ValueError as error:
            skipped.append(f"{page}: {error}")
            continue
        counts.update(ids)
        if ids:
            marked += 1
    _write_assets(folder / ASSETS, [entry for entry in entries if entry.id in counts])
    return Annotated(marked, len(pages), dict(counts.most_common()), tuple(skipped))


@dataclass(frozen=True, slots=True)
class TermsData:
    """The folder that `write_data` wrote, and how many terms are in it."""

    folder: str
    terms: int


def write_data(folder: Path, entries: Sequence[Entry]) -> TermsData:
    """Write script, style sheet and data of all terms, and mark no page: a plugin does.

    Args:
        folder: of static files, which a site has at its root.
        entries: of one glossary.

    Raises:
        InvalidSetting: a file stands in its place.
        OSError: a file cannot be written.
    """
    _check_asset_folder(folder / ASSETS)
    _write_assets(folder / ASSETS, entries)
    return TermsData(str(folder / ASSETS), len(entries))


@dataclass(frozen=True, slots=True)
class MarksRemoved:
    """How many pages had marks, and the pages that could not be read, with the reason."""

    pages: int
    skipped: tuple[str, ...]


def remove(folder: Path) -> MarksRemoved:
    """Take all marks out of the pages of a folder, with the files that explained them."""
    _check_asset_folder(folder / ASSETS)
    changed = 0
    skipped = []
    for page in sorted(_pages(folder)):
        try:
            before = _read(page)
        except ValueError as error:
            skipped.append(f"{page}: {error}")
            continue
        if (after := without_marks(before)) != before:
            _replace(page, after)
            changed += 1
    for name in _ASSET_NAMES:
        (folder / ASSETS / name).unlink(missing_ok=True)
    with suppress(OSError):  # it is not there, or others have put files into it
        (folder / ASSETS).rmdir()
    return MarksRemoved(changed, tuple(skipped))


def _check_asset_folder(folder: Path) -> None:
    """Refuse a link, through which files elsewhere would be written or deleted."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise InvalidSetting(f"{folder} is a link or a file; remove it: semsearch makes a folder")


def _pages(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            page = Path(place, name)
            if (
                name.lower().endswith((".html", ".htm"))
                and page.is_file()
                and not page.is_symlink()
            ):
                yield page


def _mark(page: Path, marker: TermMarker, assets: str) -> tuple[str, ...]:
    before = _read(page)
    found = marker.mark(before, assets.replace(os.sep, "/"))
    if found.html != before:
        _replace(page, found.html)
    return found.ids


def _read(page: Path) -> str:
    """Return a page; a `ValueError` says why it is not read."""
    if page.stat().st_size > MAX_PAGE:
        raise ValueError(f"it has more than {MAX_PAGE >> 20} MB")
    try:
        return page.read_bytes().decode("utf-8", "strict")
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None


def _replace(page: Path, content: str) -> None:
    """Replace a page of somebody else, with the permissions that it had."""
    _write(page, content.encode(), page.stat().st_mode & 0o777)


def _write(file: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file of a site: whole or not at all, and through no link."""
    descriptor, name = mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as written:
            written.write(content)
        Path(name).chmod(mode)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _write_assets(folder: Path, entries: Sequence[Entry]) -> None:
    folder.mkdir(exist_ok=True)
    source = files("semsearch.doc_sites") / "static"
    for name in ("terms.js", "terms.css"):
        _write(folder / name, (source / name).read_bytes())
    _write(folder / "terms-data.js", for_script(entries).encode())
    _write(folder / "terms.json", for_plugins(entries).encode())
