"""Trees (XML, JSON, YAML) and markup: what a person expects of each sample and case.

Covers `importers/formats/format_table`, `importers/markdown/bold_terms`,
`importers/markdown/ezglossary`, `importers/markdown_writer/from_marks`,
`importers/markup/asciidoc`, `importers/markup/latex`, `importers/markup/mediawiki`,
`importers/markup/term_lists`, `importers/formats/user_formats`, `importers/trees/syntaxes`,
`importers/trees/json_values`, `importers/trees/paths`, `importers/trees/reader`,
`importers/trees/tree_format`, `importers/trees/known_formats`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.entries import Details, Entry
from semsearch.core.errors import ImportFailed, UnknownFormat
from semsearch.importers import read_corpus
from semsearch.importers.formats.format_lookup import FORMATS, format_of, is_wanted
from semsearch.importers.markdown_writer.from_marks import without_marks
from semsearch.importers.trees.known_formats import TREES
from semsearch.importers.trees.paths import InvalidPath, parse_path, root_of, select
from tests.importers.support import DATA

CASES = DATA / "cases"

EXPECTED: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {
    "abbr_keys.json": [
        ("ADC", "A part that turns a voltage into a number.", ("Analog to digital converter",)),
    ],
    "asciidoc.adoc": [
        ("leaven", "Dough that makes dough rise.", ()),
        ("yeast", "A fungus that makes gas of sugar.", ()),
    ],
    "bold_paras.md": [
        (
            "Handover record",
            "Document that states the condition of an item when it is handed over.",
            (),
        ),
        ("Style guide", "Set of rules that says how we write.", ()),
        (
            "Approval",
            "Consent of a responsible person that a document may be published.",
            (),
        ),
    ],
    "datahub_html.yml": [
        ("Sensitive", "Data that must not leak.", ("secret",)),
        ("Personal", "Data of a person.", ()),
    ],
    "dita.xml": [("decibel", "A logarithmic unit for the ratio of two levels.", ("dB",))],
    "docbook.xml": [
        ("leaven", "Dough that makes dough rise.", ("LV",)),
        ("yeast", "A fungus that makes gas of sugar.", ()),
    ],
    "html_in_csv.csv": [
        ("leaven", "Dough & water that makes dough rise.", ()),
        ("keel", "The bottom beam of a ship, see `hull`.", ()),
    ],
    "html_in_json.jsonl": [("leaven", "Dough & water that makes dough rise.", ())],
    "latex_glossaries.tex": [
        ("leaven", "Dough that makes dough rise.", ()),
        ("SVM", "support vector machine", ("support vector machine",)),
    ],
    "list_of_terms.yml": [("leaven", "Dough that makes dough rise.", ())],
    "map_of_terms.yaml": [("Host cluster", "The cluster that others run in.", ())],
    "mediawiki.xml": [("leaven", "Leaven is dough that makes dough rise.", ())],
    "notedef.md": [
        ("Leaven", "Dough that makes dough rise.", ("starter", "levain")),
        ("Yeast", "A fungus that makes gas.", ()),
    ],
    "see_redirects.csv": [
        ("automobile", "A vehicle with an engine.", ("car", "auto", "motorcar", "voiture")),
        ("wheel", "See nothing here", ()),
        ("truck", "A car for goods.", ("lorry",)),
        ("database", "A store of data.", ("DB",)),
    ],
    "sph.rst": [
        ("MySQL", "A database server.", ()),
        ("mysql", "A client on the command line.", ()),
        ("term 1", "Both are the same.", ("term 2",)),
        (
            "alpha",
            "Two names. Uses MySQL and LIFO (last in, first out) and x^2, sub and code.",
            ("beta",),
        ),
        ("gamma", "A text under a directive.\n\nx = 1\n\nMind this.", ()),
    ],
    "wiktextract.jsonl": [
        ("leaven", "Any agent used to make dough rise.", ("starter",)),
        ("leaven", "Anything that works a change in the whole.", ("starter",)),
    ],
}
"""Term, definition and other names of every entry of a case."""

REFUSED = {
    "see_redirects.csv": [
        "'A' only leads to 'B', which leads back to it",
        "'B' only leads to 'C', which leads back to it",
        "'C' only leads to 'A', which leads back to it",
    ],
}


def of(entries: tuple[Entry, ...]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Give term, definition and other names."""
    return [(entry.term, entry.definition, entry.aliases) for entry in entries]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_case_reads_as_a_person_expects(name: str) -> None:
    """Every entry with its other names; what is refused says why."""
    corpus = read_corpus([CASES / name])
    assert of(corpus.entries) == EXPECTED[name]
    assert [one.reason for one in corpus.refusals] == REFUSED.get(name, [])


@pytest.mark.parametrize(
    ("name", "count"), [("bracketed_acronyms.jsonl", 40), ("vowel_points.jsonl", 9)]
)
def test_unusual_names_stay_as_they_are(name: str, count: int) -> None:
    """Slashes, commas, points and brackets in a term are no lists of names."""
    corpus = read_corpus([DATA / "names" / name])
    assert (len(corpus.entries), corpus.refusals) == (count, ())
    assert all(
        not entry.aliases for entry in corpus.entries if entry.term != "Chief Information Officer"
    )


SAMPLES = {
    "markup/bakery.adoc": "asciidoc",
    "markup/bakery.mediawiki.xml": "mediawiki",
    "markup/bakery.tex": "latex",
    "markup/bakery.wiki": "mediawiki",
    "markup/ezglossary.md": "ezglossary",
    "trees/bakery.dita": "dita",
    "trees/bakery.docbook.xml": "docbook",
    "trees/bakery.glosario.yml": "glosario",
    "trees/bakery.lmf.xml": "wordnet-lmf",
    "trees/bakery.mtf.xml": "multiterm",
    "trees/bakery.wiktextract.jsonl": "wiktextract",
    "trees/bakery.xdxf": "xdxf",
    "trees/keyed.yaml": "yaml",
    "trees/terms.yml": "yaml",
}
"""The samples, each with its format."""


def test_every_tree_format_has_a_sample() -> None:
    """A row without one would never be read."""
    assert {row.name for row in TREES} <= set(SAMPLES.values())


@pytest.mark.parametrize("name", SAMPLES)
def test_only_its_own_format_recognises_a_sample(name: str) -> None:
    """By content, and no other row of trees or markup takes it, whatever its suffix says."""
    path = DATA / name
    assert format_of(path).name == SAMPLES[name]
    start = path.read_text(encoding="utf-8")
    rows = {row.name for row in TREES} | {"mediawiki", "latex", "ezglossary"}
    known = [one for one in rows if FORMATS[one].knows(Path("a.other"), start)]
    assert known == (
        [SAMPLES[name]] if SAMPLES[name] in rows and not name.endswith(".wiki") else []
    )


@pytest.mark.parametrize(
    "name",
    [
        *("datahub/bakery.yml", "defined-terms/page.html", "html/bakery.html", "json/lines.jsonl"),
        *("json/list.json", "markdown/headings.md", "markdown/lists.md", "pages/kitchen/whisk.md"),
        *("plain/weather.txt", "rdf/bakery.jsonld", "rdf/bakery.rdf", "rdf/bakery.ttl", "rst/bakery.md"),
        *("rst/bakery.rst", "tabular/tools.csv", "tbx/bakery-2008.xml", "tbx/bakery-dct.tbx", "wordnet/data.noun"),
    ],
)  # fmt: skip
def test_no_other_sample_is_recognised(name: str) -> None:
    """The samples of all other formats stay theirs."""
    start = (DATA / name).read_text(encoding="utf-8")
    rows = [row.name for row in TREES]
    others = [*rows, "mediawiki", "latex", "ezglossary", "asciidoc"]
    assert [one for one in others if FORMATS[one].knows(Path("a.other"), start)] == []


@pytest.mark.parametrize(
    "name", [n for n in SAMPLES if n != "trees/keyed.yaml" and not n.endswith((".md", ".wiki"))]
)
def test_a_sample_in_a_folder_is_read(name: str) -> None:
    """Also where the suffix has many other uses."""
    assert is_wanted(DATA / name)


def test_docbook() -> None:
    """Paragraphs and lists have lines, `glosssee` is a name, internal entities are read."""
    corpus = read_corpus([DATA / "trees" / "bakery.docbook.xml"])
    leaven, yeast = corpus.entries
    assert leaven.definition == (
        "Dough of rye flour that makes dough rise.\n\n- It is fed every day.\n- It is kept cool."
    )
    assert (leaven.aliases, leaven.language) == (("LV", "levain"), "en-GB")
    assert (leaven.see_also, leaven.id) == (("yeast",), "bakery-docbook:leaven")
    marked = leaven.definition.replace("makes dough", "makes *dough*")
    assert leaven.details == Details(
        category="dough", markdown=marked, extra=(("date", "2026-01-02"),)
    )
    assert [one.reason for one in corpus.refusals] == ["no definition of 'peel'"]
    assert yeast.source is not None
    assert yeast.source.line == 22


def test_dita() -> None:
    """Alternatives are names, the status is kept, and what has no field is `extra`."""
    [entry] = read_corpus([DATA / "trees" / "bakery.dita"]).entries
    assert entry.definition == "Water in relation to flour:\n\n- low in bagels\n- high in ciabatta"
    assert entry.aliases == ("HYD", "water ratio")
    assert entry.details.status == "preferred"
    assert dict(entry.details.extra) == {
        "glossPartOfSpeech": "noun",
        "glossUsage": "As a percentage.",
    }


def test_wordnet_lmf() -> None:
    """The words of a synset stand in other elements; relations lead to its ids."""
    corpus = read_corpus([DATA / "trees" / "bakery.lmf.xml"])
    leaven, dough = corpus.entries
    assert (leaven.term, leaven.aliases, leaven.language) == ("leaven", ("starter",), "en")
    assert leaven.details.examples == ("feed the leaven",)
    assert (leaven.details.broader, leaven.details.category) == (("bakery-2-n",), "noun.food")
    assert dough.details.narrower == ("bakery-1-n",)
    assert [one.reason for one in corpus.refusals] == ["no term"]


def test_xdxf_keeps_its_lines() -> None:
    """An article without `def` is its text; the language is that of the definitions."""
    leaven, peel = read_corpus([DATA / "trees" / "bakery.xdxf"]).entries
    assert leaven.definition == "1. noun: dough that makes dough rise\n2. verb: to add it"
    assert (leaven.aliases, leaven.language) == (("starter",), "de")
    assert (peel.definition, peel.details.examples) == (
        "n\nA shovel for bread.",
        ("Dust the peel.",),
    )


def test_multiterm_makes_an_entry_of_each_language_that_is_defined() -> None:
    """The names in other languages go to the first; fields of the concept go to all."""
    corpus = read_corpus([DATA / "trees" / "bakery.mtf.xml"])
    english, german = corpus.entries
    assert (english.term, english.aliases, english.language) == (
        "leaven",
        ("starter", "levain"),
        "en",
    )
    assert (german.term, german.language, german.id) == ("Sauerteig", "de", "bakery-mtf:1-de")
    assert [entry.details.category for entry in corpus.entries] == ["dough", "dough"]
    assert english.details.examples == ("Feed the leaven.",)
    assert dict(english.details.extra)["origination"] == "super"
    assert [one.reason for one in corpus.refusals] == ["no definition of 'peel'"]


def test_wiktextract_makes_an_entry_of_each_sense() -> None:
    """Redirects are names, texts are `extra`, and structures are counted as left out."""
    corpus = read_corpus([DATA / "trees" / "bakery.wiktextract.jsonl"])
    first, second, german = corpus.entries
    assert (first.aliases, first.details.category) == (("levain",), "baking")
    assert (second.definition, second.aliases) == ("Whatever changes a whole.", ("ferment",))
    assert german.language == "de"
    assert german.source is not None
    assert german.source.line == 2
    assert dict(first.details.extra)["etymology_text"] == "From Latin levare."
    assert corpus.left_out[0].parts == (("sounds", '{"ipa": "/l/"}'),)
    assert [one.reason for one in corpus.refusals] == ["no definition of 'peel'"]


def test_an_entry_has_a_bounded_number_of_senses(tmp_path: Path) -> None:
    """Each would repeat what all share."""
    senses = ",".join(['{"glosses": ["b"]}'] * 201)
    text = f'{{"word": "a", "lang_code": "en", "senses": [{senses}]}}'
    (tmp_path / "a.jsonl").write_text(text)
    with pytest.raises(ImportFailed, match="more than 200 languages or senses of 'a'; split it"):
        read_corpus([tmp_path / "a.jsonl"])


def test_yaml_with_blocks_of_languages() -> None:
    """Around the terms, inside of an entry, and as Glosario has them; each has its line."""
    keyed = read_corpus([DATA / "trees" / "keyed.yaml"]).entries
    assert [(e.term, e.language, e.source and e.source.line) for e in keyed] == [
        ("leaven", "en", 2),
        ("yeast", "en", 3),
        ("Sauerteig", "de", 6),
    ]
    corpus = read_corpus([DATA / "trees" / "terms.yml"])
    assert [(e.term, e.language, e.definition) for e in corpus.entries] == [
        ("leaven", "en", "Dough & water that makes dough rise."),
        ("oven", "en", "A hot box."),
        ("oven", "de", "Ein heißer Kasten."),
    ]
    assert corpus.entries[0].details.extra == (("owner", "Jane"),)
    assert [(one.source.line, one.reason) for one in corpus.refusals] == [
        (9, "no definition of 'peel'"),
        (10, "not an object with a term and a definition"),
    ]
    glosario = read_corpus([DATA / "trees" / "bakery.glosario.yml"]).entries
    assert [(e.id, e.term, e.aliases, e.see_also) for e in glosario] == [
        ("bakery-glosario:leaven-de", "Sauerteig", (), ("yeast",)),
        ("bakery-glosario:leaven", "leaven", ("LV",), ("yeast",)),
        ("bakery-glosario:yeast", "yeast", (), ()),
    ]


def test_a_quoted_null_is_a_text(tmp_path: Path) -> None:
    """In YAML and in front matter; without quotes it is nothing."""
    file = tmp_path / "a.yaml"
    file.write_text(
        '- term: "null"\n  definition: No value.\n  aliases: [nil, "~"]\n- term: null\n'
        "  definition: Nothing.\n"
    )
    corpus = read_corpus([file])
    assert [(e.term, e.aliases) for e in corpus.entries] == [("null", ("nil", "~"))]
    assert [(one.source.line, one.reason) for one in corpus.refusals] == [(4, "no term")]
    page = tmp_path / "a.md"
    page.write_text('---\ntitle: "null"\naliases: [nil, null, "~"]\nowner: null\n---\nNo value.\n')
    [entry] = read_corpus([page]).entries
    assert (entry.term, entry.aliases, entry.details.extra) == ("null", ("nil", "~"), ())


def test_yaml_that_is_no_glossary_says_so(tmp_path: Path) -> None:
    """With the line where there is one; what could grow is refused."""
    for text, reason in {
        "just a text\n": "a list or an object of entries is expected",
        "a: [b\n": "not valid YAML",
        "- &a b\n- *a\n": "anchors and aliases are not read; write it out",
        "- term: a\n  b: " + "[" * 100: "nested too deeply to be a glossary",
    }.items():
        (tmp_path / "a.yml").write_text(text)
        with pytest.raises(ImportFailed, match=reason):
            read_corpus([tmp_path / "a.yml"])


def test_pyglossary_json() -> None:
    """`##name` is no entry, a bar separates names, and definitions are HTML."""
    corpus = read_corpus([DATA / "trees" / "pyglossary.json"])
    assert of(corpus.entries) == [
        ("leaven", "leaven\nDough that makes dough rise.", ("starter",)),
        ("peel", "A shovel for bread.", ()),
    ]
    assert corpus.refusals == ()


def test_asciidoc() -> None:
    """Only the glossary is read, with lists and paragraphs; cross-references are links."""
    corpus = read_corpus([DATA / "markup" / "bakery.adoc"])
    assert of(corpus.entries) == [
        (
            "leaven",
            "Dough that makes dough rise, see the fungus.\n\nIt is kept:\n\n- cool\n- covered",
            ("starter",),
        ),
        ("yeast", "A fungus that makes gas.", ()),
    ]
    assert corpus.entries[0].see_also == ("yeast",)
    assert [(r.source.line, r.reason) for r in corpus.refusals] == [(21, "no definition of 'peel'")]


def test_mediawiki() -> None:
    """Definition lists in wikitext; in a dump also pages, redirects and pages about the wiki."""
    corpus = read_corpus([DATA / "markup" / "bakery.wiki"])
    assert of(corpus.entries) == [
        ("leaven", "Dough that makes dough rise.", ()),
        ("yeast", "A fungus that makes gas.\n\nIt is fed with:\n- sugar\n- flour", ("barm",)),
    ]
    assert corpus.left_out[0].parts == (("template", "{{citation needed}}"),)
    dump = read_corpus([DATA / "markup" / "bakery.mediawiki.xml"])
    assert of(dump.entries) == [
        (
            "Leaven",
            "Leaven is dough that makes dough rise — slowly.\n\nIt is fed every day.",
            ("Starter",),
        ),
        ("peel", "A shovel.", ()),
        ("hook", "A bent rod.", ()),
    ]
    assert (dump.entries[0].details.category, dump.entries[0].see_also) == ("Dough", ("dough",))
    assert dump.left_out[0].parts == (("sections", "History"),)
    assert [r.reason for r in dump.refusals] == [
        "'Talk:Leaven' is a page about the wiki, not an entry"
    ]


def test_latex() -> None:
    """Labels are links, the plural is a hidden name, formulas stay, and comments are no entries."""
    corpus = read_corpus([DATA / "markup" / "bakery.tex"])
    leaven = corpus.entries[0]
    assert leaven.definition == "Dough that makes dough rise — 100% of it, as in $x_{1}$. See"
    assert (leaven.aliases, leaven.see_also) == (("L",), ("yeast", "dough"))
    assert leaven.details.stated() == {
        "broader": ("dough",),
        "hidden_labels": ("leavens",),
        "extra": {"user1": "old"},
        "markdown": "*Dough* that makes [dough](#dough) rise — 100% of it, as in $x_{1}$. See",
    }
    assert of(corpus.entries)[1:] == [
        ("dough", "Flour and water, kneaded by a boulangére.", ()),
        ("yeast", "A fungus.\n\nIt makes gas.", ()),
        ("SVM", "A method of learning", ("support vector machine",)),
        ("pH", "potential of hydrogen", ("potential of hydrogen",)),
    ]
    assert corpus.left_out[0].parts == (("cite", "\\cite"),)
    assert [one.reason for one in corpus.refusals] == ["no definition of 'peel'"]


def test_markdown_of_mkdocs_ezglossary() -> None:
    """Sections are categories, and `<section:term>` is a link."""
    entries = read_corpus([DATA / "markup" / "ezglossary.md"]).entries
    assert [(e.term, e.definition, e.details.category, e.see_also) for e in entries] == [
        ("leaven", "Dough that makes dough rise.", "dough", ("bread dough",)),
        ("bread dough", "Flour and water.", "dough", ()),
        ("peel", "A shovel.", "tools", ()),
    ]


def test_terms_in_bold() -> None:
    """In list items, paragraphs and lines; a further paragraph belongs to the term above it."""
    corpus = read_corpus([DATA / "markup" / "bold.md"])
    assert [(e.source and e.source.line, e.term, e.definition) for e in corpus.entries] == [
        (5, "Leaven", "Dough that makes dough rise."),
        (6, "Yeast", "A fungus.\n\nIt makes gas."),
        (10, "Peel", "A shovel for bread."),
        (12, "Hook", "A bent rod."),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "# Leaven\n\n**Definition**: Dough.\n\n**Example**: Rye.\n",
        "# A\n\nDough.\n\n# B\n\n**Pros for us**: Gas.\n\n**Cons for us**: Time.\n\n# C\n\nOven.\n",
        "# A\n\n**Kind**: Dough.\n\n# B\n\n**Kind**: Tool.\n",
        "# A\n\n**One**: Dough.\n",
    ],
)
def test_labels_in_bold_are_no_terms(tmp_path: Path, text: str) -> None:
    """Parts of a definition, labels that repeat, and a few among other sections."""
    (tmp_path / "a.md").write_text(text)
    terms = {entry.term for entry in read_corpus([tmp_path / "a.md"]).entries}
    assert terms <= {"Leaven", "A", "B", "C"}


def test_aliases_in_comments_and_italics(tmp_path: Path) -> None:
    """Comments below or in a heading; a line in italics only where rules separate the terms."""
    entries = read_corpus([DATA / "markup" / "comments.md"]).entries
    assert [(e.term, e.aliases) for e in entries] == [
        ("Leaven", ("starter", "levain")),
        ("Yeast", ("barm",)),
    ]
    (tmp_path / "a.md").write_text("# A\n\n*noun*\n\nDough.\n\n# B\n\nOven.\n")
    first = read_corpus([tmp_path / "a.md"]).entries[0]
    assert (first.aliases, first.definition) == ((), "noun\n\nDough.")


OWN = """
[formats.lexicon]
about = "our lexicon"
root = "lexicon"
entries = "//article"
fields = { term = "head", definition = "sense/gloss", aliases = ["variant", "@short"], status = "state" }

[formats.records]
carrier = "json"
holds = ['"lemma"']
entries = "words/lemmas"
parts = "meanings"
fields = { term = "lemma", definition = "says" }
"""


def test_a_user_describes_an_own_format(tmp_path: Path) -> None:
    """In the corpus folder, for files in it and below; by content, by suffix or by --format."""
    (tmp_path / "semsearch.toml").write_text(OWN)
    (tmp_path / "deep").mkdir()
    xml = tmp_path / "deep" / "a.xml"
    xml.write_text(
        '<lexicon xml:lang="de"><part><article short="ST"><head>Sauerteig</head><state>alt</state>'
        "<sense><gloss>Teig.</gloss></sense><page>7</page></article></part></lexicon>"
    )
    (tmp_path / "b.json").write_text(
        '{"words": {\n"lemmas": [\n{"lemma": "leaven",\n"meanings": [{"says": "Dough."}, {"says": "Change."}]}]}}'
    )
    corpus = read_corpus([tmp_path])
    german, first, second = sorted(corpus.entries, key=lambda one: one.id, reverse=True)
    assert (german.term, german.aliases, german.language) == ("Sauerteig", ("ST",), "de")
    assert german.details.stated() == {"status": "alt", "extra": {"page": "7"}}
    assert (second.definition, first.definition) == ("Dough.", "Change.")
    assert second.source is not None
    assert second.source.line == 4
    assert format_of(xml).name == "lexicon"
    other = tmp_path / "c.txt"
    other.write_text(xml.read_text())
    assert read_corpus([other], format="lexicon").entries[0].term == "Sauerteig"
    with pytest.raises(
        UnknownFormat, match=r"no format is called 'lexica'; did you mean 'lexicon'"
    ):
        read_corpus([xml], format="lexica")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("formats = 1", "formats is 1, not a table"),
        ("[formats]\na = 1", r"\[formats.a\] is 1, not a table"),
        ("[formats.a]\nroots = 'x'", r"\[formats.a\] there is no key 'roots'; did you mean 'root'"),
        ("[formats.a]\nroot = 1", "root is 1, not a text"),
        ("[formats.a]\nholds = 'x'", "holds is 'x', not a list"),
        ("[formats.a]\ncarrier = 'pdf'", "no carrier is called 'pdf'; there are xml, json"),
        ("[formats.a]\nentries = 'x'", "needs suffixes, or a carrier"),
        (
            "[formats.a]\nroot = 'x'\nfields = {word = 'y'}",
            "'word' is no field; the fields are term",
        ),
        ("[formats.a]\nroot = 'x'\nfields = {term = 'y'}", "needs a path for `term` and one for"),
        ("[formats.a]\nroot = 'x'\nfields = {term = 'y', definition = 'a b'}", "'a b' is no path"),
        ("[formats.a\n", "not valid TOML"),
    ],
)
def test_a_bad_description_says_what_is_wrong(tmp_path: Path, text: str, reason: str) -> None:
    """With the table and the way out."""
    (tmp_path / "semsearch.toml").write_text(text)
    (tmp_path / "a.xml").write_text("<x/>")
    with pytest.raises(ImportFailed, match=reason) as caught:
        read_corpus([tmp_path / "a.xml"])
    assert str(caught.value).startswith(str(tmp_path.resolve() / "semsearch.toml"))


def test_paths_lead_into_objects_and_lists() -> None:
    """Names, all names, depths, keys, and conditions."""
    [node] = root_of({"a": [{"b": "1", "k": "x"}, {"b": "2", "k": "Y"}], "c": {"d": {"b": 3}}})

    def texts(path: str) -> list[str]:
        return [one.text() for one in select(node, path)]

    assert texts("a/b") == ["1", "2"]
    assert texts("//b") == ["1", "2", "3"]
    assert texts("a[k=y]/b") == ["2"]
    assert texts("a[z]/b") == []
    assert texts("a[!z]/b") == ["1", "2"]
    assert texts("c/*/b") == ["3"]
    assert texts("c/*/name()") == ["d"]
    for bad in ("", "a b", "a//", "a[", "/"):
        with pytest.raises(InvalidPath, match="is no path; write it as"):
            parse_path(bad)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The **bottom beam** of a [ship](#ship)", ("The bottom beam of a ship", ("ship",))),
        (
            "See [mean value](#mean%20value) and [a page](https://b.example/)",
            ("See mean value and a page (https://b.example/)", ("mean value",)),
        ),
        ("x**2 + y**2 = r**2", ("x**2 + y**2 = r**2", ())),
        ("f[a](b) and ![alt](#x) and \\[a](#b)", ("f[a](b) and ![alt](#x) and \\[a](#b)", ())),
        ("a * b ** c", ("a * b ** c", ())),
        ("[captures](params){ body }", ("[captures](params){ body }", ())),
        ("[&](std::string){} in [0,1](closed)", ("[&](std::string){} in [0,1](closed)", ())),
        ("`[a](#b)` and `**c**` [d](./e)", ("`[a](#b)` and `**c**` d", ())),
        ("[`a`](#b) and **`c`**", ("`a` and `c`", ("b",))),
        ("[https://b.example/](https://b.example/)", ("https://b.example/", ())),
    ],
)
def test_links_and_bold_words_in_fields(text: str, expected: tuple[str, tuple[str, ...]]) -> None:
    """Links inside of the glossary are relations; powers, calls and images stay as they are."""
    assert without_marks(text) == expected


def test_links_in_fields_are_relations() -> None:
    """In a table."""
    keel = read_corpus([CASES / "html_in_csv.csv"]).entries[1]
    assert keel.see_also == ("ship",)
