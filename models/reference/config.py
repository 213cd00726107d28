"""Configurations of VideoChat. Every size is a field, so the same modules build the 7B and the mini model."""
from dataclasses import asdict, dataclass, field


@dataclass
class VisionConfig:
    image_size: int = 224
    patch_size: int = 14
    width: int = 1408
    heads: int = 16
    depth: int = 39
    mlp_hidden: int = 6144
    # Global MHRA: block j runs after ViT block `depth - gmhra_layers + j`.
    gmhra_layers: int = 8
    gmhra_mlp_hidden: int = 6144
    gmhra_dropout: float = 0.5
    # Learned frame positions added to the tokens before the Q-Former. 0 = off, as in the original.
    frame_positions: int = 0


@dataclass
class QFormerConfig:
    width: int = 768
    heads: int = 12
    depth: int = 12
    hidden: int = 3072
    cross_attention_every: int = 2
    queries: int = 32
    extra_queries: int = 64


@dataclass
class LlamaConfig:
    vocab: int = 32001
    width: int = 4096
    heads: int = 32
    depth: int = 32
    hidden: int = 11008
    rms_eps: float = 1e-6
    rope_base: float = 10000.0
    context: int = 2048


@dataclass
class VideoChatConfig:
    vision: VisionConfig = field(default_factory=VisionConfig)
    qformer: QFormerConfig = field(default_factory=QFormerConfig)
    llama: LlamaConfig = field(default_factory=LlamaConfig)

    def to_dict(self):
        return asdict(self)

    @staticmethod
    def from_dict(d):
        return VideoChatConfig(VisionConfig(**d["vision"]), QFormerConfig(**d["qformer"]), LlamaConfig(**d["llama"]))


def full_size():
    """VideoChat-7B: ViT-g, 8 global MHRA blocks, Q-Former 12x768, LLaMA-7B (Vicuna v0, 32001 pieces)."""
    return VideoChatConfig()


def mini(vocab):
    """videochat-mini: the same architecture for 96-pixel frames of the toybox world."""
    return VideoChatConfig(
        VisionConfig(image_size=96, patch_size=8, width=128, heads=4, depth=5, mlp_hidden=512, gmhra_layers=2,
                     gmhra_mlp_hidden=256, gmhra_dropout=0.0, frame_positions=64),
        QFormerConfig(width=192, heads=6, depth=4, hidden=576, cross_attention_every=1),
        LlamaConfig(vocab=vocab, width=192, heads=6, depth=4, hidden=512, context=2048),
    )
