"""Tiny folders of each layout, whole and broken. Pictures need Pillow, videos ffmpeg; what is missing is said."""

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "models/training"))

import sources
from generated import FRAMES
from layouts import cholec80, cholecseg8k, cholectrack20, endovis, m2cai16, version
from layouts.layout import LayoutError
from operation import UnannotatedError

needs_pictures = unittest.skipUnless(importlib.util.find_spec("PIL"), "needs Pillow: pip install pillow")
needs_videos = unittest.skipUnless(shutil.which("ffmpeg"), "needs ffmpeg")


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def paint(path: Path, pixels: np.ndarray) -> Path:
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels.astype(np.uint8)).save(path, quality=95)
    return path


def halves(left: tuple[int, int, int], right: tuple[int, int, int]) -> np.ndarray:
    """A picture of 40 by 20 with two colours."""
    pixels = np.zeros((20, 40, 3))
    pixels[:, :20], pixels[:, 20:] = left, right
    return pixels


def film(path: Path, frames: int) -> Path:
    """A video whose frame n has the grey value 2 n."""
    path.parent.mkdir(parents=True, exist_ok=True)
    grey = np.repeat(np.arange(frames, dtype=np.uint8) * 2, 64 * 32).tobytes()
    options = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", "64x32", "-r", "25", "-i", "-", "-c:v", "libx264", "-qp", "0", "-pix_fmt", "yuv420p"]
    subprocess.run(["ffmpeg", "-v", "error", *options, str(path)], input=grey, check=True)
    return path


class Layouts(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def mistakes(self, entries: object) -> list[str]:
        with self.assertRaises(LayoutError) as refused:
            entries(self.folder)  # type: ignore[operator]
        return refused.exception.mistakes

    def cholec80(self, name: str, phases: list[str]) -> None:
        lines = "".join(f"{i}\t{phase}\n" for i, phase in enumerate(phases))
        write(self.folder / f"phase_annotations/{name}-phase.txt", "Frame\tPhase\n" + lines)
        tools = "".join(f"{i}\t1\t0\t0\t0\t0\t0\t0\n" for i in range(0, len(phases), 25))
        write(self.folder / f"tool_annotations/{name}-tool.txt", "Frame\tGrasper\tBipolar\tHook\tScissors\tClipper\tIrrigator\tSpecimenBag\n" + tools)

    @needs_videos
    def test_cholec80(self) -> None:
        for name, split in (("video01", "training"), ("video40", "validation"), ("video41", "test")):
            film(self.folder / f"videos/{name}.mp4", 60)
            self.cholec80(name, ["Preparation"] * 30 + ["ClippingCutting"] * 30)
            [found] = [entry for entry in cholec80.entries(self.folder) if entry.name == name]
            self.assertEqual(found.split, split)
        operation = cholec80.entries(self.folder)[0].load(16, 8)
        self.assertEqual(operation.frames.shape, (3, 8, 16, 3))
        # Frames 0, 25 and 50.
        np.testing.assert_allclose(operation.frames.mean(axis=(1, 2, 3)), [0, 50, 100], atol=3)
        self.assertEqual(operation.phases(list(cholec80.PHASES)).tolist(), [0, 0, 2])
        self.assertEqual(operation.inside().tolist(), [True] * 3)
        for ask, what in (
            (operation.out_of_body, "outside"),
            (operation.boxes, "where instruments"),
            (lambda: operation.classes(["Liver"], 4, 4), "outlined"),
        ):
            with self.assertRaisesRegex(UnannotatedError, what):
                ask()

    def test_cholec80_broken(self) -> None:
        self.assertEqual(self.mistakes(cholec80.entries), ["videos is missing."])
        for name in ("video01", "video02", "video03", "video99"):
            write(self.folder / f"videos/{name}.mp4")
        self.cholec80("video02", ["Preparation", "Lunch"])
        self.cholec80("video03", ["Preparation"])
        write(self.folder / "phase_annotations/video03-phase.txt", "Time\tPhase\n")
        write(self.folder / "tool_annotations/video03-tool.txt", "Frame\tGrasper\n0\t1\n")
        self.cholec80("video99", ["Preparation"])
        self.assertEqual(
            self.mistakes(cholec80.entries),
            [
                "phase_annotations/video01-phase.txt is missing.",
                'phase_annotations/video02-phase.txt, line 3: must be "1" and a phase of Cholec80, not "1\tLunch".',
                'phase_annotations/video03-phase.txt must begin with "Frame Phase", not "Time\tPhase".',
                "phase_annotations/video03-phase.txt tells no frame's phase.",
                'tool_annotations/video03-tool.txt must begin with "Frame Grasper Bipolar Hook Scissors Clipper Irrigator SpecimenBag", not "Frame\tGrasper".',
                'tool_annotations/video03-tool.txt, line 2: must be "0" and a 0 or 1 for each instrument, not "0\t1".',
                "video99 is no operation of Cholec80: nobody says whether it is for training, validation or test.",
            ],
        )

    @needs_videos
    def test_a_video_that_ends_early_is_told(self) -> None:
        film(self.folder / "videos/video01.mp4", 30)
        self.cholec80("video01", ["Preparation"] * 80)
        [entry] = cholec80.entries(self.folder)
        with self.assertRaisesRegex(ValueError, "video01.mp4 ends before frame 50, which is annotated"):
            entry.load(16, 8)

    @needs_pictures
    def test_cholecseg8k(self) -> None:
        for number in (80, 81):
            frame = self.folder / f"video12/video12_00080/frame_{number}_endo.png"
            paint(frame, halves((200, 0, 0), (0, 0, 200)))
            paint(cholecseg8k.mask_of(frame), halves((21, 21, 21), (32, 32, 32)))
        [entry] = cholecseg8k.entries(self.folder)
        self.assertEqual([entry.name, entry.split], ["video12", "test"])
        operation = entry.load(8, 4)
        self.assertEqual(operation.frames[1, 0, [0, 7]].tolist(), [[200, 0, 0], [0, 0, 200]])
        self.assertEqual(operation.classes(["Hook", "Liver"], 4, 2).tolist(), [[[2, 2, 1, 1]] * 2] * 2)
        paint(cholecseg8k.mask_of(frame), halves((21, 21, 21), (99, 99, 99)))
        with self.assertRaisesRegex(ValueError, "grey values that CholecSeg8k does not name: 99"):
            operation.classes(["Hook"], 4, 2)

    def test_cholecseg8k_broken(self) -> None:
        self.assertEqual(self.mistakes(cholecseg8k.entries), ["There is no folder video01, video09, ... with frames."])
        write(self.folder / "video01/video01_00080/frame_80_endo.png")
        write(self.folder / "video01/clip/frame_80_endo.png")
        (self.folder / "video01/video01_00160").mkdir()
        self.assertEqual(
            self.mistakes(cholecseg8k.entries),
            [
                "video01/clip must be a folder named video01_ and a number.",
                "video01/video01_00080/frame_80_endo_watershed_mask.png is missing.",
                "video01/video01_00160 holds no frame_N_endo.png.",
                "There is no folder video01, video09, ... with frames.",
            ],
        )

    def voc(self, name: str, objects: str) -> None:
        write(self.folder / f"Annotations/{name}.xml", f"<annotation><size><width>40</width><height>20</height></size>{objects}</annotation>")

    def thing(self, name: str, *sides: int) -> str:
        tags = ("xmin", "ymin", "xmax", "ymax")
        box = "".join(f"<{tag}>{side}</{tag}>" for tag, side in zip(tags, sides, strict=True))
        return f"<object><name>{name}</name><bndbox>{box}</bndbox></object>"

    @needs_pictures
    def test_m2cai16(self) -> None:
        for name in ("v07_000100", "v07_000050"):
            paint(self.folder / f"JPEGImages/{name}.jpg", halves((200, 0, 0), (200, 0, 0)))
        self.voc("v07_000050", "")
        self.voc("v07_000100", self.thing("Specimen Bag", 1, 1, 20, 10) + self.thing("Hook", 21, 11, 40, 20))
        [entry] = m2cai16.entries(self.folder)
        self.assertEqual([entry.name, entry.split], ["v07", "validation"])
        boxes = entry.load(8, 4).boxes(["Hook", "SpecimenBag"])
        self.assertEqual([len(frame) for frame in boxes], [0, 2])
        np.testing.assert_allclose(boxes[1], [[1, 0, 0, 0.5, 0.5], [0, 0.5, 0.5, 1, 1]])

    def test_m2cai16_broken(self) -> None:
        self.assertEqual(self.mistakes(m2cai16.entries), ["Annotations is missing."])
        self.voc("v01_000100", self.thing("Spoon", 1, 1, 9, 9) + self.thing("Hook", 30, 1, 41, 9))
        self.voc("v11_000100", "")
        self.voc("first", "")
        write(self.folder / "Annotations/v02_000001.xml", "<annotation>")
        write(self.folder / "Annotations/v03_000001.xml", "<annotation/>")
        for name in ("v01_000100", "v11_000100", "v02_000001"):
            write(self.folder / f"JPEGImages/{name}.jpg")
        self.assertEqual(
            self.mistakes(m2cai16.entries),
            [
                "Annotations/first.xml must be named after operation and frame, such as v01_002050.xml.",
                'Annotations/v01_000100.xml: "Spoon" is no instrument of m2cai16-tool-locations.',
                "Annotations/v01_000100.xml: a box lies outside the picture or is empty.",
                "Annotations/v02_000001.xml is not XML: no element found: line 1, column 12.",
                "Annotations/v03_000001.xml does not tell the picture's size.",
                "JPEGImages/v03_000001.jpg is missing.",
                "v11 is no operation of m2cai16-tool-locations: nobody says whether it is for training, validation or test.",
            ],
        )

    def track(self, **changes: object) -> dict:
        flags = {"bleeding": 0, "smoke": 0, "stainedlens": 0, "blurred": 0, "occluded": 0}
        return {"instrument": 2, "tool_bbox": [0.25, 0.5, 0.5, 0.25], "operator": 1, "phase": 1, **flags, **changes}

    @needs_videos
    def test_cholectrack20(self) -> None:
        for name in cholectrack20.FOLDERS:
            (self.folder / name).mkdir()
        frames = {"51": [self.track(smoke=1), self.track(instrument=0, phase=1, stainedlens=1)], "1": [self.track(phase=0)], "26": []}
        film(self.folder / "Validation/VID01/VID01.mp4", 60)
        write(self.folder / "Validation/VID01/VID01.json", json.dumps({"info": {}, "annotations": frames}))
        [entry] = cholectrack20.entries(self.folder)
        self.assertEqual([entry.name, entry.split], ["VID01", "validation"])
        operation = entry.load(16, 8)
        np.testing.assert_allclose(operation.frames.mean(axis=(1, 2, 3)), [0, 50, 100], atol=3)
        self.assertEqual(operation.phases(list(cholec80.PHASES)).tolist(), [0, -1, 1])
        self.assertEqual(operation.events(["bleeding", "smoke", "fog", "blur"]).tolist(), [[0, 0, 0, 0], [0, 0, 0, 0], [0, 1, 1, 0]])
        boxes = operation.boxes()
        np.testing.assert_allclose(boxes[2], [[2, 0.25, 0.5, 0.75, 0.75], [0, 0.25, 0.5, 0.75, 0.75]])
        self.assertEqual(len(boxes[1]), 0)

    def test_cholectrack20_broken(self) -> None:
        self.assertEqual(self.mistakes(cholectrack20.entries), ["Training is missing.", "Validation is missing.", "Testing is missing."])
        for name in cholectrack20.FOLDERS:
            (self.folder / name).mkdir()
        self.assertEqual(self.mistakes(cholectrack20.entries), ["There is no operation in Training, Validation and Testing."])
        write(self.folder / "Training/VID02/VID02.json", "[]")
        write(self.folder / "Training/VID02/VID02.mp4")
        bad = self.track(instrument=9, tool_bbox=[0.1, 2, 0.1, 0.1], phase=None, smoke="yes")
        write(self.folder / "Testing/VID01/VID01.json", json.dumps({"annotations": {"1": [bad]}}))
        self.assertEqual(
            self.mistakes(cholectrack20.entries),
            [
                "Training/VID02/VID02.json must be JSON with annotations by number of the frame.",
                "Testing/VID01/VID01.mp4 is missing.",
            ],
        )
        write(self.folder / "Testing/VID01/VID01.mp4")
        self.assertEqual(
            self.mistakes(cholectrack20.entries)[1:],
            [
                "Testing/VID01/VID01.json, frame 1: instrument must be 0 to 6, not 9.",
                "Testing/VID01/VID01.json, frame 1: tool_bbox must be four shares of the picture, not [0.1, 2, 0.1, 0.1].",
                "Testing/VID01/VID01.json, frame 1: phase must be 0 to 6, not None.",
                "Testing/VID01/VID01.json, frame 1: smoke must be 0 or 1, not yes.",
            ],
        )

    @needs_pictures
    def test_endovis_2017(self) -> None:
        sequence = self.folder / "instrument_dataset_3"
        paint(sequence / "left_frames/frame000.png", halves((200, 0, 0), (0, 0, 200)))
        paint(sequence / "ground_truth/Left_Large_Needle_Driver_labels/frame000.png", halves((10, 10, 10), (0, 0, 0)))
        paint(sequence / "ground_truth/Maryland_Bipolar_Forceps_labels/frame000.png", halves((0, 0, 0), (30, 30, 30)))
        [entry] = endovis.entries_2017(self.folder)
        self.assertEqual([entry.name, entry.split], ["instrument_dataset_3", "test"])
        self.assertEqual(entry.load(8, 4).classes(["LargeNeedleDriver", "BipolarForceps"], 4, 2).tolist(), [[[1, 1, 2, 2]] * 2])

    def test_endovis_2017_broken(self) -> None:
        self.assertEqual(self.mistakes(endovis.entries_2017), ["There is no folder instrument_dataset_1, instrument_dataset_2, ..."])
        write(self.folder / "instrument_dataset_1/left_frames/frame000.png")
        (self.folder / "instrument_dataset_1/ground_truth/Spoon_labels").mkdir(parents=True)
        (self.folder / "instrument_dataset_1/ground_truth/Vessel_Sealer_labels").mkdir()
        (self.folder / "instrument_dataset_2").mkdir()
        self.assertEqual(
            self.mistakes(endovis.entries_2017),
            [
                "instrument_dataset_1/ground_truth/Spoon_labels is named after no instrument of EndoVis 2017.",
                "instrument_dataset_1/ground_truth/Vessel_Sealer_labels/frame000.png is missing.",
                "instrument_dataset_2/left_frames is missing.",
                "instrument_dataset_2/ground_truth is missing.",
            ],
        )

    @needs_pictures
    def test_endovis_2018(self) -> None:
        legend = [
            {"name": "background-tissue", "color": [0, 0, 0], "classid": 0},
            {"name": "instrument-shaft", "color": [0, 255, 0], "classid": 1},
            {"name": "thread", "color": [187, 155, 25], "classid": 6},
        ]
        write(self.folder / "labels.json", json.dumps(legend))
        paint(self.folder / "seq_4/left_frames/frame000.png", halves((200, 0, 0), (0, 0, 200)))
        paint(self.folder / "seq_4/labels/frame000.png", halves((187, 155, 25), (0, 0, 0)))
        [entry] = endovis.entries_2018(self.folder)
        self.assertEqual([entry.name, entry.split], ["seq_4", "validation"])
        operation = entry.load(8, 4)
        self.assertEqual(operation.truth["maskLabels"], ["instrument-shaft", "thread"])
        self.assertEqual(operation.classes(["instrument-shaft", "thread"], 4, 1).tolist(), [[[2, 2, 0, 0]]])
        paint(self.folder / "seq_4/labels/frame000.png", halves((1, 2, 3), (0, 0, 0)))
        with self.assertRaisesRegex(ValueError, r"frame000.png has colours that labels.json does not name"):
            operation.classes(["thread"], 4, 1)

    def test_endovis_2018_broken(self) -> None:
        write(self.folder / "seq_1/left_frames/frame000.png")
        (self.folder / "seq_1/labels").mkdir()
        (self.folder / "seq_17/labels").mkdir(parents=True)
        (self.folder / "seq_17/left_frames").mkdir()
        write(self.folder / "seq_17/labels.json", '[{"name": "x"}]')
        self.assertEqual(
            self.mistakes(endovis.entries_2018),
            [
                "labels.json is missing.",
                "seq_1/labels/frame000.png is missing.",
                "seq_17/left_frames holds no frame000.png, ...",
                "seq_17/labels.json must be a list of name, color (three numbers) and classid.",
                "seq_17 is no operation of EndoVis 2018: nobody says whether it is for training, validation or test.",
            ],
        )

    def version(self, task: str, splits: tuple[str, ...], **labels: object) -> None:
        """A version with one frame of each case: the first of a row of cases for each split."""
        cases = []
        for i, split in enumerate(splits):
            case = f"{i:016x}"
            picture = self.folder / f"frames/{case}/{7:08}.jpg"
            if importlib.util.find_spec("PIL"):
                paint(picture, halves((200, 0, 0), (200, 0, 0)))
            else:
                write(picture)
            frame = {
                "file": str(picture.relative_to(self.folder)),
                "sha256": hashlib.sha256(picture.read_bytes()).hexdigest(),
                "case": case,
                "frame": 7,
                "width": 40,
                "height": 20,
                "boxes": None,
                "masks": None,
                "phase": None,
                **labels,
            }
            lines = json.dumps(frame) + "\n"
            write(self.folder / f"annotations/{case}.jsonl", lines)
            digest = hashlib.sha256(lines.encode()).hexdigest()
            cases.append({"case": case, "split": split, "annotations": {"file": f"annotations/{case}.jsonl", "sha256": digest}})
        manifest = {"schema": "dataset-version/1.0", "name": "cuts", "version": "1.2.0", "task": task, "classes": ["Hook", "Liver"], "cases": cases}
        write(self.folder / "manifest.json", json.dumps({**manifest, "extraction": {"rendition": "review", "framesPerSecond": 5}}))

    @needs_pictures
    def test_own_versions(self) -> None:
        self.version("object-detection", ("train", "validation", "test"), boxes=[{"label": "Liver", "box": [10, 5, 20, 10]}])
        source = sources.source("version", self.folder, FRAMES, 1)
        self.assertEqual([source.name, source.version(), source.synthetic], ["dataset cuts", "1.2.0", False])
        self.assertEqual(source.describe("training"), "1 operation of dataset cuts (0000000000000000)")
        [operation] = source.read("training", 8, 4)
        self.assertEqual([operation.seconds_per_frame, operation.frames.shape], [0.2, (1, 4, 8, 3)])
        np.testing.assert_allclose(operation.boxes()[0], [[1, 0.25, 0.25, 0.75, 0.75]])
        self.assertNotEqual(source.digest("training"), source.digest("test"))
        self.version("segmentation", ("test",), masks=[{"label": "Liver", "gridWidth": 2, "gridHeight": 2, "runs": [2, 2]}])
        [masked] = sources.source("version", self.folder, FRAMES, 1).read("test", 8, 4)
        self.assertEqual(masked.classes(["Liver"], 4, 2).tolist(), [[[0, 0, 1, 1]] * 2])
        self.version("frame-classification", ("test",), phase={"label": "Hook"})
        [phased] = sources.source("version", self.folder, FRAMES, 1).read("test", 8, 4)
        self.assertEqual(phased.phases(["Liver", "Hook"]).tolist(), [1])

    def test_own_versions_broken(self) -> None:
        self.assertEqual(self.mistakes(version.entries), ["manifest.json is missing."])
        write(self.folder / "manifest.json", "{}")
        self.assertEqual(self.mistakes(version.entries), ["manifest.json must be of the schema dataset-version/1.0."])
        self.version("segmentation", ("train", "test", "test"), masks=[])
        (self.folder / "annotations/0000000000000000.jsonl").unlink()
        write(self.folder / "annotations/0000000000000001.jsonl", "{}")
        (self.folder / "frames/0000000000000002/00000007.jpg").unlink()
        self.assertEqual(
            self.mistakes(version.entries),
            [
                "annotations/0000000000000000.jsonl is missing.",
                "annotations/0000000000000001.jsonl differs from the digest in manifest.json.",
                "frames/0000000000000002/00000007.jpg is missing.",
            ],
        )
        self.version("segmentation", ("train",), masks=[])
        with self.assertRaisesRegex(LayoutError, "It has no operation for test."):
            sources.source("version", self.folder, FRAMES, 1).read("test", 8)

    @needs_pictures
    def test_a_picture_that_was_changed_is_told(self) -> None:
        self.version("segmentation", ("test",), masks=[])
        paint(self.folder / "frames/0000000000000000/00000007.jpg", halves((0, 200, 0), (0, 0, 0)))
        with self.assertRaisesRegex(ValueError, "00000007.jpg differs from the digest in 0000000000000000.jsonl"):
            sources.source("version", self.folder, FRAMES, 1).read("test", 8)


class Splits(unittest.TestCase):
    def test_no_operation_is_in_two(self) -> None:
        for splits in (cholec80.SPLITS, cholecseg8k.SPLITS, m2cai16.SPLITS, endovis.SPLITS_2017, endovis.SPLITS_2018):
            names = [name for some in splits.values() for name in some]
            self.assertEqual(len(names), len(set(names)))
            self.assertEqual(sorted(splits), ["test", "training", "validation"])
        self.assertEqual(sum(len(some) for some in cholec80.SPLITS.values()), 80)
        self.assertEqual(sum(len(some) for some in cholecseg8k.SPLITS.values()), 17)


if __name__ == "__main__":
    unittest.main()
