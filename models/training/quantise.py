"""Makes a model folder smaller in precision, measures what that costs and gains, and keeps it only where it wins.

python3 models/training/quantise.py --model DIR --data DIR --precision fp16|int8 [--layout L] [--operations N] [--output DIR] [--keep]

Its options have the defaults of a Processing job, as those of evaluate.py do.

fp16: weights and arithmetic in half precision, inputs and outputs as before. For GPUs: processors compute it in single precision.
int8: static quantisation with QDQ nodes, a scale for each channel of the weights; scales of activations from frames of the validation
operations, never of the test's. What follows the last convolutions (suppression, probabilities) stays as it is.

Writes quantisation.json: quality on the test operations before and after, size, and frames a second
of processor time, on one thread of the first provider that this machine has.
It wins where it is at least a tenth faster and the headline metric is worse by no more than a hundredth (of seconds an hour: by no more
than one). Only then, or with --keep, is the new model folder written beside it: the same model.json with another digest.
With --or-same there is a model folder in any case: where the new one does not win, the one that was given.

Exit code: 0 measured, whether it wins or not; 1 refused; 2 wrong usage.
"""

import argparse
import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

import command
import sources
from evaluate import Runner, leave, read_model, read_options, recipes_of
from measure import Quality, measure
from operation import Operation

PRECISIONS = ("fp16", "int8")
# Frames that scales are taken from; more change them little.
CALIBRATION = 256
BATCHES = (1, 8)
LEAST_SPEEDUP = 1.1
MOST_LOSS = {"higher": 0.01, "lower": 1.0}


def convert(weights: Path, target: Path, precision: str, model: dict, frames: np.ndarray) -> None:
    """Writes the graph in another precision. `frames`: what scales are taken from."""
    import onnx

    if precision == "fp16":
        from onnxruntime.transformers.float16 import convert_float_to_float16

        onnx.save(convert_float_to_float16(onnx.load(weights), keep_io_types=True), target)
        return
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    name: str = model["input"]["name"]

    class Frames(CalibrationDataReader):
        def __init__(self) -> None:
            self.rest: Iterator[np.ndarray] = iter(np.split(frames, range(8, len(frames), 8)))

        def get_next(self) -> dict[str, np.ndarray] | None:
            batch = next(self.rest, None)
            return None if batch is None else {name: np.ascontiguousarray(batch)}

    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(weights), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(target),
            Frames(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["Conv"],
        )


def speeds(graphs: Sequence[Path], model: dict, frames: np.ndarray) -> list[dict[str, float]]:
    """Frames a second of processor time on one thread, by batch, of each graph: the best of seven rounds of at least 64 frames, taken in turn."""
    runners = [Runner(graph, model, threads=1) for graph in graphs]
    found: list[dict[str, float]] = [{} for _ in graphs]
    for batch in BATCHES:
        some = np.ascontiguousarray(np.resize(frames, (batch, *frames.shape[1:])))
        rounds = max(1, 64 // batch)
        best = [np.inf] * len(graphs)
        for _ in range(7):
            for i, runner in enumerate(runners):
                start = time.process_time()
                for _ in range(rounds):
                    runner.session.run(list(runner.outputs.values()), {runner.input: some})
                best[i] = min(best[i], time.process_time() - start)
        for i, seconds in enumerate(best):
            found[i][str(batch)] = round(rounds * batch / seconds, 1)
    return found


def quality_of(weights: Path, model: dict, operations: Sequence[Operation], threads: int) -> Quality:
    runner = Runner(weights, model, threads)
    return measure(model, operations, [runner.run(np.asarray(operation.frames)) for operation in operations])


def wins(before: dict, after: dict, headline: str) -> tuple[bool, str]:
    """Whether the new graph is to be taken, and why or why not."""
    old, new = before["metrics"][headline], after["metrics"].get(headline)
    if new is None:
        return False, f"it has no {headline} any more"
    loss = (old["value"] - new["value"]) * (1 if old["better"] == "higher" else -1)
    gain = max(after["framesPerSecond"][batch] / before["framesPerSecond"][batch] for batch in before["framesPerSecond"])
    if loss > MOST_LOSS[old["better"]]:
        return False, f"{headline} is worse by {loss:.4f}"
    if gain < LEAST_SPEEDUP:
        return False, f"it is {gain:.2f} times as fast"
    return True, f"it is {gain:.2f} times as fast, and {headline} differs by {-loss:+.4f}"


def quantise(folder: Path, options: argparse.Namespace) -> dict:
    """The report; leaves the new graph in options.output. Raises RefusedError, LayoutError, UnannotatedError."""
    model, digest = read_model(folder)
    source = sources.source(options.layout, options.data, recipes_of(model), options.threads, options.operations)
    width, height = model["input"]["width"], model["input"]["height"]
    seen = np.concatenate([np.asarray(operation.frames) for operation in source.read("validation", width, height)])
    frames = seen[np.linspace(0, len(seen) - 1, min(CALIBRATION, len(seen))).astype(int)]
    operations = source.read("test", width, height)
    options.output.mkdir(parents=True, exist_ok=True)
    made = options.output / "model.onnx"
    convert(folder / "model.onnx", made, options.precision, model, frames)
    graphs = [folder / "model.onnx", made]
    qualities = [quality_of(graph, model, operations, options.threads) for graph in graphs]
    rates = speeds(graphs, model, np.asarray(operations[0].frames[:8]))
    before, after = (
        {"bytes": graph.stat().st_size, "framesPerSecond": rate, "metrics": quality.metrics, "perClass": quality.per_class}
        for graph, rate, quality in zip(graphs, rates, qualities, strict=True)
    )
    quality = qualities[0]
    taken, why = wins(before, after, quality.headline)
    new = hashlib.sha256(made.read_bytes()).hexdigest()
    if not taken and options.or_same:
        shutil.copytree(folder, options.output, dirs_exist_ok=True)
    elif taken or options.keep:
        (options.output / "model.json").write_text(json.dumps({**model, "sha256": new}, indent=2) + "\n")
        shutil.copy(folder / "card.md", options.output)
    else:
        made.unlink()
    return {
        "model": {"id": model["id"], "version": model["version"], "sha256": digest},
        "precision": options.precision,
        "sha256": new,
        "provider": Runner(folder / "model.onnx", model, 1).provider,
        "headline": quality.headline,
        "before": before,
        "after": after,
        "wins": taken,
        "why": why,
    }


def main() -> None:
    def more(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--precision", choices=PRECISIONS, required=True)
        otherwise = parser.add_mutually_exclusive_group()
        otherwise.add_argument("--keep", action="store_true", help="writes the new model folder even where it does not win")
        otherwise.add_argument("--or-same", action="store_true", help="writes the folder that was given where the new graph does not win")

    options = read_options(__doc__, "quantisation.json", more)
    report = leave(options, "quantisation.json", lambda folder: quantise(folder, options))
    for name, found in report["after"]["metrics"].items():
        command.metric(name, found["value"])
    print(f"{report['model']['id']} in {options.precision} {'wins' if report['wins'] else 'does not win'}: {report['why']}.", flush=True)


if __name__ == "__main__":
    main()
