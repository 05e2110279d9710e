"""Precisions of a network made on the spot. Needs onnxruntime, whose absence is said."""

import argparse
import hashlib
import importlib.util
import io
import json
import sys
import tempfile
import unittest
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "models/training"))

import quantise
from export import export
from networks import MASK_HEIGHT, MASK_WIDTH, SegmenterGraph, SegmenterNet
from operation import Operation

needs_onnxruntime = unittest.skipUnless(importlib.util.find_spec("onnxruntime"), "needs onnxruntime: npm run verify:python has it")


def figures(value: float, better: str, *speeds: float) -> dict:
    return {"metrics": {"x": {"value": value, "better": better}}, "framesPerSecond": dict(zip(("1", "8"), speeds, strict=True))}


class Wins(unittest.TestCase):
    def test_by_speed_without_loss(self) -> None:
        before = figures(0.9, "higher", 100, 100)
        self.assertEqual(quantise.wins(before, figures(0.895, "higher", 90, 120), "x"), (True, "it is 1.20 times as fast, and x differs by -0.0050"))
        self.assertEqual(quantise.wins(before, figures(0.88, "higher", 300, 300), "x"), (False, "x is worse by 0.0200"))
        self.assertEqual(quantise.wins(before, figures(0.95, "higher", 105, 70), "x"), (False, "it is 1.05 times as fast"))
        self.assertEqual(quantise.wins(figures(3, "lower", 10, 10), figures(4.5, "lower", 20, 20), "x"), (False, "x is worse by 1.5000"))
        self.assertEqual(quantise.wins(before, {**before, "metrics": {}}, "x"), (False, "it has no x any more"))


class Source:
    """Frames with a light block, which is label 1."""

    def read(self, split: str, width: int, height: int) -> list[Operation]:
        seed = {"validation": 1, "test": 2}[split]
        frames = np.random.default_rng(seed).integers(0, 60, size=(4, height, width, 3), dtype=np.uint8)
        frames[:, 20:80, 30:150] += 150
        shown = np.zeros((4, 72, 128), dtype=np.uint8)
        shown[:, 10:40, 15:75] = 1
        return [Operation(str(i), 1.0, frames[i : i + 2], {"maskLabels": ["Liver"]}, lambda _w, _h: shown[:2]) for i in (0, 2)]


def untimed() -> Any:  # noqa: ANN401
    """How fast graphs are takes longer to tell than all the rest; one test does."""
    return mock.patch("quantise.speeds", return_value=[{"1": 10.0, "8": 10.0}, {"1": 20.0, "8": 20.0}])


@needs_onnxruntime
class Precisions(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        torch.manual_seed(3)
        self.model = self.folder / "model"
        labels = {"id": "organ-segmenter", "version": "1.0.0", "task": "segmentation", "subject": "structure", "labels": ["Liver"], "threshold": 0.5}
        outputs = {"outputs": {"classes": "classes", "confidence": "confidence"}}
        size = (MASK_WIDTH, MASK_HEIGHT)
        with mock.patch("builtins.print"):
            export(SegmenterGraph(SegmenterNet(2)), size, self.model, {**labels, **outputs}, "card", None)

    def quantise(self, precision: str, keep: bool, wins: bool, or_same: bool = False) -> tuple[dict, Path]:
        output = self.folder / precision
        more = {"precision": precision, "keep": keep, "or_same": or_same}
        given = argparse.Namespace(layout="drawn", data=self.folder, operations=None, threads=1, output=output, **more)
        with mock.patch("sources.source", return_value=Source()), mock.patch("quantise.wins", return_value=(wins, "so")):
            return quantise.quantise(self.model, given), output

    def test_whole_numbers(self) -> None:
        import onnx

        report, output = self.quantise("int8", keep=False, wins=True)
        kinds = {node.op_type for node in onnx.load(output / "model.onnx").graph.node}
        self.assertTrue({"QuantizeLinear", "DequantizeLinear", "Conv"} <= kinds)
        self.assertLess(report["after"]["bytes"], 0.6 * report["before"]["bytes"])
        described = json.loads((output / "model.json").read_text())
        digest = hashlib.sha256((output / "model.onnx").read_bytes()).hexdigest()
        self.assertEqual([described["sha256"], report["sha256"], described["id"]], [digest, digest, "organ-segmenter"])
        self.assertEqual((output / "card.md").read_text(), "card")
        self.assertTrue(all(rate > 0 for at in ("before", "after") for rate in report[at]["framesPerSecond"].values()))

    def test_half_precision_that_does_not_win_is_not_written(self) -> None:
        patch = untimed()
        patch.start()
        self.addCleanup(patch.stop)
        report, output = self.quantise("fp16", keep=False, wins=False)
        self.assertEqual([report["wins"], sorted(path.name for path in output.iterdir())], [False, []])
        self.assertAlmostEqual(report["after"]["metrics"]["mean-dice"]["value"], report["before"]["metrics"]["mean-dice"]["value"], delta=0.02)
        self.quantise("fp16", keep=True, wins=False)
        self.assertEqual(sorted(path.name for path in output.iterdir()), ["card.md", "model.json", "model.onnx"])
        self.assertNotEqual((output / "model.onnx").read_bytes(), (self.model / "model.onnx").read_bytes())
        self.quantise("fp16", keep=False, wins=False, or_same=True)
        for name in ("card.md", "model.json", "model.onnx"):
            self.assertEqual((output / name).read_bytes(), (self.model / name).read_bytes(), name)

    def run_entry(self, model: Path, *more: str) -> tuple[int, str]:
        said = io.StringIO()
        arguments = ["quantise.py", "--model", str(model), "--data", str(self.folder), "--output", str(self.folder / "out"), "--threads", "1"]
        given = mock.patch.object(sys, "argv", [*arguments, "--precision", "int8", *more])
        with given, untimed(), mock.patch("sources.source", return_value=Source()), redirect_stdout(said), redirect_stderr(said):
            try:
                quantise.main()
            except SystemExit as stop:
                return int(stop.code or 0), said.getvalue()
        return 0, said.getvalue()

    def test_ends_as_the_evaluation_does(self) -> None:
        code, said = self.run_entry(self.model)
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r"(?m)^metric mean-dice=\d")
        self.assertRegex(said, r"(?m)^organ-segmenter in int8 (wins|does not win): ")
        report = json.loads((self.folder / "out/quantisation.json").read_text())
        self.assertEqual([report["model"]["id"], report["precision"], report["headline"]], ["organ-segmenter", "int8", "mean-dice"])
        self.assertEqual((self.folder / "out/model.onnx").exists(), report["wins"])
        self.assertEqual(self.run_entry(self.model, "--or-same")[0], 0)
        self.assertTrue((self.folder / "out/model.onnx").exists())
        self.assertEqual(self.run_entry(self.model, "--or-same", "--keep")[0], 2)
        (self.model / "model.onnx").write_bytes(b"other")
        code, said = self.run_entry(self.model)
        reason = "- model.onnx is not the file that model.json names: their digests differ."
        self.assertEqual([code, said], [1, f"The model can't be measured:\n{reason}\n"])


if __name__ == "__main__":
    unittest.main()
