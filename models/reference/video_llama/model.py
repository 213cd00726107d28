"""Video-LLaMA's two branches in torch, over the weights by the originals' keys."""
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F

from reference.checkpoints import visual_shapes
from reference.config import LlamaConfig, QFormerConfig, VideoChatConfig, VisionConfig
from reference.qformer import QFormer
from reference.video_llama.sound import SoundConfig, frontend, sound_shapes


@dataclass
class Config:
    vision: VisionConfig = field(default_factory=lambda: VisionConfig(gmhra_layers=0))
    qformer: QFormerConfig = field(default_factory=lambda: QFormerConfig(extra_queries=0))
    # Of the Q-Formers over frames and over sounds: BERT's shape, cross-attention in each of two layers.
    layers: int = 2
    frames: int = 8
    positions: int = 32
    video_queries: int = 32
    audio_queries: int = 8
    sound: SoundConfig = field(default_factory=SoundConfig)

    def over(self, queries):
        q = self.qformer
        return QFormerConfig(q.width, q.heads, self.layers, q.hidden, 1, queries, 0)


def bert_shapes(c, prefix, source):
    """{key: shape} of a Q-Former that reads tokens of this width."""
    return {f"{prefix}.{key}": tuple(t.shape) for key, t in QFormer(c, source).state_dict().items()}


def video_shapes(config, width):
    """Of EVA, BLIP-2's Q-Former and what Video-LLaMA trained for frames."""
    whole = VideoChatConfig(config.vision, config.qformer, LlamaConfig(width=width))
    shapes = {k: s for k, s in visual_shapes(whole).items() if "gmhra" not in k and not k.startswith("extra_query")}
    q = config.qformer.width
    shapes["video_frame_position_embedding.weight"] = (config.positions, q)
    shapes["video_query_tokens"] = (1, config.video_queries, q)
    return {**shapes, **bert_shapes(config.over(config.video_queries), "video_Qformer", q)}


def audio_shapes(config, width):
    """Of ImageBind's audio branch and what Video-LLaMA trained for sounds."""
    q, wide = config.qformer.width, config.sound.out
    shapes = {**sound_shapes(config.sound), "audio_position_embedding.weight": (config.sound.clips, wide),
              "audio_query_tokens": (1, config.audio_queries, q), "audio_llama_proj.weight": (width, q), "audio_llama_proj.bias": (width,)}
    return {**shapes, **bert_shapes(config.over(config.audio_queries), "audio_Qformer", wide)}


def bert(config, get, prefix, source):
    """A Q-Former with weights."""
    model = QFormer(config, source)
    model.load_state_dict({key: get(f"{prefix}.{key}") for key in model.state_dict()})
    return model


@torch.no_grad()
def embed_video(config, get, pixels):
    """pixels [T,3,H,W] -> [32, width of the LLaMA]"""
    from reference.vit import VisionTransformer
    v, q = config.vision, config.qformer
    vit = VisionTransformer(v)
    vit.load_state_dict({key: t if "gmhra" in key else get("visual_encoder." + key) for key, t in vit.state_dict().items()})
    x = vit.embed(pixels.transpose(0, 1)[None])
    for block in vit.blocks:
        x = block(x)
    x = F.layer_norm(x, (v.width,), get("ln_vision.weight"), get("ln_vision.bias"))
    frames = len(x)
    x = bert(q, get, "Qformer", v.width)(get("query_tokens").expand(frames, -1, -1), x)
    x = x + get("video_frame_position_embedding.weight")[:frames, None]
    x = bert(config.over(config.video_queries), get, "video_Qformer", q.width)(get("video_query_tokens"), x.flatten(0, 1)[None])
    return F.linear(x[0], get("llama_proj.weight"), get("llama_proj.bias"))


@torch.no_grad()
def sounds(s, get, samples):
    """samples [clips,n] in −1…1 -> [clips,out]: ImageBind's vector of each piece, of the length that it gives sounds"""
    prefix = "modality_preprocessors.audio."
    mel = frontend(s, samples)
    x = F.conv2d(mel[:, None], get(prefix + "rgbt_stem.proj.weight"), None, s.stride).flatten(2).transpose(1, 2)
    x = F.layer_norm(x, (s.width,), get(prefix + "rgbt_stem.norm_layer.weight"), get(prefix + "rgbt_stem.norm_layer.bias"))
    x = torch.cat([get(prefix + "cls_token").expand(len(x), -1, -1), x], 1) + get(prefix + "pos_embedding_helper.pos_embed")
    norm = lambda y, key: F.layer_norm(y, (s.width,), get(key + ".weight"), get(key + ".bias"), 1e-6)
    for i in range(s.depth):
        block = f"modality_trunks.audio.blocks.{i}."
        own = torch.nn.MultiheadAttention(s.width, s.heads, add_bias_kv=True, batch_first=True)
        own.load_state_dict({key: get(f"{block}attn.{key}") for key in own.state_dict()})
        y = norm(x, block + "norm_1")
        x = x + own(y, y, y)[0]
        h = F.gelu(F.linear(norm(x, block + "norm_2"), get(block + "mlp.fc1.weight"), get(block + "mlp.fc1.bias")))
        x = x + F.linear(h, get(block + "mlp.fc2.weight"), get(block + "mlp.fc2.bias"))
    x = norm(x, "modality_heads.audio.0")[:, 0] @ get("modality_heads.audio.2.weight").T
    return F.normalize(x, dim=-1) * get("modality_postprocessors.audio.1.log_logit_scale").exp().clamp(max=100)


@torch.no_grad()
def embed_audio(config, get, samples):
    """samples [8,n] in −1…1 -> [8, width of the LLaMA]"""
    s = config.sound
    x = sounds(s, get, samples)
    x = (x + get("audio_position_embedding.weight"))[None]
    x = bert(config.over(config.audio_queries), get, "audio_Qformer", s.out)(get("audio_query_tokens"), x)
    return F.linear(x[0], get("audio_llama_proj.weight"), get("audio_llama_proj.bias"))
