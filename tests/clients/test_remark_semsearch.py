"""The remark plugin marks in trees of Markdown what `annotate` marks in HTML; Node runs it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from semsearch.doc_sites import opaque
from semsearch.doc_sites.marking import TermMarker
from semsearch.doc_sites.terms_data import for_plugins
from tests.conftest import PROJECT, entry

NODE = shutil.which("node")
PLUGIN = PROJECT / "clients" / "remark-semsearch"
SHARED = PROJECT.parent / "shared" / "glossaries"
RUN = """
import { readFileSync } from "node:fs";
const { default: plugin } = await import(process.argv[1]);
const given = JSON.parse(readFileSync(0, "utf8"));
const tree = given.tree;
plugin(given.options)(tree);
process.stdout.write(JSON.stringify(tree));
"""
pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(NODE is None, reason="the plugin needs Node (apt-get install nodejs)"),
]
ENTRIES = [
    entry("Leaven", "A piece of dough kept to raise the next."),
    replace(entry("Proofing Basket", "A basket for dough."), aliases=("banneton",)),
    entry("R&D", "Trying things out."),
    entry("Crumb", "The inside of bread."),
    entry("Long Short-Term Memory (LSTM)", "A network."),
    entry("Set", "A group of things."),
    entry("Süßteig", "A sweet dough."),
    replace(entry("Oven", "A hot box."), id="bakery:oven-1"),
    replace(entry("oven", "A tandoor."), id="bakery:oven-2"),
]
TERMS = json.loads(for_plugins(ENTRIES))
Tree = dict[str, Any]


def text(value: str) -> Tree:
    """Return a text of Markdown."""
    return {"type": "text", "value": value}


def node(type_: str, *children: Tree, **more: object) -> Tree:
    """Return another part of Markdown."""
    return {"type": type_, "children": list(children), **more}


def run(tree: Tree, **options: object) -> Tree:
    """Return a tree as the plugin leaves it."""
    done = _node({"tree": tree, "options": {"data": TERMS, **options}})
    assert done.returncode == 0, done.stderr
    found: Tree = json.loads(done.stdout)
    return found


def _node(given: object) -> subprocess.CompletedProcess[str]:
    assert NODE is not None
    return subprocess.run(
        [NODE, "--input-type=module", "-e", RUN, (PLUGIN / "index.js").as_uri()],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def shown(tree: Tree) -> str:
    """Return the text of a tree with its marks as [term]."""
    if tree["type"] == "semsearchTerm":
        return f"[{tree['children'][0]['value']}]"
    return str(tree.get("value", "")) + "".join(map(shown, tree.get("children", ())))


def paragraph(value: str) -> Tree:
    """Return a page of one paragraph."""
    return node("root", node("paragraph", text(value)))


def test_the_first_occurrence_becomes_an_element_that_frameworks_keep() -> None:
    """A part of the tree with the tag and the attributes of the marks in HTML."""
    found = run(
        node("root", node("paragraph", text("The leaven.")), node("paragraph", text("leaven")))
    )
    first, second = found["children"]
    assert first["children"] == [
        text("The "),
        {
            "type": "semsearchTerm",
            "data": {
                "hName": "span",
                "hProperties": {
                    "className": ["semsearch-term"],
                    "dataTerm": "bakery:leaven",
                    "tabIndex": 0,
                },
            },
            "children": [text("leaven")],
        },
        text("."),
    ]
    assert second["children"] == [text("leaven")]
    assert run(found) == found


def test_with_an_address_terms_are_links() -> None:
    """To the page of the entry on the service."""
    (mark,) = run(paragraph("leaven"), address="https://terms.example/x/")["children"][0][
        "children"
    ]
    assert mark["data"]["hName"] == "a"
    assert mark["data"]["hProperties"] == {
        "className": ["semsearch-term"],
        "dataTerm": "bakery:leaven",
        "href": "https://terms.example/x/entry/bakery:leaven",
    }


def jsx(name: str, *children: Tree, inline: bool = False, **attributes: object) -> Tree:
    """Return an element of MDX; `{...}` is an expression."""
    kind = "mdxJsxTextElement" if inline else "mdxJsxFlowElement"
    stated = [
        {
            "type": "mdxJsxAttribute",
            "name": key.replace("_", "-"),
            "value": {"type": "mdxJsxAttributeValueExpression", "value": value[1:-1]}
            if isinstance(value, str) and value.startswith("{")
            else value,
        }
        for key, value in attributes.items()
    ]
    return node(kind, *children, name=name, attributes=stated)


LEAVEN = text("leaven")


@pytest.mark.parametrize(
    "part",
    [
        node("heading", LEAVEN, depth=2),
        node("link", LEAVEN, url="x"),
        node("linkReference", LEAVEN, identifier="x"),
        {"type": "inlineCode", "value": "leaven"},
        {"type": "code", "value": "leaven"},
        {"type": "html", "value": "<b>leaven</b>"},
        jsx("button", LEAVEN),
        jsx("label", node("paragraph", LEAVEN)),
        jsx("div", LEAVEN, hidden=None),
        jsx("div", LEAVEN, hidden="{true}"),
        jsx("div", LEAVEN, aria_hidden="true"),
        jsx("div", LEAVEN, contentEditable="{true}"),
        jsx("div", LEAVEN, data_semsearch="off"),
        jsx("span", LEAVEN, inline=True, role='{"button"}'),
        jsx("Badge", LEAVEN, inline=True),
        jsx("Quiz", node("paragraph", LEAVEN)),
        node("box", LEAVEN, data={"hName": "summary"}),
        node("box", LEAVEN, data={"hName": "div", "hProperties": {"ariaHidden": True}}),
    ],
)
def test_nothing_is_marked_where_html_has_no_marks(part: Tree) -> None:
    """Headings, links, code, controls, what is hidden, and what a component does with a text."""
    found = run(node("root", part, node("paragraph", text("leaven"))), skip=["Quiz"])
    assert shown(found).endswith("[leaven]")
    assert shown(found).count("[") == 1


@pytest.mark.parametrize(
    "part",
    [
        node("emphasis", LEAVEN),
        node("tableCell", LEAVEN),
        node("containerDirective", node("paragraph", LEAVEN), name="note"),
        jsx("div", LEAVEN, hidden="{false}"),
        jsx("details", LEAVEN),
        jsx("TabItem", node("paragraph", LEAVEN), value="x"),
        node("mdxJsxFlowElement", LEAVEN, name=None, attributes=[]),
        node("box", LEAVEN, data={"hName": "section", "hProperties": {"className": ["hidden"]}}),
    ],
)
def test_terms_are_marked_in_text_for_readers(part: Tree) -> None:
    """Tables, admonitions, tabs and details too."""
    assert shown(run(node("root", part))) == "[leaven]"


def test_raw_html_is_followed_from_tag_to_tag() -> None:
    """Remark leaves it in pieces: what a piece opens goes on until another closes it."""
    html = [
        ("<details><summary>", "leaven", "</summary>"),
        ('<span data-semsearch="off"><br>', "leaven", "</span>"),
        ("<div hidden>", "leaven", "</div>"),
        ("<!-- <button> -->", "crumb", ""),
    ]
    parts = [
        part
        for before, inside, after in html
        for part in (
            {"type": "html", "value": before},
            node("paragraph", text(inside)),
            {"type": "html", "value": after},
        )
    ]
    found = run(node("root", *parts, node("paragraph", text("leaven"))))
    assert re.findall(r"\[\w+\]", shown(found)) == ["[crumb]", "[leaven]"]


TEXTS = (
    "The leaven and the leaven, two bannetons; LEAVENS rise.",
    "Self-leaven, leaven.js, leaven(), ::leaven, leaven_x; a leaven-like crumb.",
    "Several LSTMs and one lstm; R&D is R & D. A Set of plates. The Set is a set.",
    "Set the table. (Set) and a Set",
    "A proofing\nbasket, not a proofing. Basket. Proofing-baskets",
    "An oven and an Oven, the ovens.",
    "Leaven Bakery sells it; a crumb of bread, the crumb.",
    "Long short-term memory networks, long-short term-memory",
    "Süßteig, SÜSSTEIG, and süssteig; a SÜßTEIG",
    "/leaven and x/leaven; the leaven's crumb; léaven, lévain",
)


@pytest.mark.parametrize("written", TEXTS)
def test_the_same_terms_are_found_as_in_html(written: str) -> None:
    """The plugin and `annotate` follow the same rules."""
    html = TermMarker(ENTRIES).mark(written.replace("&", "&amp;"), "t/").html
    expected = re.sub(r"<span [^>]*>([^<]*)</span>", r"[\1]", html).split("\n<link")[0]
    assert shown(run(paragraph(written))) == expected.replace("&amp;", "&")


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="no ../shared/glossaries here")
def test_real_definitions_have_the_same_terms_as_in_html() -> None:
    """Nearly always: the plugin knows no irregular plural and no other spelling."""
    from semsearch.importers import read_corpus  # noqa: PLC0415

    entries = read_corpus([SHARED / "mdn"]).entries
    texts = [one.definition for one in entries if "<" not in one.definition][:300]
    marker = TermMarker(entries)
    expected = [marker.mark(one.replace("&", "&amp;"), "t/").ids for one in texts]
    found = _ids_of(texts, json.loads(for_plugins(entries)))
    same = sum(set(a) == set(b) for a, b in zip(expected, found, strict=True))
    assert same >= 0.98 * len(texts)


def _ids_of(texts: list[str], terms: object) -> list[list[str]]:
    """Return the ids that the plugin marks in each of some pages."""
    assert NODE is not None
    script = """
import { readFileSync } from "node:fs";
const { default: plugin } = await import(process.argv[1]);
const { texts, terms } = JSON.parse(readFileSync(0, "utf8"));
const mark = plugin({ data: terms });
process.stdout.write(JSON.stringify(texts.map((value) => {
  const page = { type: "root", children: [{ type: "text", value }] };
  mark(page);
  return page.children.filter((one) => one.data).map((one) => one.data.hProperties.dataTerm);
})));
"""
    done = subprocess.run(
        [NODE, "--input-type=module", "-e", script, (PLUGIN / "index.js").as_uri()],
        input=json.dumps({"texts": texts, "terms": terms}),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found: list[list[str]] = json.loads(done.stdout)
    return found


def test_data_is_read_from_a_file(tmp_path: Path) -> None:
    """As `annotate --data-only` writes it."""
    file = tmp_path / "terms.json"
    file.write_text(for_plugins(ENTRIES), encoding="utf-8")
    assert shown(run(paragraph("leaven"), data=str(file))) == "[leaven]"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, 'the option "data" is missing'),
        ({"data": "none.json"}, "cannot read none.json"),
        ({"data": {"x": {"term": "X", "text": "x"}}}, 'has no names of "x"'),
        ({"data": TERMS, "address": "terms"}, '"terms" is not the address of a service'),
    ],
)
def test_wrong_options_are_refused_with_the_way_out(
    options: dict[str, object], message: str
) -> None:
    """The build of the site stops."""
    done = _node({"tree": paragraph("leaven"), "options": options})
    assert done.returncode != 0
    assert f"remark-semsearch: {message}" in done.stderr or message in done.stderr
    if "address" not in options:
        assert "semsearch annotate static glossary.md --data-only" in done.stderr


def test_both_lists_of_elements_are_the_same() -> None:
    """What HTML and Markdown exclude."""
    written = (PLUGIN / "opaque.js").read_text(encoding="utf-8")
    sets = re.findall(r"new Set\(\((.*?)\)\.split", written, re.DOTALL)
    tags, roles = (set("".join(re.findall(r'"([^"]*)"', one)).split()) for one in sets)
    assert tags == opaque.OPAQUE
    assert roles == opaque.OPAQUE_ROLES
    hiding = re.search(r"HIDING = \[(.*?)\]", written)
    assert hiding
    assert tuple(re.findall(r'"(\w+)"', hiding[1])) == opaque.HIDING


def test_the_package_ships_what_it_imports() -> None:
    """Every file of the plugin is published, and it depends on nothing."""
    package = json.loads((PLUGIN / "package.json").read_text(encoding="utf-8"))
    code = {file.name for file in PLUGIN.iterdir() if file.suffix in {".js", ".ts"}}
    assert set(package["files"]) == code
    assert (package["license"], package["type"]) == ("Apache-2.0", "module")
    assert "dependencies" not in package
