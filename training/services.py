"""Reads machine-readable descriptions of web features and of parts of cloud services."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from training.docstrings import in_words

Named = tuple[str, str]
"""A term and its definition."""
_TAG = re.compile(r"<(/?)(\w+)[^<>]*>")
_BREAKING = frozenset({"p", "li", "br", "div", "note", "important", "ul"})
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_PLUMBING = re.compile(r"(?:Request|Response|Exception|Result|Output|Input|Summary|List|Error)$")
"""Shapes that only wrap others; their descriptions say nothing else."""


def web_features(file: Path) -> Iterator[Named]:
    """Yield what each feature of the package web-features is, by name."""
    for feature in json.loads(file.read_text(encoding="utf-8"))["features"].values():
        if feature.get("kind") == "feature":
            yield feature["name"], plain(feature["description"])


def can_i_use(file: Path) -> Iterator[Named]:
    """Yield what each feature of the package caniuse-db is, with its notes, by title."""
    for feature in json.loads(file.read_text(encoding="utf-8"))["data"].values():
        yield feature["title"], plain(f"{feature['description']} {feature['notes']}")


def aws_services(wheel: Path) -> Iterator[tuple[str, Named]]:
    """Yield each service of botocore, newest version, and its operations and structures.

    With each comes the name of the service, of which one may want only so many.
    """
    with ZipFile(wheel) as archive:
        newest = {}
        for path in sorted(archive.namelist()):
            if match := re.search(r"/data/([^/]+)/[^/]+/service-2\.json\.gz$", path):
                newest[match[1]] = path
        for service, path in sorted(newest.items()):
            model = json.loads(gzip.decompress(archive.read(path)))
            for named in _aws_names(model):
                yield service, named


def _aws_names(model: dict[str, Any]) -> Iterator[Named]:
    metadata = model["metadata"]
    yield metadata["serviceFullName"], plain(model.get("documentation", ""))
    for name, shape in {**model["operations"], **model["shapes"]}.items():
        structure = shape.get("type", "structure") == "structure"
        if structure and not shape.get("exception") and not _PLUMBING.search(name):
            yield in_words(name), plain(shape.get("documentation", ""))


def google_services(wheel: Path) -> Iterator[tuple[str, Named]]:
    """Yield what the discovery documents say of each service, newest version, and its resources."""
    with ZipFile(wheel) as archive:
        newest = {}
        for path in sorted(archive.namelist()):
            if match := re.search(r"/documents/(\w+)\.v[^/]*\.json$", path):
                newest[match[1]] = path
        for service, path in sorted(newest.items()):
            document = json.loads(archive.read(path))
            yield service, (document.get("title", ""), plain(document.get("description", "")))
            for name, schema in document.get("schemas", {}).items():
                if not _PLUMBING.search(name):
                    short = re.sub(r"^Google(?:Cloud|Ads)?[A-Za-z0-9]*?V\d\w*?(?=[A-Z])", "", name)
                    yield service, (in_words(short), plain(schema.get("description", "")))


def plain(html: str) -> str:
    """Return the words of a description in HTML or Markdown; code keeps its words only."""
    text = _TAG.sub(lambda m: " " if m[2].lower() in _BREAKING else "", html)
    return " ".join(re.sub(r"[`*]", "", _LINK.sub(r"\1", unescape(text))).split())
