"""Video-LLaVA (arXiv 2311.10122): all tokens of 8 frames, and of pictures, through towers that were aligned before."""
