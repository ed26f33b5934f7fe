"""Export of models to ONNX, quantisation, and the session that runs them."""
