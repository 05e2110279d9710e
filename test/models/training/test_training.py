"""A few steps of training on tiny made-up data. Run by training.test.ts where PyTorch is installed."""

import json
import os
import signal
import sys
import tempfile
import unittest
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "models/training"))

import train_instrument_detector

import augment
import classifier
import command
import segmenter
from course import Course
from export import export
from generated import FRAMES
from networks import (
    EMBEDDING,
    GRID_HEIGHT,
    GRID_WIDTH,
    MASK_HEIGHT,
    MASK_WIDTH,
    DetectorGraph,
    DetectorNet,
    EmbeddingGraph,
    FrameGraph,
    FrameNet,
    SegmenterGraph,
    SegmenterNet,
)
from operation import Operation


def squares(count: int) -> segmenter.Shown:
    """Frames that are blue but for a red block, which is label 1."""
    frames = np.zeros((count, MASK_HEIGHT, MASK_WIDTH, 3), dtype=np.uint8)
    frames[..., 2] = 200
    classes = np.zeros((count, GRID_HEIGHT, GRID_WIDTH), dtype=np.uint8)
    for i in range(count):
        left = 10 + 4 * i
        frames[i, 40:100, 2 * left : 2 * left + 60] = (220, 0, 0)
        classes[i, 20:50, left : left + 30] = 1
    return segmenter.Shown(frames, classes)


class Training(unittest.TestCase):
    def test_learns_and_goes_on_from_a_checkpoint(self) -> None:
        data = squares(8)
        with tempfile.TemporaryDirectory() as folder:
            checkpoint = Path(folder) / "deep" / "weights.pt"
            checkpoint.parent.mkdir()
            network, seen = segmenter.train([data], 2, mirror=True, minutes=0.1, checkpoint=checkpoint)
            self.assertEqual(seen % segmenter.BATCH, 0)
            self.assertGreater(seen, 0)
            again, before = segmenter.train([data], 2, mirror=True, minutes=0, checkpoint=checkpoint)
            self.assertEqual(before, seen)
            for one, other in zip(network.state_dict().values(), again.state_dict().values(), strict=True):
                self.assertTrue(torch.equal(one, other))
        self.assertTrue(0.5 <= segmenter.choose_temperature(network, [data]) <= 4)

    def test_chooses_the_temperature_with_the_least_loss(self) -> None:
        torch.manual_seed(3)
        network = FrameNet(2).eval()
        network.classify.weight.data *= 40
        frames = np.random.default_rng(1).integers(0, 256, size=(30, 32, 32, 3), dtype=np.uint8)
        operations = [Operation("1", 1.0, frames[:20], {}), Operation("2", 1.0, frames[20:], {})]
        keep = np.arange(30) % 5 > 0
        which = np.arange(30) % 2
        for exclusive, targets in ((True, which), (False, np.stack([which, 1 - which], axis=1).astype(np.float32))):
            losses = {}
            for temperature in np.arange(0.5, 4.01, 0.05):
                graph = FrameGraph(network, exclusive, float(temperature))
                scores = np.clip(np.concatenate([classifier.score(graph, one) for one in operations])[keep], 1e-7, 1)
                wanted = targets[keep]
                if exclusive:
                    losses[round(float(temperature), 2)] = -np.log(scores[np.arange(len(wanted)), wanted]).mean()
                else:
                    losses[round(float(temperature), 2)] = -(wanted * np.log(scores) + (1 - wanted) * np.log(np.clip(1 - scores, 1e-7, 1))).mean()
            chosen = classifier.choose_temperature(network, exclusive, operations, targets, keep)
            self.assertAlmostEqual(losses[chosen], min(losses.values()), places=6)

    def test_moves_masks_with_their_pictures(self) -> None:
        data = squares(4)
        theta, _ = augment.places(4, torch.Generator().manual_seed(1), mirror=True, zoom=1.2, shift=0.1)
        red = augment.move(torch.from_numpy(data.frames[..., 0]).float()[:, None], theta, "nearest")[:, 0] > 110
        moved = augment.move(torch.from_numpy(data.classes).float()[:, None], theta, "nearest")[:, 0] > 0
        self.assertGreater((red[:, ::2, ::2] == moved).float().mean().item(), 0.98)

    def test_measures_what_overlaps(self) -> None:
        truth = np.zeros((1, 2, 4), dtype=np.uint8)
        truth[0, 0] = 1
        found = np.zeros((1, 2, 4), dtype=np.uint8)
        found[0, :, :2] = 1
        [measured, absent] = segmenter.overlaps([(found, np.ones_like(found, dtype=np.float32))], [segmenter.Shown(np.zeros(0), truth)], 2)
        self.assertEqual([measured["dice"], measured["iou"], measured["low"], measured["high"], measured["share"]], [0.5, 1 / 3, 0.5, 0.5, 0.5])
        self.assertEqual([absent["dice"], absent["share"]], [0, 0])
        self.assertEqual(segmenter.seen(truth, 2, 4).tolist(), [[True, False]])
        self.assertEqual(segmenter.seen(truth, 2, 5).tolist(), [[False, False]])

    def test_leaves_a_model_folder(self) -> None:
        graph = EmbeddingGraph(SegmenterGraph(SegmenterNet(3), 2.0))
        outputs = {"classes": "classes", "confidence": "confidence", "embedding": "embedding"}
        operation = Operation("7", 1.0, squares(2).frames, {})
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            export(graph, (MASK_WIDTH, MASK_HEIGHT), folder, {"id": "x", "outputs": outputs}, "card", operation)
            described = json.loads((folder / "model.json").read_text())
            self.assertEqual(described["input"], {"name": "frames", "width": 256, "height": 144, "fit": "stretch"})
            said = json.loads((folder / "reference.json").read_text())
            self.assertEqual([said["seed"], said["seconds"], len(said["outputs"]["classes"])], [7, 2.0, 2 * GRID_WIDTH * GRID_HEIGHT])
            self.assertTrue(all(1 / 3 <= value <= 1 for value in said["outputs"]["confidence"]))
            self.assertEqual(len(said["outputs"]["embedding"]), 2 * EMBEDDING)

    def test_embeds_frames_without_changing_answers(self) -> None:
        torch.manual_seed(4)
        other = torch.from_numpy(np.random.default_rng(2).integers(0, 256, size=(3, 256, 256, 3), dtype=np.uint8))
        wide = other[:, :MASK_HEIGHT]
        for graph, frames in (
            (FrameGraph(FrameNet(4), False, 1.5, shrink=2), other),
            (DetectorGraph(DetectorNet(7)), other),
            (SegmenterGraph(SegmenterNet(3)), wide),
        ):
            graph.eval()
            with torch.no_grad():
                plain = graph(frames)
                *answers, embedding = EmbeddingGraph(graph)(frames)
                _, deepest = graph.look(frames)
            for one, same in zip(plain if isinstance(plain, tuple) else (plain,), answers, strict=True):
                self.assertTrue(torch.equal(one, same))
            self.assertEqual(embedding.shape, (3, EMBEDDING))
            # The matrix is the same whatever the weights are, and a frame's place does not depend on its neighbours in the batch.
            matrix = np.random.RandomState(0).standard_normal((deepest.shape[1], EMBEDDING)) / np.sqrt(EMBEDDING)
            wanted = deepest.mean(dim=(2, 3)).numpy() @ matrix
            np.testing.assert_allclose(embedding.numpy(), wanted, atol=1e-4)
            self.assertGreater(float((embedding[0] - embedding[1]).abs().max()), 0)


class Stopped(unittest.TestCase):
    """What a Spot instance that goes leaves behind, and what the next one makes of it."""

    def course(self, checkpoint: Path, times: list[float]) -> tuple[Course, torch.nn.Linear]:
        torch.manual_seed(0)
        network = torch.nn.Linear(3, 1)
        return Course(network, 0.1, batch=4, minutes=1, checkpoint=checkpoint, clock=iter(times).__next__), network

    def learn(self, course: Course, network: torch.nn.Linear) -> None:
        course.learn(network(torch.rand(4, 3, generator=course.generator)).square().mean(), 1, clip=None, say=1000)

    def test_lasts_the_steps_that_were_asked_for_however_long_they_take(self) -> None:
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(command, "STEPS", 4):
            course, network = self.course(Path(folder) / "steps.pt", [0, 59, 59, 59, 59])
            shares = []
            for _ in range(4):
                self.learn(course, network)
                shares.append(course.share())
            self.assertEqual(shares, [0.25, 0.5, 0.75, 1.0])

    def test_goes_on_where_it_was_told_to_stop(self) -> None:
        with tempfile.TemporaryDirectory() as folder, mock.patch("builtins.print"):
            straight, whole = self.course(Path(folder) / "straight.pt", [0, 0, 0, 0, 0, 0])
            for _ in range(4):
                self.learn(straight, whole)
            # Begins at 0 s; looks at 5 s while it learns; is told to stop and looks at 20 s, twice.
            file = Path(folder) / "deep" / "stopped.pt"
            first, network = self.course(file, [0, 5, 20, 20])
            self.learn(first, network)
            os.kill(os.getpid(), signal.SIGTERM)
            with self.assertRaises(SystemExit) as stop:
                self.learn(first, network)
            signal.signal(signal.SIGTERM, first.earlier)
            self.assertEqual(stop.exception.code, 143)
            self.assertEqual(sorted(path.name for path in file.parent.iterdir()), ["stopped.pt"])
            second, rest = self.course(file, [100, 110, 111, 112, 170])
            self.assertEqual([second.step, second.seen, second.spent, second.share()], [2, 8, 20, 0.5])
            for _ in range(2):
                self.learn(second, rest)
            signal.signal(signal.SIGTERM, second.earlier)
            for one, other in zip(whole.parameters(), rest.parameters(), strict=True):
                self.assertTrue(torch.equal(one, other))
            self.assertEqual(second.share(), 1)

    def test_writes_down_how_far_it_is_every_minute(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "x.pt"
            course, network = self.course(file, [0, 59, 61, 61, 61])
            self.learn(course, network)
            self.assertFalse(file.exists())
            self.learn(course, network)
            signal.signal(signal.SIGTERM, course.earlier)
            state = torch.load(file)
            self.assertEqual([state["step"], state["over"], state["spent"]], [2, False, 61])

    def test_begins_a_new_course_with_the_weights_of_one_that_was_over(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "x.pt"
            course, network = self.course(file, [0, 1, 2])
            self.learn(course, network)
            course.finish()
            again, other = self.course(file, [0, 0])
            again.finish = lambda: None  # type: ignore[method-assign]
            signal.signal(signal.SIGTERM, again.earlier)
            self.assertEqual([again.step, again.seen, again.share()], [0, 4, 0])
            self.assertTrue(torch.equal(network.weight, other.weight))

    def test_every_kind_of_network_is_trained_through_it(self) -> None:
        boxes = {"media": {"width": 1, "height": 1}, "instrumentLabels": ["Hook"], "instruments": [(i, [(0, 0.2, 0.3, 0.2, 0.2)]) for i in range(4)]}
        square = Operation("1", 1.0, np.zeros((4, 256, 256, 3), dtype=np.uint8), boxes)
        small = torch.zeros(4, 128, 128, 3, dtype=torch.uint8)
        kinds: list[Callable[[Path], object]] = [
            lambda at: classifier.train(FrameNet(2), small, torch.tensor([0, 1, 0, 1]), torch.nn.functional.cross_entropy, 0.005, at),
            lambda at: train_instrument_detector.train([square], 1, 0.005, at),
            lambda at: segmenter.train([squares(4)], 1, False, 0.005, at),
        ]
        with tempfile.TemporaryDirectory() as folder:
            for i, train in enumerate(kinds):
                file = Path(folder) / f"{i}.pt"
                train(file)
                state = torch.load(file)
                self.assertTrue(state["over"])
                self.assertGreater(state["step"], 0)


class Command(unittest.TestCase):
    def options(self, arguments: list[str], environment: dict[str, str]) -> Namespace:
        with mock.patch.object(sys, "argv", ["train.py", *arguments]), mock.patch.dict(os.environ, environment, clear=True):
            return command.options("x", "organ-segmenter", 20, FRAMES)

    def test_reads_what_a_training_job_says(self) -> None:
        said = self.options([], {"SM_CHANNEL_TRAINING": "/in", "SM_MODEL_DIR": "/model", "SM_CHECKPOINT_DIR": "/points", "SM_NUM_CPUS": "1"})
        self.assertEqual(
            [str(said.data), str(said.output), str(said.checkpoint), said.threads], ["/in", "/model/organ-segmenter", "/points/organ-segmenter.pt", 1]
        )

    def test_lets_the_command_line_say_otherwise(self) -> None:
        said = self.options(
            ["--data", "/d", "--output", "/o", "--minutes", "3", "--threads", "1"], {"SM_CHANNEL_TRAINING": "/in", "SM_MODEL_DIR": "/model"}
        )
        self.assertEqual([str(said.data), str(said.output), said.checkpoint, said.minutes], ["/d", "/o", None, 3])

    def test_takes_hyperparameters_for_arguments(self) -> None:
        said = {"SM_CHANNEL_TRAINING": "/in", "SM_HPS": json.dumps({"minutes": "1.5", "operations": 2, "layout": '"drawn"'})}
        given = self.options([], said)
        self.assertEqual([given.minutes, given.operations, given.layout], [1.5, 2, "drawn"])
        self.assertEqual(given.source.describe("test"), "seeds 9001-9002 (60 s at 4 fps, 640x360)")
        self.assertEqual(self.options(["--minutes", "3"], said).minutes, 3)

    def test_refuses_hyperparameters_that_nothing_reads(self) -> None:
        with mock.patch("sys.stderr") as said, self.assertRaises(SystemExit):
            self.options([], {"SM_CHANNEL_TRAINING": "/in", "SM_HPS": json.dumps({"epochs": 3, "rate": 1, "minutes": 1})})
        self.assertIn("there is no hyperparameter epochs, rate; there are layout, operations", "".join(c[0][0] for c in said.write.call_args_list))

    def test_tells_what_a_folder_lacks(self) -> None:
        with tempfile.TemporaryDirectory() as folder, mock.patch("sys.stderr") as said, self.assertRaises(SystemExit) as stop:
            self.options(["--data", folder, "--layout", "cholec80"], {})
        self.assertEqual(stop.exception.code, 1)
        self.assertIn("videos is missing.", "".join(c[0][0] for c in said.write.call_args_list))

    def test_tells_sagemaker_why_a_job_failed(self) -> None:
        def fail() -> None:
            raise ValueError('Operation "7" ends early.')

        with tempfile.TemporaryDirectory() as folder, mock.patch.object(command, "FAILURE", Path(folder) / "failure"), mock.patch("sys.stderr"):
            with self.assertRaises(SystemExit) as stop:
                command.run(fail)
            self.assertEqual(stop.exception.code, 1)
            self.assertEqual((Path(folder) / "failure").read_text(), 'ValueError: Operation "7" ends early.')

    def test_needs_data_outside_of_a_job(self) -> None:
        with mock.patch("sys.stderr"), self.assertRaises(SystemExit):
            self.options([], {})

    def test_prints_metrics_as_the_pattern_finds_them(self) -> None:
        with mock.patch("builtins.print") as printed:
            command.metric("mean_dice", 0.81234567)
        self.assertRegex(printed.call_args[0][0], command.METRIC_PATTERN.format(name="mean_dice"))


if __name__ == "__main__":
    unittest.main()
