"""Extra fields of an entry: values of JSON and YAML as texts, and a field as one line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import islice

from semsearch.core.entries import EXTRA, Field
from semsearch.importers.column_names import column_key

_ENCODER = json.JSONEncoder(ensure_ascii=False)


def split_values(values: Mapping[str, object]) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    """Return the values of JSON or YAML that are texts, and the structures, which no text can hold.

    Args:
        values: by name. A mapping named `extra` counts by its members, as our formats write them.

    Returns:
        Extra fields of an entry; fields to leave out, each with the beginning of its value.
    """
    extra: list[Field] = []
    left_out: list[Field] = []
    for name, value in values.items():
        if isinstance(value, str):
            if text := value.strip():
                extra.append((name, text))
            continue
        is_nested = column_key(name) == EXTRA and isinstance(value, Mapping)
        fields = value.items() if is_nested and isinstance(value, Mapping) else [(name, value)]
        for own_name, held in fields:
            as_text = plain_text(held)
            if as_text is None:
                left_out.append((str(own_name), beginning_of(held)))
            elif as_text:
                extra.append((str(own_name), as_text))
    return tuple(extra), tuple(left_out)


def plain_text(value: object) -> str | None:
    """Return a value of JSON or YAML as text; a list of such values is joined.

    Returns:
        None if it is a structure, which no text can hold. An empty text if nothing is stated.
    """
    if isinstance(value, list):
        texts = [_scalar(one) for one in value]
        return None if None in texts else "; ".join(filter(None, texts))
    return _scalar(value)


def _scalar(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, str | int | float):
        return "" if value is None else str(value).strip()
    return None


def beginning_of(value: object) -> str:
    """Return the beginning of a structure; only this much of it is visited."""
    return "".join(islice(_ENCODER.iterencode(value), 100))


def extra_line(name: str, text: str) -> str:
    """Return an extra field as one line, for formats that hold texts only: `Owner: Jane Doe`."""
    return f"{name}: {text}"


def split_extra(line: str) -> Field | None:
    """Return the extra field of a line that `extra_line` made; None if it has no name."""
    name, colon, text = line.partition(": ")
    return (name.strip(), text.strip()) if colon and name.strip() else None
