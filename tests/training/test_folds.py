"""Folds: whole domains held out, the same ones each time."""

from collections import Counter

from training.concepts import TrainingConcept, read_concepts
from training.folds import DEVELOPMENT, FOLDS, folds_of, seen_by


def concept(term: str, domain: str, *aliases: str) -> TrainingConcept:
    """Return a concept of a name."""
    return TrainingConcept(
        domain=domain,
        term=term,
        aliases=aliases,
        definition=f"{term} of {domain}",
        questions=(),
        confused_with=(),
    )


def test_every_domain_has_a_fold_and_development_is_held_out_together() -> None:
    """About a third of the domains in each, in any order."""
    found = folds_of(one.domain for one in read_concepts())
    assert Counter(found.values()) == {"a": 40, "b": 29, "c": 33}
    assert {found[domain] for domain in DEVELOPMENT} == {"a"}
    assert found == folds_of([*reversed([*found])])


def test_a_new_domain_moves_no_other() -> None:
    """Figures by fold can only be compared while no domain moves."""
    domains = {one.domain for one in read_concepts()}
    known = folds_of(domains)
    more = folds_of([*domains, "beekeeping", "clocks and watches"])
    assert {domain: more[domain] for domain in domains} == known


def test_the_folds_are_those_that_the_released_encoders_were_trained_with() -> None:
    """The first of each, by name."""
    found = folds_of(one.domain for one in read_concepts())
    first = {fold: min(d for d, own in found.items() if own == fold) for fold in FOLDS}
    assert first == {
        "a": "AI products, agents and safety",
        "b": "baking, kitchen technique and drinks",
        "c": "banking, payments and investment",
    }


def test_an_encoder_sees_neither_the_domains_of_its_fold_nor_their_names() -> None:
    """A name of a held-out concept is not learned from another domain either."""
    domains = [f"domain {number}" for number in range(9)]
    concepts = [concept(f"term {number}", domain) for number, domain in enumerate(domains)]
    assigned = folds_of(domains)
    held, seen = (next(d for d in domains if assigned[d] == fold) for fold in ("b", "c"))
    twins = [concept("Twin", held), concept("other", seen, "twin")]
    found = seen_by("b", [*concepts, *twins])
    assert {assigned[one.domain] for one in found} == {"a", "c"}
    kept = [one for one in concepts if assigned[one.domain] != "b"]
    assert [one.term for one in found] == [one.term for one in kept]
