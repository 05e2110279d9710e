"""Measures on made-up outputs, and the entry on networks exported on the spot. Running ONNX needs onnxruntime; without it that is said."""

import hashlib
import importlib.util
import io
import json
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "models/training"))

import card
import evaluate
import measure
from export import export
from generated import FRAMES, MASKS, WHOLE, describe, elsewhere
from networks import DetectorGraph, DetectorNet, EmbeddingGraph, FrameGraph, FrameNet
from operation import Operation, UnannotatedError

needs_onnxruntime = unittest.skipUnless(importlib.util.find_spec("onnxruntime"), "needs onnxruntime: npm run verify:python has it")


def operation(name: str, frames: int, **truth: object) -> Operation:
    return Operation(name, 0.5, np.zeros((frames, 4, 4, 3), dtype=np.uint8), {"media": {"width": 100, "height": 100}, **truth})


class Measures(unittest.TestCase):
    def test_seconds_outside(self) -> None:
        model = {"task": "frame-classification", "subject": "out-of-body", "labels": ["in-body", "out-of-body"], "threshold": 0.5}
        outside = [{"startFrame": 0, "endFrame": 4}]
        scores = np.array([[0.1, 0.9]] * 3 + [[0.9, 0.1]] * 6 + [[0.2, 0.8]])
        found = measure.measure(model, [operation("1", 10, outOfBody=outside)] * 2, [{"scores": scores}] * 2)
        # One of four frames of half a second is missed in five seconds, and one is covered in vain.
        self.assertEqual(found.headline, "missed-seconds-per-hour")
        values = {name: metric["value"] for name, metric in found.metrics.items()}
        self.assertEqual(values, {"missed-seconds-per-hour": 360, "vain-seconds-per-hour": 360, "recall": 0.75})
        self.assertEqual(found.metrics["recall"], {"value": 0.75, "low": 0.75, "high": 0.75, "better": "higher", "operations": 2})

    def test_phases_without_frames_that_nobody_named(self) -> None:
        model = {"task": "frame-classification", "subject": "phase", "labels": ["A", "B", "C"], "threshold": 0}
        segments = [{"level": "phase", "label": label, "startFrame": a, "endFrame": b} for label, a, b in (("A", 0, 2), ("B", 2, 4))]
        scores = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.8, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]])
        found = measure.measure(model, [operation("1", 5, segments=segments)], [{"scores": scores}])
        self.assertEqual(found.metrics["accuracy"], {"value": 0.75, "low": None, "high": None, "better": "higher", "operations": 1})
        self.assertEqual(found.per_class["A"]["f1"]["value"], round(2 / 3, 6))
        self.assertEqual(found.per_class["B"]["precision"]["value"], round(2 / 3, 6))
        self.assertNotIn("C", found.per_class)
        self.assertEqual(found.metrics["calibration-error"]["value"], round(abs(0.8 - 0.75), 6))

    def test_conditions_of_the_view(self) -> None:
        model = {"task": "frame-classification", "subject": "view", "labels": ["smoke", "blur"], "threshold": 0.5}
        events = [{"type": "smoke", "startFrame": 0, "endFrame": 2}]
        scores = np.array([[0.9, 0.1], [0.2, 0.1], [0.9, 0.1], [0.1, 0.1]])
        found = measure.measure(model, [operation("1", 4, events=events)], [{"scores": scores}])
        self.assertEqual([found.metrics["mean-f1"]["value"], list(found.per_class)], [0.5, ["smoke"]])

    def test_boxes(self) -> None:
        model = {"task": "object-detection", "subject": "instrument", "labels": ["Hook", "Clipper"], "threshold": 0.5}
        truth = operation("1", 2, instrumentLabels=["Clipper", "Hook"], instruments=[(0, [(1, 10, 10, 20, 20)]), (1, [(1, 50, 50, 20, 20)])])
        boxes = np.array([[[0.1, 0.1, 0.2, 0.2], [0.7, 0.7, 0.1, 0.1]], [[0.5, 0.5, 0.2, 0.14], [0, 0, 0, 0]]])
        output = {"boxes": boxes, "scores": np.array([[0.9, 0.6], [0.8, 0]]), "classes": np.array([[0, 0], [0, 0]])}
        found = measure.measure(model, [truth], [output])
        # At 0.5 both are found before the wrong one; from 0.75 on the second, which overlaps by 0.7, is wrong as well.
        self.assertEqual(found.metrics["map50"]["value"], 1)
        one = 51 / 101
        self.assertAlmostEqual(found.metrics["map"]["value"], (5 * 1 + 5 * one) / 10, places=5)
        self.assertEqual([found.metrics[name]["value"] for name in ("precision", "recall")], [round(2 / 3, 6), 1])
        self.assertEqual([list(found.per_class), found.per_class["Hook"]["ap50"]["value"]], [["Hook"], 1])

    def test_outlines(self) -> None:
        model = {"task": "segmentation", "subject": "structure", "labels": ["Liver", "Fat"], "threshold": 0.5}
        shown = np.zeros((1, 2, 4), dtype=np.uint8)
        shown[0, 0] = 1
        truth = Operation("1", 1, np.zeros((1, 2, 4, 3), dtype=np.uint8), {"maskLabels": ["Liver"]}, lambda _w, _h: shown)
        classes = np.zeros((1, 2, 4), dtype=np.uint8)
        classes[0, :, :2] = 1
        found = measure.measure(model, [truth], [{"classes": classes, "confidence": np.full((1, 2, 4), 0.99)}])
        values = {name: metric["value"] for name, metric in found.metrics.items()}
        self.assertEqual(values, {"mean-dice": 0.5, "mean-iou": round(1 / 3, 6), "calibration-error": 0.49})
        self.assertEqual(list(found.per_class), ["Liver"])

    def test_frames_alone_are_an_operation(self) -> None:
        shown = np.arange(6, dtype=np.uint8)[:, None, None]
        truth = {
            "media": {"width": 1, "height": 1},
            "outOfBody": [{"startFrame": 0, "endFrame": 2}],
            "events": [{"type": "fog", "startFrame": 1, "endFrame": 4}, {"type": "smoke", "startFrame": 4, "endFrame": 5}],
            "segments": [
                {"level": "phase", "label": "A", "startFrame": 0, "endFrame": 3},
                {"level": "phase", "label": "B", "startFrame": 3, "endFrame": 6},
            ],
            "instrumentLabels": ["Hook"],
            "instruments": [(0, [(0, 0, 0, 1, 1)]), (3, [(0, 0, 0, 1, 0.5)])],
        }
        whole = Operation("1", 1, np.broadcast_to(shown[..., None], (6, 1, 1, 3)), truth, lambda _w, _h: shown)
        part = evaluate.foggy(whole)
        # Frames 2 and 3: fog, inside the patient.
        self.assertEqual(part.frames[:, 0, 0, 0].tolist(), [2, 3])
        self.assertEqual(part.out_of_body().tolist(), [False, False])
        self.assertEqual(part.events(["fog", "smoke"]).tolist(), [[1, 0], [1, 0]])
        self.assertEqual(part.phases(["A", "B"]).tolist(), [0, 1])
        self.assertEqual([boxes.tolist() for boxes in part.boxes()], [[], [[0, 0, 0, 1, 0.5]]])
        self.assertEqual(part.masks(1, 1).ravel().tolist(), [2, 3])  # type: ignore[misc]
        self.assertEqual(len(whole.only(np.zeros(6, dtype=bool)).frames), 0)

    def test_another_procedure_is_of_seeds_that_nothing_else_has(self) -> None:
        sets = [recipe for kind in (FRAMES, WHOLE, MASKS) for recipes in (*kind.values(), elsewhere(kind["test"])) for recipe in recipes]
        seeds = [seed for recipe in sets for seed in recipe.seeds]
        self.assertEqual(len(seeds), len(set(seeds)))
        self.assertEqual(describe(elsewhere(FRAMES["test"])), "seeds 9301-9312 (60 s at 4 fps, 640x360, laparoscopic-hysterectomy)")
        names = {subject: [shift[0] for shift in evaluate.shifts_of({"task": "", "subject": subject})] for subject in ("view", "phase")}
        fog = "only frames with fog on the lens"
        self.assertEqual(names, {"view": ["a laparoscopic-hysterectomy", fog], "phase": [fog]})

    def test_intervals_come_from_operations(self) -> None:
        found = measure.estimate([0.0, 1.0, 1.0, 1.0], lambda some: float(np.mean(some)), "higher")
        self.assertEqual(found, {"value": 0.75, "low": 0.25, "high": 1.0, "better": "higher", "operations": 4})
        self.assertIsNone(measure.estimate([np.nan], lambda some: float(np.mean(some)), "higher"))

    def test_what_nobody_annotated_is_no_zero(self) -> None:
        model = {"task": "frame-classification", "subject": "phase", "labels": ["A"], "threshold": 0}
        with self.assertRaisesRegex(UnannotatedError, 'of operation "1" which phase'):
            measure.measure(model, [operation("1", 1)], [{"scores": np.ones((1, 1))}])
        with self.assertRaisesRegex(ValueError, 'no measures for the subject "critical-view"'):
            measure.measure({**model, "subject": "critical-view"}, [], [])


class Entry(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def model(self, network: FrameNet | None = None) -> Path:
        torch.manual_seed(1)
        description = {"id": "phase-classifier", "version": "1.0.0", "task": "frame-classification", "subject": "phase", "labels": ["A", "B"]}
        rest = {"threshold": 0, "outputs": {"scores": "scores"}, "syntheticOnly": False}
        reference = Operation("77", 1.0, np.full((2, 64, 64, 3), 90, dtype=np.uint8), {})
        target = self.folder / "made/phase-classifier"
        export(FrameGraph(network or FrameNet(2), exclusive=True), 64, target, {**description, **rest}, "card", reference)
        return target

    def dataset(self) -> Path:
        """Two cases of a version, written as frames that need no decoder but Pillow's."""
        from PIL import Image

        data = self.folder / "data"
        cases = []
        for case, grey in (("0" * 16, 40), ("1" * 16, 200)):
            lines = ""
            for number in range(3):
                file = data / f"frames/{case}/{number:08}.jpg"
                file.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(np.full((36, 64, 3), grey, dtype=np.uint8)).save(file)
                digest = hashlib.sha256(file.read_bytes()).hexdigest()
                frame = {"file": str(file.relative_to(data)), "sha256": digest, "width": 64, "height": 36, "phase": {"label": "A"}}
                lines += json.dumps(frame) + "\n"
            (data / "annotations").mkdir(exist_ok=True)
            (data / f"annotations/{case}.jsonl").write_text(lines)
            annotations = {"file": f"annotations/{case}.jsonl", "sha256": hashlib.sha256(lines.encode()).hexdigest()}
            cases.append({"case": case, "split": "test", "annotations": annotations})
        manifest = {"schema": "dataset-version/1.0", "name": "cuts", "version": "2.0.0", "task": "frame-classification", "classes": ["A", "B"]}
        (data / "manifest.json").write_text(json.dumps({**manifest, "cases": cases, "extraction": {"framesPerSecond": 1}}))
        return data

    def run_entry(self, model: Path, data: Path, *more: str) -> tuple[int, str]:
        said = io.StringIO()
        arguments = ["--model", str(model), "--data", str(data), "--layout", "version", "--output", str(self.folder / "out"), "--threads", "1", *more]
        with (
            mock.patch.object(sys, "argv", ["evaluate.py", *arguments]),
            mock.patch("sys.stderr", said),
            mock.patch("builtins.print", self.printed(said)),
        ):
            try:
                evaluate.main()
            except SystemExit as stop:
                return int(stop.code or 0), said.getvalue()
        return 0, said.getvalue()

    def printed(self, said: io.StringIO) -> object:
        return lambda *words, **_rest: said.write(" ".join(map(str, words)) + "\n")

    @needs_onnxruntime
    def test_writes_what_an_approval_reads(self) -> None:
        model, data = self.model(), self.dataset()
        # No generator: the reference can't be drawn, and that is said instead of counted.
        with mock.patch.dict("os.environ", {"NODE": "/nowhere/node"}):
            code, said = self.run_entry(model, data)
        self.assertEqual(code, 0, said)
        self.assertIn("No golden frames", said)
        self.assertRegex(said, r"(?m)^metric accuracy=")
        document = json.loads((self.folder / "out/quality.json").read_text())
        self.assertEqual([document["schema"], document["golden"], document["headline"]], ["model-quality/1.0", None, "accuracy"])
        self.assertEqual(document["model"]["sha256"], hashlib.sha256((model / "model.onnx").read_bytes()).hexdigest())
        expected = {"name": "dataset cuts", "version": "2.0.0", "split": "test", "operations": 2, "frames": 6, "syntheticOnly": False}
        self.assertEqual({**document["dataset"], "sha256": ""}, {**expected, "sha256": ""})
        # The same from what a training job leaves.
        archive = self.folder / "job/model.tar.gz"
        archive.parent.mkdir()
        with tarfile.open(archive, "w:gz") as tar:
            tar.add(model, "phase-classifier")
        with mock.patch.dict("os.environ", {"NODE": "/nowhere/node"}):
            self.assertEqual(self.run_entry(archive.parent, data)[0], 0)
        again = json.loads((self.folder / "out/quality.json").read_text())
        self.assertEqual({**again, "createdAt": ""}, {**document, "createdAt": ""})

    @needs_onnxruntime
    def test_writes_its_figures_into_the_card(self) -> None:
        model, data = self.model(), self.dataset()
        self.assertEqual(self.run_entry(self.folder / "job.tar.gz", data, "--card"), (2, "--card needs a --model that is a folder with a card.md.\n"))
        (model / "card.md").write_text("# Net\n\n## Limits\n\nMany.\n")
        with mock.patch.dict("os.environ", {"NODE": "/nowhere/node"}):
            self.assertEqual(self.run_entry(model, data, "--card")[0], 0)
        accuracy = json.loads((self.folder / "out/quality.json").read_text())["metrics"]["accuracy"]
        self.assertIn(f"| accuracy | {card.figure(accuracy)} |\n", (model / "card.md").read_text())

    @needs_onnxruntime
    def test_refuses_outputs_that_are_no_numbers(self) -> None:
        network = FrameNet(2)
        torch.nn.init.constant_(network.classify.weight, float("nan"))
        code, said = self.run_entry(self.model(network), self.dataset())
        self.assertEqual([code, said], [1, "The model can't be measured:\n- Its scores are no numbers for some frames.\n"])

    @needs_onnxruntime
    def test_holds_every_output_to_what_the_training_wrote_down(self) -> None:
        torch.manual_seed(2)
        frames = np.random.default_rng(3).integers(0, 256, size=(3, 256, 256, 3), dtype=np.uint8)
        reference = Operation("77", 1.0, frames, {})
        outputs = {name: name for name in ("boxes", "scores", "classes", "embedding")}
        description = {"id": "boxes", "version": "1.0.0", "task": "object-detection", "subject": "instrument", "labels": ["A"], "threshold": 0.5}
        target = self.folder / "made/boxes"
        export(EmbeddingGraph(DetectorGraph(DetectorNet(1))), 256, target, {**description, "outputs": outputs}, "card", reference)
        model, _ = evaluate.read_model(target)
        runner = evaluate.Runner(target / "model.onnx", model, 1)
        with mock.patch("generated.reference", return_value=reference):
            self.assertEqual(evaluate.golden(target, model, runner, self.folder, 1), {"frames": 3, "agreeing": 3})
            said = json.loads((target / "reference.json").read_text())
            said["outputs"]["embedding"][8] += 0.01
            (target / "reference.json").write_text(json.dumps(said))
            self.assertEqual(evaluate.golden(target, model, runner, self.folder, 1), {"frames": 3, "agreeing": 2})

    def test_refuses_other_weights_than_named(self) -> None:
        model = self.model()
        (model / "model.onnx").write_bytes(b"other")
        described = json.loads((model / "model.json").read_text())
        del described["threshold"]
        (model / "model.json").write_text(json.dumps(described))
        code, said = self.run_entry(model, self.folder)
        reasons = "- model.json lacks threshold.\n- model.onnx is not the file that model.json names: their digests differ.\n"
        self.assertEqual([code, said], [1, f"The model can't be measured:\n{reasons}"])

    @needs_onnxruntime
    def test_measures_no_shift_of_other_data(self) -> None:
        code, said = self.run_entry(self.model(), self.dataset(), "--shifts")
        self.assertEqual(code, 1)
        self.assertIn("- --shifts is about drawn operations", said)

    def test_refuses_to_run_without_its_runtime(self) -> None:
        with mock.patch.dict(sys.modules, {"onnxruntime": None}):
            code, said = self.run_entry(self.model(), self.folder)
        self.assertEqual(code, 1)
        self.assertIn("The package onnxruntime is missing", said)

    def test_refuses_archives_that_reach_out(self) -> None:
        archive = self.folder / "model.tar.gz"
        with tarfile.open(archive, "w:gz") as tar:
            tar.addfile(tarfile.TarInfo("../evil"))
            link = tarfile.TarInfo("x")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(link)
        code, said = self.run_entry(archive, self.folder)
        self.assertEqual([code, said], [1, "The model can't be measured:\n- model.tar.gz holds what no model needs: ../evil, x.\n"])
        self.assertEqual(self.run_entry(self.folder / "none", self.folder)[0], 1)


if __name__ == "__main__":
    unittest.main()
