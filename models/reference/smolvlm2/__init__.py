"""SmolVLM2: SigLIP, 64 tokens for each frame, and a small LLaMA whose files are published as ONNX and GGUF already."""
