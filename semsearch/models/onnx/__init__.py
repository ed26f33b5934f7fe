"""ONNX models: export, int8 quantisation, and the session that runs them."""
