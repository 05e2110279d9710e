"""Trains the network that tells when the camera is outside the patient, and writes models/out-of-body/.

python3 models/training/train_out_of_body.py --data DIR [--minutes N] [--threads N] [--checkpoint FILE]
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional

import card
import command
import generated
from classifier import score, train
from evaluation import out_of_body_seconds
from export import export, parameters
from generated import FRAMES, reference_recipe
from networks import OUT_OF_BODY_SIDE, FrameGraph, FrameNet
from operation import Operation
from sources import Source

# A missed second outside shows a person; a second covered in vain costs a second of video. Hence the weight.
OUTSIDE_WEIGHT = 3.0
# Seconds an hour that the threshold may cover in vain on the validation operations.
ALLOWED_VAIN = 10.0

# Of the card, where the network has seen drawings only.
LIMITS = """Drawn tissue, drawn rooms, one kind of trocar. Black, blurred, frozen and badly exposed frames occur in the training set; other procedures, specimen bags in front of the lens, real operating rooms and real faces do not. Misses lie at the first and last moments of an excursion, where little of the trocar is in sight: the gate pads what it covers."""


def loss_of(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    return functional.cross_entropy(logits, labels, weight=torch.tensor([1.0, OUTSIDE_WEIGHT]), label_smoothing=0.01)


def train_on(operations: list[Operation], minutes: float, checkpoint: Path | None) -> tuple[FrameNet, int]:
    frames = torch.from_numpy(np.concatenate([op.frames for op in operations]))
    labels = torch.from_numpy(np.concatenate([op.out_of_body() for op in operations])).long()
    return train(FrameNet(2), frames, labels, loss_of, minutes, checkpoint)


def per_hour(network: FrameNet, operations: list[Operation], threshold: float) -> dict[str, float]:
    """Seconds missed and covered in vain an hour of video, and the share of out-of-body time that was caught."""
    missed = vain = outside = total = 0.0
    for operation in operations:
        truth = operation.out_of_body()
        m, v = out_of_body_seconds(score(FrameGraph(network, exclusive=True), operation)[:, 1], truth, operation.seconds_per_frame, threshold)
        missed, vain = missed + m, vain + v
        outside += truth.sum() * operation.seconds_per_frame
        total += len(truth) * operation.seconds_per_frame
    return {"recall": 1 - missed / outside, "missed": 3600 * missed / total, "vain": 3600 * vain / total, "share": outside / total}


def choose_threshold(network: FrameNet, operations: list[Operation]) -> float:
    """The lowest threshold from 0.1 to 0.5 that keeps to ALLOWED_VAIN: it errs towards covering. 0.5 if none does."""
    for threshold in np.arange(0.1, 0.5, 0.02).tolist():
        if per_hour(network, operations, threshold)["vain"] <= ALLOWED_VAIN:
            return round(float(threshold), 2)
    return 0.5


def main() -> None:
    options = command.options(__doc__, "out-of-body", minutes=4, recipes=FRAMES)
    source: Source = options.source
    reference = generated.reference(reference_recipe(OUT_OF_BODY_SIDE), options.data, options.threads, source.synthetic)
    network, seen = train_on(source.read("training", OUT_OF_BODY_SIDE), options.minutes, options.checkpoint)
    threshold = choose_threshold(network, source.read("validation", OUT_OF_BODY_SIDE))
    test = source.read("test", OUT_OF_BODY_SIDE)
    measured = per_hour(network, test, threshold)
    print(f"threshold {threshold}: {measured}")
    command.metric("missed_seconds_per_hour", measured["missed"])
    trained_on = card.trained_on(source)
    description = {
        "id": "out-of-body",
        "version": "1.1.0",
        "name": "Out-of-body detector",
        "dataset": trained_on,
        "syntheticOnly": source.synthetic,
        "subject": "out-of-body",
        "calibration": None,
        "labels": ["in-body", "out-of-body"],
        "threshold": threshold,
        "task": "frame-classification",
        "outputs": {"scores": "scores"},
    }
    text = f"""# Out-of-body detector

Tells for each frame whether the camera looks outside the patient. The platform's privacy gate runs it before anything else.

- {card.purpose(source, ", and never to protect real people: it has seen drawn pictures only.")}
- **Input** {OUT_OF_BODY_SIDE} x {OUT_OF_BODY_SIDE} RGB, the whole picture stretched to a square. **Output** probabilities of in-body and out-of-body.
- **Network** five convolutions, mean and maximum over the picture, one linear layer; {parameters(network):,} parameters.
- **Trained** on {trained_on}, {seen:,} augmented pictures, by `models/training/train_out_of_body.py`. A frame counts as out-of-body as soon as the trocar's wall is in sight.
- **Threshold** {threshold}: the lowest from 0.1 that covers at most {ALLOWED_VAIN:g} s an hour in vain on {source.describe("validation")}.
- **Not calibrated**: the threshold is chosen on the network's own scores, which are not to be read as probabilities.

{card.measured_on(source)}

| measure | value |
| --- | --- |
| time outside the patient | {100 * measured["share"]:.1f} % of the video |
| recall of that time | {100 * measured["recall"]:.2f} % |
| missed seconds outside, an hour of video | {measured["missed"]:.1f} |
| seconds covered in vain, an hour of video | {measured["vain"]:.1f} |

## Limits

{card.limits(source, LIMITS)}
"""
    export(
        FrameGraph(network, exclusive=True),
        OUT_OF_BODY_SIDE,
        options.output,
        description,
        text,
        reference,
    )


if __name__ == "__main__":
    command.run(main)
