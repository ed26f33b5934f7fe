"""Which properties of SKOS, OWL and other vocabularies say what of an entry."""

from __future__ import annotations

from rdflib import DCTERMS, FOAF, OWL, RDF, RDFS, SKOS, URIRef

from semsearch.importers.iris import NAMESPACE


def _of(namespace: str, names: str) -> tuple[URIRef, ...]:
    return tuple(URIRef(namespace + name) for name in names.split())


_XL = "http://www.w3.org/2008/05/skos-xl#"
_ISO_THES = "http://purl.org/iso25964/skos-thes#"
_OBO = "http://purl.obolibrary.org/obo/"
_OBO_IN_OWL = "http://www.geneontology.org/formats/oboInOwl#"
_COMMONS = "https://www.omg.org/spec/Commons/AnnotationVocabulary/"
_DC = "http://purl.org/dc/elements/1.1/"

DEFINITION = (SKOS.definition, *_of(_OBO, "IAO_0000115 IAO_0000600"))
INSTEAD = ((SKOS.scopeNote,), (RDFS.comment,), (DCTERMS.description, *_of(_DC, "description")))
"""What defines a concept without a definition, in order."""
PREF = (SKOS.prefLabel, *_of(_XL, "prefLabel"), RDFS.label)
"""The last counts in languages without another one, else it is an alias."""
ALT = (
    SKOS.altLabel,
    *_of(_XL, "altLabel"),
    *_of(_OBO, "IAO_0000118 IAO_0000111"),
    *_of(_OBO_IN_OWL, "hasExactSynonym hasRelatedSynonym hasNarrowSynonym hasBroadSynonym"),
    *_of(_COMMONS, "synonym abbreviation acronym"),
)
"""Synonyms of every scope (exact, related, narrow, broad) are aliases."""
HIDDEN = (SKOS.hiddenLabel, *_of(_XL, "hiddenLabel"))
LITERAL = (RDF.value, *_of(_XL, "literalForm"))
"""Properties that hold the text of a node."""
EXAMPLE = (SKOS.example, *_of(_OBO, "IAO_0000112"))
NOTES = (SKOS.scopeNote, SKOS.note, *_of(_COMMONS, "explanatoryNote usageNote"))
"""Texts that follow the definition."""
NOTATION = (SKOS.notation, *_of(_OBO_IN_OWL, "id"))
STATUS = (
    *_of("http://www.w3.org/2003/06/sw-vocab-status/ns#", "term_status"),
    *_of("http://www.w3.org/ns/adms#", "status"),
)
DEPRECATED = OWL.deprecated
REPLACED = (DCTERMS.isReplacedBy, *_of(_OBO, "IAO_0100001"))
SOURCE = (
    DCTERMS.source,
    *_of(_DC, "source"),
    *_of(_OBO, "IAO_0000119"),
    *_of(_COMMONS, "adaptedFrom"),
)
CALLED = (
    *(SKOS.prefLabel, RDFS.label, DCTERMS.title, FOAF.name, RDF.value, FOAF.page),
    *_of("https://schema.org/", "name url"),
)
"""Properties that name nodes without an address."""
SUBJECT_OF = DCTERMS.subject
BROADER = (
    *(SKOS.broader, SKOS.broadMatch, RDFS.subClassOf, RDFS.subPropertyOf),
    *_of(_ISO_THES, "broaderGeneric broaderPartitive broaderInstantial"),
)
NARROWER = (
    *(SKOS.narrower, SKOS.narrowMatch),
    *_of(_ISO_THES, "narrowerGeneric narrowerPartitive narrowerInstantial"),
)
RELATED = (SKOS.related, SKOS.relatedMatch)
"""The relations include the mapping properties that are subproperties of them (SKOS, S41)."""
BROADER_TRANSITIVE = (SKOS.broaderTransitive,)
NARROWER_TRANSITIVE = (SKOS.narrowerTransitive,)
"""Read where no direct relation is stated: a closure also names what is far above."""
ASKED_AS = URIRef(f"{NAMESPACE}askedAs")
MARKDOWN = URIRef(f"{NAMESPACE}markdown")
EXTRA = (URIRef(f"{NAMESPACE}extra"),)

NOT_ENTRIES = {
    SKOS.ConceptScheme: "a concept scheme, not an entry",
    SKOS.Collection: "a collection, not an entry",
    SKOS.OrderedCollection: "a collection, not an entry",
    OWL.Ontology: "an ontology, not an entry",
}
CLASSES = (OWL.Class, RDFS.Class, RDFS.Datatype)
"""Types whose instances are entries if they have a label."""
PROPERTIES = (RDF.Property, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.NamedIndividual)
"""Types whose instances are entries if they have a label and a comment."""
OWN_NAMESPACES = (str(RDF), str(RDFS), str(OWL), str(SKOS))
"""Namespaces of RDF, RDFS, OWL and SKOS themselves, which make everything an `rdfs:Class` or
`owl:Thing`."""
HELD = frozenset(
    {
        *DEFINITION, *PREF, *ALT, *HIDDEN, *EXAMPLE, *NOTES, *NOTATION, *STATUS, DEPRECATED,
        *REPLACED, *SOURCE, SUBJECT_OF, *BROADER, *NARROWER, *RELATED, *BROADER_TRANSITIVE,
        *NARROWER_TRANSITIVE, ASKED_AS, MARKDOWN, *EXTRA, RDF.type, RDFS.seeAlso, RDFS.isDefinedBy, SKOS.inScheme,
        SKOS.topConceptOf,
    }
)  # fmt: skip
"""Properties that entries hold, and those that say where a concept belongs."""
