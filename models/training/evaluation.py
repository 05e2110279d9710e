"""Measures of the two tasks. Definitions as in COCO (detection) and in OoBNet's setting (seconds missed, seconds covered in vain)."""

import numpy as np


def out_of_body_seconds(scores: np.ndarray, truth: np.ndarray, seconds_per_frame: float, threshold: float) -> tuple[float, float]:
    """Seconds outside the patient that a threshold misses, and seconds inside that it covers."""
    flagged = scores >= threshold
    return float((truth & ~flagged).sum() * seconds_per_frame), float((~truth & flagged).sum() * seconds_per_frame)


def overlap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union, float [len(a), len(b)], of boxes as left, top, right, bottom."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2)
    area = lambda boxes: np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)  # noqa: E731
    return shared / np.maximum(area(a)[:, None] + area(b)[None, :] - shared, 1e-9)


def match(found: list[np.ndarray], truth: list[np.ndarray], label: int, overlaps: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Which boxes of a label are right: the surest first, each takes the best true box of its frame that is still free.

    found: per frame [boxes, 6]: label, score, left, top, right, bottom. truth: per frame [boxes, 5]: label, sides.
    Returns scores [boxes], falling; bool [overlaps, boxes]; how many true boxes there are.
    """
    scores: list[float] = []
    flags: list[np.ndarray] = []
    total = 0
    for boxes, everything in zip(found, truth, strict=True):
        targets = everything[everything[:, 0] == label, 1:]
        total += len(targets)
        mine = boxes[boxes[:, 0] == label]
        mine = mine[np.argsort(-mine[:, 1], kind="stable")]
        taken = np.zeros((len(overlaps), len(targets)), dtype=bool)
        for row, box in zip(overlap(mine[:, 2:], targets), mine, strict=True):
            hit = np.zeros(len(overlaps), dtype=bool)
            for i, least in enumerate(overlaps):
                open_ious = np.where(taken[i], 0, row)
                if len(targets) and open_ious.max() >= least:
                    taken[i][open_ious.argmax()] = True
                    hit[i] = True
            scores.append(float(box[1]))
            flags.append(hit)
    order = np.argsort(-np.array(scores), kind="stable")
    return np.array(scores)[order], np.array(flags, dtype=bool).reshape(len(scores), len(overlaps))[order].T, total


def average_precision(found: list[np.ndarray], truth: list[np.ndarray], labels: int, threshold: float = 0.5) -> np.ndarray:
    """AP per label at one overlap threshold, NaN where a label never occurs: area under the interpolated precision-recall curve at COCO's 101 recalls."""
    result = np.full(labels, np.nan)
    for label in range(labels):
        _, [flags], total = match(found, truth, label, np.array([threshold]))
        if total == 0:
            continue
        true = np.cumsum(flags)
        recall = true / total
        precision = true / np.arange(1, len(flags) + 1)
        precision = np.maximum.accumulate(precision[::-1])[::-1]
        at = np.searchsorted(recall, np.linspace(0, 1, 101))
        result[label] = np.mean([precision[i] if i < len(precision) else 0.0 for i in at])
    return result


def precision_and_recall(found: list[np.ndarray], truth: list[np.ndarray], score: float, threshold: float = 0.5) -> tuple[float, float]:
    """Over all labels, of boxes that score at least `score`; a box is right if label and place agree."""
    right = claimed = total = 0
    for boxes, targets in zip(found, truth, strict=True):
        kept = boxes[boxes[:, 1] >= score]
        kept = kept[np.argsort(-kept[:, 1], kind="stable")]
        claimed += len(kept)
        total += len(targets)
        taken = np.zeros(len(targets), dtype=bool)
        same = kept[:, None, 0] == targets[None, :, 0]
        for row in overlap(kept[:, 2:], targets[:, 1:]) * same:
            row = np.where(taken, 0, row)
            if len(row) and row.max() >= threshold:
                taken[row.argmax()] = True
                right += 1
    return right / max(claimed, 1), right / max(total, 1)
