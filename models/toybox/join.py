"""
Puts a language model (`train_language.py`) and eyes (`train_joint.py`) into one checkpoint, or with --split takes the
language model out of one.
"""
import argparse

import torch

PREFIX = "llama_model."


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--eyes", default="models/training/eyes.pt")
    a.add_argument("--language", default="models/training/language.pt")
    a.add_argument("--joint", default="models/training/joint.pt")
    a.add_argument("--split", action="store_true")
    o = a.parse_args()
    if o.split:
        s = torch.load(o.joint, map_location="cpu")
        llama = {k[len(PREFIX):]: v.float() for k, v in s["model"].items() if k.startswith(PREFIX)}
        torch.save({"llama": llama, "facts": s["facts"], "step": s["step"]}, o.language)
        return
    s, language = torch.load(o.eyes, map_location="cpu"), torch.load(o.language, map_location="cpu")
    s["model"].update({PREFIX + k: v for k, v in language["llama"].items()})
    s.pop("opt", None)
    torch.save(s, o.joint)


if __name__ == "__main__":
    main()
