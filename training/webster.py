"""Meanings of Webster's Revised Unabridged Dictionary of 1913, from the dictionary GCIDE.

GCIDE marks the source below each paragraph. Only paragraphs marked "[1913 Webster]" are read, which
are in the public domain. Paragraphs that others added later, corrected ("[1913 Webster +PJC]") or
did not mark are left out and counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from semsearch.importers.dictionaries.dictd import Article
from training.senses import Sense

SOURCE = "webster"
_FREE = "1913 Webster"
_MARK = re.compile(
    r"\s*\[([^\[\]]*(?:Webster|WordNet|PJC|RH|AS|Suppl|Dict|RP|Century)[^\[\]]*)\]\s*$"
)
_HEAD = re.compile(r"^(?P<word>[^\\\n]+?) *\\[^\\]*\\(?P<rest>.*)", re.DOTALL)
_PART = re.compile(
    r"^\s*(?:\([^()]*\))?\s*,?\s*(?P<part>n|v|a|adv|p|imp|prep|pron|conj|interj)\b\.?"
)
_PARTS = {"n": "n", "v": "v", "a": "a", "adv": "r"}
_NUMBER = re.compile(r"^(?:\d{1,2}\.|\([a-z]\))\s+")
_LETTERS = re.compile(r"\s\(([b-z])\)\s+(?=[A-Z(])")
_RUN_IN = re.compile(r"""\s--\s*(?:\{|[A-Z]\w*["*`]|(?:n|a|v|adv)\.).*$""")
"""Derived words after a definition, which do not belong to it."""
_DEAD = re.compile(r"\[(?:Obs|Archaic)[^\[\]]*\]")
_LABEL = re.compile(r"^\((?:[A-Z][\w.&' ]*(?:, |; | & | or )?)+\)\s*")
_ACCENT = re.compile(r"\[[^\w\s\[\]]?([A-Za-z]{1,2})[^\w\s\[\].]?\]")
_TAIL = re.compile(
    r"""\s*(?:--\s*(?:\w+\ )?(?:called|written|spelled|used|opposed|distinguished)\b.*$
          |\[[^\[\]]*\]
          |(?:--\s*)?\b(?:See|Cf\.|Same\ as|Compare)\s+(?:the\ )?(?:Note\b|Illust|\{|[A-Z]|under).*$)""",
    re.VERBOSE | re.DOTALL,
)
_CALLED = re.compile(r"called(?: also)?((?:[,;]?(?: and| or)? \{[^{}]+\})+)")
_AS = re.compile(r"[;,:]\s+as,\s+(?P<example>[^.;]*)(?:;(?: or|\s*as,)? [^.;]*)*")
_QUOTED = re.compile(r'\s*(?:(?<=[.;])\s*"[A-Z][^"]*"|"[^"]{20,}")\s*(?:--\s*[A-Z][^.]*\.)?')
_CITED = re.compile(r"\s*--\s*[A-Z][\w. ()'&]*\.?$")


def read_senses(articles: list[Article], left: Counter[str]) -> Iterator[Sense]:
    """Yield the meanings of the articles; `left` counts the paragraphs not read, by their mark."""
    for number, article in enumerate(articles):
        word, part, senses = "", "", 0
        for paragraph, mark in _paragraphs(article.text):
            body = paragraph
            if head := _HEAD.match(paragraph):
                word = _plain(head["word"])
                part, body = _after_head(head["rest"])
            if mark != _FREE:
                left[mark] += 1
                continue
            for text in _definitions(body):
                if not text[:1].isupper() and not _NUMBER.match(text) and not _LABEL.match(text):
                    left["not in Webster's style"] += 1
                elif _DEAD.search(text):
                    left["obsolete"] += 1
                elif sense := _sense(text, word, part, f"web-{number}-{senses}"):
                    senses += 1
                    yield sense


def _paragraphs(text: str) -> Iterator[tuple[str, str]]:
    """Yield the paragraphs, each with its mark; the first lines keep their indent."""
    for paragraph in re.split(r"\n\s*\n", text.rstrip()):
        if not paragraph.strip():
            continue
        if match := _MARK.search(paragraph):
            yield paragraph[: match.start()], " ".join(match[1].split())
        else:
            yield paragraph, ""


def _after_head(rest: str) -> tuple[str, str]:
    """Return the part of speech and the text after the head, which ends with closed brackets."""
    match = _PART.match(rest)
    part = _PARTS.get(match["part"], "") if match else ""
    lines = rest.split("\n")
    depth = 0
    for at, line in enumerate(lines):
        depth += sum(line.count(c) for c in "[({") - sum(line.count(c) for c in "])}")
        if depth <= 0:
            return part, "\n".join(lines[at + 1 :])
    return part, ""


def _definitions(paragraph: str) -> Iterator[str]:
    indent = len(paragraph) - len(paragraph.lstrip(" \n"))
    text = " ".join(_ACCENT.sub(r"\1", paragraph).split())
    if indent > 8 or text.startswith(("Syn:", "Note:", "{", "--", "Usage:")):
        return  # a quotation, synonyms, a note, or a phrase of its own
    while match := _LABEL.match(text) or _NUMBER.match(text):
        text = text[match.end() :]
    pieces = _LETTERS.split(text)[::2]
    yield from pieces


def _sense(text: str, word: str, part: str, id_: str) -> Sense | None:
    while match := _LABEL.match(text) or _NUMBER.match(text):
        text = text[match.end() :]
    also = [
        name for found in _CALLED.finditer(text) for name in re.findall(r"\{([^{}]+)\}", found[1])
    ]
    text = _RUN_IN.sub("", text)
    text = _CITED.sub("", _QUOTED.sub(" ", _TAIL.sub("", text)))
    examples = tuple(match["example"].strip() for match in _AS.finditer(text))
    text = _plain(_AS.sub("", text)).strip(" ;:,-")
    if not word or not text or "?" in text or set("[\\") & set(text) or "\ufffd" in text:
        return None
    names = tuple(dict.fromkeys([word, *map(_plain, also)]))
    return Sense(
        id=id_,
        source=SOURCE,
        names=names,
        part=part,
        definition=text,
        examples=tuple(e for e in examples if len(e.split()) > 2),
    )


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[{}]", "", _ACCENT.sub(r"\1", text)).split())
