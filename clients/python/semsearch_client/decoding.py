"""Makes objects of JSON, as their annotations say."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def decode(kind: type[T], value: object) -> T:
    """Return a value of a type that `models` declares, or a list of one.

    Members that the type does not have are ignored: a later service may send them.

    Raises:
        ValueError: the value is not of the type, or lacks a member.
    """
    found: T = _decoded(kind, value)
    return found


def _decoded(kind: Any, value: Any) -> Any:  # noqa: ANN401 - any JSON
    origin = get_origin(kind)
    if origin in {UnionType, Union}:  # the second if a Literal is in it
        (inner,) = (one for one in get_args(kind) if one is not NoneType)
        return None if value is None else _decoded(inner, value)
    if origin is list:
        (inner,) = get_args(kind)
        return [_decoded(inner, one) for one in _checked(list, value)]
    if is_dataclass(kind):
        return _object(kind, _checked(dict, value))
    if origin is dict:
        return _checked(dict, value)
    if kind is float:
        return float(_checked((int, float), value))
    return _checked(kind if isinstance(kind, type) else str, value)  # a Literal is a string


def _object(kind: Any, value: dict[str, Any]) -> Any:  # noqa: ANN401 - any dataclass
    members = {}
    for name, (of, is_required) in _members(kind).items():
        if name in value:
            members[name] = _decoded(of, value[name])
        elif is_required:
            raise ValueError(
                f"{kind.__name__} has no {name!r}, only {', '.join(value) or 'nothing'}"
            )
    return kind(**members)


@cache
def _members(kind: Any) -> dict[str, tuple[Any, bool]]:  # noqa: ANN401 - any dataclass
    """Return the type of each member, and whether it is required."""
    hints = get_type_hints(kind)
    return {one.name: (hints[one.name], one.default is MISSING) for one in fields(kind)}


def _checked(kind: Any, value: Any) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(value, kind):
        wanted = getattr(kind, "__name__", "float")
        raise ValueError(f"{str(value)[:100]!r} is a {type(value).__name__}, not a {wanted}")
    return value
