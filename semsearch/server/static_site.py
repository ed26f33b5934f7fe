"""Exports glossaries as a static site, a folder of pages that needs no service.

It uses the templates of the service, with relative URLs only.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from semsearch.core.answers import Adjacent
from semsearch.core.entries import Entry
from semsearch.core.errors import InvalidSetting
from semsearch.core.progress import Progress, Silent, track
from semsearch.ingest import Editor
from semsearch.search.browse import letter_of
from semsearch.search.glossary import Glossary
from semsearch.search.static_search import StaticSearch
from semsearch.server.entry_lists import listed_entries
from semsearch.server.static_map import compact, map_files
from semsearch.web.assets import FOLDER, assets_path
from semsearch.web.entry_page import MAX_RELATED, entry_page_of
from semsearch.web.feed import MAX_ENTRIES, feed
from semsearch.web.listings import day_of, listed_glossaries
from semsearch.web.markdown_pages import entry_markdown, llms
from semsearch.web.render import Site, logo_file, render, theme
from semsearch.web.urls import glossary_file

MARKER = ".semsearch-site.json"
"""File with the list of written files. The next export removes outdated ones, and nothing else."""
ASSETS = ("style.css", "favicon.svg", "static.js", "map.js", "dots.js", "labels.js", "service.js")
MEANING_SCRIPT = "meaning.js"
MEANING_ENTRIES = "meaning-entries.bin"
TERMS_PER_PAGE = 500
MAX_SITE_MAP_URLS = 50_000
"""Most URLs of one site map (sitemaps.org)."""


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What an export did: pages of entries, all files written, and outdated files removed.

    `lacking` says why the site has no search by meaning, if it has none.
    """

    entries: int
    files: int
    removed: int
    lacking: str


def write_site(
    glossary: Glossary, folder: Path, *, url: str = "", progress: Progress | None = None
) -> SiteReport:
    """Write all entries of an open index as pages into a folder.

    Args:
        glossary: the index.
        folder: missing, empty, or with an earlier export, whose outdated pages are removed.
        url: of the site with a slash at its end, for canonical links and the site map. Without it
            there is no site map, which needs absolute URLs.
        progress: shows the progress.

    Raises:
        InvalidSetting: the folder has other files in it.
        ModelRefused: others may write to the cache of static encoders.
    """
    shown = progress or Silent()
    before = _earlier_files(folder)
    infos = tuple(glossary.info().glossaries)
    site = Site(url=url, address="", glossaries=infos, is_static=True, about=glossary.presentation)
    shown.start("preparing the search by meaning", 1)
    search = glossary.static_search(site.entry_path)
    shown.advance(1)
    site = replace(site, finds_meaning=not search.lacking)
    folder.mkdir(parents=True, exist_ok=True)
    export = _Export(glossary, site, folder, [*before])
    export.write(search, shown)
    return SiteReport(site.entries, len(export.files), export.remove(before), search.lacking)


def _earlier_files(folder: Path) -> list[str]:
    """Return the paths of the files that an earlier export wrote."""
    try:
        marker = json.loads((folder / MARKER).read_text("utf-8"))
        return [str(path) for path in marker["files"]]
    except FileNotFoundError:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise InvalidSetting(
                f"{folder} has files of something else in it; name an empty folder, or a new one"
            ) from None
        return []
    except (ValueError, KeyError, TypeError):
        raise InvalidSetting(
            f"{folder / MARKER} cannot be read, so outdated files are unknown; remove {folder} or "
            "name another folder"
        ) from None


class _Export:
    """One export, with the files that it has written so far."""

    def __init__(self, glossary: Glossary, site: Site, folder: Path, before: list[str]) -> None:
        self._glossary = glossary
        self._site = site
        self._folder = folder
        self._before = before
        self._built = day_of(glossary.info().built_at)
        self.files: dict[str, None] = {}

    def write(self, search: StaticSearch, progress: Progress) -> None:
        """Write everything."""
        names: list[tuple[str, str]] = []
        for entry, adjacent in track(
            self._ordered(), progress, "Writing pages", self._site.entries
        ):
            self._entry(entry, adjacent)
            path = self._site.entry_path(entry.id)
            names += [(name, path) for name in (entry.term, *entry.aliases)]
        self._file("names.js", _script("semsearchNames", sorted(names)))
        for info in self._site.glossaries:
            self._index(info.name, info.entries)
        self._file("index.html", self._glossaries())
        for path, content in map_files(self._glossary, self._site):
            self._file(path, content)
        self._file(
            "llms.txt", llms(self._site, listed_entries(self._glossary, self._site)).encode()
        )
        for name in ASSETS:
            self._file(assets_path() + name, (FOLDER / name).read_bytes())
        if self._site.finds_meaning:
            self._file(search.words_file, search.words)
            self._file(MEANING_ENTRIES, search.entries)
            self._file(assets_path() + MEANING_SCRIPT, (FOLDER / MEANING_SCRIPT).read_bytes())
        about = self._site.about
        if about.accent:
            self._file("theme.css", theme(about))
        if about.logo:
            self._file(logo_file(about), about.logo_bytes)
        if self._site.url:
            with Editor(self._glossary.info().path) as editor:
                changed = editor.latest(MAX_ENTRIES)
            self._file("feed.atom", feed(self._site, self._site.url, changed))
            self._site_maps()

    def remove(self, before: Sequence[str]) -> int:
        """Remove files of an earlier export that this one did not write; return their number."""
        outdated = [path for path in before if path not in self.files]
        inside = self._folder.resolve()
        for path in outdated:
            file = (self._folder / path).resolve()
            if file.is_relative_to(inside):  # somebody may have edited the marker
                file.unlink(missing_ok=True)
                _remove_empty(file.parent, inside)
        self._mark(list(self.files))
        return len(outdated)

    def _file(self, path: str, content: bytes) -> None:
        place = self._folder / path
        if not self.files:
            self._mark(self._before)
        self.files[path] = None
        if place.is_file() and place.read_bytes() == content:
            return  # keeps its modification time, which web servers send
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)

    def _mark(self, files: list[str]) -> None:
        """Write the marker, before the first page and after the last."""
        (self._folder / MARKER).write_text(json.dumps({"files": files}, indent=0), "utf-8")

    def _ordered(self) -> Iterator[tuple[Entry, Adjacent]]:
        """Yield all entries in alphabetical order, each with its neighbours."""
        for info in self._site.glossaries:
            entries = list(self._glossary.alphabet(info.name).everything())
            for before, entry, after in zip(
                [None, *entries], entries, [*entries[1:], None], strict=False
            ):
                yield entry, Adjacent(before, after)

    def _entry(self, entry: Entry, adjacent: Adjacent) -> None:
        related = self._glossary.related(entry.id, k=MAX_RELATED)
        path = self._site.entry_path(entry.id)
        site = self._site.seen_from(path)
        self._file(path, entry_page_of(site, related, adjacent))
        self._file(site.markdown(entry.id), entry_markdown(site, related).encode())

    def _index(self, name: str, entries: int) -> None:
        """Write the pages of the alphabetical list of a glossary; letters link into them."""
        every = list(self._glossary.alphabet(name).everything())
        starts = range(0, max(len(every), 1), TERMS_PER_PAGE)
        pages = [every[start : start + TERMS_PER_PAGE] for start in starts]
        letters: dict[str, str] = {}
        counts = Counter(map(letter_of, every))
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
                languages=self._glossary.languages(name),
                built=self._built,
                may_filter=False,
                filter="",
                letters=[
                    {"letter": one, "count": counts[one], "href": href}
                    for one, href in hrefs.items()
                ],
                letter=None,
                groups=groups,
                downloads=[],
                canonical=site.url and site.url + path,
                next=site.root + _index_path(name, number + 1) if number + 1 < len(pages) else None,
            )
            self._file(path, page)

    def _glossaries(self) -> bytes:
        """Return the start page, which lists the glossaries."""
        listed = listed_glossaries(self._site.glossaries, self._glossary.languages)
        site = self._site.seen_from("index.html")
        return render("glossaries", site, glossaries=listed, built=self._built)

    def _site_maps(self) -> None:
        """Write the site map. That of a large site lists further site maps."""
        found = [path for path in self.files if path.endswith(".html")]
        parts = [found[i : i + MAX_SITE_MAP_URLS] for i in range(0, len(found), MAX_SITE_MAP_URLS)]
        if len(parts) > 1:
            names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
            for name, part in zip(names, parts, strict=True):
                self._file(name, _site_map("urlset", "url", self._urls(part)))
            self._file("sitemap.xml", _site_map("sitemapindex", "sitemap", self._urls(names)))
        else:
            self._file("sitemap.xml", _site_map("urlset", "url", self._urls(found)))

    def _urls(self, paths: Iterable[str]) -> Iterator[str]:
        return (self._site.url + path for path in paths)


def _site_map(kind: str, item: str, urls: Iterable[str]) -> bytes:
    places = "".join(f"<{item}><loc>{escape(url)}</loc></{item}>\n" for url in urls)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</{kind}>\n'
    ).encode()


def _index_path(name: str, number: int) -> str:
    return f"{glossary_file(name)}{f'/{number + 1}' if number else ''}.html"


def _script(name: str, value: object) -> bytes:
    return b"globalThis." + name.encode() + b"=" + compact(value) + b";\n"


def _remove_empty(folder: Path, top: Path) -> None:
    """Remove a folder and its parents as long as they are empty."""
    while folder != top and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
