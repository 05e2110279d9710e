"""What a training pipeline's jobs run beside training and evaluation: the container's entry, the check of a dataset, and the judgement."""

import copy
import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "models/training"))

import check_dataset
import entry
import judge
from evaluate import RefusedError
from layouts.layout import LayoutError


class Entry(unittest.TestCase):
    def test_variables_of_a_job(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "input/config").mkdir(parents=True)
            (root / "input/config/inputdataconfig.json").write_text(json.dumps({"training": {"TrainingInputMode": "File"}}))
            given = {"sagemaker_program": "train_phase_classifier.py", "minutes": "3", "layout": "version"}
            wanted = {
                "SM_HPS": json.dumps({"minutes": "3", "layout": "version"}),
                "SM_MODEL_DIR": str(root / "model"),
                "SM_NUM_CPUS": "4",
                "SM_CHANNEL_TRAINING": str(root / "input/data/training"),
            }
            self.assertEqual(entry.variables(root, given, 4), wanted)
            (root / "checkpoints").mkdir()
            self.assertEqual(entry.variables(root, given, 4), {**wanted, "SM_CHECKPOINT_DIR": str(root / "checkpoints")})

    def test_script_must_be_one_that_trains(self) -> None:
        self.assertEqual(entry.script_of({"sagemaker_program": '"train_phase_classifier.py"'}, entry.HERE).name, "train_phase_classifier.py")
        for name in ("", "judge.py", "../training/train_phase_classifier.py", "/bin/sh"):
            with self.assertRaisesRegex(ValueError, f'sagemaker_program is "{name}"; it must be one of train_'):
                entry.script_of({"sagemaker_program": name}, entry.HERE)

    def test_settings_must_be_an_object(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(entry.read(Path(folder) / "none.json"), {})
            (Path(folder) / "list.json").write_text("[]")
            with self.assertRaisesRegex(ValueError, r"list\.json must hold an object"):
                entry.read(Path(folder) / "list.json")


class Dataset(unittest.TestCase):
    model = {"id": "phase-classifier", "task": "frame-classification", "subject": "phase", "labels": ["A", "B"]}  # noqa: RUF012
    manifest = {"task": "frame-classification", "classes": ["A", "B"]}  # noqa: RUF012
    whole = {"training": 2, "validation": 1, "test": 1}  # noqa: RUF012

    def test_fit(self) -> None:
        self.assertEqual(check_dataset.reasons_against(self.manifest, self.model, self.whole), [])

    def test_every_reason_at_once(self) -> None:
        found = check_dataset.reasons_against({"task": "segmentation", "classes": ["Liver"]}, self.model, {**self.whole, "test": 0, "validation": 0})
        self.assertEqual(
            found,
            [
                "It has no operation for validation.",
                "It has no operation for test.",
                "It tells of segmentation; phase-classifier answers frame-classification.",
            ],
        )

    def test_labels(self) -> None:
        self.assertEqual(
            check_dataset.reasons_against({**self.manifest, "classes": ["A", "C"]}, self.model, self.whole),
            ["phase-classifier does not know its phases C."],
        )
        self.assertEqual(
            check_dataset.reasons_against({**self.manifest, "classes": ["C"]}, self.model, self.whole),
            ["It has none of the labels of phase-classifier: A, B."],
        )

    def test_a_folder_that_is_no_version(self) -> None:
        with tempfile.TemporaryDirectory() as folder, self.assertRaisesRegex(LayoutError, r"manifest\.json is missing"):
            check_dataset.check(Path(folder), self.model)


def measured(value: float, better: str = "higher", sha256: str = "c" * 64, f1: float = 0.9) -> dict:
    estimate = {"low": None, "high": None, "better": better, "operations": 1}
    return {
        "headline": "accuracy",
        "metrics": {"accuracy": {**estimate, "value": value}},
        "perClass": {"A": {"precision": {**estimate, "value": 0.1}, "f1": {**estimate, "better": "higher", "value": f1}}},
        "model": {"sha256": sha256},
        "golden": {"frames": 8, "agreeing": 8},
        "dataset": {"name": "dataset phases", "version": "1.0.1", "sha256": "d" * 64, "operations": 1, "frames": 9, "syntheticOnly": False},
    }


described = {"id": "phase-classifier", "task": "frame-classification", "subject": "phase", "labels": ["A"], "version": "1.1.0"}
in_use = {**described, "version": "1.0.0"}
before = measured(0.8, sha256="b" * 64)


class Judgement(unittest.TestCase):
    def test_a_better_candidate(self) -> None:
        found = judge.gate_of(measured(0.9), before, described, in_use)
        self.assertEqual([found[name] for name in ("score", "gain", "faults", "reasons")], [0.9, 0.1, 0, []])
        self.assertEqual([found["candidate"], found["incumbent"], found["version"], found["sha256"]], [0.9, 0.8, "1.1.0", "c" * 64])

    def test_a_worse_candidate_has_a_loss(self) -> None:
        self.assertEqual(judge.gate_of(measured(0.7), before, described, in_use)["gain"], -0.1)

    def test_less_is_better(self) -> None:
        found = judge.gate_of(measured(5, "lower"), measured(8, "lower", "b" * 64), described, in_use)
        self.assertEqual([found["score"], found["gain"], found["candidate"]], [-5, 3, 5])

    def test_what_else_speaks_against_it(self) -> None:
        candidate = measured(0.95, f1=0.7)
        candidate["golden"] = {"frames": 8, "agreeing": 7}
        found = judge.gate_of(candidate, before, {**described, "labels": ["B"]}, in_use)
        self.assertEqual(
            found["reasons"],
            [
                "Its labels: not as of the network in use.",
                "It answers 7 of 8 reference frames as the training did.",
                "f1 of A falls by 0.2000, by more than 0.1.",
            ],
        )
        self.assertEqual(found["faults"], 3)
        gone = measured(0.95)
        gone["perClass"] = {}
        self.assertEqual(judge.gate_of(gone, before, described, in_use)["reasons"], ["f1 of A falls by 0.9000, by more than 0.1."])

    def test_the_network_in_use_is_no_candidate(self) -> None:
        found = judge.gate_of(copy.deepcopy(before), before, described, in_use)
        self.assertEqual([found["gain"], found["reasons"]], [0, ["Its weights are those of the network in use."]])

    def test_measures_of_another_test_are_not_compared(self) -> None:
        other = measured(0.9)
        other["dataset"] = {**other["dataset"], "sha256": "e" * 64}
        with self.assertRaisesRegex(RefusedError, "were not measured alike"):
            judge.gate_of(other, before, described, in_use)

    def test_versions(self) -> None:
        self.assertEqual([judge.next_version("1.0.0"), judge.next_version("2.9.3")], ["1.1.0", "2.10.0"])


if __name__ == "__main__":
    unittest.main()
