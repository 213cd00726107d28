"""The loader on generated files with the original's keys. Run: python3 models/reference/test_checkpoints.py"""
import json
import os
import pickle
import sys
import tempfile
import unittest

import onnx
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from export.export_videochat import export_all  # noqa: E402
from export.gguf_export import language_tensors  # noqa: E402
from reference import make_original_files as made  # noqa: E402
from reference.checkpoints import assemble, language_shapes, resize_positions, trained_keys, visual_shapes  # noqa: E402
from reference.config import full_size, mini  # noqa: E402
from reference.videochat import VideoChat  # noqa: E402
from reference.weight_files import CheckpointError, load_torch, read_sentencepiece  # noqa: E402


def count(shapes):
    total = 0
    for shape in shapes.values():
        n = 1
        for size in shape:
            n *= size
        total += n
    return total


class Evil:
    def __reduce__(self):
        return os.mkdir, (os.path.join(tempfile.gettempdir(), f"videochat-evil-{os.getpid()}"),)


class CheckpointTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.holder = tempfile.TemporaryDirectory()
        cls.folder = cls.holder.name
        cls.files = made.write_all(cls.folder)
        cls.config = made.reduced()

    @classmethod
    def tearDownClass(cls):
        cls.holder.cleanup()

    def path(self, name):
        return os.path.join(self.folder, name)

    def fails(self, pattern, **files):
        with self.assertRaisesRegex(CheckpointError, pattern) as caught:
            assemble(self.config, **{**self.files, **files})
        self.assertNotIn("\n", str(caught.exception))

    def test_original_keys_load_into_the_modules(self):
        together = assemble(self.config, **self.files)
        model = VideoChat(self.config)
        together.load_into(model)
        state, eva, blip2, videochat = model.state_dict(), made.eva(), made.blip2()["model"], made.videochat()["model"]
        same = lambda key, tensor: self.assertTrue(torch.equal(state[key].float(), tensor.float().reshape(state[key].shape)), key)
        same("visual_encoder.patch_embed.proj.weight", eva["patch_embed.proj.weight"][:, :, None])
        same("visual_encoder.blocks.38.attn.q_bias", eva["blocks.38.attn.q_bias"])
        same("query_tokens", blip2["query_tokens"])
        same("Qformer.bert.encoder.layer.10.crossattention.self.key.weight", blip2["Qformer.bert.encoder.layer.10.crossattention.self.key.weight"])
        same("ln_vision.weight", videochat["ln_vision.weight"])
        self.assertFalse(torch.equal(state["ln_vision.weight"], blip2["ln_vision.weight"]))
        for key, tensor in videochat.items():
            same(key, tensor)
        for key, tensor in made.llama().items():
            if "inv_freq" not in key:
                same("llama_model." + key, tensor)
        out = model(torch.randn(1, 2, 3, 28, 28))
        self.assertEqual(tuple(out.shape), (1, 96, made.D))
        self.assertTrue(torch.isfinite(out).all())

    def test_report_is_one_line(self):
        extra = made.videochat()
        extra["model"].update({f"visual_encoder.extra.{i}.weight": torch.zeros(1) for i in range(500)})
        torch.save(extra, self.path("odd.pth"))
        report = assemble(self.config, **{**self.files, "videochat": self.path("odd.pth")}).report()
        self.assertIn("unexpected: visual_encoder.extra.*.weight in odd.pth (500)", report)
        self.assertLess(len(report), 400)
        self.assertNotIn("unexpected", assemble(self.config, **self.files).report())

    def test_full_size_numbers(self):
        config = full_size()
        shapes = visual_shapes(config)
        part = lambda *prefixes: {k: s for k, s in shapes.items() if k.startswith(prefixes)}
        self.assertEqual(count(trained_keys(config)), 205_542_528)
        self.assertEqual(count(part("visual_encoder.gmhra.0.")), 25_292_416)
        vit = part("visual_encoder.")
        vit = {k: s for k, s in vit.items() if "gmhra" not in k}
        self.assertEqual(round(count(vit) / 1e6, 1), 985.9)
        self.assertEqual(shapes["visual_encoder.pos_embed"], (1, 257, 1408))
        self.assertEqual(shapes["visual_encoder.gmhra.7.attn.in_proj_weight"], (4224, 1408))
        self.assertEqual(shapes["llama_proj.weight"], (4096, 768))
        self.assertEqual(count(language_shapes(config.llama)), 6_738_423_808)

    def test_shapes_are_those_of_the_modules(self):
        for config in (mini(1024), self.config):
            state = {k: tuple(v.shape) for k, v in VideoChat(config).state_dict().items()}
            language = {"llama_model." + k: s for k, s in language_shapes(config.llama).items()}
            self.assertEqual(state, {**visual_shapes(config), **language})
            listed = {key + ".weight": shape for _, key, shape, _ in language_tensors(config.llama)}
            self.assertEqual(listed, language_shapes(config.llama))

    def test_folder_formats_agree(self):
        expected = made.llama()
        for kind in ("single", "safetensors"):
            made.write_vicuna(self.path(kind), kind if kind == "single" else "bin")
            if kind == "safetensors":
                for name in os.listdir(self.path(kind)):
                    if name.startswith("pytorch"):
                        os.remove(os.path.join(self.path(kind), name))
                made.write_vicuna(self.path(kind), kind)
            folder = assemble(self.config, **{**self.files, "vicuna": self.path(kind)}).folder
            for key in ("model.embed_tokens.weight", "model.layers.31.mlp.down_proj.weight", "lm_head.weight"):
                self.assertTrue((folder.get(key) == expected[key].float().numpy()).all())
        made.write_safetensors(self.path("b.safetensors"), {"x": torch.tensor([1.5, -2.0]).bfloat16()})
        from reference.weight_files import open_shard
        self.assertEqual(open_shard(self.path("b.safetensors")).get("x").tolist(), [1.5, -2.0])

    def test_vocabulary(self):
        vocabulary = assemble(self.config, **self.files).folder.vocabulary()
        self.assertEqual(len(vocabulary), made.V + 1)
        self.assertEqual(vocabulary[0], ("<unk>", 0.0, 2))
        self.assertEqual(vocabulary[13], ("<0x0A>", -13.0, 6))
        self.assertEqual(vocabulary[-1], ("[PAD]", -1000.0, 3))
        with self.assertRaises(CheckpointError):
            with open(self.path("bad.model"), "wb") as f:
                f.write(b"\x0a\xff\xff")
            read_sentencepiece(self.path("bad.model"))

    def test_legacy_files_load(self):
        torch.save(made.eva(), self.path("legacy.pth"), _use_new_zipfile_serialization=False)
        legacy = assemble(self.config, **{**self.files, "eva": self.path("legacy.pth")})
        usual = assemble(self.config, **self.files)
        for key in usual.visual:
            self.assertTrue(torch.equal(legacy.visual[key], usual.visual[key]), key)

    def test_shared_storages_and_views(self):
        whole = torch.arange(24.0).reshape(4, 6)
        value = {"model": {"a": whole, "b": whole[1:3].t(), "c": whole.bfloat16(), "d": torch.nn.Parameter(whole), "e": torch.zeros(0)}}
        for new in (True, False):
            torch.save(value, self.path("views.pth"), _use_new_zipfile_serialization=new)
            got = load_torch(self.path("views.pth"))["model"]
            for key, tensor in value["model"].items():
                self.assertTrue(torch.equal(got[key], tensor), key)

    def test_positions_are_interpolated(self):
        torch.save(made.eva(grid=4), self.path("large.pth"))
        key = "visual_encoder.pos_embed"
        got = assemble(self.config, **{**self.files, "eva": self.path("large.pth")}).visual[key]
        self.assertEqual(tuple(got.shape), (1, 5, made.C))
        self.assertTrue(torch.equal(got[:, 0], made.eva(grid=4)["pos_embed"][:, 0]))
        flat = torch.ones(1, 17, 3)
        self.assertTrue(torch.allclose(resize_positions(flat, 2), torch.ones(1, 5, 3)))

    def test_assembled_files_export(self):
        together, out = assemble(self.config, **self.files), self.path("exported")
        export_all(together.config, together.get, together.folder.get, together.folder.vocabulary(), out, "f16", lambda _: None,
                   id="reduced", name="reduced", description="reduced", version="1", licence="MIT", demonstration=True)
        onnx.checker.check_model(os.path.join(out, "vision.fp16.onnx"))
        with open(os.path.join(out, "manifest.json")) as f:
            manifest = json.load(f)
        self.assertEqual(manifest["encoder"]["output"], {"name": "embeddings", "rows": 96, "width": made.D})
        for entry in manifest["files"].values():
            self.assertEqual(os.path.getsize(os.path.join(out, entry["path"])), entry["bytes"])

    def test_wrong_files_are_one_sentence(self):
        torch.save(made.videochat(5120), self.path("13b.pth"))
        self.fails(r"llama_proj.*\[5120, 24\] where \[64, 24\] belongs. This is the file of VideoChat-13B", videochat=self.path("13b.pth"))
        self.fails("189 weights are in none of the files|weights are in none of the files: .*gmhra", videochat=None)
        self.fails("There is no file", eva=self.path("nowhere.pth"))
        self.fails("holds no weights", eva=self.write("empty.pth", {"model": {}}))
        with open(self.files["videochat"], "rb") as f:
            data = f.read()
        with open(self.path("cut.pth"), "wb") as f:
            f.write(data[:len(data) // 2])
        self.fails("not a whole PyTorch file", videochat=self.path("cut.pth"))
        self.fails("no config.json", vicuna=self.folder)

    def write(self, name, value):
        torch.save(value, self.path(name))
        return self.path(name)

    def test_nothing_in_a_file_runs(self):
        before = set(os.listdir(tempfile.gettempdir()))
        path = self.write("evil.pth", {"model": {"x": torch.zeros(1)}, "config": Evil()})
        self.assertEqual(list(load_torch(path)["model"]), ["x"])
        with open(self.path("raw.pth"), "wb") as f:
            pickle.dump(Evil(), f)
        with self.assertRaises(CheckpointError):
            load_torch(self.path("raw.pth"))
        self.assertFalse(any(n.startswith("videochat-evil") for n in set(os.listdir(tempfile.gettempdir())) - before))


if __name__ == "__main__":
    unittest.main()
