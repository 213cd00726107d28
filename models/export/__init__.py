"""Export of VideoChat: the visual side as one ONNX graph, the language model as GGUF, both tied by a manifest."""
