"""Low-rank adapters as PEFT saves them, added to the weights they belong to while those are read."""
import json
import os

from .weight_files import CheckpointError, open_shard

PREFIX = "base_model.model."


class Adapter:
    """One folder with `adapter_config.json` and `adapter_model.safetensors` or `.bin`."""

    def __init__(self, folder):
        self.folder = folder
        try:
            with open(os.path.join(folder, "adapter_config.json"), encoding="utf-8") as f:
                facts = json.load(f)
        except (OSError, ValueError) as error:
            raise CheckpointError(f"{folder} has no adapter_config.json that can be read.") from error
        if facts.get("peft_type", "LORA") != "LORA" or facts.get("use_dora") or facts.get("fan_in_fan_out"):
            raise CheckpointError(f"{folder} is not a plain LoRA.")
        rank = self.rank = facts["r"]
        self.scale = facts["lora_alpha"] / (rank ** 0.5 if facts.get("use_rslora") else rank)
        names = [n for n in ("adapter_model.safetensors", "adapter_model.bin") if os.path.isfile(os.path.join(folder, n))]
        if not names:
            raise CheckpointError(f"{folder} has neither adapter_model.safetensors nor adapter_model.bin.")
        self.shard = open_shard(os.path.join(folder, names[0]))
        self.keys = set()
        for key in self.shard.keys():
            part, _, end = key.partition(".lora_")
            if not part.startswith(PREFIX) or end not in ("A.weight", "B.weight"):
                raise CheckpointError(f"{key} in {folder} is not a weight of a LoRA.")
            self.keys.add(part[len(PREFIX):] + ".weight")

    def delta(self, key, shape):
        """What is added to a weight, or None."""
        if key not in self.keys:
            return None
        a, b = self.halves(key, shape)
        return self.scale * (b @ a)

    def halves(self, key, shape):
        """[rank,columns] and [rows,rank], whose product is added to a weight of this shape."""
        part = PREFIX + key[: -len(".weight")]
        try:
            a, b = (self.shard.get(f"{part}.lora_{end}.weight").float() for end in "AB")
        except KeyError as error:
            raise CheckpointError(f"{self.folder} has one half of the adapter of {key}.") from error
        if (b.shape[0], a.shape[1]) != tuple(shape) or b.shape[1] != a.shape[0] or a.shape[0] != self.rank:
            raise CheckpointError(f"The adapter of {key} in {self.folder} is for a weight of {[b.shape[0], a.shape[1]]}, not of {list(shape)}.")
        return a, b


class Merged:
    """`get(key)` of a LlamaFolder with adapters added, one after the other as they were trained."""

    def __init__(self, folder, adapters):
        self.folder, self.adapters = folder, adapters
        unknown = [key for adapter in adapters for key in adapter.keys if key not in folder.where]
        if unknown:
            raise CheckpointError(f"{unknown[0]} has an adapter, but is not in {folder.path}.")

    def get(self, key):
        weight = self.folder.tensor(key).float()
        for adapter in self.adapters:
            delta = adapter.delta(key, weight.shape)
            weight = weight if delta is None else weight + delta
        return weight.numpy()
