"""The companion systems on generated files with the originals' keys and counts. Run: python3 models/reference/test_systems.py"""
import json
import os
import sys
import tempfile
import unittest
from dataclasses import replace

import numpy as np
import onnx
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from reference.checkpoints import LlamaFolder, language_shapes  # noqa: E402
from reference.clip_files import from_openai, getters, read_tower  # noqa: E402
from reference.config import LlamaConfig  # noqa: E402
from export import lora_export  # noqa: E402
from reference.lora import Adapter  # noqa: E402
from reference.generated import LLAMA, to_openai, tower_tensors, write_clip  # noqa: E402
from reference.tower import Tower, TowerConfig, tower_shapes  # noqa: E402
from reference.video_chatgpt import export as chatgpt, make_files as chatgpt_files, model as chatgpt_model  # noqa: E402
from reference.imagebind_llm import export as bindllm, knn, make_files as bindllm_files, model as bindllm_model  # noqa: E402
from reference.smolvlm2 import make_pair as smol, manifest as smol_manifest, model as smol_model, tiles as smol_tiles  # noqa: E402
from reference.video_llama import export as videollama, make_files as videollama_files, model as videollama_model, sound as videollama_sound  # noqa: E402
from reference.video_llava import export as llava, make_files as llava_files, model as llava_model  # noqa: E402
from reference.vtimellm import export as vtime, make_files as vtime_files, model as vtime_model  # noqa: E402
from reference.weight_files import CheckpointError, load_torch  # noqa: E402

# 24 blocks of 16 heads and 32 layers, as in the originals; only widths shrink.
DEEP = TowerConfig(image_size=28, width=32, hidden=48, projection=24)
LANGUAGE = LlamaConfig(vocab=LLAMA.vocab, width=64, heads=32, depth=32, hidden=48)
ABOUT = {"name": "n", "description": "d", "version": "1", "licence": "MIT", "demonstration": True, "id": "reduced"}
QUIET = {"note": lambda _: None}


def count(shapes):
    return sum(int(torch.Size(shape).numel()) for shape in shapes.values())


class SystemsTest(unittest.TestCase):
    def setUp(self):
        self.holder = tempfile.TemporaryDirectory()
        self.folder = self.holder.name

    def tearDown(self):
        self.holder.cleanup()

    def path(self, name):
        return os.path.join(self.folder, name)

    def fails(self, pattern, call):
        with self.assertRaisesRegex(CheckpointError, pattern) as caught:
            call()
        self.assertNotIn("\n", str(caught.exception))

    def exported(self, made):
        """Every file is there, of its size, and each graph is one that ONNX accepts."""
        for entry in made["files"].values():
            path = self.path("out/" + entry["path"])
            self.assertEqual(os.path.getsize(path), entry["bytes"])
            if path.endswith(".onnx"):
                onnx.checker.check_model(path)
        with open(self.path("out/manifest.json"), encoding="utf-8") as f:
            self.assertEqual(json.load(f), made)

    def test_full_size_numbers(self):
        self.assertEqual(count(tower_shapes(TowerConfig())), 303_179_776)
        self.assertEqual(chatgpt_model.Config().rows, 356)
        self.assertEqual(chatgpt_model.projector_shapes(chatgpt_model.Config(), 4096)["model.mm_projector.weight"], (4096, 1024))
        self.assertEqual(vtime_model.projector_shapes(vtime_model.Config(), 4096)["model.mm_projector.weight"], (4096, 768))
        self.assertEqual(llava_model.Config().video.tokens * 8, 2056)

    def test_openai_and_hugging_face_are_one_tower(self):
        tensors = tower_tensors(DEEP)
        for key, tensor in from_openai(to_openai(tensors, DEEP.depth)).items():
            self.assertTrue(torch.equal(tensor, tensors[key]), key)
        torch.jit.save(torch.jit.script(vtime_files.OpenAiClip(to_openai(tensors, DEEP.depth))), self.path("ViT-L-14.pt"))
        write_clip(self.path("hf"), DEEP)
        a, b = (read_tower(self.path(name), DEEP, projection=True) for name in ("ViT-L-14.pt", "hf"))
        self.assertEqual(sorted(a), sorted(b))
        for key in a:
            self.assertTrue(torch.equal(a[key].float(), b[key].float()), key)

    def test_the_tower_is_that_of_torch(self):
        """Against torch's own attention and norm, in another order of computation."""
        c = replace(DEEP, depth=2, heads=4)
        get, _ = getters(tower_tensors(c))
        x = torch.randn(3, 5, c.width)
        layer = "vision_model.encoder.layers.1.self_attn."
        own = torch.nn.MultiheadAttention(c.width, c.heads, batch_first=True)
        with torch.no_grad():
            own.in_proj_weight.copy_(torch.cat([get(f"{layer}{n}_proj.weight") for n in "qkv"]))
            own.in_proj_bias.copy_(torch.cat([get(f"{layer}{n}_proj.bias") for n in "qkv"]))
            own.out_proj.weight.copy_(get(layer + "out_proj.weight")), own.out_proj.bias.copy_(get(layer + "out_proj.bias"))
            self.assertTrue(torch.allclose(own(x, x, x)[0], Tower(c, get).attend(x, layer[:-1]), atol=1e-5))

    def test_video_chatgpt(self):
        config = chatgpt_model.Config(DEEP)
        files = chatgpt_files.write_files(self.folder, config, LANGUAGE)
        made = chatgpt.export(**files, out=self.path("out"), kind="f16", config=config, **QUIET, **ABOUT)
        self.exported(made)
        self.assertEqual(made["encoder"]["output"], {"name": "embeddings", "rows": 104, "width": 64})
        _, _, language = chatgpt.assemble(**files, config=config)
        self.assertEqual([text for text, _, _ in language.vocabulary()[-3:]], ["<vid_patch>", "<vid_start>", "<vid_end>"])
        trained = torch.load(files["projection"])
        self.assertTrue((language.get("lm_head.weight") == trained["lm_head.weight"].float().numpy()).all())
        del trained["model.mm_projector.bias"]
        torch.save(trained, files["projection"])
        self.fails("lacks 1 weights: model.mm_projector.bias", lambda: chatgpt.assemble(**files, config=config))

    def test_vtimellm_merges_its_adapters(self):
        config = vtime_model.Config(DEEP)
        files = vtime_files.write_files(self.folder, config, LANGUAGE)
        self.exported(vtime.export(**files, out=self.path("out"), kind="f16", config=config, **QUIET, **ABOUT))
        _, visual, folder, language = vtime.assemble(**files, config=config)
        key = "model.layers.31.mlp.down_proj"
        want = LlamaFolder(files["base"]).tensor(key + ".weight").float()
        for stage in files["stages"]:
            adapter = torch.load(os.path.join(stage, "adapter_model.bin"))
            a, b = (adapter[f"base_model.model.{key}.lora_{end}.weight"] for end in "AB")
            want = want + 2.0 * (b @ a)
        self.assertTrue(torch.allclose(torch.from_numpy(language.get(key + ".weight")), want, atol=1e-6))
        self.assertEqual(set(folder.where), set(language_shapes(folder.config)))
        later = torch.load(os.path.join(files["stages"][0], "non_lora_trainables.bin"))
        self.assertTrue(torch.equal(visual["model.mm_projector.weight"], later["base_model.model.model.mm_projector.weight"]))
        with open(os.path.join(files["stages"][1], "adapter_config.json"), "w") as f:
            json.dump({"peft_type": "IA3"}, f)
        self.fails("is not a plain LoRA", lambda: vtime.assemble(**files, config=config))

    def test_adapters_beside_the_weights(self):
        files = vtime_files.write_files(self.folder, vtime_model.Config(DEEP), LANGUAGE)
        made = vtime.export(**files, out=self.path("out"), kind="f16", config=vtime_model.Config(DEEP), beside=True, **QUIET, **ABOUT)
        self.exported(made)
        self.assertEqual(made["language"]["adapters"], [{"file": "adapter-1"}, {"file": "adapter-2"}])
        other = replace(LANGUAGE, hidden=LANGUAGE.hidden + 16)
        self.fails("is for a weight of", lambda: lora_export.export_adapter(Adapter(files["stages"][0]), other, self.path("a.gguf")))
        self.fails("a LLaMA has no such matrix", lambda: lora_export.export_adapter(Adapter(files["stages"][0]), replace(LANGUAGE, depth=2), self.path("a.gguf")))

    def test_imagebind_llm(self):
        small = bindllm_files.SMALL
        config = replace(small, vision=replace(small.vision, depth=32, heads=16), sound=replace(small.sound, depth=12))
        for legacy in (True, False):
            files = bindllm_files.write_files(self.folder, config, LANGUAGE, legacy)
            made = bindllm.export(**files, out=self.path("out"), kind="f16", config=config, **QUIET, **ABOUT)
            self.exported(made)
        self.assertEqual((made["prefix"]["output"]["layers"], made["prefix"]["input"]["width"]), (32, 24))
        self.assertEqual(made["files"]["neighbours"]["bytes"], 4 * 24 * bindllm_files.KNOWN)
        bare = bindllm.export(**{**files, "knn": None}, out=self.path("bare"), kind="f16", config=config, **QUIET, **ABOUT)
        self.assertNotIn("cache", bare["prefix"])
        with open(files["knn"], "r+b") as f:
            f.truncate(1000)
        self.fails("cut off", lambda: knn.read_index(files["knn"]))
        trained = torch.load(files["adapter"])
        del trained["model"]["llama.layers.31.attention.gate"]
        torch.save(trained, files["adapter"])
        self.fails("lacks 1 weights: llama.layers.*.attention.gate", lambda: bindllm.assemble(files["llama"], files["adapter"], files["imagebind"], config))

    def test_imagebind_full_size(self):
        config = bindllm_model.Config()
        # OpenCLIP's ViT-H/14, whose kernel covers a second frame.
        self.assertEqual(count(bindllm_model.vision_shapes(config.vision)), 632_076_800 + 1280 * 3 * 14 * 14)
        self.assertEqual(bindllm_model.bridge_shapes(config, LlamaConfig())["image_bind_f2_3.weight"], (4096, 16384))

    def test_video_llava(self):
        config = llava_model.Config(DEEP, DEEP)
        for temporal in (False, True):
            files = llava_files.write_files(self.folder, config, LANGUAGE, temporal)
            made = llava.export(**files, out=self.path("out"), kind="f16", config=config, **QUIET, **ABOUT)
            self.exported(made)
            self.assertEqual(made["encoder"]["output"]["rowsPerFrame"], 5)
            self.assertEqual(made["encoder"]["image"]["output"]["rows"], 4)
            found, _, folder = llava.assemble(**files, config=config)
            self.assertEqual(found.video.frames, 8 if temporal else 0)
            self.assertEqual(folder.vocabulary()[LANGUAGE.vocab][0], "<image>")
        self.fails("no config.json", lambda: llava.assemble(self.folder))

    def test_video_llama(self):
        small = videollama_files.SMALL
        config = replace(small, vision=replace(small.vision, depth=39, heads=16), qformer=replace(small.qformer, depth=12, heads=12),
                         sound=replace(small.sound, depth=12))
        files = videollama_files.write_files(self.folder, config, LANGUAGE)
        made = videollama.export(**files, out=self.path("out"), kind="f16", config=config, **QUIET, **ABOUT)
        self.exported(made)
        self.assertEqual((made["encoder"]["output"]["rows"], made["audio"]["output"]["rows"]), (32, 8))
        deaf = videollama.export(**{**files, "audio": None, "imagebind": None}, out=self.path("deaf"), kind="f16", config=config, **QUIET, **ABOUT)
        self.assertNotIn("audio", deaf["abilities"])
        self.assertNotIn("audio", deaf["prompt"]["placeholders"])
        trained = torch.load(files["audio"])
        del trained["model"]["audio_query_tokens"]
        torch.save(trained, files["audio"])
        self.fails("lacks 1 weights: audio_query_tokens", lambda: videollama.assemble(**files, config=config))

    def test_the_filter_bank_as_one_matrix(self):
        """Window, slope and spectrum of a frame are what the steps of Kaldi give."""
        s = videollama_sound.SoundConfig()
        self.assertEqual((s.samples, s.fft, s.grid), (32_000, 512, (12, 19)))
        samples = torch.sin(torch.arange(s.samples, dtype=torch.float64) ** 1.3 / 9)[None]
        frames = samples.unfold(1, s.window, s.hop) - samples.mean()
        spectrum = frames @ videollama_sound.transform(s).T
        power = spectrum[..., : s.fft // 2 + 1] ** 2 + spectrum[..., s.fft // 2 + 1:] ** 2
        mel = (power @ videollama_sound.mel_bank(s).T).clamp(min=torch.finfo(torch.float32).eps).log().transpose(1, 2)
        want = videollama_sound.frontend(s, samples)[:, :, : mel.shape[2]]
        self.assertTrue(torch.allclose(((mel - s.mean) / s.deviation).float(), want, atol=1e-5))
        self.assertEqual(mel.shape[2], 198)

    def test_smolvlm2(self):
        self.assertEqual(smol_model.Config().rows, 64)
        self.assertEqual(smol_model.visual_shapes(smol_model.Config(), 960)[smol_model.CONNECTOR + ".weight"], (960, 12288))
        pieces = smol.vocabulary()
        self.assertEqual((len(pieces), pieces[49279][0], pieces[49189][0]), (49280, "<end_of_utterance>", "<fake_token_around_image>"))
        smol.write_pair(self.path("out"), **ABOUT)
        graph = onnx.load(self.path("out/vision_encoder.onnx")).graph
        self.assertEqual([i.name for i in graph.input], ["pixel_values", "pixel_attention_mask"])
        self.assertEqual(graph.input[1].type.tensor_type.elem_type, onnx.TensorProto.BOOL)
        self.assertEqual([o.name for o in graph.output], ["image_features"])
        parts, rows, columns = smol_tiles.cut(np.zeros((300, 400, 3), np.uint8))
        self.assertEqual((len(parts), rows, columns, parts[0].shape, parts[-1].shape), (13, 3, 4, (512, 512, 3), (512, 512, 3)))
        self.assertEqual((smol_tiles.resize_to_edge(30000, 10, 2048), smol_tiles.stretch_to_grid(2048, 1, 512)), ((2048, 1), (2048, 512)))
        os.rename(self.path("out/language.f16.gguf"), self.path("out/SmolVLM2-500M-Video-Instruct-f16.gguf"))
        sys.argv[1:] = [self.path("out"), "--size", "500m"]
        smol_manifest.main()
        with open(self.path("out/manifest.json"), encoding="utf-8") as f:
            made = json.load(f)
        self.assertEqual((made["id"], made["encoder"]["output"]["width"], made["files"]["vision"]["path"]), ("smolvlm2-500m", 960, "vision_encoder.onnx"))

    def test_nothing_in_an_archive_runs(self):
        """A TorchScript archive is read for its numbers; its code stays text."""
        class Loud(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.weight = torch.nn.Parameter(torch.arange(6.0).reshape(2, 3))

            def forward(self, x):
                return x @ self.weight
        torch.jit.save(torch.jit.script(Loud()), self.path("loud.pt"))
        self.assertEqual(list(load_torch(self.path("loud.pt"))), ["weight"])


if __name__ == "__main__":
    unittest.main()
