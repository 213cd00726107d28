"""VideoChat (arXiv 2305.06355) in PyTorch: one set of modules for the full-size and the mini model."""
