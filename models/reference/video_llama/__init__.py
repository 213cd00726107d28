"""Video-LLaMA (arXiv 2306.02858): Q-Formers over 8 frames and over 8 pieces of sound."""
