"""A trained VideoChat from the file that training writes."""
import json
import os
import sys

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from reference.config import VideoChatConfig, mini  # noqa: E402
from reference.videochat import VideoChat  # noqa: E402

VOCABULARY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "toybox", "vocabulary.json")


def load_vocabulary():
    """[[text, score, type]] of the mini model."""
    with open(VOCABULARY, encoding="utf-8") as f:
        return json.load(f)


def load_model(path=None):
    """
    VideoChat in eval mode. The file holds {"model": state dict, "config": dict (left out: the mini model)}; without a
    path: the mini model with random weights, larger than at the start of training so that answers depend on them.
    """
    if path is None:
        torch.manual_seed(3)
        model = VideoChat(mini(len(load_vocabulary())))
        with torch.no_grad():
            for name, p in model.named_parameters():
                if p.dim() > 1:
                    fan_in = p[0].numel()
                    p.normal_(std=0.5 if "embed" in name or "token" in name or "position" in name else fan_in ** -0.5)
        return model.eval()
    data = torch.load(path, map_location="cpu")
    config = VideoChatConfig.from_dict(data["config"]) if data.get("config") else mini(len(load_vocabulary()))
    model = VideoChat(config)
    model.load_state_dict(data["model"])
    return model.eval()
