"""Names of other entries inside a definition."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.core.entries import Details, Entry
from semsearch.text.mentions import MentionFinder, written_forms
from semsearch.text.names import form_of, names_of
from semsearch.text.normalise import fold
from tests.conftest import entry
from tests.cpu_time import cpu_time_at_most

TERMS = (
    "Node", "Set", "IT", "Node.js", "C++", "C", "HTTP header", "HTTP", "Cluster", "Type", "Internet",
    "Application Programming Interface (API)", "Will", "I/O", "Accessibility tree", "404",
    "Long Short-Term Memory", "Größe",
)  # fmt: skip
ENTRIES = tuple(entry(term, "Text.") for term in TERMS)


def found(text: str, entries: tuple[Entry, ...] = ENTRIES, own: int = -1) -> list[tuple[str, str]]:
    """Return the term of each mention and the text it stands in."""
    finder = MentionFinder([names_of(e) for e in entries])
    return [(entries[m.target].term, text[m.start : m.end]) for m in finder.find(text, own)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # whole words, any number and case, wherever they stand
        ("Many nodes.", [("Node", "nodes")]),
        ("Nodes and a node", [("Node", "Nodes"), ("Node", "node")]),
        ("a noded thing, a nodelist", []),
        ("the GRÖSSE of it", [("Größe", "GRÖSSE")]),
        # the longest name first, over one blank, line end or hyphen, never over a clause
        ("an HTTP header", [("HTTP header", "HTTP header")]),
        ("HTTP\nheaders", [("HTTP header", "HTTP\nheaders")]),
        ("in HTTP. Header lines", [("HTTP", "HTTP")]),
        ("in HTTP, header", [("HTTP", "HTTP")]),
        ("in HTTP\n\nheader", [("HTTP", "HTTP")]),
        ("long short term memory", [("Long Short-Term Memory", "long short term memory")]),
        # acronyms and short names need their capitals; a sentence's own prove nothing
        ("two APIs, an api", [("Application Programming Interface (API)", "APIs")]),
        ("it is IT", [("IT", "IT")]),
        ("a set, the Set of", [("Set", "Set")]),
        ("Set it. Set it.\n- Set it", []),
        ("i/o and I/O", [("I/O", "I/O")]),
        # stop words, single letters and numbers never count
        ("Will it? It will. Will", []),
        ("the letter C, error 404", []),
        ("C++ and c++", [("C++", "C++")]),
        # what only counts or sorts what follows, and what goes on as a longer name
        ("a type of thing", []),
        ("its type", [("Type", "type")]),
        ("Internet Explorer, Internet", [("Internet", "Internet")]),
        # parts of compounds and code
        ("non-node, cluster-wide", [("Cluster", "cluster")]),
        ("node.js, node.exe, node_id, node=1, node(), .node, <node>, ::node, /node", [
            ("Node.js", "node.js"),
        ]),
        ("HTTP/cluster", [("HTTP", "HTTP"), ("Cluster", "cluster")]),
        ("", []),
    ],
)  # fmt: skip
def test_what_is_a_mention(text: str, expected: list[tuple[str, str]]) -> None:
    """One case for each rule at the top of the module."""
    assert found(text) == expected


def test_own_names_hide_what_they_are_made_of() -> None:
    """In the entry "HTTP header" its own name mentions no "HTTP"."""
    own = TERMS.index("HTTP header")
    assert found("An HTTP header of HTTP.", own=own) == [("HTTP", "HTTP")]


def test_a_name_of_several_entries_says_nothing() -> None:
    """An ambiguous name is no mention, and hides shorter names in it."""
    entries = (
        Entry("g:a", "Mixed Block", "Text.", "g"),
        Entry("g:b", "Plain", "Text.", "g", ("mixed block",)),
        Entry("g:c", "Block", "Text.", "g"),
    )
    assert found("a mixed block, a block", entries) == [("Block", "block")]
    assert found("a mixed block", entries, own=0) == []


def test_what_the_author_links_to_is_meant_in_any_capitals() -> None:
    """A short name in small letters, and a name that others bear as well; never a stop word."""
    entries = (
        *ENTRIES,
        Entry("g:node", "Node (tree)", "Text.", "g"),
    )
    finder = MentionFinder([names_of(e) for e in entries])
    text = "a set, it, a node"
    assert [m.target for m in finder.find(text, -1)] == []
    linked = [TERMS.index("Set"), TERMS.index("IT"), len(ENTRIES)]
    found_at = [(m.target, text[m.start : m.end]) for m in finder.find(text, -1, linked)]
    assert found_at == [(linked[0], "set"), (linked[2], "node")]


def test_aliases_and_spelled_out_acronyms_count_and_initials_do_not() -> None:
    """What an author wrote, not what the program made up."""
    entries = (
        entry("Neural Nets", "Neural Nets (NNs) learn.", aliases=("brain model",)),
        entry("Dutch Oven", "A pot."),
    )
    text = "An NN is a brain model in a DO."
    assert found(text, entries) == [("Neural Nets", "NN"), ("Neural Nets", "brain model")]


def test_names_in_capitals_that_are_no_acronyms_match_any_case() -> None:
    """A glossary that shouts its terms is still read."""
    entries = (entry("DIGITAL SIGNATURE", "Text."), entry("NETWORKS", "Text."))
    assert [term for term, _ in found("a digital signature on networks", entries)] == [
        "DIGITAL SIGNATURE",
        "NETWORKS",
    ]


_NAMES = st.text(
    st.sampled_from("abcdeéAB 1-/.'_+&\u0301ßﬁ中"), min_size=1, max_size=12
).filter(lambda name: name.strip())  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_NAMES, min_size=1, max_size=6), st.lists(_NAMES, max_size=8), st.text(max_size=20))
def test_a_mention_is_the_name_of_its_entry(names: list[str], words: list[str], noise: str) -> None:
    """Its place cuts out a text with the form of a name; places ascend and do not overlap."""
    entries = [Entry(f"g:{i}", name, "Text.", "g") for i, name in enumerate(["Zither", *names])]
    borne = [names_of(e) for e in entries]
    text = " ".join(["zither", *words, *names, noise, *words])
    mentions = list(MentionFinder(borne).find(text, -1))
    assert (mentions[0].start, mentions[0].target) == (0, 0)
    end = 0
    for mention in mentions:
        assert end <= mention.start < mention.end <= len(text)
        end = mention.end
        written = text[mention.start : mention.end]
        assert form_of(fold(written), written) in {name.form for name in borne[mention.target]}


def test_time_grows_with_the_text_only() -> None:
    """Thousands of names and a hostile text are one pass."""
    many = [Entry(f"g:{i}", f"word {i} of many", "Text.", "g") for i in range(5000)]
    finder = MentionFinder([names_of(e) for e in many])
    with cpu_time_at_most(2):
        assert list(finder.find("word " * 20_000 + "((((" * 5000 + "-" * 20_000, -1)) == []


def test_the_ways_to_write_a_name_are_listed() -> None:
    """In both numbers; acronyms and short names in their case; nothing that no text has."""
    entry = Entry(
        "g:x",
        "Recurrent Entity (RE)",
        "A thing.",
        "g",
        ("Query", "Sets", "map", "the", "7", "Gas"),
        details=Details(hidden_labels=("secret thing",), notation="621.3"),
    )
    forms = written_forms(names_of(entry))
    assert forms.any_case == (
        "Recurrent Entity (RE)",
        "Query",
        "Queries",
        "Sets",
        "Set",
        "Recurrent Entity",
        "Recurrent Entities",
    )
    assert forms.exact == ("map", "maps", "Gas", "RE", "REs")
