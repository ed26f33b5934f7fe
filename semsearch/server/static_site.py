"""A glossary as a folder of pages that needs no service: the same templates, with relative addresses only."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from semsearch.core.answers import Adjacent
from semsearch.core.entries import Entry
from semsearch.core.errors import InvalidSetting
from semsearch.core.progress import Progress, Silent, track
from semsearch.search.browse import letter_of
from semsearch.search.glossary import Glossary
from semsearch.server.static_map import compact, map_files
from semsearch.web.assets import FOLDER, assets_path
from semsearch.web.entry_page import entry_page_of
from semsearch.web.markdown_view import MOST_LISTED, entry_twin, llms
from semsearch.web.render import Site, render
from semsearch.web.urls import glossary_file

MARKER = ".semsearch-site.json"
"""Lists what an export wrote, so that the next one may remove what has gone, and nothing else."""
ASSETS = ("style.css", "favicon.svg", "static.js", "map.js", "dots.js", "labels.js", "service.js")
ON_A_PAGE = 500
MOST_IN_SITE_MAP = 50_000
_MOST_RELATED = 100


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What an export did: pages of entries, all files, and those removed that an earlier one had written."""

    entries: int
    files: int
    removed: int


def write_site(
    glossary: Glossary, folder: Path, *, url: str = "", progress: Progress | None = None
) -> SiteReport:
    """Write all entries of an open index as pages into a folder.

    Args:
        glossary: the index.
        folder: where to; it is made, or is empty, or has an earlier export, whose pages of deleted entries are removed.
        url: the address at which it will be reached, for canonical links and the site map, which is left out without
            one, since it may only have whole addresses.
        progress: told how far it is.

    Raises:
        InvalidSetting: the folder has something else in it.
    """
    before = _files_before(folder)
    url = url and url.rstrip("/") + "/"
    infos = tuple(glossary.info().glossaries)
    site = Site(url=url, address="", glossaries=infos, is_static=True)
    folder.mkdir(parents=True, exist_ok=True)
    export = _Export(glossary, site, folder, [*before])
    export.write(progress or Silent())
    return SiteReport(site.entries, len(export.files), export.remove(before))


def _files_before(folder: Path) -> list[str]:
    """Return what an earlier export wrote into a folder."""
    try:
        stated = json.loads((folder / MARKER).read_text("utf-8"))
        return [str(path) for path in stated["files"]]
    except FileNotFoundError:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise InvalidSetting(
                f"{folder} has something in it that is no earlier export; name an empty folder, or one to be made"
            ) from None
        return []
    except (ValueError, KeyError, TypeError):
        raise InvalidSetting(
            f"{folder / MARKER} cannot be read, so what may be removed is unknown; remove {folder} or name another folder"
        ) from None


class _Export:
    """One export: where it writes, and what it has written."""

    def __init__(self, glossary: Glossary, site: Site, folder: Path, before: list[str]) -> None:
        self._glossary = glossary
        self._site = site
        self._folder = folder
        self._before = before
        self.files: dict[str, None] = {}

    def write(self, progress: Progress) -> None:
        """Write everything."""
        names: list[tuple[str, str]] = []
        for entry, beside in track(self._ordered(), progress, "Writing pages", self._site.entries):
            self._entry(entry, beside)
            path = self._site.entry_path(entry.id)
            names += [(name, path) for name in (entry.term, *entry.aliases)]
        self._file("names.js", _script("semsearchNames", sorted(names)))
        for info in self._site.glossaries:
            self._index(info.name, info.entries)
        self._file("index.html", render("glossaries", self._site.seen_from("index.html")))
        for path, content in map_files(self._glossary, self._site):
            self._file(path, content)
        self._file("llms.txt", llms(self._site, self._listed()).encode())
        for name in ASSETS:
            self._file(assets_path() + name, (FOLDER / name).read_bytes())
        if self._site.url:
            self._site_maps()

    def remove(self, before: Sequence[str]) -> int:
        """Remove what an earlier export wrote and this one did not, and say how many files that were."""
        gone = [path for path in before if path not in self.files]
        inside = self._folder.resolve()
        for path in gone:
            place = (self._folder / path).resolve()
            if place.is_relative_to(inside):  # the list is a file that somebody may have edited
                place.unlink(missing_ok=True)
                _remove_empty(place.parent, inside)
        self._mark(list(self.files))
        return len(gone)

    def _file(self, path: str, content: bytes) -> None:
        place = self._folder / path
        if not self.files:
            self._mark(self._before)
        self.files[path] = None
        if place.is_file() and place.read_bytes() == content:
            return  # its time stays, and with it what a server tells of its age
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)

    def _mark(self, files: list[str]) -> None:
        """Say that the folder is an export, before the first page as after the last."""
        (self._folder / MARKER).write_text(json.dumps({"files": files}, indent=0), "utf-8")

    def _ordered(self) -> Iterator[tuple[Entry, Adjacent]]:
        """Yield all entries in the order of the alphabets, with what stands beside each."""
        for info in self._site.glossaries:
            entries = list(self._glossary.alphabet(info.name).everything())
            for before, entry, after in zip(
                [None, *entries], entries, [*entries[1:], None], strict=False
            ):
                yield entry, Adjacent(before, after)

    def _entry(self, entry: Entry, beside: Adjacent) -> None:
        related = self._glossary.related(entry.id, k=_MOST_RELATED)
        path = self._site.entry_path(entry.id)
        site = self._site.seen_from(path)
        self._file(path, entry_page_of(site, related, beside))
        self._file(site.twin(entry.id), entry_twin(site, related).encode())

    def _index(self, name: str, entries: int) -> None:
        """Write the alphabet of a glossary: pages that follow each other, its letters leading into them."""
        everything = list(self._glossary.alphabet(name).everything())
        pages = [everything[i : i + ON_A_PAGE] for i in range(0, len(everything), ON_A_PAGE)] or [
            []
        ]
        letters: dict[str, str] = {}
        for number, own in enumerate(pages):
            for entry in own:
                letters.setdefault(letter_of(entry), _index_path(name, number))
        numbers = {letter: n for n, letter in enumerate(letters)}
        for number, own in enumerate(pages):
            path = _index_path(name, number)
            site = self._site.seen_from(path)
            hrefs = {one: f"{site.root}{at}#letter-{numbers[one]}" for one, at in letters.items()}
            groups = [
                {"letter": one, "entries": list(of_it), "id": f"letter-{numbers[one]}"}
                for one, of_it in groupby(own, letter_of)
            ]
            page = render(
                "glossary",
                site,
                name=name,
                entries=entries,
                letters=[{"letter": one, "href": href} for one, href in hrefs.items()],
                letter=None,
                groups=groups,
                downloads=[],
                canonical=site.url and site.url + path,
                next=site.root + _index_path(name, number + 1) if number + 1 < len(pages) else None,
            )
            self._file(path, page)

    def _listed(self) -> dict[str, Sequence[Entry]]:
        few = self._site.entries <= MOST_LISTED
        return {
            info.name: self._glossary.alphabet(info.name).page(limit=MOST_LISTED).entries
            if few
            else ()
            for info in self._site.glossaries
        }

    def _site_maps(self) -> None:
        """Write the site map; that of a large site lists others, since one has 50,000 addresses at most (sitemaps.org)."""
        found = [path for path in self.files if path.endswith(".html")]
        parts = [found[i : i + MOST_IN_SITE_MAP] for i in range(0, len(found), MOST_IN_SITE_MAP)]
        if len(parts) > 1:
            names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
            for name, part in zip(names, parts, strict=True):
                self._file(name, _site_map("urlset", "url", self._addresses(part)))
            self._file("sitemap.xml", _site_map("sitemapindex", "sitemap", self._addresses(names)))
        else:
            self._file("sitemap.xml", _site_map("urlset", "url", self._addresses(found)))

    def _addresses(self, paths: Iterable[str]) -> Iterator[str]:
        return (self._site.url + path for path in paths)


def _site_map(kind: str, item: str, addresses: Iterable[str]) -> bytes:
    places = "".join(f"<{item}><loc>{escape(one)}</loc></{item}>\n" for one in addresses)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</{kind}>\n'
    ).encode()


def _index_path(name: str, number: int) -> str:
    return f"{glossary_file(name)}{f'/{number + 1}' if number else ''}.html"


def _script(name: str, value: object) -> bytes:
    return b"globalThis." + name.encode() + b"=" + compact(value) + b";\n"


def _remove_empty(folder: Path, top: Path) -> None:
    """Remove a folder and those above it as far as they are empty."""
    while folder != top and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
