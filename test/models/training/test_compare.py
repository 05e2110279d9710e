"""Whether networks that were trained anew are held to the shipped ones, on made-up figures; and the part of a card that an evaluation writes."""

import copy
import io
import json
import sys
import tempfile
import unittest
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "models/training"))

import card
import compare

MODEL: dict = {
    "sha256": "a" * 64,
    "labels": ["Hook"],
    "task": "object-detection",
    "subject": "instrument",
    "input": {"width": 8},
    "outputs": {"boxes": "boxes"},
}
QUALITY: dict = {
    "model": {"sha256": "a" * 64},
    "dataset": {"sha256": "d" * 64, "operations": 12, "frames": 2880, "name": "drawn operations", "version": "1.1.0"},
    "runtime": {"version": "1.23.2"},
    "metrics": {
        "map50": {"value": 0.9, "low": 0.85, "high": 0.95, "better": "higher", "operations": 12},
        "vain-seconds-per-hour": {"value": 2.5, "low": None, "high": None, "better": "lower", "operations": 1},
    },
    "perClass": {"Hook": {"ap50": {"value": 0.9, "low": 0.9, "high": 0.9, "better": "higher", "operations": 12}}, "Clip": {}},
    "golden": {"frames": 12, "agreeing": 12},
}


class Compare(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.write("shipped", MODEL, QUALITY)

    def write(self, where: str, model: dict, quality: dict) -> None:
        folder = self.folder / where / "net"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.json").write_text(json.dumps(model))
        (folder / "quality.json").write_text(json.dumps(quality))

    def run_entry(self, *more: str) -> tuple[int, str]:
        said = io.StringIO()
        arguments = ["compare.py", "--made", str(self.folder / "made"), "--shipped", str(self.folder / "shipped"), "net", *more]
        with mock.patch.object(sys, "argv", arguments), redirect_stdout(said), redirect_stderr(said), self.assertRaises(SystemExit) as stop:
            compare.main()
        return int(stop.exception.code or 0), said.getvalue()

    def made(self, map50: float, vain: float, **changes: object) -> dict:
        quality = copy.deepcopy(QUALITY)
        quality["metrics"]["map50"]["value"], quality["metrics"]["vain-seconds-per-hour"]["value"] = map50, vain
        quality["model"] = {"sha256": "b" * 64}
        return {**quality, **changes}

    def test_holds_what_is_within_the_stated_interval_or_better(self) -> None:
        for figures in ((0.841, 3.4), (0.99, 0)):
            self.write("made", {**MODEL, "sha256": "b" * 64}, self.made(*figures))
            code, said = self.run_entry()
            self.assertEqual([code, said.splitlines()[0]], [0, "net: reproduced"], said)
        self.assertIn("at least     0.840   holds", said)
        self.assertIn("at most     3.500   holds", said)

    def test_tells_everything_that_is_worse_or_different(self) -> None:
        worse = self.made(0.83, 3.6, golden={"frames": 12, "agreeing": 11})
        self.write("made", {**MODEL, "sha256": "c" * 64, "labels": ["Hook", "Clip"]}, worse)
        code, said = self.run_entry()
        self.assertEqual(code, 1)
        self.assertEqual(said.splitlines()[0], "net: NOT REPRODUCED")
        mistakes = [line.strip() for line in said.splitlines() if line.startswith("  - ")]
        self.assertEqual(
            mistakes,
            [
                f"- {self.folder}/made/net/quality.json tells of other weights than lie beside it: evaluate them.",
                '- Its labels differs: ["Hook"], now ["Hook", "Clip"].',
                '- The graph does not compute what PyTorch did on all reference frames: {"frames": 12, "agreeing": 11}.',
                "- map50 is 0.830; it must be at least 0.840.",
                "- vain-seconds-per-hour is 3.600; it must be at most 3.500.",
            ],
        )

    def test_a_trial_may_be_worse_on_other_operations_and_nothing_else(self) -> None:
        other = {**QUALITY["dataset"], "sha256": "e" * 64}
        self.write("made", {**MODEL, "sha256": "b" * 64}, self.made(0.1, 900, dataset=other))
        code, said = self.run_entry("--trial")
        self.assertEqual([code, said.splitlines()[0]], [0, "net: whole, figures of a trial"], said)
        self.assertIn("WORSE", said)
        code, said = self.run_entry()
        self.assertEqual(code, 1)
        self.assertIn("It was measured on other test operations", said)
        blind = self.made(0.1, 900, dataset=other)
        del blind["metrics"]["map50"]
        self.write("made", {**MODEL, "sha256": "b" * 64}, blind)
        self.assertIn("now has no value", self.run_entry("--trial")[1])
        self.assertEqual(self.run_entry("--trial")[0], 0)
        self.assertIn("- It has no map50.", self.run_entry()[1])
        self.write("made", {**MODEL, "sha256": "b" * 64}, self.made(0.1, 900, dataset=other, golden=None))
        self.assertEqual(self.run_entry("--trial")[0], 1)

    def test_compares_nothing_with_itself_or_with_what_is_not_there(self) -> None:
        code, said = self.run_entry("--made", str(self.folder / "shipped"))
        self.assertEqual(code, 2)
        self.assertIn("there is nothing to compare", said)
        code, said = self.run_entry("--trial")
        self.assertEqual(code, 1)
        self.assertEqual(said.count("can't be read"), 2)


class Card(unittest.TestCase):
    TEXT = "# Net\n\n- **For** trying.\n\n## Measured on seeds 1-2\n\nOnce.\n\n## Limits\n\nMany.\n"

    def test_figures_stand_before_the_limits_and_once(self) -> None:
        once = card.with_quality(self.TEXT, QUALITY)
        self.assertEqual([line for line in once.splitlines() if line.startswith("## ")], ["## Measured on seeds 1-2", card.HEADING, "## Limits"])
        self.assertIn("on 12 test operations (2,880 frames, drawn operations, 1.1.0)", once)
        self.assertIn("\n| map50 | 0.900 (0.850 to 0.950) |\n| vain-seconds-per-hour | 2.500 (no interval) |\n", once)
        # An interval of nothing would flatter.
        self.assertIn("\n| label | ap50 |\n| --- | --- |\n| Hook | 0.900 (no interval) |\n| Clip | - |\n", once)
        self.assertIn("Of 12 reference frames it computes 12 as PyTorch did.", once)
        self.assertEqual(card.with_quality(once, QUALITY), once)
        self.assertNotIn("reference frames", card.with_quality(once, {**QUALITY, "golden": None}))

    def test_what_differs_stands_between_the_figures_and_the_limits(self) -> None:
        fog = {**QUALITY, "dataset": {**QUALITY["dataset"], "name": "drawn operations, only fog", "operations": 1, "frames": 20}, "perClass": {}}
        other = {
            **QUALITY,
            "dataset": {**QUALITY["dataset"], "name": "drawn operations, a splenectomy"},
            "metrics": {"map50": QUALITY["metrics"]["map50"]},
        }
        shifts = {"shifts": [other, fog]}
        once = card.with_shifts(self.TEXT, shifts)
        both = card.with_quality(once, QUALITY)
        self.assertEqual(both, card.with_shifts(card.with_quality(self.TEXT, QUALITY), shifts))
        heads = [line for line in both.splitlines() if line.startswith("## ")]
        self.assertEqual(heads, ["## Measured on seeds 1-2", card.HEADING, card.SHIFTS, "## Limits"])
        self.assertIn("\n| measure | a splenectomy: 12 operations, 2,880 frames | only fog: 1 operations, 20 frames |\n| --- | --- | --- |\n", both)
        self.assertIn("\n| vain-seconds-per-hour | - | 2.500 (no interval) |\n| Hook: ap50 | 0.900 (no interval) | - |\n", both)
        self.assertEqual(card.with_shifts(both, shifts), both)
        self.assertIn("Nothing could be measured.", card.with_shifts(both, {"shifts": []}))


if __name__ == "__main__":
    unittest.main()
