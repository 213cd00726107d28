"""Video-ChatGPT (arXiv 2306.05424): 100 frames through CLIP, pooled to 100 + 256 tokens."""
