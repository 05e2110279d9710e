"""Trains the network that tells what spoils the view, and writes models/view-quality/.

python3 models/training/train_view_quality.py --data DIR [--minutes N] [--threads N] [--checkpoint FILE]
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional

import card
import command
import generated
from classifier import calibration_error, choose_temperature, inside, score, train
from export import export, parameters
from generated import WHOLE, reference_recipe
from networks import DETECTOR_SIDE, WHOLE_SIDE, EmbeddingGraph, FrameGraph, FrameNet
from operation import Operation
from sources import Source

# Of what CholecTrack20 flags as visual conditions (Nwoye et al., 2025), those that are drawn.
CONDITIONS = ["bleeding", "smoke", "fog", "blur"]
THRESHOLD = 0.5

# Of the card, where the network has seen drawings only.
LIMITS = """Drawn blood, drawn smoke, drawn fog, blur by a Gaussian filter. A condition counts from its first trace to its last, where a person would see little of it. Reflections and a lens fouled by anything but water are not drawn, so this network does not tell them."""


def train_on(operations: list[Operation], minutes: float, checkpoint: Path | None) -> tuple[FrameNet, int]:
    keep = inside(operations)
    frames = torch.from_numpy(np.concatenate([op.frames for op in operations])[keep])
    flags = torch.from_numpy(np.concatenate([op.events(CONDITIONS) for op in operations])[keep])
    share = flags.mean(dim=0)
    # Conditions are rare: those frames count more, by the root of the odds.
    weight = ((1 - share) / share.clamp(min=1 / len(flags))).sqrt()
    loss_of = lambda logits, wanted: functional.binary_cross_entropy_with_logits(logits, wanted, pos_weight=weight)  # noqa: E731
    return train(FrameNet(len(CONDITIONS)), frames, flags, loss_of, minutes, checkpoint)


def measure(graph: FrameGraph, operations: list[Operation]) -> list[dict]:
    """Of each condition, over all frames inside: precision, recall, F1 with its interval over operations, calibration."""
    parts = [(score(graph, op)[op.inside()], op.events(CONDITIONS)[op.inside()] > 0) for op in operations]
    result = []
    for i in range(len(CONDITIONS)):
        counts = np.array([[((s[:, i] >= THRESHOLD) & t[:, i]).sum(), (s[:, i] >= THRESHOLD).sum(), t[:, i].sum()] for s, t in parts], dtype=float)
        generator = np.random.default_rng(0)
        f1s = []
        for _ in range(2000):
            right, claimed, wanted = counts[generator.integers(len(counts), size=len(counts))].sum(axis=0)
            f1s.append(2 * right / max(1, claimed + wanted))
        right, claimed, wanted = counts.sum(axis=0)
        scores, truth = np.concatenate([s[:, i] for s, _ in parts]), np.concatenate([t[:, i] for _, t in parts])
        error = calibration_error(scores, truth)
        result.append(
            {
                "precision": right / max(1, claimed),
                "recall": right / max(1, wanted),
                "f1": 2 * right / max(1, claimed + wanted),
                "low": np.percentile(f1s, 2.5),
                "high": np.percentile(f1s, 97.5),
                "ece": error,
                "share": truth.mean(),
            }
        )
    return result


def main() -> None:
    options = command.options(__doc__, "view-quality", minutes=8, recipes=WHOLE)
    source: Source = options.source
    reference = generated.reference(reference_recipe(DETECTOR_SIDE), options.data, options.threads, source.synthetic)
    network, seen = train_on(source.read("training", WHOLE_SIDE), options.minutes, options.checkpoint)
    validation = source.read("validation", WHOLE_SIDE)
    temperature = choose_temperature(network, False, validation, np.concatenate([op.events(CONDITIONS) for op in validation]), inside(validation))
    graph = FrameGraph(network, exclusive=False, temperature=temperature)
    test = source.read("test", WHOLE_SIDE)
    measured = measure(graph, test)
    print(f"temperature {temperature}: {measured}")
    command.metric("mean_f1", float(np.mean([m["f1"] for m in measured])))
    trained_on = card.trained_on(source)
    description = {
        "id": "view-quality",
        "version": "1.2.0",
        "name": "View quality",
        "dataset": trained_on,
        "syntheticOnly": source.synthetic,
        "subject": "view",
        "calibration": {"method": "temperature", "expectedError": round(float(np.mean([m["ece"] for m in measured])), 4)},
        "labels": CONDITIONS,
        "threshold": THRESHOLD,
        "task": "frame-classification",
        "outputs": {"scores": "scores", "embedding": "embedding"},
    }
    rows = "\n".join(
        f"| {label} | {100 * m['share']:.1f} % | {100 * m['precision']:.1f} % | {100 * m['recall']:.1f} % | {100 * m['f1']:.1f} % ({100 * m['low']:.1f} to {100 * m['high']:.1f} %) | {m['ece']:.3f} |"
        for label, m in zip(CONDITIONS, measured, strict=True)
    )
    text = f"""# View quality

Tells for each frame whether bleeding, smoke, fog on the lens or blur spoils the view. Each may hold at once.

- {card.purpose(source, ": it has seen drawn pictures only.")}
- **Input** {DETECTOR_SIDE} x {DETECTOR_SIDE} RGB, the whole picture stretched to a square; the graph halves it. **Output** a probability of each condition, and an embedding of the frame.
- **Network** five convolutions, mean and maximum over the picture, one linear layer; {parameters(network):,} parameters.
- **Trained** on {trained_on}, {seen:,} augmented pictures, by `models/training/train_view_quality.py`, without frames outside the patient.
- **Threshold** {THRESHOLD}, of calibrated probabilities.
- **Calibrated** with temperature {temperature} on {source.describe("validation")}.

{card.measured_on(source)}

Frame by frame, without smoothing. The interval is of 95 %, by bootstrap over operations.

| condition | share of frames | precision | recall | F1 | expected calibration error |
| --- | --- | --- | --- | --- | --- |
{rows}

## Limits

{card.limits(source, LIMITS)}
"""
    export(
        EmbeddingGraph(FrameGraph(network, graph.exclusive, temperature, shrink=DETECTOR_SIDE // WHOLE_SIDE)),
        DETECTOR_SIDE,
        options.output,
        description,
        text,
        reference,
    )


if __name__ == "__main__":
    command.run(main)
