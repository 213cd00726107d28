"""ImageBind-LLM (arXiv 2309.03905): pictures, clips and sound as one vector, which a zero-gated prefix adds in each layer."""
