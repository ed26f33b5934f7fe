"""Makes workbooks and documents for tests, as small as programs read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"


def package(path: Path, parts: Mapping[str, str]) -> Path:
    """Write a zip package of some parts, packed."""
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return path


def sheet(rows: Sequence[Sequence[str]], *, hidden: Sequence[int] = (), merged: str = "") -> str:
    """Return the XML of a sheet of texts; `hidden` are numbers of rows, from 1."""
    made = "".join(
        f'<row r="{n}"{" hidden=" + chr(34) + "1" + chr(34) if n in hidden else ""}>'
        + "".join(cell(f"{chr(64 + c)}{n}", text) for c, text in enumerate(row, 1) if text)
        + "</row>"
        for n, row in enumerate(rows, 1)
    )
    spans = f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{made}</sheetData>{spans}</worksheet>'


def cell(reference: str, text: str) -> str:
    """Return the XML of a cell: a text, or XML of its own if that begins with `<`."""
    if text.startswith("<"):
        return text.replace("<c", f'<c r="{reference}"', 1)
    return f'<c r="{reference}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def workbook(
    path: Path, sheets: Mapping[str, str], *, hidden: Sequence[str] = (), strings: str = ""
) -> Path:
    """Write a workbook of Excel.

    Args:
        path: the file.
        sheets: XML by name, as `sheet` makes it.
        hidden: names of hidden sheets.
        strings: shared texts, as `<si>` elements.
    """
    numbered = list(enumerate(sheets.items(), 1))
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"'
        f"{' state=' + chr(34) + 'hidden' + chr(34) if name in hidden else ''}/>"
        for n, (name, _) in numbered
    )
    related = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n, _ in numbered
    )
    # style 1 is a date
    styles = (
        f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/>'
        "</cellXfs></styleSheet>"
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{_TYPES}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{related}'
        f'<Relationship Id="s" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="t" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>',
        "xl/styles.xml": styles,
    }
    parts |= {f"xl/worksheets/sheet{n}.xml": xml for n, (_, xml) in numbered}
    return package(path, parts)


def word(
    path: Path,
    body: str,
    styles: str = "",
    targets: Mapping[str, str] | None = None,
    numbering: str = "",
) -> Path:
    """Write a document of Word.

    Args:
        path: the file.
        body: the content of `w:body`.
        styles: `w:style` elements.
        targets: addresses of links by id.
        numbering: the content of `w:numbering`.
    """
    name = f'xmlns:w="{_WORD}"'
    parts = {"word/document.xml": f"<w:document {name}><w:body>{body}</w:body></w:document>"}
    if styles:
        parts["word/styles.xml"] = f"<w:styles {name}>{styles}</w:styles>"
    links = "".join(
        f'<Relationship Id="{id_}" Target="{target}" TargetMode="External"/>'
        for id_, target in (targets or {}).items()
    )
    parts["word/numbering.xml"] = f"<w:numbering {name}>{numbering}</w:numbering>"
    parts["word/_rels/document.xml.rels"] = f"<Relationships>{links}</Relationships>"
    return package(path, parts)


def open_document(path: Path, body: str, styles: str = "") -> Path:
    """Write a document of OpenDocument; `body` is the content of `office:body`."""
    names = " ".join(f'xmlns:{n}="{_ODF}{n}:1.0"' for n in ("office", "style", "table", "text"))
    content = (
        f"<office:document-content {names}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body>{body}</office:body></office:document-content>"
    )
    return package(path, {"content.xml": content})
