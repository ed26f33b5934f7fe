"""Names of columns: ours, and those in eleven languages and two scripts of Asia.

English, German, French, Spanish, Portuguese, Italian, Dutch, Swedish, Danish and Norwegian, Polish;
then Russian, Japanese and Chinese. Case, accents, spaces and numbers at the end do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

SYNONYMS = {
    "term": ("term", "name", "title", "word", "headword", "label", "preflabel", "entry"),
    "definition": ("definition", "description", "gloss", "meaning", "text", "explanation"),
    "aliases": (
        "aliases", "alias", "synonyms", "aka", "altlabel", "abbreviation", "acronym",
        "alsoknownas", "alternatename",
    ),
    "id": ("id", "slug", "code", "notation", "termcode"),
    "language": ("language", "lang", "inlanguage"),
    "see_also": ("seealso", "relatedterms", "relatedterm"),
    "category": ("category", "categories", "subjectfield", "subject", "topic"),
    "notation": ("notation", "termcode"),
    "status": ("status", "termstatus", "glossarystatus"),
    "iri": ("iri", "uri"), "examples": ("examples", "example"),
    "sources": ("sources", "citation", "citations", "references"),
    "broader": ("broader", "hasbroader"), "narrower": ("narrower", "hasnarrower"),
    "related": ("related",),
    "hidden_labels": ("hiddenlabels", "hiddenlabel"),
    "asked_as": ("askedas", "asked"),
    "name_languages": ("namelanguages", "namelanguage"),
    "markdown": ("markdown", "definitionmarkdown"),
    "scope_note": ("scopenote", "scopenotes"),
}  # fmt: skip
"""Our fields, and the names searched for each, in order of preference.

`scope_note` becomes the last paragraph of the definition."""

_OTHERS: dict[str, str] = {
    "term": (
        "en keyword, concept, expression, phrase, glossary term, business term, term name, front, "
        "lemma, designation, word or phrase, T_TERM; de Begriff, Fachbegriff, Benennung, "
        "Bezeichnung, Terminus, Stichwort, Schlagwort, Wort, Ausdruck, Fachausdruck, Vokabel; "
        "fr terme, mot, vocable, entrée, notion, libellé, concept, expression; es término, palabra, "
        "vocablo, concepto, expresión; pt termo, palavra, conceito, expressão, vocábulo; it termine, "
        "parola, vocabolo, voce; nl begrip, woord, trefwoord, concept; sv begrepp, ord, "
        "benämning, uppslagsord, termin; da begreb, ord, udtryk; nb begrep, ord, uttrykk; "
        "pl termin, pojęcie, hasło, słowo; ru термин, понятие, слово; ja 用語, 単語, 見出し語; zh 术语, "
        "術語, 名词, 词语, 词条"
    ),
    "definition": (
        "en definitions, meanings, def, descr, desc, short definition, long definition, full "
        "definition, term definition, what it means, back, body, content, L_DEFINITION; de Bedeutung, "
        "Erklärung, Erläuterung, Beschreibung, Begriffserklärung, Begriffsbestimmung, "
        "Begriffsdefinition; fr définition, signification, explication, sens; es "
        "definición, significado, explicación, descripción; pt definição, significado, explicação, "
        "descrição; it definizione, significato, spiegazione, descrizione; nl definitie, betekenis, "
        "uitleg, omschrijving, beschrijving; sv betydelse, förklaring, beskrivning; da "
        "betydning, forklaring, beskrivelse; nb definisjon, betydning, forklaring, "
        "beskrivelse; pl definicja, znaczenie, wyjaśnienie, objaśnienie, opis; ru определение, "
        "значение, описание; ja 定義, 意味, 説明; zh 定义, 定義, 释义, 解释, 含义, 说明"
    ),
    "aliases": (
        "en synonym, abbreviations, abbr, abbrev, acronyms, alternative, alternatives, alternative "
        "term, alternative terms, alternative name, alternative names, alternate name, alternate "
        "names, other name, other names, other terms, variant, variants, short form, also called, "
        "full form, full name, long form, long name, expanded form, expansion, stands for, "
        "alt labels; de Synonym, Synonyme, Abk, Abkürzung, Abkürzungen, Kürzel, Akronym, Kurzform, "
        "Nebenbenennung, andere Namen, Varianten; fr synonyme, synonymes, abréviation, abréviations, "
        "sigle, acronyme, variantes; es sinónimo, sinónimos, abreviatura, abreviaturas, sigla, "
        "siglas, acrónimo, variantes; pt sinônimo, sinônimos, abreviação, abreviatura, sigla, siglas, "
        "acrônimo; it sinonimo, sinonimi, abbreviazione, acronimo, sigla; nl synoniem, synoniemen, "
        "afkorting, afkortingen, acroniem; sv synonym, synonymer, förkortning, förkortningar; da "
        "synonym, synonymer, forkortelse, forkortelser; nb synonym, synonymer, forkortelse, "
        "forkortelser, forkortning; pl synonim, synonimy, skrót, skróty; ru синоним, синонимы, "
        "сокращение; ja 同義語, 別名, 略語; zh 同义词, 同義詞, 别名, 缩写, 简称"
    ),
    "id": "en identifier, term id; de Kennung; fr identifiant; es identificador; pt identificador",
    "language": (
        "en language code, lang code, locale, L_CODE; de Sprache; fr langue; es idioma; pt idioma; "
        "it lingua; nl taal; sv språk; da sprog; nb språk; pl język; ru язык; ja 言語; zh 语言"
    ),
    "see_also": (
        "en see, see also terms, cross reference, cross references, related concepts; de siehe, "
        "siehe auch, Verweis, Verweise, verwandte Begriffe; fr voir, voir aussi, termes liés, termes "
        "associés; es véase, véase también, términos relacionados, ver; pt ver, ver também, veja "
        "também, termos relacionados; it vedi, vedi anche, termini correlati; nl zie, zie ook, "
        "verwante termen; sv se även, relaterade termer; da se også, relaterede termer; nb se også, "
        "relaterte termer; pl zobacz, zobacz też, pojęcia pokrewne; ru см., см. также; ja 関連語, 参照; "
        "zh 相关术语, 参见"
    ),
    "category": (
        "en domain, domains, subject area, area, department, section, group, theme, discipline, "
        "field, tags, tag, entry subject, E_DOMAINS; de Kategorie, Fachgebiet, Sachgebiet, Bereich, "
        "Fachbereich, Abteilung, Thema, Rubrik; fr catégorie, domaine, département, thème, rubrique; "
        "es categoría, ámbito, área, dominio, departamento, tema, etiquetas; pt categoria, domínio, "
        "assunto, área, departamento, tema, etiquetas; it categoria, ambito, reparto, settore; nl "
        "categorie, domein, afdeling, onderwerp, vakgebied, thema; sv kategori, område, ämne, "
        "ämnesområde, avdelning; da kategori, område, emne, afdeling; nb kategori, område, emne, "
        "avdeling; pl kategoria, dziedzina, dział, obszar, temat; ru категория, область, раздел; ja "
        "分類, カテゴリ, カテゴリー, 分野, 部門; zh 类别, 分类, 领域, 部门"
    ),
    "status": (
        "en approval status; de Zustand; fr statut; es estado; pt estado; it stato; "
        "pl stan; ru статус; ja 状態; zh 状态"
    ),
    "examples": (
        "en usage example, usage examples, example sentence, context, term example; de Beispiel, "
        "Beispiele, Anwendungsbeispiel, Kontext; fr exemple, exemples, contexte; es ejemplo, "
        "ejemplos, contexto; pt exemplo, exemplos, contexto; it esempio, esempi, contesto; nl "
        "voorbeeld, voorbeelden, context; sv exempel; da eksempel, eksempler; nb eksempel, "
        "eksempler; pl przykład, przykłady; ru пример, примеры; ja 例, 例文; zh 示例, 例句"
    ),
    "sources": (
        "en source, reference; de Quelle, Quellen, Fundstelle; fr source, référence, "
        "références; es fuente, fuentes; pt fonte, fontes; it fonte, fonti; nl bron, bronnen; sv "
        "källa, källor; da kilde, kilder; nb kilde, kilder; pl źródło, źródła; ru источник; ja 出典; "
        "zh 来源"
    ),
    "broader": "en broader term, broader terms, parent term; de Oberbegriff, Oberbegriffe",
    "narrower": "en narrower term, narrower terms; de Unterbegriff, Unterbegriffe",
    "asked_as": (
        "en asked as phrases, how people ask, how users ask, people ask, also asked as, user "
        "questions, example questions, typical questions, search phrases; de wie gefragt wird, wie wird gefragt, wie fragt man, "
        "so wird gefragt, typische Fragen, Suchphrasen; fr questions fréquentes, comment on demande; "
        "es preguntas frecuentes, cómo se pregunta; pt perguntas frequentes; it domande frequenti; "
        "nl veelgestelde vragen"
    ),
    "scope_note": (
        "en note, notes, remark, remarks, usage note, entry note; de Anmerkung, Anmerkungen, Hinweis, "
        "Hinweise, Bemerkung, Bemerkungen; fr note, notes, remarque, remarques; es nota, notas, "
        "observaciones; pt nota, notas, observação, observações; it nota, note; nl opmerking, "
        "opmerkingen, toelichting; sv anmärkning; da bemærkning; nb merknad; pl uwaga, uwagi; ru "
        "примечание; ja 備考, 注記; zh 备注, 注释"
    ),
}
"""Names of columns by field and language, in order of preference."""
MAX_CHARS = 200
"""Characters of the name of a column that are looked at."""
_BRACKETS = re.compile(r"(.*\w.*?)\s*[(\[]([^()\[\]]*)[)\]]\s*", re.DOTALL)
_NUMBER = re.compile(r"(?<=\D)\d{1,2}\Z")


@lru_cache(maxsize=4096)
def column_key(name: str) -> str:
    """Reduce the name of a column to what is compared.

    `skos:prefLabel`, `Pref Label` and `pref_label` become `preflabel`; `Définition 2` and
    `Definition (long)` become `definition`. Brackets with the name of another field stay:
    `Definition (source)`.
    """
    stripped = name[:MAX_CHARS].strip(" *:#")
    bracket = _BRACKETS.fullmatch(stripped) if stripped.endswith((")", "]")) else None
    if bracket and _letters(bracket[2]) not in _EVERY:
        stripped = bracket[1]
    return _NUMBER.sub("", _letters(stripped.rpartition(":")[2]))


@lru_cache(maxsize=4096)
def field_key(name: str) -> str:
    """Return the key of a column; of several names ("Term / acronym") that of the first field."""
    key = column_key(name)
    if key in _FIELD_OF:
        return key
    keys = [column_key(part) for part in _BETWEEN_NAMES.split(name[:MAX_CHARS])]
    if not all(one in _FIELD_OF for one in keys):
        return key
    return min(keys, key=lambda one: list(NAMES).index(_FIELD_OF[one]))


def _letters(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if sign.isalnum())


_GROUPS = [
    (field, language, tuple(map(_letters, names.split(","))))
    for field, groups in _OTHERS.items()
    for language, _, names in (group.strip().partition(" ") for group in groups.split(";"))
]
OTHER_NAMES = {
    field: tuple(dict.fromkeys(n for f, _, names in _GROUPS if f == field for n in names))
    for field in _OTHERS
}
"""For each of our fields the keys of columns, in order of preference after `SYNONYMS`."""
NAMES = {
    field: tuple(dict.fromkeys((*names, *OTHER_NAMES.get(field, ()))))
    for field, names in SYNONYMS.items()
}
"""By field all of its names, in order of preference."""
_FIELD_OF = {name: field for field, names in reversed(NAMES.items()) for name in names}
_BETWEEN_NAMES = re.compile(r"[/|&]|\s(?:or|oder|ou|o)\s")
_EVERY = frozenset(name for names in OTHER_NAMES.values() for name in names)
_SHARED = {
    "definition": "de fr sv da", "description": "fr", "name": "de", "sources": "fr",
    "status": "de pt nl sv da nb pl", "term": "de nl sv da nb",
}  # fmt: skip
"""Languages of names in `SYNONYMS`, besides English."""
LANGUAGES: dict[str, frozenset[str]] = {
    name: frozenset(
        (*_SHARED.get(name, "").split(), *(tag for _, tag, names in _GROUPS if name in names))
    )
    for name in (*_SHARED, *(name for _, _, names in _GROUPS for name in names))
}
"""By key of a column the languages in which it is a name, apart from the English synonyms."""
