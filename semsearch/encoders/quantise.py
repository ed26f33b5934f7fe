"""int8 copies of exported graphs, with weights scaled by column and activations by row.

ONNX Runtime's own dynamic quantisation scales the activations of a whole run together, so that what
comes of a text depends on what it is run beside. Here every token has its own scale: texts are
independent, runs may be batches, and the copy agrees better with the original (DESIGN, decision 9).

What is rewritten: products with a constant matrix, and tables that rows are looked up in. All the rest
of a graph stays as it is, in float32.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MIN_TABLE = 1 << 16
"""Numbers in the smallest table that is worth a scale for each of its rows."""

_TINY = np.float32(1e-12)
"""Stands for the scale of what is all zeros, which any scale describes."""


def quantise(source: Path, target: Path) -> None:
    """Write an int8 copy of a graph.

    Args:
        source: a graph in float32, its weights inside.
        target: where the copy goes.
    """
    import onnx

    model = onnx.load(str(source))
    rewriting = _Rewriting(model.graph)
    nodes = [new for node in model.graph.node for new in rewriting.of(node)]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    rewriting.finish()
    model.opset_import.append(onnx.helper.make_opsetid(_CONTRIB, 1))
    onnx.save(model, str(target))


_CONTRIB = "com.microsoft"
"""Where ONNX Runtime keeps its fused operators."""


class _Rewriting:
    """A graph under way: new nodes are returned, new constants collected."""

    def __init__(self, graph: Any) -> None:  # noqa: ANN401 - onnx is untyped
        self._graph = graph
        self._constants = {c.name: c for c in graph.initializer}
        self._added: dict[str, NDArray[Any]] = {}
        self._quantised: dict[str, tuple[str, str]] = {}
        self._names = (f"int8_{number}" for number in count())

    def of(self, node: Any) -> Iterator[Any]:  # noqa: ANN401
        """Give what stands for a node of the graph, in order: itself, unless it can be quantised."""
        if node.op_type == "MatMul" and self._matrix(node.input[1]):
            yield from self._product(node)
        elif node.op_type == "Gather" and self._table(node):
            yield from self._lookup(node)
        else:
            yield node

    def finish(self) -> None:
        """Put the new constants into the graph, and take out those that nothing uses any more."""
        from onnx import numpy_helper

        used = {name for node in self._graph.node for name in node.input}
        kept = [c for c in self._graph.initializer if c.name in used]
        del self._graph.initializer[:]
        self._graph.initializer.extend(kept)
        self._graph.initializer.extend(
            numpy_helper.from_array(np.asarray(value), name) for name, value in self._added.items()
        )
        del self._graph.value_info[:]

    def _product(self, node: Any) -> Iterator[Any]:  # noqa: ANN401
        """Give `x @ w` as a product of integers, times the scale of each column and of each row."""
        x, w = node.input
        if x not in self._quantised:
            yield from self._rows(x)
        rows, scales = self._quantised[x]
        matrix, columns = _symmetric(self._value(w), axis=0)
        product = next(self._names)
        one, middle = self._even()
        w8, by_column = self._add(f"{w}_int8", matrix), self._add(f"{w}_scales", columns)
        inputs = [rows, w8, one, by_column, middle]
        yield _node("MatMulIntegerToFloat", inputs, product, domain=_CONTRIB)
        yield _node("Mul", [product, scales], node.output[0])

    def _rows(self, x: str) -> Iterator[Any]:
        """Quantise the rows of an activation, each around 128 with a scale of its own.

        Dividing by the scales beforehand takes fewer steps than a quantiser that knows an axis, which
        wants two axes and a zero point for each row: a tenth of the time of a question alone.
        """
        size, largest, safe, scale, even, rows = (next(self._names) for _ in range(6))
        last = self._add("last", np.array([-1], dtype=np.int64))
        yield _node("Abs", [x], size)
        yield _node("ReduceMax", [size, last], largest, keepdims=1)
        yield _node("Max", [largest, self._add("tiny", _TINY)], safe)
        yield _node("Mul", [safe, self._add("step", np.float32(1 / 127))], scale)
        yield _node("Div", [x, scale], even)
        yield _node("QuantizeLinear", [even, *self._even()], rows)
        self._quantised[x] = (rows, scale)

    def _even(self) -> tuple[str, str]:
        """Name the scale and the zero point of rows that were divided by their own scales."""
        return self._add("one", np.float32(1)), self._add("middle", np.uint8(128))

    def _lookup(self, node: Any) -> Iterator[Any]:  # noqa: ANN401
        """Give rows of a table that is kept as int8, times the scale of each."""
        table, which = node.input
        numbers, scales = _symmetric(self._value(table), axis=1)
        found, wide, factor = (next(self._names) for _ in range(3))
        yield _node("Gather", [self._add(f"{table}_int8", numbers), which], found)
        by_row = self._add(f"{table}_scales", scales[:, None])
        yield _node("Gather", [by_row, which], factor)
        yield _node("Cast", [found], wide, to=1)
        yield _node("Mul", [wide, factor], node.output[0])

    def _matrix(self, name: str) -> bool:
        constant = self._constants.get(name)
        return constant is not None and constant.data_type == 1 and len(constant.dims) == 2

    def _table(self, node: Any) -> bool:  # noqa: ANN401
        by_row = all(attribute.i == 0 for attribute in node.attribute)
        return (
            by_row
            and self._matrix(node.input[0])
            and bool(np.prod(self._constants[node.input[0]].dims) >= MIN_TABLE)
        )

    def _value(self, name: str) -> NDArray[np.float32]:
        from onnx import numpy_helper

        return np.asarray(numpy_helper.to_array(self._constants[name]), dtype=np.float32)

    def _add(self, name: str, value: Any) -> str:  # noqa: ANN401 - an array or a number of NumPy
        """Add a constant, once, under a name that no other node has."""
        self._added[f"int8/{name}"] = value
        return f"int8/{name}"


def _node(kind: str, inputs: list[str], output: str, **attributes: Any) -> Any:  # noqa: ANN401
    from onnx import helper

    return helper.make_node(kind, inputs, [output], name=output, **attributes)


def _symmetric(
    matrix: NDArray[np.float32], *, axis: int
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return a matrix as whole numbers from -127 to 127, and the scale of each slice across `axis`."""
    scales = np.maximum(np.abs(matrix).max(axis=axis) / 127, _TINY).astype(np.float32)
    numbers = np.rint(matrix / np.expand_dims(scales, axis))
    return numbers.astype(np.int8), scales
