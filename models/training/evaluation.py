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


def average_precision(found: list[np.ndarray], truth: list[np.ndarray], labels: int, threshold: float = 0.5) -> np.ndarray:
    """AP per label at one overlap threshold, NaN where a label never occurs: area under the interpolated precision-recall curve at COCO's 101 recalls.

    found: per frame [boxes, 6]: label, score, left, top, right, bottom. truth: per frame [boxes, 5]: label, sides.
    """
    result = np.full(labels, np.nan)
    for label in range(labels):
        wanted = [t[t[:, 0] == label, 1:] for t in truth]
        total = sum(len(w) for w in wanted)
        if total == 0:
            continue
        hits: list[tuple[float, bool]] = []
        for boxes, targets in zip(found, wanted):
            mine = boxes[boxes[:, 0] == label]
            mine = mine[np.argsort(-mine[:, 1], kind="stable")]
            ious = overlap(mine[:, 2:], targets)
            taken = np.zeros(len(targets), dtype=bool)
            for row, box in zip(ious, mine):
                open_ious = np.where(taken, 0, row)
                best = int(open_ious.argmax()) if len(targets) else -1
                hit = best >= 0 and open_ious[best] >= threshold
                if hit:
                    taken[best] = True
                hits.append((float(box[1]), hit))
        hits.sort(key=lambda h: -h[0])
        flags = np.array([h for _, h in hits], dtype=float)
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
    for boxes, targets in zip(found, truth):
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
