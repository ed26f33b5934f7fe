"""Reader of OpenMetadata's CSV export, with its own columns and lists inside cells.

`;` separates the items of a cell. A related term begins with its kind, `broader:Glossary.Term`;
references alternate between name and address. Descriptions are Markdown. `displayName` is the term,
`name` an alias.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from semsearch.core.entries import Details, Refusal, Source
from semsearch.core.errors import ImportFailed
from semsearch.importers.fields import shorten
from semsearch.importers.files.text_files import read_text
from semsearch.importers.markdown_syntax.blocks import parse_blocks
from semsearch.importers.markdown_syntax.links import nowhere
from semsearch.importers.markdown_syntax.plain_text import MAX_SOURCE, prose_of
from semsearch.importers.records import Item, ReadOptions, Record
from semsearch.importers.tables.delimited import rows
from semsearch.importers.tables.table import Row

_COLUMNS = frozenset(
    {"name", "displayname", "description", "parent", "relatedterms", "synonyms", "tags",
     "glossarystatus", "status", "references"}
)  # fmt: skip
"""The columns that fields of ours hold, in lower case."""
_KINDS = {"broader": "broader", "partof": "broader", "narrower": "narrower", "haspart": "narrower"}
"""Relations that entries distinguish; all others are just related."""
_LAST = re.compile(r'(?:^|\.)("(?:[^"]|"")*"|[^."]+)$')


def read(path: Path, _: ReadOptions) -> Iterator[Item]:
    """Read an export."""
    table = rows(read_text(path), ",", path)
    header = next(table, Row(1, []))
    names = [name.strip().rstrip("*").casefold() for name in header.cells]
    missing = [name for name in ("name", "description") if name not in names]
    if missing:
        raise ImportFailed(f"no column {' and no column '.join(missing)}", path, 1)
    for one in table:
        row = dict(zip(names, (cell.strip() for cell in one.cells), strict=False))
        yield _item(row, Source(str(path), one.line))


def _item(row: dict[str, str], source: Source) -> Item:
    name = row.get("name", "")
    term = row.get("displayname") or name
    text = row.get("description", "")
    if len(text) > MAX_SOURCE:
        return Refusal(
            source, f"the text of {shorten(term)!r} is longer than {MAX_SOURCE} characters"
        )
    blocks = parse_blocks(text)
    prose = prose_of(blocks.nodes, blocks.references, nowhere)
    related: dict[str, list[str]] = {"broader": [], "narrower": [], "related": []}
    related["broader"] += [_last(row["parent"])] if row.get("parent") else []
    for one in _listed(row.get("relatedterms", "")):
        kind, colon, target = one.partition(":")
        related[_KINDS.get(kind.casefold(), "related")].append(_last(target if colon else one))
    aliases = (*([name] if name != term else []), *_listed(row.get("synonyms", "")))
    return Record(
        term,
        prose.words,
        source,
        aliases,
        see_also=prose.see_also,
        details=Details.of(
            {
                "category": "; ".join(_listed(row.get("tags", ""))),
                "status": row.get("glossarystatus") or row.get("status", ""),
                "sources": _references(row.get("references", "")),
                "extra": [(column, row[column]) for column in row if column not in _COLUMNS],
                **related,
            }
        ),
        key=name,
        hint=name,
    )


def _listed(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _references(cell: str) -> list[str]:
    parts = [part.strip() for part in cell.split(";")]
    pairs = zip(parts[::2], [*parts[1::2], ""], strict=False)
    return [f"{name} ({url})" if url else name for name, url in pairs if name or url]


def _last(name: str) -> str:
    """Return the last part of a full name, `Glossary.Term`; a part with a dot is quoted."""
    found = _LAST.search(name.strip())
    return found[1].strip('"').replace('""', '"') if found else name
