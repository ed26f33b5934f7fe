"""Quantises exported graphs to int8: weights scaled by column, activations by row.

ONNX Runtime's dynamic quantisation scales all activations of a run together, so the result of a
text depends on the other texts in the batch. Here every token has its own scale: texts are
independent, and the copy agrees better with the original (docs/decisions/0009).

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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MIN_TABLE = 1 << 16
"""Fewest numbers of a table that gets a scale for each row."""

MIN_EXTERNAL = 1 << 10
"""Fewest bytes of a tensor that is stored beside its graph."""

APART = 4
"""Columns of an activation with large columns that stay in float32."""

LARGE = 4
"""A column is large if it has so many times the magnitude of the median column. An activation
without such a column has none that stays in float32; the output of an attention rarely has one."""

SMOOTHING = 0.5
"""Share of the differences between columns that is moved to the weights, 0 to 1."""

_TINY = np.float32(1e-12)
"""Replaces the scale of constants that are all zero."""


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
    save_graph(model, target)


def save_graph(model: Any, target: Path) -> None:  # noqa: ANN401 - onnx is untyped
    """Write a graph, and its large tensors into a `.bin` file beside it.

    Args:
        model: the graph with its weights.
        target: a file that does not exist yet; its stem names the `.bin` file.
    """
    import onnx

    onnx.save(
        model,
        str(target),
        save_as_external_data=True,
        location=f"{target.stem}.bin",
        size_threshold=MIN_EXTERNAL,
    )
    tensors = target.with_suffix(".bin")
    if tensors.exists():
        tensors.chmod(target.stat().st_mode)  # onnx lets nobody else read it


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


@dataclass(frozen=True, slots=True)
class _Product:
    """An activation times a constant matrix, plus a constant vector if there is one."""

    matrix: str
    vector: str | None
    output: str


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
        self._added: dict[str, NDArray[Any]] = {}
        self._names = (f"int8_{number}" for number in count())
        self._products: dict[str, list[_Product]] = defaultdict(list)
        self._replaced: dict[str, str | None] = {}
        """Outputs of nodes that are replaced: the activation whose products come in place of its
        first one, None for the others."""
        readers: dict[str, list[Any]] = defaultdict(list)
        for node in graph.node:
            for name in node.input:
                readers[name].append(node)
        for output in graph.output:
            readers[output.name].append(None)
        for node in graph.node:
            if node.op_type == "MatMul" and self._matrix(node.input[1]):
                self._collect(node, readers[node.output[0]])

    def _collect(self, node: Any, readers: Sequence[Any]) -> None:  # noqa: ANN401
        """Remember a product, and the sum with a vector if nothing else reads the product."""
        x, matrix = node.input
        product, vector = node.output[0], None
        self._replaced[product] = None if x in self._products else x
        if len(readers) == 1 and readers[0] is not None and readers[0].op_type == "Add":
            others = [name for name in readers[0].input if name != product]
            if others and self._is_vector(others[0]):
                product, vector = readers[0].output[0], others[0]
                self._replaced[product] = None
        self._products[x].append(_Product(matrix, vector, product))

    def of(self, node: Any) -> Iterator[Any]:  # noqa: ANN401
        """Yield the replacement of a node in order: the node itself, unless it can be quantised."""
        if node.output[0] in self._replaced:
            x = self._replaced[node.output[0]]
            if x is not None:
                yield from self._multiply(x)
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

    def _multiply(self, x: str) -> Iterator[Any]:
        """Yield all products of an activation as one, whose columns are split afterwards.

        A single question spends most of its time between the nodes, not in them.
        """
        products = self._products[x]
        outputs = [product.output for product in products]
        if len(products) == 1:
            yield from self._product(x, outputs[0])
            return
        joined = next(self._names)
        yield from self._product(x, joined)
        widths = [self._value(product.matrix).shape[1] for product in products]
        sizes = self._add(f"{outputs[0]}_widths", np.array(widths, dtype=np.int64))
        yield _node("Split", [joined, sizes], *outputs, axis=-1)

    def _product(self, x: str, output: str) -> Iterator[Any]:
        """Yield the integer product of an activation with its matrices, side by side.

        It is multiplied by the scales of columns and rows. The product of the float32 columns and
        the vectors are added.
        """
        products = self._products[x]
        weights = np.concatenate([self._value(product.matrix) for product in products], axis=1)
        which, factors = self._columns(x, weights)
        rows, largest, step, middle = next(self._names), next(self._names), *self._step()
        yield from self._rows(x, factors, rows, largest)
        rest = np.divide(weights, factors[:, None], where=factors[:, None] > 0, out=weights * 0)
        matrix, columns = _symmetric(rest, axis=0)
        w8, by_column = self._add(f"{x}_int8", matrix), self._add(f"{x}_scales", columns)
        inputs = [rows, w8, step, by_column, middle]
        nodes = [("MatMulIntegerToFloat", inputs), ("Mul", [largest])]
        if which.size:
            large, apart = next(self._names), next(self._names)
            yield _node("Gather", [x, self._add(f"{x}_apart", which)], large, axis=-1)
            yield _node("MatMul", [large, self._add(f"{x}_exact", weights[which])], apart)
            nodes.append(("Add", [apart]))
        if any(product.vector for product in products):
            nodes.append(("Add", [self._add(f"{x}_vector", self._vectors(products))]))
        value: list[str] = []
        for kind, others in nodes:
            name = output if others is nodes[-1][1] else next(self._names)
            domain = _CONTRIB if kind == "MatMulIntegerToFloat" else ""
            yield _node(kind, [*value, *others], name, domain=domain)
            value = [name]

    def _vectors(self, products: Sequence[_Product]) -> NDArray[np.float32]:
        """Return the vectors that are added to products, side by side; zeros where none is."""
        return np.concatenate(
            [
                np.broadcast_to(
                    self._value(product.vector) if product.vector else np.float32(0),
                    self._value(product.matrix).shape[1],
                )
                for product in products
            ]
        )

    def _rows(self, x: str, factors: NDArray[np.float32], rows: str, largest: str) -> Iterator[Any]:
        """Quantise the rows of an activation around 128, each in 127 steps of its largest number.

        Dividing by the largest numbers first takes fewer steps than a per-axis quantiser, which
        needs two axes and a zero point for each row. A row of zeros becomes any integers, and
        zeros again when its products are multiplied by its largest number.
        """
        smooth, size, even = (next(self._names) for _ in range(3))
        last = self._add("last", np.array([-1], dtype=np.int64))
        yield _node("Mul", [x, self._add(f"{x}_factors", factors)], smooth)
        yield _node("Abs", [smooth], size)
        yield _node("ReduceMax", [size, last], largest, keepdims=1)
        yield _node("Div", [smooth, largest], even)
        yield _node("QuantizeLinear", [even, *self._step()], rows)

    def _columns(
        self, x: str, weights: NDArray[np.float32]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the columns that stay in float32, if any, and the factors of all columns.

        The factor of a column that stays in float32 is 0.
        """
        sizes = np.maximum(self._largest[x], _TINY)
        by_row = np.maximum(np.abs(weights).max(axis=1), _TINY)
        factors = by_row ** (1 - SMOOTHING) / sizes**SMOOTHING
        apart = APART if sizes.max() > LARGE * np.median(sizes) else 0
        which = np.sort(np.argsort(-sizes, kind="stable")[:apart]).astype(np.int64)
        factors[which] = 0
        return which, factors.astype(np.float32)

    def _step(self) -> tuple[str, str]:
        """Return the names of scale and zero point for rows divided by their largest number."""
        return self._add("step", np.float32(1 / 127)), self._add("middle", np.uint8(128))

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

    def _is_vector(self, name: str) -> bool:
        constant = self._constants.get(name)
        return constant is not None and constant.data_type == 1 and len(constant.dims) == 1

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


def _node(kind: str, inputs: list[str], *outputs: str, **attributes: Any) -> Any:  # noqa: ANN401
    from onnx import helper

    return helper.make_node(kind, inputs, outputs, name=outputs[0], **attributes)


def _symmetric(
    matrix: NDArray[np.float32], *, axis: int
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return a matrix as integers from -127 to 127, and the scale of each slice across `axis`."""
    scales = np.maximum(np.abs(matrix).max(axis=axis) / 127, _TINY).astype(np.float32)
    numbers = np.rint(matrix / np.expand_dims(scales, axis))
    return numbers.astype(np.int8), scales
