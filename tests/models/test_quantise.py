"""The int8 copy of a graph: near the original, the same for every row whatever is beside it.

Covers `models/onnx/calibration_texts`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from semsearch.models.onnx.quantise import APART, MIN_EXTERNAL, quantise

WIDTH = 32
FLOAT, INT8, INT64 = 1, 3, 7
"""What ONNX calls these types."""

Node = tuple[str, list[str], str]
"""An operator, its inputs and its output."""


def _write(
    folder: Path, nodes: list[Node], constants: dict[str, Any], kind: int, rank: int
) -> Path:
    """Write a graph from `x`, of so many axes, to `y`."""
    import onnx
    from onnx import helper, numpy_helper

    graph = helper.make_graph(
        [helper.make_node(kind_, inputs, [output]) for kind_, inputs, output in nodes],
        "graph",
        [helper.make_tensor_value_info("x", kind, [None] * (rank - 1) + [WIDTH])],
        [helper.make_tensor_value_info("y", FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    opset = [helper.make_opsetid("", 23)]
    path = folder / "fp32.onnx"
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=10), str(path))
    return path


def _run(path: Path, x: NDArray[Any]) -> NDArray[np.float32]:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"x": x})[0])


def _graph(path: Path) -> Any:  # noqa: ANN401 - onnx is untyped
    import onnx

    return onnx.load(str(path)).graph


def _random(*shape: int) -> NDArray[np.float32]:
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


@pytest.fixture
def products(tmp_path: Path) -> tuple[Path, Path]:
    """Give a graph of two products of one input, the first plus a vector, and its copy."""
    nodes = [
        ("MatMul", ["x", "a"], "xa"),
        ("Add", ["vector", "xa"], "xav"),
        ("MatMul", ["x", "b"], "xb"),
        ("Sub", ["xav", "xb"], "y"),
    ]
    constants = {"a": _random(WIDTH, 48), "b": _random(WIDTH, 48)[::-1].copy()}
    source = _write(tmp_path, nodes, constants | {"vector": _random(48)}, FLOAT, 3)
    quantise(source, tmp_path / "int8.onnx", {"x": _random(4, 6, WIDTH)})
    return source, tmp_path / "int8.onnx"


def test_products_are_near_the_original(products: tuple[Path, Path]) -> None:
    """Products differ by at most a hundredth and have the same shape."""
    x = _random(2, 5, WIDTH)
    wanted, found = (_run(path, x) for path in products)
    assert wanted.shape == found.shape == (2, 5, 48)
    assert np.abs(wanted - found).mean() < 0.01 * np.abs(wanted).mean()


def test_a_row_is_the_same_beside_any_other(products: tuple[Path, Path]) -> None:
    """Each row has its own scale, so rows a thousand times as large do not matter."""
    x = _random(3, 4, WIDTH)
    alone = _run(products[1], x[:1])
    x[1:] *= 1000
    np.testing.assert_array_equal(_run(products[1], x)[:1], alone)


def test_products_of_rows_of_zeros_are_the_vector(products: tuple[Path, Path]) -> None:
    """Rows of zeros have no largest number to be divided by."""
    zeros = np.zeros((1, 2, WIDTH), dtype=np.float32)
    np.testing.assert_array_equal(_run(products[1], zeros), np.tile(_random(48), (1, 2, 1)))


def test_products_of_one_input_are_one_product(products: tuple[Path, Path]) -> None:
    """Its weights take one byte each; no column is large enough to stay in float32."""
    graph = _graph(products[1])
    sizes = {(c.data_type, tuple(c.dims)) for c in graph.initializer if len(c.dims) == 2}
    assert sizes == {(INT8, (WIDTH, 96))}
    kinds = [node.op_type for node in graph.node]
    assert (kinds.count("QuantizeLinear"), kinds.count("MatMulIntegerToFloat")) == (1, 1)


def test_a_sum_is_kept_if_something_else_reads_the_product(tmp_path: Path) -> None:
    """The product is still there for its other reader."""
    nodes = [
        ("MatMul", ["x", "a"], "xa"),
        ("Add", ["xa", "vector"], "sum"),
        ("Mul", ["sum", "xa"], "y"),
    ]
    constants = {"a": _random(WIDTH, 48), "vector": _random(48)}
    source = _write(tmp_path, nodes, constants, FLOAT, 2)
    x = _random(4, WIDTH)
    quantise(source, tmp_path / "int8.onnx", {"x": x})
    wanted, found = _run(source, x), _run(tmp_path / "int8.onnx", x)
    assert np.abs(wanted - found).mean() < 0.01 * np.abs(wanted).mean()


def test_large_tables_are_kept_in_one_byte(tmp_path: Path) -> None:
    """A row is found within a 254th of its largest number; small tables stay as they are."""
    table, small = _random(1 << 11, WIDTH), _random(16, WIDTH)
    nodes = [
        ("Gather", ["table", "x"], "large"),
        ("Gather", ["small", "which"], "few"),
        ("Add", ["large", "few"], "y"),
    ]
    constants = {"table": table, "small": small, "which": np.array(3)}
    source = _write(tmp_path, nodes, constants, INT64, 1)
    quantise(source, tmp_path / "int8.onnx", {})
    x = np.arange(WIDTH) * 7
    found = _run(tmp_path / "int8.onnx", x) - small[3]
    steps = np.abs(table[x]).max(axis=1, keepdims=True) / 127
    assert (np.abs(found - table[x]) <= steps / 2 + 1e-6).all()
    kept = {c.name for c in _graph(tmp_path / "int8.onnx").initializer}
    assert "small" in kept
    assert "table" not in kept


def test_large_tensors_lie_beside_the_graph(tmp_path: Path) -> None:
    """ONNX Runtime maps that file, so processes share it; small tensors stay in the graph."""
    nodes = [("MatMul", ["x", "a"], "y")]
    source = _write(tmp_path, nodes, {"a": _random(WIDTH, 48)}, FLOAT, 2)
    target = tmp_path / "int8.onnx"
    quantise(source, target, {"x": _random(4, WIDTH)})
    tensors = tmp_path / "int8.bin"
    assert tensors.stat().st_size >= WIDTH * 48 > MIN_EXTERNAL
    assert target.stat().st_size < source.stat().st_size
    assert tensors.stat().st_mode == target.stat().st_mode


def test_a_graph_with_nothing_to_quantise_is_copied(tmp_path: Path) -> None:
    """Products of two inputs have no weights."""
    nodes = [("Mul", ["x", "x"], "y")]
    source = _write(tmp_path, nodes, {}, FLOAT, 2)
    quantise(source, tmp_path / "int8.onnx", {})
    x = _random(3, WIDTH)
    np.testing.assert_array_equal(_run(tmp_path / "int8.onnx", x), x * x)
    assert not (tmp_path / "int8.bin").exists()


def test_large_columns_leave_room_for_the_others(tmp_path: Path) -> None:
    """Columns a hundred times as large as the rest cost these nothing.

    They are multiplied apart.
    """
    nodes = [("MatMul", ["x", "a"], "y")]
    source = _write(tmp_path, nodes, {"a": _random(WIDTH, 48)}, FLOAT, 2)
    x = _random(40, WIDTH)
    x[:, [3, 17]] *= 100
    quantise(source, tmp_path / "int8.onnx", {"x": x})
    error = np.abs(_run(tmp_path / "int8.onnx", x) - _run(source, x)).max()
    assert error < 0.2  # 5 when all columns share the scale of their row
    exact = {tuple(c.dims) for c in _graph(tmp_path / "int8.onnx").initializer if len(c.dims) == 2}
    assert (APART, 48) in exact
