"""Trains the network that tells the phase of an operation from one frame, and writes models/phase-classifier/.

python3 models/training/train_phase_classifier.py --data DIR [--minutes N] [--threads N] [--checkpoint FILE]
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional

import card
import command
import generated
from classifier import calibration_error, choose_temperature, inside, interval, score, train
from export import export, parameters
from generated import WHOLE, reference_recipe
from networks import DETECTOR_SIDE, WHOLE_SIDE, EmbeddingGraph, FrameGraph, FrameNet
from operation import Operation
from sources import Source

# The phases of Cholec80 (Twinanda et al., EndoNet, 2017), in its order.
PHASES = [
    "Preparation",
    "CalotTriangleDissection",
    "ClippingCutting",
    "GallbladderDissection",
    "GallbladderPackaging",
    "CleaningCoagulation",
    "GallbladderRetraction",
]
WIDTHS = (24, 48, 64, 96)

# Of the card, where the network has seen drawings only.
LIMITS = """In the drawn operations only the instruments tell the phase, and one instrument serves several phases: the hook cuts in both dissections, the bag is in sight in packaging and in retraction. A single frame can't tell them apart, and the figures show it; their order in time can. No other procedure, no phase that is entered twice."""


def told(operations: list[Operation]) -> np.ndarray:
    """bool [all frames]: inside the patient, and in a phase that somebody named."""
    return inside(operations) & np.concatenate([op.phases(PHASES) >= 0 for op in operations])


def train_on(operations: list[Operation], minutes: float, checkpoint: Path | None) -> tuple[FrameNet, int]:
    keep = told(operations)
    frames = torch.from_numpy(np.concatenate([op.frames for op in operations])[keep])
    phases = torch.from_numpy(np.concatenate([op.phases(PHASES) for op in operations])[keep])
    counts = torch.bincount(phases, minlength=len(PHASES)).float().clamp(min=1)
    # Short phases count more: by the root of how rare they are, since whole inverses would overstate them.
    weight = (counts.mean() / counts).sqrt()
    return train(
        FrameNet(len(PHASES), WIDTHS),
        frames,
        phases,
        lambda logits, wanted: functional.cross_entropy(logits, wanted, weight=weight),
        minutes,
        checkpoint,
    )


def measure(graph: FrameGraph, operations: list[Operation]) -> dict:
    """Frame by frame, without smoothing. Accuracy of each operation, F1 of each phase over all, calibration."""
    accuracy, given, wanted = [], [], []
    for operation in operations:
        keep = told([operation])
        scores, truth = score(graph, operation)[keep], operation.phases(PHASES)[keep]
        accuracy.append((scores.argmax(axis=1) == truth).mean())
        given.append(scores)
        wanted.append(truth)
    scores, truth = np.concatenate(given), np.concatenate(wanted)
    found = scores.argmax(axis=1)
    f1 = [2 * ((found == p) & (truth == p)).sum() / max(1, (found == p).sum() + (truth == p).sum()) for p in range(len(PHASES))]
    return {"accuracy": np.array(accuracy), "f1": f1, "ece": calibration_error(scores.max(axis=1), found == truth)}


def phase_seconds(operations: list[Operation]) -> float:
    """Mean length of a phase, which is the same in all sets: how fast these operations pass."""
    lengths = [(s["endFrame"] - s["startFrame"]) * op.seconds_per_frame for op in operations for s in op.truth["segments"] if s["level"] == "phase"]
    return float(np.mean(lengths))


def main() -> None:
    options = command.options(__doc__, "phase-classifier", minutes=8, recipes=WHOLE)
    source: Source = options.source
    reference = generated.reference(reference_recipe(DETECTOR_SIDE), options.data, options.threads, source.synthetic)
    network, seen = train_on(source.read("training", WHOLE_SIDE), options.minutes, options.checkpoint)
    validation = source.read("validation", WHOLE_SIDE)
    temperature = choose_temperature(network, True, validation, np.concatenate([op.phases(PHASES) for op in validation]), told(validation))
    graph = FrameGraph(network, exclusive=True, temperature=temperature)
    test = source.read("test", WHOLE_SIDE)
    measured = measure(graph, test)
    low, high = interval(measured["accuracy"])
    print(f"temperature {temperature}: {measured}")
    command.metric("accuracy", measured["accuracy"].mean())
    trained_on = card.trained_on(source)
    description = {
        "id": "phase-classifier",
        "version": "1.1.0",
        "name": "Phase classifier",
        "dataset": trained_on,
        "syntheticOnly": source.synthetic,
        "subject": "phase",
        "calibration": {"method": "temperature", "expectedError": round(measured["ece"], 4)},
        "labels": PHASES,
        # The likeliest phase is taken, however likely; the merge decides over time.
        "threshold": 0,
        "meanPhaseSeconds": round(phase_seconds(test), 1),
        # PHASES are Cholec80's.
        "procedures": ["laparoscopic-cholecystectomy"],
        "task": "frame-classification",
        "outputs": {"scores": "scores", "embedding": "embedding"},
    }
    rows = "\n".join(f"| F1 of {label} | {100 * f1:.1f} % |" for label, f1 in zip(PHASES, measured["f1"], strict=True))
    text = f"""# Phase classifier

Tells for each frame how likely each phase of a laparoscopic cholecystectomy is. What it says of single frames is smoothed over time where the timeline is merged.

- {card.purpose(source, ": it has seen drawn pictures only.")}
- **Input** {DETECTOR_SIDE} x {DETECTOR_SIDE} RGB, the whole picture stretched to a square; the graph halves it. **Output** probabilities of the seven phases of Cholec80, and an embedding of the frame.
- **Network** five convolutions, mean and maximum over the picture, one linear layer; {parameters(network):,} parameters.
- **Trained** on {trained_on}, {seen:,} augmented pictures, by `models/training/train_phase_classifier.py`, without frames outside the patient.
- **Threshold** 0: the likeliest phase counts.
- **Calibrated** with temperature {temperature} on {source.describe("validation")}.

{card.measured_on(source)}

Strict: no tolerance at the edges of phases, no smoothing. The interval is of 95 %, by bootstrap over operations.

| measure | value |
| --- | --- |
| accuracy, mean over operations | {100 * measured["accuracy"].mean():.1f} % ({100 * low:.1f} to {100 * high:.1f} %) |
| expected calibration error | {measured["ece"]:.3f} |
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
