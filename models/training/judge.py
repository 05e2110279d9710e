"""Measures a candidate and the network in use on the same test operations, and writes what the quality gate decides on.

python3 models/training/judge.py --model DIR --incumbent DIR --data DIR [--layout L] [--output DIR]

Both are run by the same ONNX Runtime on the same frames (evaluate.py): figures of another day are of another test. Writes

candidate/           the model folder as it would be registered: the version that follows the one in use
quality/quality.json     the candidate's measures (contracts/model-quality.ts)
quality/incumbent.json   those of the network in use
quality/gate.json        training-gate/1.0, below; numbers, since a pipeline's condition compares numbers

`score` and `gain` are such that more is better, whatever the headline metric: `score` is the candidate's value, `gain` what it is above that of the
network in use, both with the sign turned where less is better. `faults` counts what else speaks against it, told in `reasons`. Bars are the
pipeline's: this file tells, the condition decides.

Exit code: 0 measured, whatever the figures say; 1 refused, with all reasons; 2 wrong usage.
"""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path

import command
import sources
from evaluate import PROCESSING, RefusedError, evaluate, model_folder
from layouts.layout import LayoutError
from operation import UnannotatedError

# The measure of each label, by task, and what it may lose while the whole gets better: less is chance in most test sets.
LABEL_METRICS = ("f1", "ap50", "dice")
MOST_LOSS_OF_LABEL = 0.1
# What of a network every reader of results relies on: another of these is another network (functions/learn/rule-on-model).
LASTING = ("id", "task", "subject", "labels")


def next_version(version: str) -> str:
    """The minor version that follows: other weights, the same answers."""
    major, minor, _ = version.split(".")
    return f"{major}.{int(minor) + 1}.0"


def signed(metric: dict) -> float:
    """A metric such that more is better."""
    value = float(metric["value"])
    return value if metric["better"] == "higher" else -value


def faults_of(candidate: dict, incumbent: dict, described: dict, in_use: dict) -> list[str]:
    """What speaks against a candidate beside its headline, as sentences. candidate, incumbent: what was measured; described, in_use: model.json."""
    faults = [f"Its {field}: not as of the network in use." for field in LASTING if described[field] != in_use[field]]
    if candidate["model"]["sha256"] == incumbent["model"]["sha256"]:
        faults.append("Its weights are those of the network in use.")
    golden = candidate["golden"]
    if golden is not None and golden["agreeing"] < golden["frames"]:
        faults.append(f"It answers {golden['agreeing']} of {golden['frames']} reference frames as the training did.")
    for label, before in incumbent["perClass"].items():
        after = candidate["perClass"].get(label, {})
        for name in LABEL_METRICS:
            if name not in before:
                continue
            loss = signed(before[name]) - (signed(after[name]) if name in after else 0)
            if loss > MOST_LOSS_OF_LABEL:
                faults.append(f"{name} of {label} falls by {loss:.4f}, by more than {MOST_LOSS_OF_LABEL}.")
    return faults


def gate_of(candidate: dict, incumbent: dict, described: dict, in_use: dict) -> dict:
    """The document that the pipeline's condition reads. Raises RefusedError where the two can't be compared."""
    headline = candidate["headline"]
    same = all(candidate["dataset"][field] == incumbent["dataset"][field] for field in ("sha256", "operations", "frames"))
    if not same or headline != incumbent["headline"] or headline not in incumbent["metrics"]:
        raise RefusedError(["The candidate and the network in use were not measured alike."])
    reasons = faults_of(candidate, incumbent, described, in_use)
    score, before = signed(candidate["metrics"][headline]), signed(incumbent["metrics"][headline])
    return {
        "schema": "training-gate/1.0",
        "headline": headline,
        "better": candidate["metrics"][headline]["better"],
        "candidate": candidate["metrics"][headline]["value"],
        "incumbent": incumbent["metrics"][headline]["value"],
        "score": round(score, 6),
        "gain": round(score - before, 6),
        "faults": len(reasons),
        "reasons": reasons,
        "version": described["version"],
        "sha256": candidate["model"]["sha256"],
        "dataset": {field: candidate["dataset"][field] for field in ("name", "version", "sha256", "operations", "frames", "syntheticOnly")},
    }


def judge(model: Path, incumbent: Path, options: argparse.Namespace) -> dict:
    """Leaves everything in options.output; gives the gate's document. Raises RefusedError, LayoutError, UnannotatedError."""
    in_use = json.loads((incumbent / "model.json").read_text())
    made = options.output / "candidate"
    shutil.copytree(model, made, dirs_exist_ok=True)
    described = {**json.loads((made / "model.json").read_text()), "version": next_version(in_use["version"])}
    (made / "model.json").write_text(json.dumps(described, indent=2) + "\n")
    measured = {"quality": evaluate(made, options), "incumbent": evaluate(incumbent, options)}
    gate = gate_of(measured["quality"], measured["incumbent"], described, in_use)
    folder = options.output / "quality"
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in {**measured, "gate": gate}.items():
        (folder / f"{name}.json").write_text(json.dumps(document, indent=2) + "\n")
    return gate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=PROCESSING / "model", help="the candidate: a model folder, or one within")
    parser.add_argument("--incumbent", type=Path, default=PROCESSING / "incumbent", help="folder of the network in use")
    parser.add_argument("--data", type=Path, default=PROCESSING / "dataset", help="folder of the operations")
    parser.add_argument("--layout", choices=sources.LAYOUTS, default="version", help="how they lie there")
    parser.add_argument("--operations", type=command.positive, help="at most so many, to try whether all goes well")
    parser.add_argument("--output", type=Path, default=PROCESSING / "output")
    parser.add_argument("--threads", type=command.positive, default=os.cpu_count() or 1)
    options = parser.parse_args()
    try:
        with model_folder(options.model) as model, model_folder(options.incumbent) as incumbent:
            gate = judge(model, incumbent, options)
    except (RefusedError, LayoutError, UnannotatedError) as refusal:
        print(refusal, file=sys.stderr)
        sys.exit(1)
    for name in ("score", "gain", "faults"):
        command.metric(name, gate[name])


if __name__ == "__main__":
    main()
