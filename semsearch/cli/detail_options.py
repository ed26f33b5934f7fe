"""Options for the details of an entry, which `add` and `change` have, from one table."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from typing import Annotated, Any

import typer

from semsearch.core.entries import DETAILS, EXTRA, LIST_DETAILS, MARKDOWN, NO_DETAILS
from semsearch.core.errors import InvalidEntry, InvalidSetting

_HELP = {
    "category": "Its category, as its author named it.",
    "notation": "Its code in a classification.",
    "status": "Its status, such as deprecated.",
    "iri": "The IRI of its concept.",
    "examples": "An example of its use; several times.",
    "sources": "Where the definition comes from; several times.",
    "broader": "An entry of wider meaning, by id or name; several times.",
    "narrower": "An entry of narrower meaning, by id or name; several times.",
    "related": "A related entry, by id or name; several times.",
    "hidden_labels": "A name that finds it and is not shown; several times.",
    "name_languages": "The language of a name that differs from the definition's, as Teig@de; "
    "several times.",
    "asked_as": "A phrase by which people ask for it; several times.",
    "markdown": "The definition in Markdown; - reads it from stdin.",
    "extra": "Another field, such as Owner=Jane; several times.",
}
"""What the help says of each detail; a test compares its keys with `DETAILS`."""
_REMOVABLE_EXTRA = "Another field, such as Owner=Jane; Owner= removes it; several times."
_ONE_AT_A_TIME = {
    "examples": "example",
    "sources": "source",
    "hidden_labels": "hidden-label",
    "name_languages": "name-language",
}
"""Options of details that are stated one at a time; others have the name of the detail."""
_BEFORE = "details"
"""The parameter of a command in whose place the options stand."""


def detail_options(*, removable: bool) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command an option for each detail.

    Args:
        removable: whether each detail has an option that removes it as well.

    Returns:
        A decorator. The command has a parameter `details` and is given those that were stated, by
        name; removed ones are empty.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_details(**given: Any) -> None:  # noqa: ANN401 - as typer parses them
            own = {name: value for name, value in given.items() if name in own_names}
            command(**own, details=_stated(given))

        signature = inspect.signature(command, eval_str=True)
        own_names = signature.parameters.keys() - {_BEFORE}
        parameters: list[inspect.Parameter] = []
        for parameter in signature.parameters.values():
            is_place = parameter.name == _BEFORE
            parameters += _parameters(removable=removable) if is_place else [parameter]
        with_details.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=[one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in parameters]
        )
        return with_details

    return decorate


def _parameters(*, removable: bool) -> Iterator[inspect.Parameter]:
    """Yield the parameters that typer makes options of."""
    for name in DETAILS:
        flag = f"--{_ONE_AT_A_TIME.get(name, name.replace('_', '-'))}"
        is_list = name in LIST_DETAILS or name == EXTRA
        help_ = _REMOVABLE_EXTRA if removable and name == EXTRA else _HELP[name]
        kind: Any = list[str] if is_list else str
        yield _parameter(name, Annotated[kind | None, typer.Option(flag, help=help_)], None)
        if removable:
            option = typer.Option(
                f"--no-{name.replace('_', '-')}", help="Remove all." if is_list else "Remove it."
            )
            yield _parameter(f"no_{name}", Annotated[bool, option], default=False)


def _parameter(name: str, annotation: object, default: object) -> inspect.Parameter:
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=default, annotation=annotation)


def _stated(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the details that options state, by name; removed ones are empty."""
    stated: dict[str, Any] = {}
    for name in DETAILS:
        value = given[name]
        if given.get(f"no_{name}"):
            check_either(value)
            stated[name] = getattr(NO_DETAILS, name)
        elif name == EXTRA and value:
            stated[name] = _fields(value)
        elif isinstance(value, str):
            stated[name] = text_or_stdin(value) if name == MARKDOWN else value
        elif value:
            stated[name] = tuple(value)
    return stated


def check_either(given: str | Iterable[str] | None) -> None:
    """Refuse a value beside the option that removes it.

    Raises:
        InvalidSetting: there is a value.
    """
    if given:
        shown = given if isinstance(given, str) else ", ".join(given)
        raise InvalidSetting(f"{shown!r} was given, and its removal too; choose one")


def _fields(given: Iterable[str]) -> dict[str, str]:
    """Parse `Owner=Jane`, each."""
    parts = [one.partition("=") for one in given]
    for name, equals, _ in parts:
        if not equals or not name.strip():
            raise InvalidSetting(f"{name!r} is not NAME=TEXT, such as Owner=Jane")
    return {name.strip(): text.strip() for name, _, text in parts}


def text_or_stdin(given: str) -> str:
    """Return a text, or read it from standard input for `-`.

    Raises:
        InvalidEntry: what stands there is not UTF-8.
    """
    if given != "-":
        return given
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidEntry("the definition on standard input is not UTF-8") from error
