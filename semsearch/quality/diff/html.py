"""Renders a diff as an HTML page: one file without scripts or external resources."""

from __future__ import annotations

from pathlib import Path

from semsearch.core.errors import MissingExtra
from semsearch.core.version import __version__
from semsearch.quality.diff.markdown import counted
from semsearch.quality.diff.matching import Difference, PairKind
from semsearch.quality.diff.run import DiffReport
from semsearch.quality.diff.word_diff import DiffPiece, pieces

TEMPLATE = Path(__file__).with_name("page.html.jinja")


def to_html(report: DiffReport) -> str:
    """Return a report as a page; texts of entries are escaped.

    Raises:
        MissingExtra: jinja2 is not installed.
    """
    try:
        import jinja2
    except ModuleNotFoundError as error:
        raise MissingExtra("jinja2", "a diff as a page") from error
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["pieces"] = _pieces
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    kinds = [(kind.value, report.of(kind)) for kind in PairKind]
    counts = counted(report)
    return str(template.render(report=report, kinds=kinds, counts=counts, version=__version__))


def _pieces(one: Difference) -> list[DiffPiece]:
    return pieces(one.old.definition, one.new.definition) if one.old and one.new else []
