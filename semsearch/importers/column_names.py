"""Names of columns in eleven languages and two scripts of Asia, besides `fields.SYNONYMS`.

English, German, French, Spanish, Portuguese, Italian, Dutch, Swedish, Danish and Norwegian, Polish;
then Russian, Japanese and Chinese. Case, accents, spaces and numbers at the end do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NAMES: dict[str, str] = {
    "term": (
        "keyword, concept, expression, phrase, glossary term, business term, term name, front, "
        "lemma, designation, word or phrase, T_TERM, Begriff, Fachbegriff, Benennung, "
        "Bezeichnung, Terminus, Stichwort, Schlagwort, Wort, Ausdruck, Fachausdruck, Vokabel, "
        "terme, mot, vocable, entrée, notion, libellé, término, palabra, vocablo, concepto, "
        "expresión, termo, palavra, conceito, expressão, vocábulo, termine, parola, vocabolo, "
        "voce, begrip, woord, trefwoord, begrepp, ord, benämning, uppslagsord, begreb, begrep, "
        "udtryk, uttrykk, termin, pojęcie, hasło, słowo, термин, понятие, слово, 用語, 単語, 見出し語, "
        "术语, 術語, 名词, 词语, 词条"
    ),
    "definition": (
        "definitions, meanings, def, descr, desc, short definition, long definition, full definition, "
        "term definition, what it means, back, L_DEFINITION, Bedeutung, Erklärung, Erläuterung, "
        "Beschreibung, Begriffserklärung, Begriffsbestimmung, Begriffsdefinition, définition, "
        "signification, explication, sens, definición, significado, explicación, descripción, "
        "definição, explicação, descrição, definizione, significato, spiegazione, descrizione, "
        "definitie, betekenis, uitleg, omschrijving, beschrijving, betydelse, förklaring, "
        "beskrivning, definisjon, betydning, forklaring, beskrivelse, definicja, znaczenie, "
        "wyjaśnienie, objaśnienie, opis, определение, значение, описание, 定義, 意味, 説明, 定义, 释义, "
        "解释, 含义, 说明"
    ),
    "aliases": (
        "synonym, abbreviations, abbr, abbrev, acronyms, alternative, alternatives, "
        "alternative term, alternative terms, alternative name, alternative names, "
        "alternate name, alternate names, other name, other names, other terms, variant, "
        "variants, short form, also called, alt labels, Synonyme, Abkürzung, Abkürzungen, "
        "Kürzel, Akronym, Kurzform, Nebenbenennung, andere Namen, Varianten, synonymes, "
        "abréviation, abréviations, sigle, acronyme, variantes, sinónimo, sinónimos, "
        "abreviatura, abreviaturas, sigla, siglas, acrónimo, sinônimo, sinônimos, abreviação, "
        "acrônimo, sinonimo, sinonimi, abbreviazione, acronimo, synoniem, synoniemen, "
        "afkorting, afkortingen, acroniem, synonymer, förkortning, förkortningar, forkortelse, "
        "forkortelser, forkortning, synonim, synonimy, skrót, skróty, синоним, синонимы, "
        "сокращение, 同義語, 別名, 略語, 同义词, 同義詞, 别名, 缩写, 简称"
    ),
    "id": "identifier, term id, Kennung, identifiant, identificador",
    "language": (
        "language code, lang code, locale, L_CODE, Sprache, langue, idioma, lingua, taal, "
        "språk, sprog, język, язык, 言語, 语言"
    ),
    "see_also": (
        "see, see also terms, cross reference, cross references, related concepts, siehe, "
        "siehe auch, Verweis, Verweise, verwandte Begriffe, voir, voir aussi, termes liés, "
        "termes associés, véase, véase también, términos relacionados, ver, ver também, "
        "veja também, termos relacionados, vedi, vedi anche, termini correlati, zie, zie ook, "
        "verwante termen, se även, relaterade termer, se også, relaterede termer, "
        "relaterte termer, zobacz, zobacz też, pojęcia pokrewne, см., см. также, 関連語, 参照, 相关术语, "
        "参见"
    ),
    "category": (
        "domain, domains, subject area, area, department, section, group, theme, discipline, "
        "field, tags, tag, entry subject, E_DOMAINS, Kategorie, Fachgebiet, Sachgebiet, "
        "Bereich, Fachbereich, Abteilung, Thema, Rubrik, catégorie, domaine, département, "
        "thème, rubrique, categoría, ámbito, área, dominio, departamento, tema, etiquetas, "
        "categoria, domínio, assunto, etiquetas, ambito, reparto, settore, categorie, domein, "
        "afdeling, onderwerp, vakgebied, kategori, område, ämne, ämnesområde, avdelning, emne, "
        "afdeling, avdeling, kategoria, dziedzina, dział, obszar, temat, категория, область, "
        "раздел, 分類, カテゴリ, カテゴリー, 分野, 部門, 类别, 分类, 领域, 部门"
    ),
    "status": "approval status, Zustand, statut, estado, stato, stan, статус, 状態, 状态",
    "examples": (
        "usage example, usage examples, example sentence, context, term example, Beispiel, "
        "Beispiele, Anwendungsbeispiel, Kontext, exemple, exemples, contexte, ejemplo, "
        "ejemplos, contexto, exemplo, exemplos, esempio, esempi, contesto, voorbeeld, "
        "voorbeelden, exempel, eksempel, eksempler, przykład, przykłady, пример, примеры, 例, "
        "例文, 示例, 例句"
    ),
    "sources": (
        "source, reference, Quelle, Quellen, Fundstelle, référence, références, fuente, "
        "fuentes, fonte, fontes, fonti, bron, bronnen, källa, källor, kilde, kilder, źródło, "
        "źródła, источник, 出典, 来源"
    ),
    "broader": "broader term, broader terms, parent term, Oberbegriff, Oberbegriffe",
    "narrower": "narrower term, narrower terms, Unterbegriff, Unterbegriffe",
    "scope_note": (
        "note, notes, remark, remarks, usage note, entry note, Anmerkung, Anmerkungen, Hinweis, "
        "Hinweise, Bemerkung, Bemerkungen, remarque, remarques, nota, notas, observaciones, "
        "observação, observações, opmerking, opmerkingen, toelichting, anmärkning, bemærkning, "
        "merknad, uwaga, uwagi, примечание, 備考, 注記, 备注, 注释"
    ),
}
"""Names of columns by field; names that a language shares with another one stand once."""
LONGEST = 200
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
    stripped = name[:LONGEST].strip(" *:#")
    bracket = _BRACKETS.fullmatch(stripped) if stripped.endswith((")", "]")) else None
    if bracket and _letters(bracket[2]) not in _EVERY:
        stripped = bracket[1]
    return _NUMBER.sub("", _letters(stripped.rpartition(":")[2]))


def _letters(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if sign.isalnum())


OTHER_NAMES = {field: tuple(map(_letters, names.split(","))) for field, names in _NAMES.items()}
"""For each of our fields the keys of columns, in order of preference after `fields.SYNONYMS`."""
_EVERY = frozenset(name for names in OTHER_NAMES.values() for name in names)
