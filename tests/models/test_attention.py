"""Attention whose heads are split by nodes: rewritten to the same numbers in fewer nodes."""

from __future__ import annotations

from typing import Any

import numpy as np

from semsearch.models.onnx.attention import join_heads

HEADS, SIZE = 4, 8
WIDTH = HEADS * SIZE

Node = tuple[str, list[str], str, dict[str, Any]]


def _model(*, read_twice: bool) -> Any:  # noqa: ANN401 - onnx is untyped
    """Return a graph from `x` to `y` as the exporter writes attention, with shapes of values."""
    from onnx import helper, numpy_helper, shape_inference

    nodes: list[Node] = []
    for name in "qkv":
        nodes += [
            ("Mul", ["x", f"{name}_weights"], name, {}),
            ("Reshape", [name, "split"], f"{name}_split", {}),
            ("Transpose", [f"{name}_split"], f"{name}_heads", {"perm": [0, 2, 1, 3]}),
        ]
    nodes += [
        ("Attention", ["q_heads", "k_heads", "v_heads"], "heads", {"scale": 0.5}),
        ("Transpose", ["heads"], "tokens", {"perm": [0, 2, 1, 3]}),
        ("Reshape", ["tokens", "joined"], "rows", {}),
        ("Abs", ["rows"], "y", {}),
    ]
    random = np.random.default_rng(0)
    constants: dict[str, Any] = {f"{n}_weights": random.standard_normal(WIDTH) for n in "qkv"}
    constants = {name: value.astype(np.float32) for name, value in constants.items()}
    constants |= {"split": np.array([2, 5, HEADS, SIZE]), "joined": np.array([2, 5, WIDTH])}
    outputs = [helper.make_tensor_value_info("y", 1, [2, 5, WIDTH])]
    if read_twice:
        outputs.append(helper.make_tensor_value_info("heads", 1, None))
    graph = helper.make_graph(
        [helper.make_node(kind, ins, [out], **more) for kind, ins, out, more in nodes],
        "graph",
        [helper.make_tensor_value_info("x", 1, [2, 5, WIDTH])],
        outputs,
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    opset = [helper.make_opsetid("", 23)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=10)
    return shape_inference.infer_shapes(model)


def _run(model: Any) -> list[Any]:  # noqa: ANN401
    import onnxruntime

    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    x = np.random.default_rng(1).standard_normal((2, 5, WIDTH)).astype(np.float32)
    return list(session.run(None, {"x": x}))


def test_the_operator_splits_and_joins_heads() -> None:
    """The answer is the same, and neither reshapes nor their constants are left."""
    model = _model(read_twice=False)
    before = _run(model)
    join_heads(model.graph)
    np.testing.assert_array_equal(_run(model)[0], before[0])
    assert [node.op_type for node in model.graph.node] == ["Mul", "Mul", "Mul", "Attention", "Abs"]
    assert {c.name for c in model.graph.initializer} == {"q_weights", "k_weights", "v_weights"}


def test_heads_that_something_else_reads_stay() -> None:
    """An attention whose heads are an output of the graph is left as it is."""
    model = _model(read_twice=True)
    before = len(model.graph.node)
    join_heads(model.graph)
    assert len(model.graph.node) == before
