"""Encoders: turn texts into vectors, by sentence-transformers, by ONNX Runtime, or by hashing."""
