"""Training and calibration that every network for whole frames shares."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

import augment
from course import Course
from networks import FrameGraph, FrameNet, planes
from operation import Operation

BATCH = 64


def train(
    network: FrameNet,
    frames: torch.Tensor,
    targets: torch.Tensor,
    loss_of: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    minutes: float,
    checkpoint: Path | None,
    seed: int = 0,
    rate: float = 2e-3,
) -> tuple[FrameNet, int]:
    """Returns the network and how many pictures it saw. Goes on from `checkpoint` where that file exists (see Course).

    frames: uint8 [N, side, side, 3]. targets: [N] or [N, labels], whatever `loss_of(logits, targets)` takes.
    """
    torch.manual_seed(seed)
    network = network.to(memory_format=torch.channels_last).train()
    course = Course(network, rate, BATCH, minutes, checkpoint, seed)
    generator = course.generator
    while (share := course.share()) < 1:
        for picked in torch.randperm(len(frames), generator=generator).split(BATCH):
            if (share := course.share()) >= 1:
                break
            pictures = augment.light(planes(frames[picked]), generator)
            pictures, _ = augment.place(pictures, generator, mirror=True, zoom=1.12, shift=0.06)
            # bfloat16 halves the time where the processor has it; loss and weights stay in float32.
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = network(pictures.contiguous(memory_format=torch.channels_last))
            loss = loss_of(logits.float(), targets[picked])
            course.learn(loss, min(1, (course.step + 1) / 50) * 0.5 * (1 + np.cos(np.pi * share)), clip=None, say=50)
    course.finish()
    return network.to(memory_format=torch.contiguous_format).eval(), course.seen


@torch.no_grad()
def score(graph: FrameGraph, operation: Operation) -> np.ndarray:
    """Scores [frames, labels] of every frame of an operation."""
    graph.eval()
    return np.concatenate([graph(torch.from_numpy(np.array(operation.frames[i : i + 128]))).numpy() for i in range(0, len(operation.frames), 128)])


def inside(operations: list[Operation]) -> np.ndarray:
    """bool [all frames]: inside the patient, the only frames that these networks are shown."""
    return np.concatenate([op.inside() for op in operations])


@torch.no_grad()
def choose_temperature(network: FrameNet, exclusive: bool, operations: list[Operation], targets: np.ndarray, keep: np.ndarray) -> float:
    """The temperature with the least log loss on operations that were not trained on (Guo et al., 2017), to two decimals, 0.5 to 4.

    keep: bool [all frames], those that count.
    """
    best = (np.inf, 1.0)
    # What the network says does not depend on the temperature: it is asked once.
    pictures = [op.frames[i : i + 128] for op in operations for i in range(0, len(op.frames), 128)]
    logits = torch.cat([network(planes(torch.from_numpy(np.array(some)))) for some in pictures])[torch.from_numpy(keep)]
    wanted = targets[keep]
    for temperature in np.arange(0.5, 4.01, 0.05):
        scaled = logits / float(temperature)
        scores = (torch.softmax(scaled, dim=1) if exclusive else torch.sigmoid(scaled)).numpy()
        if exclusive:
            loss = -np.log(np.clip(scores[np.arange(len(wanted)), wanted], 1e-7, 1)).mean()
        else:
            loss = -(wanted * np.log(np.clip(scores, 1e-7, 1)) + (1 - wanted) * np.log(np.clip(1 - scores, 1e-7, 1))).mean()
        best = min(best, (float(loss), round(float(temperature), 2)))
    return best[1]


def calibration_error(confidence: np.ndarray, right: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error with equal bins (Naeini et al., 2015): mean distance of confidence and share of right answers, weighted by bin."""
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    total = 0.0
    for b in range(bins):
        chosen = index == b
        if chosen.any():
            total += chosen.mean() * abs(confidence[chosen].mean() - right[chosen].mean())
    return float(total)


def interval(values: np.ndarray, seed: int = 0) -> tuple[float, float]:
    """95 % interval of the mean by 2,000 bootstrap samples over operations: frames of one operation are no independent samples."""
    generator = np.random.default_rng(seed)
    means = [generator.choice(values, len(values)).mean() for _ in range(2000)]
    return float(np.percentile(means, 2.5)), float(np.percentile(means, 97.5))
