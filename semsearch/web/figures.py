"""Figures as SVG: drawn by matplotlib, coloured for light and for dark pages, readable aloud.

matplotlib writes fixed colours. Each colour of `PALETTE` is replaced by a CSS variable that has
another value where the reader prefers dark pages. Text stays text.
"""

from __future__ import annotations

import io
import re
from importlib import import_module
from typing import Any

from lxml import etree

from semsearch.core.errors import MissingExtra

PALETTE = {
    "paper": ("#fdfdfb", "#14171a"),
    "ink": ("#24292f", "#e6e6e3"),
    "faint": ("#57606a", "#9aa4ad"),
    "line": ("#d0d4d8", "#3a4149"),
    "bar": ("#9fc3dc", "#35607d"),
    "strong": ("#2f6f9f", "#7cb7e0"),
    "accent": ("#b3261e", "#ff8a80"),
    "brown": ("#9a6b3f", "#d19a66"),
    "grey": ("#7d8590", "#7d8591"),
}
"""Name → colour on light pages, colour on dark pages."""

PAPER, INK, FAINT, LINE, BAR, STRONG, ACCENT, BROWN, GREY = (light for light, _ in PALETTE.values())

_SVG = "{http://www.w3.org/2000/svg}"
_STYLE = (
    "svg{"
    + "".join(f"--{name}:{light};" for name, (light, _) in PALETTE.items())
    + "}@media (prefers-color-scheme:dark){svg{"
    + "".join(f"--{name}:{dark};" for name, (_, dark) in PALETTE.items())
    + "}}"
)
_SETTINGS = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": LINE,
    "axes.titlesize": 9,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "legend.frameon": False,
}


class Figure:
    """A figure under construction: `axes` to draw on, notes to show under the pointer.

    Everything drawn inside the `with` block has our colours and sizes; `svg` is the result.

        with Figure("curve", 370, 370) as figure:
            figure.axes[0].plot([0, 1], [0, 1], color=STRONG)
            text = figure.svg("A line", "From 0 to 1")
    """

    def __init__(self, name: str, width: float, height: float, *, columns: int = 1) -> None:
        """Make an empty figure.

        Args:
            name: unique among the figures of a page; ids begin with it.
            width: in pixels of 1/72 inch.
            height: likewise.
            columns: axes beside each other.

        Raises:
            MissingExtra: matplotlib is not installed.
        """
        try:
            matplotlib = import_module("matplotlib")
            figures = import_module("matplotlib.figure")
        except ImportError as error:
            raise MissingExtra("matplotlib", "drawing a figure") from error
        self._name = name
        self._notes: dict[str, str] = {}
        self._settings = matplotlib.rc_context({**_SETTINGS, "svg.hashsalt": name})
        with matplotlib.rc_context(_SETTINGS):
            self._figure = figures.Figure(figsize=(width / 72, height / 72), layout="constrained")
            every = self._figure.subplots(1, columns, squeeze=False)
        self.axes: tuple[Any, ...] = tuple(every[0])

    def __enter__(self) -> Figure:
        self._settings.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self._settings.__exit__(*raised)

    def note(self, artist: Any, text: str) -> None:  # noqa: ANN401 - matplotlib has no types here
        """Show a text when the pointer rests on an artist."""
        id_ = f"{self._name}-note-{len(self._notes)}"
        artist.set_gid(id_)
        self._notes[id_] = text

    def footnote(self, text: str) -> None:
        """Write a line below everything."""
        self._figure.supxlabel(text, fontsize=8, color=FAINT, x=0.01, ha="left")

    def svg(self, title: str, description: str) -> str:
        """Return the figure.

        Args:
            title: what it shows, in a few words.
            description: what it says, for those who cannot see it.
        """
        written = io.BytesIO()
        metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        self._figure.savefig(written, format="svg", transparent=True, metadata=metadata)
        return self._finished(written.getvalue(), title, description)

    def _finished(self, written: bytes, title: str, description: str) -> str:
        root = etree.fromstring(written, etree.XMLParser(remove_comments=True, no_network=True))
        for metadata in root.findall(f"{_SVG}metadata"):
            root.remove(metadata)
        referenced = set(re.findall(rb"#([\w-]+)", written))
        for element in root.iter():
            id_ = element.get("id")
            if id_ in self._notes:
                note = etree.Element(f"{_SVG}title")
                note.text = self._notes[id_]
                element.insert(0, note)
            elif id_ is not None and id_.encode() not in referenced:
                del element.attrib["id"]
        for at, (tag, text) in enumerate((("title", title), ("desc", description))):
            element = etree.Element(f"{_SVG}{tag}", id=f"{self._name}-{tag}")
            element.text = text
            root.insert(at, element)
        style = etree.Element(f"{_SVG}style")
        style.text = _STYLE
        root.insert(2, style)
        for size in ("width", "height"):  # the page decides; `viewBox` keeps the proportions
            del root.attrib[size]
        root.set("role", "img")
        root.set("aria-labelledby", f"{self._name}-title {self._name}-desc")
        body = etree.tostring(root, encoding="unicode")
        for name, (light, _) in PALETTE.items():
            body = re.sub(rf"(?<=: ){light}\b", f"var(--{name})", body)
        body = body.replace("'DejaVu Sans', ", "").replace("sans-serif", "system-ui, sans-serif")
        return body + "\n"
