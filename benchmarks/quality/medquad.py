"""Questions and entries from MedQuAD: two websites of the NIH describe one disease.

One text is the entry, the other one is the question. MedQuAD (Ben Abacha and Demner-Fushman, 2019,
https://doi.org/10.1186/s12859-019-3119-4) has a folder for each of twelve websites of the NIH, with
a file for each disease. The rules were fixed before any answer was seen:

- A disease counts if two websites describe it under the same name, in the answer to "What is (are)
  X?", and the two answers share no run of `RUN` words, since websites copy from each other.
- The beginning of the answer of the website whose folder comes first is the definition, with the
  synonyms stated there. The answer of the other website is the question, with all names of the
  disease masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from lxml import etree

from semsearch.core.errors import ImportFailed
from semsearch.importers.xml_safety import check_xml
from semsearch.text.normalise import fold
from semsearch.text.sentences import sentences

RUN = 8
"""Words in a row that two authors do not share by chance."""
DEFINING = 4
"""Sentences of the answer that become the definition."""
ASKING = 2
"""Sentences of the other answer that become the question."""
INFORMATION = "information"
"""The name of the questions "What is (are) X?" in MedQuAD."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Described:
    """A disease as one website describes it."""

    name: str
    synonyms: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Disease:
    """A disease that one website defines and another one asks for."""

    defined: Described
    asked: Described

    @property
    def names(self) -> set[str]:
        """Every name that either of the two states."""
        return {name for one in (self.defined, self.asked) for name in (one.name, *one.synonyms)}

    @property
    def definition(self) -> str:
        """The first sentences of the text that defines."""
        return beginning(self.defined.text, DEFINING)

    @property
    def question(self) -> str:
        """The first sentences of the text that asks."""
        return beginning(self.asked.text, ASKING)


def read_diseases(folder: Path) -> list[Disease]:
    """Read the diseases that two websites describe, each once.

    Raises:
        ImportFailed: it is not MedQuAD's folder, or a file of it cannot be read.
    """
    websites = sorted(path for path in folder.glob("*_QA*") if path.is_dir())
    if len(websites) < 2:
        raise ImportFailed("has no folders of websites (1_CancerGov_QA, 2_GARD_QA, ...)", folder)
    described = [{fold(one.name): one for one in _described(website)} for website in websites]
    found: dict[str, Disease] = {}
    for first, second in combinations(described, 2):
        for key in sorted(first.keys() & second.keys()):
            if key not in found and not share_a_run(first[key].text, second[key].text):
                found[key] = Disease(first[key], second[key])
    return [found[key] for key in sorted(found)]


def _described(website: Path) -> Iterator[Described]:
    for file in sorted(website.glob("*.xml")):
        try:
            text = file.read_text(encoding="utf-8")
            check_xml(text, file)
            root = etree.fromstring(text.encode(), parser=etree.XMLParser(resolve_entities=False))
        except (etree.XMLSyntaxError, UnicodeDecodeError, OSError) as error:
            raise ImportFailed(f"cannot be read ({error})", file) from error
        name = (root.findtext("Focus") or "").strip()
        answer = next(_answers(root), "")
        if name and answer:
            stated = (synonym.text or "" for synonym in root.iter("Synonym"))
            yield Described(name, tuple(s.strip() for s in stated if s.strip()), answer)


def _answers(root: etree._Element) -> Iterator[str]:
    for pair in root.iter("QAPair"):
        question = pair.find("Question")
        text = " ".join((pair.findtext("Answer") or "").split())
        if question is not None and question.get("qtype") == INFORMATION and text:
            yield text


def share_a_run(one: str, other: str) -> bool:
    """Whether two texts have `RUN` words in a row in common."""
    return bool(_runs(one) & _runs(other))


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    return {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


def beginning(text: str, count: int) -> str:
    """Return the first sentences of a text."""
    found = sentences(text)[:count]
    return text[: found[-1].end] if found else text
