"""Words of our own for values that typer cannot read; it passes on what pydantic says of them."""

from __future__ import annotations

import re
from typing import Any

import typer
from typer.core import TyperGroup

_OURS = (
    (re.compile(r"Input should be a valid integer.*", re.DOTALL), "it is no whole number"),
    (re.compile(r"Input should be a valid number.*", re.DOTALL), "it is no number"),
    (re.compile(r"Input should be greater than or equal to (\S+)"), r"it should be \1 or more"),
    (re.compile(r"Input should be less than or equal to (\S+)"), r"it should be \1 or less"),
    (re.compile(r"(?:Input should|Value should) "), "it should "),
    (re.compile(r"^Value error, "), ""),
)


class CommandGroup(TyperGroup):
    """The commands; invalid values are told in our words."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - click's types, which typer hides
        """Parse the arguments of a command and run it."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = in_our_words(error.message)
            raise


def in_our_words(message: str) -> str:
    """Return what is wrong with a value, without the words of a library.

    >>> in_our_words("Input should be greater than or equal to 1")
    'it should be 1 or more'
    """
    for theirs, ours in _OURS:
        message = theirs.sub(ours, message)
    return message
