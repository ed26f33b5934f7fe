"""Which pages a site has, for search engines (sitemaps.org, protocol 0.9)."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

MOST = 50_000
"""Addresses that one file may have, which may also have no more than:"""
MOST_BYTES = 50_000_000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_OF = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_FRAME_BYTES = 200
"""More than the first and the last line of a file."""


def site_maps(
    url: str, paths: Sequence[str], *, most: int = MOST, most_bytes: int = MOST_BYTES
) -> dict[str, bytes]:
    """Return the files of a site map by their paths: `sitemap.xml`, which names others where one file would be too long.

    Args:
        url: the address of the site, with a slash at the end.
        paths: of its pages, seen from there.
        most: addresses of one file.
        most_bytes: bytes of one file.
    """
    files = _split(
        [f"<url><loc>{escape(url + path)}</loc></url>\n" for path in paths], most, most_bytes
    )
    if len(files) == 1:
        return {"sitemap.xml": _file("urlset", files[0])}
    found = {f"sitemap-{n}.xml": _file("urlset", own) for n, own in enumerate(files, 1)}
    named = [f"<sitemap><loc>{escape(url + path)}</loc></sitemap>\n" for path in found]
    return {"sitemap.xml": _file("sitemapindex", named), **found}


def _split(lines: Sequence[str], most: int, most_bytes: int) -> list[list[str]]:
    files: list[list[str]] = [[]]
    room = most_bytes - _FRAME_BYTES
    for line in lines:
        size = len(line.encode())
        if len(files[-1]) == most or size > room:
            files.append([])
            room = most_bytes - _FRAME_BYTES
        files[-1].append(line)
        room -= size
    return files


def _file(kind: str, lines: Sequence[str]) -> bytes:
    return f"{_HEAD}<{kind} {_OF}>\n{''.join(lines)}</{kind}>\n".encode()
