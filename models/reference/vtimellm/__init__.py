"""VTimeLLM (arXiv 2311.18445): one row for each of 100 frames, and times as hundredths of the clip."""
