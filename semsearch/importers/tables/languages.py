"""Tables with columns for several languages: `Term (EN)`, `English_Def`, or only `English`.

A column belongs to the language in its name. A column without one that comes again after each
language (MultiTerm, memoQ) belongs to the language before it; others belong to all languages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from semsearch.importers.column_names import LANGUAGES, NAMES, SYNONYMS, column_key, field_key
from semsearch.importers.fields import FieldMap, map_fields

_NAMES = (
    "ar Arabic Arabisch arabe العربية; bg Bulgarian Bulgarisch български; "
    "cs Czech Tschechisch čeština; da Danish Dänisch dansk; "
    "de German Deutsch allemand alemán alemão tedesco Duits tyska niemiecki; "
    "el Greek Griechisch ελληνικά; "
    "en English Englisch anglais inglés inglês inglese Engels engelska angielski; "
    "es Spanish Spanisch español espagnol; et Estonian Estnisch eesti; "
    "fi Finnish Finnisch suomi; fr French Französisch français francés francês francese Frans; "
    "ga Irish Irisch gaeilge; he Hebrew Hebräisch עברית; hr Croatian Kroatisch hrvatski; "
    "hu Hungarian Ungarisch magyar; it Italian Italienisch italiano italien; "
    "ja Japanese Japanisch 日本語; ko Korean Koreanisch 한국어; lt Lithuanian Litauisch lietuvių; "
    "lv Latvian Lettisch latviešu; mt Maltese Maltesisch malti; "
    "nb Norwegian Norwegisch norsk bokmål; nl Dutch Niederländisch Nederlands néerlandais; "
    "pl Polish Polnisch polski; pt Portuguese Portugiesisch português portugais; "
    "ro Romanian Rumänisch română; ru Russian Russisch русский; sk Slovak Slowakisch slovenčina; "
    "sl Slovenian Slowenisch slovenščina; sv Swedish Schwedisch svenska; "
    "tr Turkish Türkisch Türkçe; uk Ukrainian Ukrainisch українська; "
    "zh Chinese Chinesisch 中文 汉语"
)
"""Languages as headers name them, after their tags: in English, in German, in their own words."""
_TAGS = {
    name.casefold(): tag for tag, *names in map(str.split, _NAMES.split(";")) for name in names
}
_SHOWN = {tag: name for tag, name, *_ in map(str.split, _NAMES.split(";"))}
_ENGLISH = frozenset(name for names in SYNONYMS.values() for name in names)
_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"([a-z]{2})(?:[-_]([a-z]{2}|[a-z]{4}))?", re.IGNORECASE)
_REPEATED = re.compile(r" \(\d+\)\Z")


@dataclass(frozen=True, slots=True)
class LanguageFields:
    """The columns of one language; without a `language`, those of tables that name none."""

    language: str
    fields: FieldMap
    is_defined: bool = True
    """Whether the language has a definition of its own, and not one of all languages."""


def fields_by_language(names: Sequence[str]) -> tuple[LanguageFields, ...]:
    """Return the fields of each language that has a column of terms, in the order of the columns.

    Returns:
        Nothing if no column of terms names a language.
    """
    split = [_split(name) for name in names]
    own = [language for language, _ in split]
    if not any(own):
        return ()
    _assign_to_language_before(names, own)
    common = [name for name, language in zip(names, own, strict=True) if not language]
    general = map_fields(common, {})
    found = [LanguageFields("", general)] if not general.missing() else []
    used = set(common) if found else set[str]()
    for language in dict.fromkeys(filter(None, own)):
        shown = {} if found and not found[0].language else {name: name for name in common}
        for name, its, (_, rest) in zip(names, own, split, strict=True):
            if its == language:
                shown[_free(rest, shown)] = name
        fields = _renamed(map_fields(list(shown), {}), shown, used)
        terms, definitions = fields.columns["term"], fields.columns["definition"]
        is_defined = any(name not in common for name in definitions)
        if terms and terms[0] not in common and (is_defined or general.missing() != ()):
            found.append(LanguageFields(language, fields, is_defined))
            used |= {*common, *shown.values()}
    if not any(one.language for one in found):
        return ()
    read = {one.language for one in found}
    foreign = {name: tag for name, tag in zip(names, own, strict=True) if tag and tag not in read}
    return _with_foreign(found, names, foreign)


def fields_of_one_language(
    names: Sequence[str], chosen: Mapping[str, str]
) -> tuple[LanguageFields, ...]:
    """Return the fields of a table whose terms are in one language.

    Args:
        names: the columns.
        chosen: those that the user chose, by field.
    """
    keys = {*map(column_key, chosen.values())}
    foreign = {n: tag for n, tag in _foreign(names).items() if column_key(n) not in keys}
    own = map_fields([name for name in names if name not in foreign], chosen)
    return _with_foreign([LanguageFields("", own)], names, foreign)


def _foreign(names: Sequence[str]) -> dict[str, str]:
    """Return the columns in another language than that of the glossary, with their languages.

    "Definition (FR)" beside "Definition" is one. Where every column of a field names a language,
    the first one has that of the glossary. Other names keep their language in any case.
    """
    by_field: dict[str, dict[str, str]] = {}
    for name in names:
        language, rest = _split(name)
        if field := _field_of(rest):
            by_field.setdefault(field, {})[name] = language
    found: dict[str, str] = {}
    for field, columns in by_field.items():
        own = "" if field == "aliases" else min(columns.values(), key=bool)[:2]
        found |= {name: tag for name, tag in columns.items() if tag and tag[:2] != own}
    return found


def _with_foreign(
    found: Sequence[LanguageFields], names: Sequence[str], foreign: Mapping[str, str]
) -> tuple[LanguageFields, ...]:
    """Return fields with the columns of languages that have no column of terms.

    Their names are names of the entry in that language. For the rest an entry has no place, such as
    for a second definition; it becomes extra fields.
    """
    aliases = {n: tag for n, tag in foreign.items() if _field_of(_split(n)[1]) == "aliases"}
    first = found[0].fields
    others = tuple(n for n in names if n in first.others or (n in foreign and n not in aliases))
    named = (
        LanguageFields(tag, FieldMap({f: (n,) if f == "aliases" else () for f in NAMES}), False)
        for n, tag in aliases.items()
    )
    return (replace(found[0], fields=replace(first, others=others)), *found[1:], *named)


def _field_of(name: str) -> str:
    key = field_key(name)
    return next((field for field, known in NAMES.items() if key in known), "")


def names_language(cell: str) -> bool:
    """Return whether a cell is the name of a language and nothing else."""
    return cell.strip().casefold() in _TAGS


def languages_of_header(fields: FieldMap) -> dict[str, str]:
    """Return the language in which a table names its columns, with its English name.

    Several if the names are words of all of them, none if they may be English.
    """
    names = {column_key(name) for columns in fields.columns.values() for name in columns}
    counts = Counter(tag for name in names for tag in LANGUAGES.get(name, ()) if tag != "en")
    english = sum(name in _ENGLISH or "en" in LANGUAGES.get(name, ()) for name in names)
    most = max(counts.values(), default=0)
    return {tag: _SHOWN[tag] for tag in sorted(counts) if counts[tag] == most > english}


def _assign_to_language_before(names: Sequence[str], own: list[str]) -> None:
    """Give columns that come again after several languages to the language before each."""
    before = ""
    after: dict[str, dict[int, str]] = {}
    for place, language in enumerate(own):
        before = language or before
        if before and not language:
            columns = map_fields([names[place]], {}).columns
            field = next((field for field, found in columns.items() if found), "")
            kind = field or _REPEATED.sub("", names[place])
            after.setdefault(kind, {})[place] = before
    for places in after.values():
        if len({*places.values()}) > 1:
            for place, language in places.items():
                own[place] = language


def _free(name: str, shown: Mapping[str, str]) -> str:
    """Return a name that no column has yet; a second column of terms holds other names."""
    if name == "term" and name in shown:
        name = "alias"
    number = 1
    while (found := f"{name} ({number})" if number > 1 else name) in shown:
        number += 1
    return found


def _renamed(fields: FieldMap, shown: Mapping[str, str], used: Collection[str]) -> FieldMap:
    """Return fields by the columns of the table; of other columns those not used yet."""
    columns = {
        field: tuple(shown[name] for name in names) for field, names in fields.columns.items()
    }
    others = (shown[name] for name in fields.others)
    return FieldMap(columns, tuple(name for name in others if name not in used))


def _split(name: str) -> tuple[str, str]:
    """Return the language in the name of a column, and the rest; only a language is a term."""
    words = _WORD.findall(name[:100])
    for at in {0, len(words) - 1} if words else ():
        language = _TAGS.get(words[at].casefold(), "")
        rest = " ".join(words[:at] + words[at + 1 :])
        if language:
            return language, rest or "term"
    for end in (2, 1):
        found = _CODE.fullmatch("-".join(words[-end:]))
        rest = " ".join(words[:-end])
        if found and found[1].casefold() in _TAGS.values() and map_fields([rest], {}).others == ():
            return found[0].casefold(), rest
    return "", name
