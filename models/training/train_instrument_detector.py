"""Trains the network that finds the working ends of instruments, and writes models/instrument-detector/.

python3 models/training/train_instrument_detector.py --data DIR [--minutes N] [--threads N] [--checkpoint FILE]
"""

from pathlib import Path

import numpy as np
import torch

import augment
import card
import command
import generated
from course import Course
from evaluation import average_precision, precision_and_recall
from export import export, parameters
from generated import FRAMES, reference_recipe
from networks import DETECTOR_SIDE, STRIDE, DetectorGraph, DetectorNet, EmbeddingGraph, planes
from operation import Operation
from sources import Source

BATCH = 24
CELLS = DETECTOR_SIDE // STRIDE
# A tool that a crop leaves less than this share of is no target.
LEAST_SIGHT = 0.4

# Of the card, where the network has seen drawings only.
LIMITS = """Drawn instruments of one make each, at most two hands. Blur, smoke, blood and bad exposure occur in training and test and count in full: an instrument that nobody could see through blur is still a miss."""


def targets(boxes: list[np.ndarray], labels: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """What the network should say for each picture's boxes ([tools, 5]: label, left, top, right, bottom).

    Returns heat [N, labels, cells, cells]: 1 at the cell of a box's middle, falling off as a Gaussian of the box's size;
    box [N, 4, cells, cells]: sides of the box that owns the cell; weight [N, cells, cells]: how near the cell is to
    its box's middle, summing to 1 a box.
    """
    count = len(boxes)
    heat = np.zeros((count, labels, CELLS, CELLS), dtype=np.float32)
    owner = np.zeros((count, 4, CELLS, CELLS), dtype=np.float32)
    weight = np.zeros((count, CELLS, CELLS), dtype=np.float32)
    grid = np.arange(CELLS, dtype=np.float32)
    for i, tools in enumerate(boxes):
        for label, left, top, right, bottom in sorted(tools.tolist(), key=lambda t: -(t[3] - t[1]) * (t[4] - t[2])):
            column = min(int((left + right) / 2 * CELLS), CELLS - 1)
            row = min(int((top + bottom) / 2 * CELLS), CELLS - 1)
            sigma_x = max(0.5, (right - left) * CELLS / 8)
            sigma_y = max(0.5, (bottom - top) * CELLS / 8)
            bell = np.exp(-((grid[None, :] - column) ** 2) / (2 * sigma_x**2) - (grid[:, None] - row) ** 2 / (2 * sigma_y**2))
            plane = heat[i, int(label)]
            np.maximum(plane, bell, out=plane)
            near = bell > 0.4
            owner[i][:, near] = np.array([left, top, right, bottom], dtype=np.float32)[:, None]
            weight[i][near] = bell[near] / bell[near].sum()
    return torch.from_numpy(heat), torch.from_numpy(owner), torch.from_numpy(weight)


def heat_loss(logits: torch.Tensor, heat: torch.Tensor) -> torch.Tensor:
    """CenterNet's penalty-reduced focal loss, alpha 2, beta 4, a peak."""
    p = torch.sigmoid(logits).clamp(1e-4, 1 - 1e-4)
    peak = heat == 1
    right = ((1 - p) ** 2 * torch.log(p))[peak].sum()
    wrong = ((1 - heat) ** 4 * p**2 * torch.log(1 - p))[~peak].sum()
    return -(right + wrong) / peak.sum().clamp(min=1)


def box_loss(sides: torch.Tensor, box: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Generalised IoU loss (Rezatofighi et al., 2019), weighted a cell."""
    middles = (torch.arange(CELLS) + 0.5) / CELLS
    x, y = middles[None, None, :], middles[None, :, None]
    left, top, right, bottom = x - sides[:, 0], y - sides[:, 1], x + sides[:, 2], y + sides[:, 3]
    shared = (torch.minimum(right, box[:, 2]) - torch.maximum(left, box[:, 0])).clamp(min=0) * (
        torch.minimum(bottom, box[:, 3]) - torch.maximum(top, box[:, 1])
    ).clamp(min=0)
    union = (right - left) * (bottom - top) + (box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1]) - shared
    hull = (torch.maximum(right, box[:, 2]) - torch.minimum(left, box[:, 0])) * (torch.maximum(bottom, box[:, 3]) - torch.minimum(top, box[:, 1]))
    giou = shared / union.clamp(min=1e-9) - (hull - union) / hull.clamp(min=1e-9)
    return ((1 - giou) * weight).sum() / weight.sum().clamp(min=1)


def move_boxes(boxes: np.ndarray, a: float, b: float, c: float, d: float) -> np.ndarray:
    """Boxes after x' = x a + b, y' = y c + d, cut at the picture's edges; those mostly out of sight are dropped."""
    x = boxes[:, [1, 3]] * a + b
    y = boxes[:, [2, 4]] * c + d
    whole = np.stack([boxes[:, 0], x.min(1), y.min(1), x.max(1), y.max(1)], axis=1)
    seen = whole.copy()
    seen[:, 1:] = seen[:, 1:].clip(0, 1)
    area = lambda t: (t[:, 3] - t[:, 1]) * (t[:, 4] - t[:, 2])  # noqa: E731
    return seen[area(seen) >= LEAST_SIGHT * np.maximum(area(whole), 1e-9)].astype(np.float32)


def rarity(boxes: list[np.ndarray], labels: int) -> list[float]:
    """How often each frame is drawn: by the root of the rarity of its rarest tool; frames without tools (tissue, smoke, blood, the operating room) half as often as those with the commonest."""
    counts = np.zeros(labels)
    for tools in boxes:
        counts[np.unique(tools[:, 0].astype(int))] += 1
    weight = np.sqrt(counts.max() / np.maximum(counts, 1))
    return [float(weight[tools[:, 0].astype(int)].max()) if len(tools) else 0.5 for tools in boxes]


def train(operations: list[Operation], labels: int, minutes: float, checkpoint: Path | None, seed: int = 0) -> tuple[DetectorNet, int]:
    """Returns the network and how many pictures it saw. Goes on from `checkpoint` where that file exists (see Course)."""
    frames = [frame for op in operations for frame in op.frames]
    boxes = [b for op in operations for b in op.boxes()]
    chances = torch.tensor(rarity(boxes, labels))
    torch.manual_seed(seed)
    network = DetectorNet(labels).to(memory_format=torch.channels_last).train()
    course = Course(network, 2e-3, BATCH, minutes, checkpoint, seed)
    generator = course.generator
    while (share := course.share()) < 1:
        for picked in torch.multinomial(chances, len(chances), replacement=True, generator=generator).split(BATCH):
            if (share := course.share()) >= 1:
                break
            chosen = picked.tolist()
            pictures = planes(torch.from_numpy(np.stack([frames[i] for i in chosen])))
            pictures, places = augment.place(augment.light(pictures, generator), generator, mirror=True, zoom=1.25, shift=0.12)
            moved = [move_boxes(boxes[i], *place) for i, place in zip(chosen, places.tolist(), strict=True)]
            heat, box, weight = targets(moved, labels)
            # bfloat16 halves the time where the processor has it; losses and weights stay in float32.
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits, sides = network(pictures.contiguous(memory_format=torch.channels_last))
            loss = heat_loss(logits.float(), heat) + 2 * box_loss(sides.float(), box, weight)
            course.learn(loss, min(1, (course.step + 1) / 100) * (0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * share))), clip=10, say=50)
    course.finish()
    return network.to(memory_format=torch.contiguous_format).eval(), course.seen


@torch.no_grad()
def detect(network: DetectorNet, operation: Operation) -> list[np.ndarray]:
    """Per frame [K, 6]: label, score, left, top, right, bottom."""
    graph = DetectorGraph(network).eval()
    result: list[np.ndarray] = []
    for i in range(0, len(operation.frames), 32):
        boxes, scores, classes = graph(torch.from_numpy(np.array(operation.frames[i : i + 32])))
        corners = torch.cat([boxes[..., :2], boxes[..., :2] + boxes[..., 2:]], dim=2)
        result += list(torch.cat([classes[..., None].float(), scores[..., None], corners], dim=2).numpy())
    return result


def choose_threshold(found: list[np.ndarray], truth: list[np.ndarray]) -> float:
    """The threshold with the best F1 in steps of 0.05."""

    def f1(threshold: float) -> float:
        precision, recall = precision_and_recall(found, truth, threshold)
        return 2 * precision * recall / max(precision + recall, 1e-9)

    return round(float(max(np.arange(0.2, 0.75, 0.05).tolist(), key=f1)), 2)


def main() -> None:
    options = command.options(__doc__, "instrument-detector", minutes=12, recipes=FRAMES)
    source: Source = options.source
    reference = generated.reference(reference_recipe(DETECTOR_SIDE), options.data, options.threads, source.synthetic)
    operations = source.read("training", DETECTOR_SIDE)
    names: list[str] = operations[0].truth["instrumentLabels"]
    network, seen = train(operations, len(names), options.minutes, options.checkpoint)
    validation = source.read("validation", DETECTOR_SIDE)
    threshold = choose_threshold([d for op in validation for d in detect(network, op)], [b for op in validation for b in op.boxes()])
    test = source.read("test", DETECTOR_SIDE)
    found = [d for op in test for d in detect(network, op)]
    truth = [b for op in test for b in op.boxes()]
    ap = average_precision(found, truth, len(names))
    precision, recall = precision_and_recall(found, truth, threshold)
    print(
        f"AP50 {dict(zip(names, ap.round(3), strict=True))}, mean {np.nanmean(ap):.3f}; at {threshold}: precision {precision:.3f}, recall {recall:.3f}"
    )
    command.metric("mean_ap50", np.nanmean(ap))
    trained_on = card.trained_on(source)
    description = {
        "id": "instrument-detector",
        "version": "1.1.0",
        "name": "Instrument detector",
        "dataset": trained_on,
        "syntheticOnly": source.synthetic,
        "subject": "instrument",
        "calibration": None,
        "labels": names,
        "threshold": threshold,
        "task": "object-detection",
        "outputs": {"boxes": "boxes", "scores": "scores", "classes": "classes", "embedding": "embedding"},
    }
    rows = "\n".join(
        f"| {name} | {value:.3f} | {sum(int((t[:, 0] == i).sum()) for t in truth)} |" for i, (name, value) in enumerate(zip(names, ap, strict=True))
    )
    text = f"""# Instrument detector

Finds the working ends of the seven instruments of Cholec80 and names them.

- {card.purpose(source, ": it has seen drawn pictures only and knows nothing of real instruments.")}
- **Input** {DETECTOR_SIDE} x {DETECTOR_SIDE} RGB, the whole picture stretched to a square. **Output** the 16 best boxes with score and label, suppression done in the graph, and an embedding of the frame.
- **Network** anchor-free, one level of stride {STRIDE}; {parameters(network):,} parameters.
- **Trained** on {trained_on}, {seen:,} augmented pictures, by `models/training/train_instrument_detector.py`. Boxes enclose what is in sight of the working end, not the shaft.
- **Threshold** {threshold}: best F1 on {source.describe("validation")}.
- **Not calibrated**: scores rank boxes, and are not to be read as probabilities.

{card.measured_on(source)}

Mean AP at IoU 0.5 (COCO's 101-point interpolation): **{np.nanmean(ap):.3f}**. At the threshold: precision {precision:.3f}, recall {recall:.3f}.

| label | AP50 | boxes |
| --- | --- | --- |
{rows}

## Limits

{card.limits(source, LIMITS)}
"""
    export(
        EmbeddingGraph(DetectorGraph(network)),
        DETECTOR_SIDE,
        options.output,
        description,
        text,
        reference,
    )


if __name__ == "__main__":
    command.run(main)
