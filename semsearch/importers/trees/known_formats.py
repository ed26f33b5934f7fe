"""The known formats of trees: how a file of each is recognised, and where its fields are."""

from __future__ import annotations

from semsearch.importers.trees.tree_format import TreeFormat

_XML = (".xml",)
_RELATED = (
    *("similar", "attribute", "entails", "causes", "domain_topic", "domain_region"),
    *("mero_part", "mero_member", "mero_substance", "holo_part", "holo_member", "holo_substance"),
)
"""Relations of synsets that are neither broader nor narrower."""

TREES = (
    TreeFormat(
        "docbook", "glossaries of DocBook: glossentry with glossterm and glossdef",
        (*_XML, ".dbk", ".docbook"), "//glossentry",
        {
            "term": ("glossterm",), "aliases": ("acronym", "abbrev"), "key": ("@id",),
            "definition": ("glossdef",), "redirect": ("glosssee/@otherterm", "glosssee"),
            "see_also": ("glossdef/glossseealso/@otherterm", "glossdef/glossseealso[!otherterm]"),
            "category": ("glossdef/@subject",),
        },
        roots=("glossary", "glosslist", "glossdiv", "book", "article", "chapter", "appendix", "part"),
        holds=("<glossentry", "<glossterm"), cut=("glossseealso",),
    ),
    TreeFormat(
        "dita", "glossaries of DITA: glossentry and glossgroup topics",
        (*_XML, ".dita"), "//glossentry",
        {
            "term": ("glossterm",),
            "aliases": ("//glossAcronym", "//glossAbbreviation", "//glossShortForm", "//glossSynonym", "//glossSurfaceForm"),
            "key": ("@id",), "definition": ("glossdef",), "status": ("//glossStatus/@value",),
            "related": ("related-links/link/linktext",),
        },
        roots=("glossentry", "glossgroup"), holds=("<glossentry", "<glossdef"),
    ),
    TreeFormat(
        "wordnet-lmf", "WordNets in the Lexical Markup Framework (XML)",
        (*_XML, ".lmf"), "//Synset",
        {
            "key": ("@id",), "definition": ("Definition",), "category": ("@lexfile", "@subject"),
            "examples": ("Example",),
            "broader": ("SynsetRelation[relType=hypernym]/@target", "SynsetRelation[relType=instance_hypernym]/@target"),
            "narrower": ("SynsetRelation[relType=hyponym]/@target", "SynsetRelation[relType=instance_hyponym]/@target"),
            "see_also": ("SynsetRelation[relType=also]/@target",),
            "related": tuple(f"SynsetRelation[relType={kind}]/@target" for kind in _RELATED),
        },
        roots=("LexicalResource",), holds=("<LexicalEntry",),
        names=("//LexicalEntry", "Sense/@synset", "Lemma/@writtenForm"),
    ),
    TreeFormat(
        "xdxf", "dictionaries of XDXF, visual and logical",
        (*_XML, ".xdxf"), "//ar",
        {
            "term": ("k",), "definition": ("def", "."), "examples": ("def//ex",),
        },
        roots=("xdxf",), holds=("<ar",), cut=("k", "ex"), keeps_lines=True,
    ),
    TreeFormat(
        "multiterm", "termbases of MultiTerm (XML): conceptGrp, languageGrp, termGrp",
        _XML, "//conceptGrp",
        {
            "term": ("termGrp/term",), "key": ("concept",),
            "language": ("language/@lang", "language/@type"),
            "definition": ("descripGrp/descrip[type=definition]", "termGrp/descripGrp/descrip[type=definition]"),
            "category": ("descripGrp/descrip[type=subject]", "descripGrp/descrip[type=subject field]", "descripGrp/descrip[type=domain]"),
            "examples": ("termGrp/descripGrp/descrip[type=context]", "termGrp/descripGrp/descrip[type=example]"),
            "sources": ("descripGrp/descrip[type=source]",),
            "status": ("termGrp/descripGrp/descrip[type=status]",),
        },
        roots=("mtf",), holds=("<conceptGrp",), parts="languageGrp",
    ),
    TreeFormat(
        "wiktextract", "Wiktionary as extracted by wiktextract (kaikki.org)",
        (".jsonl", ".json", ".ndjson"), ".",
        {
            "term": ("word", "title"), "language": ("lang_code",), "definition": ("glosses",),
            "category": ("topics",), "examples": ("examples/text",), "aliases": ("synonyms/word",),
            "see_also": ("related/word",), "redirect": ("redirect",),
        },
        holds=('"word"', '"lang_code"', '"senses"'), parts="senses",
    ),
    TreeFormat(
        "glosario",
        "YAML with a block for each language, as in Glosario: slug, then term and def by language",
        (".yaml", ".yml"), ".",
        {
            "term": ("term",), "key": ("slug",), "language": ("name()",), "definition": ("def",),
            "aliases": ("acronym",), "see_also": ("ref",),
        },
        holds=("slug:", "def:"), parts="*[def]",
    ),
)  # fmt: skip
"""The order counts only among formats that recognise the same file."""
