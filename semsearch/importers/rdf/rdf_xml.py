"""Reads RDF/XML with rdflib, in time that grows with the length of the file and not faster."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.sax import make_parser
from xml.sax.handler import ErrorHandler, feature_namespaces

from rdflib import RDF, Graph, Literal
from rdflib.parser import create_input_source
from rdflib.plugins.parsers.rdfxml import RDFXMLHandler

from semsearch.core.errors import ImportFailed
from semsearch.importers.iris import NOWHERE

MAX_MARKUP = 5_000
"""Most elements of a value that is XML; for each of them rdflib copies what it has of the value."""


def parse_rdf_xml(text: str, path: Path) -> Graph:
    """Return the graph of a file.

    Args:
        text: RDF/XML that `check_xml` accepts, without its declaration.
        path: the file, for messages.

    Raises:
        ImportFailed: a value has too many elements.
        Exception: of any kind, if it is not RDF/XML.
    """
    graph = Graph()
    source = create_input_source(data=text, publicID=NOWHERE, format="xml")
    parser = make_parser()  # noqa: S317 - check_xml has read it
    parser.setFeature(feature_namespaces, True)
    parser.setErrorHandler(ErrorHandler())
    handler = _LinearHandler(graph, path)
    parser.setContentHandler(handler)
    handler.setDocumentLocator(source)  # type: ignore[arg-type]  # it is asked for the base address
    parser.parse(source)
    return graph


class _LinearHandler(RDFXMLHandler):
    """The handler of rdflib, given the text between two tags at once.

    expat reports lines and entities one by one, and rdflib copies what it has for each. Prefixes
    are not bound to the graph, which nobody asks for them and which compares all of one name.
    """

    def __init__(self, graph: Graph, path: Path) -> None:
        self._path = path
        self._text: list[str] = []
        self._markup = 0
        super().__init__(graph)

    def startPrefixMapping(self, prefix: str | None, namespace: str) -> None:
        """Open a namespace."""
        self._ns_contexts.append(self._current_context.copy())
        self._current_context[namespace] = prefix

    def startElementNS(self, name: tuple[str | None, str], qname: Any, attrs: Any) -> None:  # noqa: ANN401
        """Handle the text before an element, and its start."""
        self._flush()
        before = self._markup
        super().startElementNS(name, qname, attrs)
        if self._markup == before:
            self._markup = 0  # it is not inside of a value

    def endElementNS(self, name: tuple[str | None, str], qname: Any) -> None:  # noqa: ANN401
        """Handle the text before the end of an element, and the end."""
        self._flush()
        super().endElementNS(name, qname)

    def characters(self, content: str) -> None:
        """Keep some text for the next tag."""
        self._text.append(content)

    def property_element_start(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: ANN401
        """Open a property; a value that is XML is a plain text until it is complete.

        A literal of rdflib is parsed whenever something is added to it.
        """
        super().property_element_start(name, qname, attrs)
        value = self.current.object
        if isinstance(value, Literal) and value.datatype == RDF.XMLLiteral:
            self.current.object = ""

    def property_element_end(self, name: Any, qname: Any) -> None:  # noqa: ANN401
        """Close a property."""
        if type(self.current.object) is str:
            self.current.object = Literal(self.current.object, datatype=RDF.XMLLiteral)
        super().property_element_end(name, qname)

    def literal_element_start(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: ANN401
        """Handle an element of a value."""
        self._markup += 1
        if self._markup > MAX_MARKUP:
            reason = f"a value consists of more than {MAX_MARKUP:,} elements; shorten it"
            raise ImportFailed(reason, self._path)
        super().literal_element_start(name, qname, attrs)

    def _flush(self) -> None:
        if self._text:
            super().characters("".join(self._text))
            self._text.clear()
