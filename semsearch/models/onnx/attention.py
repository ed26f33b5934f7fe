"""Lets the attention operator split and join the heads of a graph by itself.

The exporter writes a reshape and a transpose for each input and output of an attention. The
operator needs neither if its inputs have three axes: eight nodes fewer in each layer
(docs/measurements.md).
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

_SWAPPED = [0, 2, 1, 3]
"""Places of the axes after heads and tokens have changed places."""

_JOINED = 3
"""Axes of a value whose heads are joined: text, token, column."""


class _Graph:
    """Looks up nodes and shapes of a graph."""

    def __init__(self, graph: Any) -> None:  # noqa: ANN401 - onnx is untyped
        self.maker = {output: node for node in graph.node for output in node.output}
        self.readers: dict[str, list[Any]] = defaultdict(list)
        for node in graph.node:
            for name in node.input:
                self.readers[name].append(node)
        for output in graph.output:
            self.readers[output.name].append(None)
        self.shapes = {
            value.name: [d.dim_value for d in value.type.tensor_type.shape.dim]
            for value in graph.value_info
        }

    def before_splitting(self, name: str) -> str | None:
        """Return the value whose heads a reshape and a transpose split into this one."""
        transpose = self.maker.get(name)
        if transpose is None or not _swaps(transpose):
            return None
        reshape = self.maker.get(transpose.input[0])
        if reshape is None or reshape.op_type != "Reshape":
            return None
        joined = str(reshape.input[0])
        return joined if len(self.shapes.get(joined, ())) == _JOINED else None

    def joining(self, name: str) -> tuple[Any, Any] | None:
        """Return the transpose and the reshape that join the heads of a value.

        None if something else reads it.
        """
        readers = self.readers[name]
        if len(readers) != 1 or readers[0] is None or not _swaps(readers[0]):
            return None
        transpose = readers[0]
        readers = self.readers[transpose.output[0]]
        if len(readers) != 1 or readers[0] is None or readers[0].op_type != "Reshape":
            return None
        reshape = readers[0]
        is_joined = len(self.shapes.get(reshape.output[0], ())) == _JOINED
        return (transpose, reshape) if is_joined else None


def _swaps(node: Any) -> bool:  # noqa: ANN401
    return node.op_type == "Transpose" and [list(a.ints) for a in node.attribute] == [_SWAPPED]


def join_heads(graph: Any) -> None:  # noqa: ANN401
    """Rewrite the attentions of a graph whose heads are split and joined by nodes.

    Args:
        graph: as `torch.onnx` exports it, with the shapes of its values. Other attentions stay.
    """
    from onnx import helper

    found = _Graph(graph)
    removed: list[Any] = []
    for node in graph.node:
        if node.op_type != "Attention":
            continue
        joined = [found.before_splitting(name) for name in node.input[:3]]
        joining = found.joining(node.output[0])
        heads = [found.shapes.get(name, [0, 0])[1] for name in node.input[:2]]
        if joining is None or None in joined or 0 in heads:
            continue
        removed += joining
        node.input[:3] = joined
        node.output[0] = joining[1].output[0]
        node.attribute.extend(
            helper.make_attribute(name, count)
            for name, count in zip(("q_num_heads", "kv_num_heads"), heads, strict=True)
        )
    for node in removed:
        graph.node.remove(node)
    _remove_unused(graph)


def _remove_unused(graph: Any) -> None:  # noqa: ANN401
    """Remove the nodes, from the last to the first, and the constants that nobody reads."""
    used = {output.name for output in graph.output}
    for node in reversed(list(graph.node)):
        if used.intersection(node.output):
            used.update(node.input)
        else:
            graph.node.remove(node)
    constants = [constant for constant in graph.initializer if constant.name in used]
    del graph.initializer[:]
    graph.initializer.extend(constants)
