"""Names and links that lead to the wrong entry, or nowhere."""

from __future__ import annotations

from pathlib import Path

from tests.quality.lint.support import found, linted, table

NAMED = "term,definition,aliases"
LINKED = "term,definition,id,see_also"


def test_an_alias_is_compared_with_terms_first_and_then_with_aliases(tmp_path: Path) -> None:
    """Case and accents do not count; two entries that share an alias are reported once."""
    text = table(
        "Leaven,Fermented dough.,Starter;Levain",
        "starter,The first course.,",
        "Sour,A taste.,levain",
        "Peel,A shovel.,spade",
        columns=NAMED,
    )
    report = linted(tmp_path, text, "alias-collision")
    assert found(report) == [("Starter", 2), ("levain", 4)]
    assert [one.others for one in report.findings] == [("bakery:starter",), ("bakery:leaven",)]
    assert "is also the term of bakery:starter" in report.findings[0].message
    assert "is also an alias of bakery:leaven" in report.findings[1].message


def test_aliases_of_other_languages_do_not_collide(tmp_path: Path) -> None:
    """A cat is called "chat" in French."""
    text = table(
        "Cat,An animal.,,en",
        "Talk,What people do.,Chat,en",
        "Chat,Un animal.,,fr",
        columns=f"{NAMED},language",
    )
    assert linted(tmp_path, text, "alias-collision").findings == ()


def test_names_collide_in_their_own_language(tmp_path: Path) -> None:
    """The language of the name counts: "Gift" is a poison in German."""
    text = table(
        "Poison,It kills.,Gift,Gift@de",
        "Present,It is given.,Gift,",
        "Toxin,It kills slowly.,Gift,Gift@de",
        columns=f"{NAMED},name_languages",
    )
    report = linted(tmp_path, text, "alias-collision")
    assert found(report) == [("Gift", 4)]
    assert report.findings[0].others == ("bakery:poison",)


def test_a_link_leads_to_ids_names_and_forms(tmp_path: Path) -> None:
    """What leads nowhere is told of once for each name.

    Addresses of other sites are no links of ours.
    """
    text = table(
        "Leaven,Fermented dough.,,Peels;Crumbs;crumbs;bakery:peel;https://bread.example/x",
        "Peel,A shovel.,peel,",
        columns=LINKED,
    )
    assert found(linted(tmp_path, text, "broken-link")) == [("Crumbs", 2), ("crumbs", 2)]


def test_a_link_to_one_of_several_says_which(tmp_path: Path) -> None:
    """It is ambiguous and not broken, and the finding names those it may mean."""
    text = table("Peel,A shovel.,tool,", "Peel,Skin.,fruit,", "Oven,A box.,,Peel", columns=LINKED)
    report = linted(tmp_path, text, "broken-link", "ambiguous-link")
    assert [(one.rule, one.others) for one in report.findings] == [
        ("ambiguous-link", ("bakery:tool", "bakery:fruit"))
    ]


def test_relations_of_every_kind_are_links(tmp_path: Path) -> None:
    """Broader, narrower and related ones of a table too."""
    text = table(
        "Leaven,Fermented dough.,Dough,Poolish,Yeast",
        columns="term,definition,broader,narrower,related",
    )
    names = {subject for subject, _ in found(linted(tmp_path, text, "broken-link"))}
    assert names == {"Dough", "Poolish", "Yeast"}
