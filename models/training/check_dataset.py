"""Reads a sealed version of a dataset before anything is paid for: whether it is whole, and whether a network can learn from it.

python3 models/training/check_dataset.py --data DIR --model DIR [--output DIR]

Every file is held to its digest, every split must hold an operation, and the dataset must be about what the network in use answers:
its task, and for phases its labels. Writes facts.json: name, version, digest, operations and frames of each split.

Exit code: 0 fit to learn from; 1 refused, with all reasons; 2 wrong usage.
"""

import argparse
import json
import sys
from pathlib import Path

from layouts import version
from layouts.layout import SPLITS, LayoutError

PROCESSING = Path("/opt/ml/processing")


class UnfitError(Exception):
    """Nothing can be learned from the dataset. `reasons` are sentences, all of them."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__("\n- ".join(["The dataset can't be learned from:", *reasons]))


def reasons_against(manifest: dict, model: dict, operations: dict[str, int]) -> list[str]:
    """Why a network like `model` can't learn from a dataset; empty if it can. operations: how many each split holds."""
    reasons = [f"It has no operation for {split}." for split in SPLITS if operations[split] == 0]
    if manifest["task"] != model["task"]:
        reasons.append(f"It tells of {manifest['task']}; {model['id']} answers {model['task']}.")
        return reasons
    strange = sorted(set(manifest["classes"]) - set(model["labels"]))
    if len(strange) == len(manifest["classes"]):
        reasons.append(f"It has none of the labels of {model['id']}: {', '.join(model['labels'])}.")
    elif strange and model["subject"] == "phase":
        reasons.append(f"{model['id']} does not know its phases {', '.join(strange)}.")
    return reasons


def check(data: Path, model: dict) -> dict:
    """The facts. Raises LayoutError, UnfitError, ValueError of a picture that is not the one that was sealed."""
    manifest = version.manifest_of(data)
    entries = version.entries(data)
    splits = {split: [entry for entry in entries if entry.split == split] for split in SPLITS}
    reasons = reasons_against(manifest, model, {split: len(found) for split, found in splits.items()})
    if reasons:
        raise UnfitError(reasons)
    # Small pictures: what is asked is whether each is there, whole and readable.
    frames = {split: sum(len(entry.load(8, 8).frames) for entry in found) for split, found in splits.items()}
    return {
        "schema": "dataset-facts/1.0",
        **{name: manifest[name] for name in ("name", "version", "contentSha256", "task", "classes")},
        "splits": {split: {"operations": len(found), "frames": frames[split]} for split, found in splits.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=PROCESSING / "dataset", help="the version's folder")
    parser.add_argument("--model", type=Path, default=PROCESSING / "incumbent", help="folder of the network in use")
    parser.add_argument("--output", type=Path, default=PROCESSING / "output")
    options = parser.parse_args()
    try:
        facts = check(options.data, json.loads((options.model / "model.json").read_text()))
    except (LayoutError, UnfitError, ValueError, OSError) as refusal:
        print(refusal, file=sys.stderr)
        sys.exit(1)
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "facts.json").write_text(json.dumps(facts, indent=2) + "\n")
    for split, found in facts["splits"].items():
        print(f"{split}: {found['operations']} operations, {found['frames']} frames", flush=True)


if __name__ == "__main__":
    main()
