"""Detects asked-as phrases that contain a name of their entry."""

from __future__ import annotations

from semsearch.core.entries import Entry
from semsearch.text.names import NameKind, names_of
from semsearch.text.stems import question_stems
from semsearch.text.word_languages import name_language


def name_said(entry: Entry, phrase: str) -> str | None:
    """Return the name of an entry that a phrase says in some form, or None.

    Such a phrase helps nobody: whoever says the name finds the entry by it. A name of several words
    is said if all of its words are, in any order. Initials that the program made up do not count.
    """
    said: dict[str, set[str]] = {}
    for name in names_of(entry):
        language = name_language(entry, name)
        if language not in said:
            said[language] = set(question_stems(phrase, language))
        stems = question_stems(name.label, language)
        if name.kind is not NameKind.INITIALS and stems and said[language].issuperset(stems):
            return name.label
    return None
