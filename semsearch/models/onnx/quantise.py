"""Quantises exported graphs to int8: weights scaled by column, activations by row.

ONNX Runtime's dynamic quantisation scales all activations of a run together, so the result of a
text depends on the other texts in the batch. Here every token has its own scale: texts are
independent, and the copy agrees better with the original (DESIGN, decision 9).

Some columns of an encoder's activations are ten times as large as the others, which would then use
only a few of the 255 steps. The largest columns are therefore multiplied in float32, as in
LLM.int8() (Dettmers et al., 2022, https://arxiv.org/abs/2208.07339). For the others, magnitude is
moved from activations to weights, as in SmoothQuant (Xiao et al., 2022,
https://arxiv.org/abs/2211.10438). Running the graph on some texts shows which columns are large.

Only products with a constant matrix and lookup tables are rewritten. The rest of the graph stays in
float32.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MIN_TABLE = 1 << 16
"""Fewest numbers of a table that gets a scale for each row."""

APART = 4
"""Columns of an activation that stay in float32."""

SMOOTHING = 0.5
"""Share of the differences between columns that is moved to the weights, 0 to 1."""

_TINY = np.float32(1e-12)
"""Replaces the scale of values that are all zero."""


def quantise(source: Path, target: Path, observed: Mapping[str, NDArray[Any]]) -> None:
    """Write an int8 copy of a graph.

    Args:
        source: a float32 graph with its weights.
        target: the copy.
        observed: inputs on which activations are measured.
    """
    import onnx

    model = onnx.load(str(source))
    rewriting = _Rewriting(model.graph, _largest(source, observed))
    nodes = [new for node in model.graph.node for new in rewriting.of(node)]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    rewriting.finish()
    model.opset_import.append(onnx.helper.make_opsetid(_CONTRIB, 1))
    onnx.save(model, str(target))


_CONTRIB = "com.microsoft"
"""Domain of ONNX Runtime's fused operators."""


def _largest(source: Path, observed: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
    """Return the largest magnitude of each column of each activation that a matrix multiplies."""
    import onnx
    import onnxruntime

    model = onnx.load(str(source))
    matrices = {c.name for c in model.graph.initializer if len(c.dims) == 2}
    names = list(
        dict.fromkeys(
            node.input[0]
            for node in model.graph.node
            if node.op_type == "MatMul" and node.input[1] in matrices
        )
    )
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    values = session.run(names, dict(observed)) if names else []
    return {
        name: np.abs(value).reshape(-1, value.shape[-1]).max(axis=0)
        for name, value in zip(names, values, strict=True)
    }


class _Rewriting:
    """A graph being rewritten: new nodes are returned, new constants collected.

    Args:
        graph: the float32 graph.
        largest: largest magnitudes of the columns of its activations.
    """

    def __init__(
        self,
        graph: Any,  # noqa: ANN401 - onnx is untyped
        largest: Mapping[str, NDArray[np.float32]],
    ) -> None:
        self._graph = graph
        self._largest = largest
        self._constants = {c.name: c for c in graph.initializer}
        self._products: dict[str, list[str]] = defaultdict(list)
        for node in graph.node:
            if node.op_type == "MatMul" and self._matrix(node.input[1]):
                self._products[node.input[0]].append(node.input[1])
        self._apart: dict[str, tuple[str, NDArray[np.int64], NDArray[np.float32]]] = {}
        self._added: dict[str, NDArray[Any]] = {}
        self._quantised: dict[str, tuple[str, str]] = {}
        self._names = (f"int8_{number}" for number in count())

    def of(self, node: Any) -> Iterator[Any]:  # noqa: ANN401
        """Yield the replacement of a node in order: the node itself, unless it can be quantised."""
        if node.op_type == "MatMul" and self._matrix(node.input[1]):
            yield from self._product(node)
        elif node.op_type == "Gather" and self._table(node):
            yield from self._lookup(node)
        else:
            yield node

    def finish(self) -> None:
        """Add the new constants to the graph, and remove unused ones."""
        from onnx import numpy_helper

        used = {name for node in self._graph.node for name in node.input}
        remaining = [c for c in self._graph.initializer if c.name in used]
        del self._graph.initializer[:]
        self._graph.initializer.extend(remaining)
        self._graph.initializer.extend(
            numpy_helper.from_array(np.asarray(value), name) for name, value in self._added.items()
        )
        del self._graph.value_info[:]

    def _product(self, node: Any) -> Iterator[Any]:  # noqa: ANN401
        """Yield `x @ w` as an integer product, times the scales of columns and rows.

        The product of the float32 columns is added.
        """
        x, w = node.input
        if x not in self._quantised:
            yield from self._rows(x)
        rows, scales = self._quantised[x]
        large, which, factors = self._apart[x]
        weights = self._value(w)
        rest = np.divide(weights, factors[:, None], where=factors[:, None] > 0, out=weights * 0)
        matrix, columns = _symmetric(rest, axis=0)
        product, scaled, apart = (next(self._names) for _ in range(3))
        one, middle = self._even()
        w8, by_column = self._add(f"{w}_int8", matrix), self._add(f"{w}_scales", columns)
        inputs = [rows, w8, one, by_column, middle]
        yield _node("MatMulIntegerToFloat", inputs, product, domain=_CONTRIB)
        yield _node("Mul", [product, scales], scaled)
        yield _node("MatMul", [large, self._add(f"{w}_apart", weights[which])], apart)
        yield _node("Add", [scaled, apart], node.output[0])

    def _rows(self, x: str) -> Iterator[Any]:
        """Quantise the rows of an activation around 128, each with its own scale.

        Dividing by the scales first takes fewer steps than a per-axis quantiser, which needs two
        axes and a zero point for each row: a tenth of the time of a single question.
        """
        large, smooth, size, largest, safe, scale, even, rows = (
            next(self._names) for _ in range(8)
        )
        which, factors = self._columns(x)
        self._apart[x] = (large, which, factors)
        last = self._add("last", np.array([-1], dtype=np.int64))
        yield _node("Gather", [x, self._add(f"{x}_apart", which)], large, axis=-1)
        yield _node("Mul", [x, self._add(f"{x}_factors", factors)], smooth)
        yield _node("Abs", [smooth], size)
        yield _node("ReduceMax", [size, last], largest, keepdims=1)
        yield _node("Max", [largest, self._add("tiny", _TINY)], safe)
        yield _node("Mul", [safe, self._add("step", np.float32(1 / 127))], scale)
        yield _node("Div", [smooth, scale], even)
        yield _node("QuantizeLinear", [even, *self._even()], rows)
        self._quantised[x] = (rows, scale)

    def _columns(self, x: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the columns that stay in float32, and the factors of all columns.

        The factor of a column that stays in float32 is 0.
        """
        sizes = np.maximum(self._largest[x], _TINY)
        weights = np.max([np.abs(self._value(w)).max(axis=1) for w in self._products[x]], axis=0)
        factors = np.maximum(weights, _TINY) ** (1 - SMOOTHING) / sizes**SMOOTHING
        which = np.sort(np.argsort(-sizes, kind="stable")[:APART]).astype(np.int64)
        factors[which] = 0
        return which, factors.astype(np.float32)

    def _even(self) -> tuple[str, str]:
        """Return the names of scale and zero point for rows already divided by their scales."""
        return self._add("one", np.float32(1)), self._add("middle", np.uint8(128))

    def _lookup(self, node: Any) -> Iterator[Any]:  # noqa: ANN401
        """Yield the rows of a table stored as int8, times the scale of each row."""
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
        """Add a constant once, under a name that no node has."""
        self._added[f"int8/{name}"] = value
        return f"int8/{name}"


def _node(kind: str, inputs: list[str], output: str, **attributes: Any) -> Any:  # noqa: ANN401
    from onnx import helper

    return helper.make_node(kind, inputs, [output], name=output, **attributes)


def _symmetric(
    matrix: NDArray[np.float32], *, axis: int
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return a matrix as integers from -127 to 127, and the scale of each slice across `axis`."""
    scales = np.maximum(np.abs(matrix).max(axis=axis) / 127, _TINY).astype(np.float32)
    numbers = np.rint(matrix / np.expand_dims(scales, axis))
    return numbers.astype(np.int8), scales
