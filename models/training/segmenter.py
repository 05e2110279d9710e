"""Training, calibration and measures that the networks for places of the picture share, and the model folder that they leave."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional

import augment
import card
import command
import generated
from classifier import calibration_error
from course import Course
from export import export, parameters
from generated import MASKS, mask_reference_recipe
from networks import GRID_HEIGHT, GRID_WIDTH, MASK_HEIGHT, MASK_WIDTH, EmbeddingGraph, SegmenterGraph, SegmenterNet, planes
from operation import Operation
from sources import Source

BATCH = 16


@dataclass(frozen=True)
class Shown:
    """An operation without the frames outside the patient, which these networks are not shown.

    frames: uint8 [frames, 144, 256, 3]. classes: uint8 [frames, 72, 128], 0 or one more than the index of the label.
    """

    frames: np.ndarray
    classes: np.ndarray


def show(operations: list[Operation], labels: list[str]) -> list[Shown]:
    shown = []
    for operation in operations:
        inside = operation.inside()
        shown.append(Shown(np.asarray(operation.frames)[inside], operation.classes(labels, GRID_WIDTH, GRID_HEIGHT)[inside]))
    return shown


def seen(classes: np.ndarray, labels: int, least_cells: int) -> np.ndarray:
    """bool [frames, labels]: whether at least so many cells of a frame show the label."""
    return np.stack([(classes == label + 1).sum(axis=(1, 2)) >= least_cells for label in range(labels)], axis=1)


def loss_of(logits: torch.Tensor, wanted: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Cross entropy, and one minus the soft Dice of each class that the batch shows (Milletari et al., V-Net, 2016)."""
    entropy = functional.cross_entropy(logits, wanted, weight=weight)
    shares = torch.softmax(logits, dim=1)
    truth = functional.one_hot(wanted, logits.shape[1]).permute(0, 3, 1, 2).float()
    both = (shares * truth).sum(dim=(0, 2, 3))
    total = (shares + truth).sum(dim=(0, 2, 3))
    present = truth.sum(dim=(0, 2, 3)) > 0
    return entropy + (1 - (2 * both + 1) / (total + 1))[present].mean()


def train(operations: list[Shown], labels: int, mirror: bool, minutes: float, checkpoint: Path | None, seed: int = 0) -> tuple[SegmenterNet, int]:
    """Returns the network and how many pictures it saw. Goes on from `checkpoint` where that file exists (see Course)."""
    frames = torch.from_numpy(np.concatenate([op.frames for op in operations]))
    classes = torch.from_numpy(np.concatenate([op.classes for op in operations]))
    counts = torch.bincount(classes.flatten().long(), minlength=labels + 1).float().clamp(min=1)
    # Small and rare things count more: by the fourth root of how rare their cells are, since their frames are drawn more often, too.
    weight = (counts.max() / counts) ** 0.25
    often = torch.from_numpy(seen(classes.numpy(), labels, 1)).float()
    rarity = (often.sum(dim=0).max() / often.sum(dim=0).clamp(min=1)).sqrt()
    chances = (often * rarity).amax(dim=1).clamp(min=0.5)
    torch.manual_seed(seed)
    network = SegmenterNet(labels + 1).to(memory_format=torch.channels_last).train()
    course = Course(network, 3e-3, BATCH, minutes, checkpoint, seed)
    generator = course.generator
    while (share := course.share()) < 1:
        for picked in torch.multinomial(chances, len(chances), replacement=True, generator=generator).split(BATCH):
            if (share := course.share()) >= 1:
                break
            theta, _ = augment.places(len(picked), generator, mirror=mirror, zoom=1.2, shift=0.1)
            pictures = augment.move(augment.light(planes(frames[picked]), generator), theta, "bilinear")
            wanted = augment.move(classes[picked].float()[:, None], theta, "nearest")[:, 0].round().long()
            # bfloat16 halves the time where the processor has it; loss and weights stay in float32.
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = network(pictures.contiguous(memory_format=torch.channels_last))
            loss = loss_of(logits.float(), wanted, weight)
            course.learn(loss, min(1, (course.step + 1) / 100) * (0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * share))), clip=5, say=25)
    course.finish()
    return network.to(memory_format=torch.contiguous_format).eval(), course.seen


@torch.no_grad()
def logits_of(network: SegmenterNet, frames: np.ndarray) -> torch.Tensor:
    return torch.cat([network(planes(torch.from_numpy(frames[i : i + 32]))) for i in range(0, len(frames), 32)])


def choose_temperature(network: SegmenterNet, operations: list[Shown]) -> float:
    """The temperature with the least log loss a cell on operations that were not trained on (Guo et al., 2017), to two decimals, 0.5 to 4."""
    parts = [(logits_of(network, op.frames[::5]), torch.from_numpy(op.classes[::5]).long()) for op in operations]
    loss = lambda temperature: sum(functional.cross_entropy(logits / temperature, wanted).item() * len(wanted) for logits, wanted in parts)  # noqa: E731
    return round(float(min(np.arange(0.5, 4.01, 0.05), key=loss)), 2)


@torch.no_grad()
def segment(graph: SegmenterGraph, frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """classes uint8 and confidence float32, both [frames, 72, 128]."""
    graph.eval()
    parts = [graph(torch.from_numpy(frames[i : i + 32])) for i in range(0, len(frames), 32)]
    return np.concatenate([c.numpy() for c, _ in parts]), np.concatenate([s.numpy() for _, s in parts])


def choose_threshold(found: list[tuple[np.ndarray, np.ndarray]], operations: list[Shown], labels: int, least_cells: int) -> float:
    """The score of a mask from which "this label is seen in this frame" has the best F0.5, 0.3 to 0.95 in steps of 0.05.

    Precision counts more than recall: the timeline unites what several networks saw, and a thing that is imagined stands
    in it beside what another saw, while one that is missed may still be seen by the other or a second later.
    """
    truth = np.concatenate([seen(op.classes, labels, least_cells) for op in operations])
    scores = np.zeros(truth.shape)
    for label in range(labels):
        parts = []
        for classes, confidence in found:
            mine = classes == label + 1
            cells = mine.sum(axis=(1, 2))
            parts.append(np.where(cells >= least_cells, (confidence * mine).sum(axis=(1, 2)) / np.maximum(cells, 1), 0))
        scores[:, label] = np.concatenate(parts)

    def f_half(threshold: float) -> float:
        claimed = scores >= threshold
        return 1.25 * (claimed & truth).sum() / max(1, claimed.sum() + 0.25 * truth.sum())

    return round(float(max(np.arange(0.3, 0.96, 0.05).tolist(), key=f_half)), 2)


def overlaps(found: list[tuple[np.ndarray, np.ndarray]], operations: list[Shown], labels: int) -> list[dict]:
    """Of each label: Dice and IoU over all cells of all operations, and the Dice's 95 % interval by 2,000 bootstrap samples of operations."""
    result = []
    for label in range(1, labels + 1):
        counts = np.array(
            [
                [((c == label) & (op.classes == label)).sum(), (c == label).sum(), (op.classes == label).sum()]
                for (c, _), op in zip(found, operations, strict=True)
            ],
            dtype=float,
        )
        generator = np.random.default_rng(0)
        samples = counts[generator.integers(len(counts), size=(2000, len(counts)))].sum(axis=1)
        both, claimed, wanted = counts.sum(axis=0)
        dices = 2 * samples[:, 0] / np.maximum(1, samples[:, 1] + samples[:, 2])
        result.append(
            {
                "dice": 2 * both / max(1, claimed + wanted),
                "iou": both / max(1, claimed + wanted - both),
                "low": np.percentile(dices, 2.5),
                "high": np.percentile(dices, 97.5),
                "share": wanted / sum(op.classes.size for op in operations),
            }
        )
    return result


@dataclass(frozen=True)
class Task:
    """What one segmenter tells. `does` and `limits` are sentences of its card."""

    id: str
    name: str
    subject: str
    labels: list[str]
    regions: str
    least_cells: int
    mirror: bool
    does: str
    limits: str


# Of the card, where the network has seen drawings only.
LIMITS = "The truth is where things are, however much smoke, blur or bad light hides them, and all of it counts. Drawn operations have one anatomy that varies in place and colour: figures on real video would be far lower."


def labels_of(task: Task, operations: list[Operation]) -> list[str]:
    """The task's labels that the dataset outlines; where it outlines none of them, the dataset's own."""
    named: list[str] = operations[0].truth.get("maskLabels", [])
    return [label for label in task.labels if label in named] or named


def main(task: Task, description: str) -> None:
    options = command.options(description, task.id, minutes=10, recipes=MASKS)
    source: Source = options.source
    reference = generated.reference(mask_reference_recipe(MASK_WIDTH, MASK_HEIGHT), options.data, options.threads, source.synthetic)
    load = lambda split: source.read(split, MASK_WIDTH, MASK_HEIGHT)  # noqa: E731
    training = load("training")
    task = replace(task, labels=labels_of(task, training))
    labels = len(task.labels)
    network, pictures = train(show(training, task.labels), labels, task.mirror, options.minutes, options.checkpoint)
    validation = show(load("validation"), task.labels)
    temperature = choose_temperature(network, validation)
    graph = SegmenterGraph(network, temperature)
    threshold = choose_threshold([segment(graph, op.frames) for op in validation], validation, labels, task.least_cells)
    test = show(load("test"), task.labels)
    found = [segment(graph, op.frames) for op in test]
    measured = overlaps(found, test, labels)
    error = calibration_error(
        np.concatenate([s[::10].flatten() for _, s in found]),
        np.concatenate([(c == op.classes)[::10].flatten() for (c, _), op in zip(found, test, strict=True)]),
    )
    mean_dice, mean_iou = float(np.mean([m["dice"] for m in measured])), float(np.mean([m["iou"] for m in measured]))
    command.metric("mean_dice", mean_dice)
    command.metric("mean_iou", mean_iou)
    command.metric("calibration_error", error)
    trained_on = card.trained_on(source)
    manifest = {
        "id": task.id,
        "version": "1.1.0",
        "name": task.name,
        "dataset": trained_on,
        "syntheticOnly": source.synthetic,
        "subject": task.subject,
        "calibration": {"method": "temperature", "expectedError": round(error, 4)},
        "labels": task.labels,
        "threshold": threshold,
        "task": "segmentation",
        "outputs": {"classes": "classes", "confidence": "confidence", "embedding": "embedding"},
        "regions": task.regions,
        "leastCells": task.least_cells,
    }
    rows = "\n".join(
        f"| {label} | {100 * m['share']:.2f} % | {m['dice']:.3f} ({m['low']:.3f} to {m['high']:.3f}) | {m['iou']:.3f} |"
        for label, m in zip(task.labels, measured, strict=True)
    )
    masks = "Each patch of touching cells is a mask of its own" if task.regions == "connected" else "All cells of a label in a frame are one mask"
    text = f"""# {task.name}

{task.does}

- {card.purpose(source, ": it has seen drawn pictures only.")}
- **Input** {MASK_WIDTH} x {MASK_HEIGHT} RGB, the whole picture stretched to it. **Output** the likeliest class of each cell of a grid of {GRID_WIDTH} x {GRID_HEIGHT}, and how likely it is; and an embedding of the frame.
- **Masks** are semantic. {masks}; one of fewer than {task.least_cells} cells is left out. A mask's score is the mean of its cells' probabilities.
- **Network** encoder and decoder of four levels; {parameters(network):,} parameters.
- **Trained** on {trained_on}, {pictures:,} augmented pictures, by `models/training/train_{task.id.replace("-", "_")}.py`, without frames outside the patient.
- **Threshold** {threshold}: best F0.5 of "this label is seen in this frame" on {source.describe("validation")}.
- **Calibrated** with temperature {temperature} on the same operations.

{card.measured_on(source)}

Over all cells of all frames inside the patient, before threshold and least size. Mean over labels: Dice **{mean_dice:.3f}**, IoU {mean_iou:.3f}. Expected calibration error of cells: {error:.3f}. The interval is of 95 %, by bootstrap over operations.

| label | share of cells | Dice | IoU |
| --- | --- | --- | --- |
{rows}

## Limits

{card.limits(source, f"{task.limits} {LIMITS}")}
"""
    export(
        EmbeddingGraph(graph),
        (MASK_WIDTH, MASK_HEIGHT),
        options.output,
        manifest,
        text,
        reference,
    )
