"""Measures a model folder on a test set, as the file that would be deployed, and writes what an approval is decided on.

python3 models/training/evaluate.py --model DIR --data DIR [--layout L] [--operations N] [--output DIR] [--card] [--shifts]

In a SageMaker Processing job nothing needs to be said: the model (a folder, or the model.tar.gz of a training job) lies in
/opt/ml/processing/model, the dataset in /opt/ml/processing/dataset, and quality.json is left in /opt/ml/processing/output.

The file is run by ONNX Runtime and by nothing else: what PyTorch would make of other weights says nothing of this one. Without the
package onnxruntime the entry refuses. quality.json follows the contract model-quality/1.0 (contracts/model-quality.ts).

--shifts measures a network of drawn operations where pictures differ from those that it learned from (SHIFTS), and leaves shifts.json
(model-shifts/1.0, in the same file) instead. These figures are for who reads the card; no approval is decided on them.

--card also writes the figures into the card.md of --model.

Exit code: 0 measured, whatever the figures say; 1 refused, with all reasons; 2 wrong usage.
"""

import argparse
import hashlib
import json
import os
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

import card
import command
import generated
import sources
from generated import FRAMES, MASKS, WHOLE, Recipe
from layouts.layout import LayoutError
from measure import measure
from operation import Operation, UnannotatedError

PROCESSING = Path("/opt/ml/processing")
BATCH = 32
# Where PyTorch's outputs and ONNX Runtime's may differ: the last digits of sums in another order.
TOLERANCE = 1e-3


class RefusedError(Exception):
    """The model can't be measured. `mistakes` are sentences, all of them."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        super().__init__("\n- ".join(["The model can't be measured:", *mistakes]))


@contextmanager
def model_folder(given: Path) -> Iterator[Path]:
    """The one folder with a model.json, in a folder or in the model.tar.gz that a training job leaves. Raises RefusedError."""
    with tempfile.TemporaryDirectory() as unpacked:
        archive = given if given.is_file() else given / "model.tar.gz"
        if archive.is_file():
            with tarfile.open(archive) as tar:
                # Nothing but files and folders, and nothing outside: a model comes from whoever may write to the bucket.
                strange = [
                    m.name for m in tar.getmembers() if not (m.isfile() or m.isdir()) or ".." in Path(m.name).parts or Path(m.name).is_absolute()
                ]
                if strange:
                    raise RefusedError([f"{archive.name} holds what no model needs: {', '.join(strange)}."])
                tar.extractall(unpacked)
            given = Path(unpacked)
        found = sorted({path.parent for path in given.rglob("model.json")})
        if len(found) != 1:
            raise RefusedError([f"{given} must hold one model.json, and holds {len(found)}."])
        yield found[0]


def read_model(folder: Path) -> tuple[dict, str]:
    """The description, and the digest of the weights. Raises RefusedError."""
    mistakes = []
    try:
        model = json.loads((folder / "model.json").read_text())
    except ValueError as error:
        raise RefusedError([f"model.json is not JSON: {error}."]) from error
    needed = ["id", "version", "task", "subject", "labels", "threshold", "sha256", "input", "outputs"]
    mistakes += [f"model.json lacks {field}." for field in needed if field not in model]
    weights = folder / "model.onnx"
    digest = hashlib.sha256(weights.read_bytes()).hexdigest() if weights.exists() else ""
    if not weights.exists():
        mistakes.append("model.onnx is missing.")
    elif digest != model.get("sha256"):
        mistakes.append("model.onnx is not the file that model.json names: their digests differ.")
    if mistakes:
        raise RefusedError(mistakes)
    return model, digest


class Runner:
    """ONNX Runtime on the model's file."""

    def __init__(self, weights: Path, model: dict, threads: int) -> None:
        try:
            import onnxruntime
        except ModuleNotFoundError as error:
            raise RefusedError(["The package onnxruntime is missing, which alone runs what would be deployed."]) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        wanted = [p for p in ("CUDAExecutionProvider", "CPUExecutionProvider") if p in onnxruntime.get_available_providers()]
        self.session = onnxruntime.InferenceSession(str(weights), options, providers=wanted)
        self.version: str = onnxruntime.__version__
        self.provider: str = self.session.get_providers()[0]
        self.input: str = model["input"]["name"]
        # What the contract calls an output, and what the graph does.
        self.outputs: dict[str, str] = model["outputs"]
        missing = sorted(set(self.outputs.values()) - {o.name for o in self.session.get_outputs()})
        if missing:
            raise RefusedError([f"The graph lacks outputs that model.json names: {', '.join(missing)}."])

    def run(self, frames: np.ndarray) -> dict[str, np.ndarray]:
        """Outputs of all frames. Raises RefusedError where one is no number."""
        names = list(self.outputs)
        parts = [
            self.session.run([self.outputs[n] for n in names], {self.input: np.ascontiguousarray(frames[i : i + BATCH])})
            for i in range(0, len(frames), BATCH)
        ]
        found = {name: np.concatenate([part[i] for part in parts]) for i, name in enumerate(names)}
        if broken := [n for n, values in found.items() if values.dtype.kind == "f" and not np.isfinite(values).all()]:
            raise RefusedError([f"Its {name} are no numbers for some frames." for name in broken])
        return found


def golden(folder: Path, model: dict, runner: Runner, data: Path, threads: int) -> dict | None:
    """Frames of the reference that the training left, and how many come out alike. None where it left none, or its frames can't be had."""
    if not (folder / "reference.json").exists():
        return None
    said = json.loads((folder / "reference.json").read_text())
    width, height = model["input"]["width"], model["input"]["height"]
    recipe = Recipe(range(said["seed"], said["seed"] + 1), said["seconds"], said["framesPerSecond"], width, height)
    with tempfile.TemporaryDirectory() as own:
        operation = generated.reference(recipe, data if (data / str(said["seed"])).exists() else Path(own), threads, required=False)
        if operation is None:
            print("No golden frames: the reference operation is not in the dataset, and Node, which draws it, not here.", flush=True)
            return None
        found = runner.run(np.array(operation.frames))
    count = len(operation.frames)
    alike = np.ones(count, dtype=bool)
    sure = np.array(said["outputs"]["scores"]).reshape(count, -1) >= 0.05 if model["task"] == "object-detection" else None
    for name, values in said["outputs"].items():
        wanted, got = np.array(values, dtype=float).reshape(count, -1), found[name].reshape(count, -1).astype(float)
        off = np.abs(wanted - got) > TOLERANCE
        if sure is not None and name != "embedding":
            # Ranks of unsure boxes swap for a last digit; such boxes count for nothing.
            off &= np.repeat(sure, wanted.shape[1] // sure.shape[1], axis=1)
        # Where two classes of a cell are equally likely, the last digit decides.
        alike &= off.mean(axis=1) < 0.001 if model["task"] == "segmentation" else ~off.any(axis=1)
    return {"frames": count, "agreeing": int(alike.sum())}


def recipes_of(model: dict) -> dict[str, tuple[Recipe, ...]]:
    """The drawn operations that a network of this kind is trained and measured on."""
    if model["task"] == "segmentation":
        return MASKS
    return WHOLE if model["subject"] in ("phase", "view") else FRAMES


def evaluate(folder: Path, options: argparse.Namespace) -> dict:
    """The document. Raises RefusedError, LayoutError, UnannotatedError."""
    model, digest = read_model(folder)
    runner = Runner(folder / "model.onnx", model, options.threads)
    source = sources.source(options.layout, options.data, recipes_of(model), options.threads, options.operations)
    operations = source.read("test", model["input"]["width"], model["input"]["height"])
    measured = document(model, digest, runner, source, source.name, operations)
    # Last, since it may have to draw: what can't be measured is refused before.
    measured["golden"] = golden(folder, model, runner, options.data, options.threads)
    return measured


def document(model: dict, digest: str, runner: Runner, source: sources.Source, name: str, operations: list[Operation]) -> dict:
    """What the file is worth on these operations of the source's test set, by the contract model-quality/1.0."""
    outputs = [runner.run(np.asarray(operation.frames)) for operation in operations]
    quality = measure(model, operations, outputs)
    return {
        "schema": "model-quality/1.0",
        "createdAt": datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "model": {**{name: model[name] for name in ("id", "version", "task", "subject", "threshold")}, "sha256": digest},
        "dataset": {
            "name": name,
            "version": source.version(),
            "sha256": source.digest("test"),
            "split": "test",
            "operations": len(operations),
            "frames": sum(len(operation.frames) for operation in operations),
            "syntheticOnly": source.synthetic,
        },
        "runtime": {"name": "onnxruntime", "version": runner.version, "provider": runner.provider},
        "headline": quality.headline,
        "metrics": quality.metrics,
        "perClass": quality.per_class,
        "golden": None,
    }


def evaluate_shifts(folder: Path, options: argparse.Namespace) -> dict:
    """The same, where pictures differ. Raises RefusedError."""
    if options.layout != "drawn":
        raise RefusedError(["--shifts is about drawn operations: what differs from other data is other data."])
    model, digest = read_model(folder)
    runner = Runner(folder / "model.onnx", model, options.threads)
    width, height = model["input"]["width"], model["input"]["height"]
    shifts = []
    for name, recipes, keep in shifts_of(model):
        source = sources.source("drawn", options.data, {"test": recipes}, options.threads, options.operations)
        whole = source.read("test", width, height)
        operations = [part for part in map(keep, whole) if len(part.frames) > 0]
        if operations:
            shifts.append(document(model, digest, runner, source, f"drawn operations, {name}", operations))
    return {"schema": "model-shifts/1.0", "shifts": shifts}


def foggy(operation: Operation) -> Operation:
    return operation.only((operation.events(["fog"])[:, 0] > 0) & operation.inside())


def shifts_of(model: dict) -> list[tuple[str, tuple[Recipe, ...], Callable[[Operation], Operation]]]:
    """Name, operations, and what is kept of each: another procedure, which has other phases; nothing but fog on the lens."""
    test = recipes_of(model)["test"]
    other = [(f"a {generated.OTHER_PROCEDURE}", generated.elsewhere(test), lambda operation: operation)]
    return [*(other if model["subject"] != "phase" else []), ("only frames with fog on the lens", test, foggy)]


def read_options(description: str | None, file: str, more: Callable[[argparse.ArgumentParser], None]) -> argparse.Namespace:
    """Arguments that every entry has that measures a model folder and leaves `file`; `more` adds its own. Defaults are a Processing job's."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=PROCESSING / "model", help="model folder, or model.tar.gz of a training job")
    parser.add_argument("--data", type=Path, default=PROCESSING / "dataset", help="folder of the operations; missing drawn ones are drawn")
    parser.add_argument("--layout", choices=sources.LAYOUTS, default="drawn", help="how they lie there")
    parser.add_argument("--operations", type=command.positive, help="at most so many, to try whether all goes well")
    parser.add_argument("--output", type=Path, default=PROCESSING / "output", help=f"folder for {file}")
    parser.add_argument("--threads", type=command.positive, default=os.cpu_count() or 1)
    more(parser)
    return parser.parse_args()


def leave(options: argparse.Namespace, file: str, work: Callable[[Path], dict]) -> dict:
    """Leaves what `work` finds of the model folder as `file`, and gives it. A model that can't be measured ends the program with 1 and all reasons."""
    try:
        with model_folder(options.model) as folder:
            document = work(folder)
    except (RefusedError, LayoutError, UnannotatedError) as refusal:
        print(refusal, file=sys.stderr)
        sys.exit(1)
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / file).write_text(json.dumps(document, indent=2) + "\n")
    return document


def main() -> None:
    def more(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--card", action="store_true", help="also renews these figures in the card.md of --model, which must be a folder")

        parser.add_argument("--shifts", action="store_true", help="measures where pictures differ, and leaves shifts.json instead")

    options = read_options(__doc__, "quality.json", more)
    file = options.model / "card.md"
    if options.card and not file.is_file():
        print("--card needs a --model that is a folder with a card.md.", file=sys.stderr)
        sys.exit(2)
    if options.shifts:
        shifts = leave(options, "shifts.json", lambda folder: evaluate_shifts(folder, options))
        if options.card:
            file.write_text(card.with_shifts(file.read_text(), shifts))
        return
    quality = leave(options, "quality.json", lambda folder: evaluate(folder, options))
    for name, found in quality["metrics"].items():
        command.metric(name, found["value"])
    if options.card:
        file.write_text(card.with_quality(file.read_text(), quality))


if __name__ == "__main__":
    main()
