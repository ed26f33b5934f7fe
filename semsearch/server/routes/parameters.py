"""Parameters that several routes share, and their checks."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from pydantic import Field

from semsearch.core.errors import InvalidQuestion
from semsearch.server.http import problem_types
from semsearch.server.http.problems import InvalidParam, Refused
from semsearch.server.schemas.base import StrictModel
from semsearch.text import language_tags
from semsearch.text.questions import MAX_QUESTION_CHARS, check_question

MAX_NAME_CHARS = 200
"""Longest name of a glossary that a route looks up."""

GlossaryName = Annotated[str, Field(min_length=1, max_length=MAX_NAME_CHARS)]

GLOSSARY = Field(
    default=None,
    description="Ask only this glossary; all of them by default.",
    examples=["deep-learning"],
)

LanguageName = Annotated[
    str, Field(max_length=language_tags.MAX_CHARS, pattern=f"^({language_tags.RANGE})$")
]

LANGUAGE = Field(
    default=None,
    description="Ask only entries defined or named in this language (BCP 47): `de` also asks those in "
    "`de-AT`; all of them by default.",
    examples=["en"],
)

QUESTION_LENGTH: dict[str, Any] = {"minLength": 1, "maxLength": MAX_QUESTION_CHARS}


class NoQuery(StrictModel):
    """No parameters at all."""


EntryId = Annotated[
    str,
    Path(
        description="The id of an entry, or its term, an alias or an acronym.",
        examples=["deep-learning:dropout"],
    ),
]


ExactId = Annotated[
    str, Path(description="The id of an entry.", examples=["deep-learning:dropout"])
]


def checked(question: str, *, parameter: str | None = None, pointer: str | None = None) -> str:
    """Return a checked question; a refusal names its place in the request."""
    try:
        return check_question(question)
    except InvalidQuestion as error:
        param = InvalidParam(detail=str(error), parameter=parameter, pointer=pointer)
        raise Refused(problem_types.INVALID_QUESTION, str(error), [param]) from None
