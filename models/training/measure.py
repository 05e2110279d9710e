"""Measures of what a network says of operations, as the contract model-quality/1.0 has them. Frame by frame, nothing smoothed.

Definitions: accuracy and F1 strict, over frames inside the patient with a known phase; AP as in COCO (101 recalls); Dice and IoU over
all cells of all frames together; calibration error with 15 equal bins (Naeini et al., 2015). Of more than one label, `mean-...` is the
mean over those that occur. An interval is of 95 %, from resampling whole operations (percentiles).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from evaluation import match
from operation import Operation

RESAMPLES = 1000
BINS = 15
Outputs = dict[str, np.ndarray]
Part = TypeVar("Part")


@dataclass(frozen=True)
class Quality:
    """headline: the metric by which two versions are compared first."""

    headline: str
    metrics: dict[str, dict]
    per_class: dict[str, dict[str, dict]]


def estimate(parts: Sequence[Part], value: Callable[[Sequence[Part]], float], better: str) -> dict | None:
    """`value` over all parts, a part an operation, with its interval. None where it has no meaning: `value` gives NaN."""
    over_all = value(parts)
    if np.isnan(over_all):
        return None
    with_meaning = sum(not np.isnan(value([part])) for part in parts)
    low = high = None
    if with_meaning > 1:
        generator = np.random.default_rng(0)
        picks = generator.integers(len(parts), size=(RESAMPLES, len(parts)))
        values = np.array([value([parts[i] for i in pick]) for pick in picks.tolist()])
        low, high = (round(float(v), 6) for v in np.nanpercentile(values, [2.5, 97.5]))
    # A value over all operations may have a meaning where it has none in each: then it stands alone.
    return {"value": round(float(over_all), 6), "low": low, "high": high, "better": better, "operations": max(1, with_meaning)}


def ratio(above: float, below: float) -> float:
    return above / below if below > 0 else float("nan")


def collect(pairs: Sequence[tuple[str, dict | None]]) -> dict[str, dict]:
    return {name: found for name, found in pairs if found is not None}


# --- what counts add up to -------------------------------------------------------------------------------------------------------


def precision(parts: Sequence[np.ndarray]) -> float:
    """Of counts: right, claimed, wanted."""
    right, claimed, _ = np.sum(parts, axis=0)
    return ratio(right, claimed)


def recall(parts: Sequence[np.ndarray]) -> float:
    right, _, wanted = np.sum(parts, axis=0)
    return ratio(right, wanted)


def f1(parts: Sequence[np.ndarray]) -> float:
    right, claimed, wanted = np.sum(parts, axis=0)
    return ratio(2 * right, claimed + wanted) if wanted > 0 else float("nan")


def iou(parts: Sequence[np.ndarray]) -> float:
    right, claimed, wanted = np.sum(parts, axis=0)
    return ratio(right, claimed + wanted - right) if wanted > 0 else float("nan")


def mean_of(one: Callable[[Sequence[np.ndarray]], float]) -> Callable[[Sequence[np.ndarray]], float]:
    """Mean over labels of parts [labels, 3], of labels that have a value."""

    def mean(parts: Sequence[np.ndarray]) -> float:
        values = [one([part[i] for part in parts]) for i in range(len(parts[0]))]
        told = [v for v in values if not np.isnan(v)]
        return float(np.mean(told)) if told else float("nan")

    return mean


def bins_of(confidence: np.ndarray, right: np.ndarray) -> np.ndarray:
    """float [BINS, 3]: how many, sum of confidences, how many right."""
    index = np.minimum((confidence * BINS).astype(int), BINS - 1).ravel()
    return np.stack([np.bincount(index, weights, BINS) for weights in (None, confidence.ravel(), right.ravel().astype(float))], axis=1)


def calibration(parts: Sequence[np.ndarray]) -> float:
    count, confidence, right = np.sum(parts, axis=0).T
    return ratio(float(np.abs(confidence - right).sum()), float(count.sum()))


# --- by subject ------------------------------------------------------------------------------------------------------------------


def out_of_body(model: dict, operations: Sequence[Operation], outputs: Sequence[Outputs]) -> Quality:
    """Seconds an hour of video that the threshold misses, and covers in vain, as in OoBNet's setting."""
    label = model["labels"].index("out-of-body")
    parts = []
    for operation, output in zip(operations, outputs, strict=True):
        truth, flagged = operation.out_of_body(), output["scores"][:, label] >= model["threshold"]
        frames = [len(truth), truth.sum(), (truth & ~flagged).sum(), (~truth & flagged).sum()]
        parts.append(np.array(frames, dtype=float) * operation.seconds_per_frame)
    hour = lambda index: lambda some: 3600 * ratio(np.sum(some, axis=0)[index], np.sum(some, axis=0)[0])  # noqa: E731
    caught = lambda some: 1 - ratio(np.sum(some, axis=0)[2], np.sum(some, axis=0)[1])  # noqa: E731
    metrics = collect(
        [
            ("missed-seconds-per-hour", estimate(parts, hour(2), "lower")),
            ("vain-seconds-per-hour", estimate(parts, hour(3), "lower")),
            ("recall", estimate(parts, caught, "higher")),
        ]
    )
    return Quality("missed-seconds-per-hour", metrics, {})


def phase(model: dict, operations: Sequence[Operation], outputs: Sequence[Outputs]) -> Quality:
    labels: list[str] = model["labels"]
    counts, shares, bins = [], [], []
    for operation, output in zip(operations, outputs, strict=True):
        truth = operation.phases(labels)
        keep = operation.inside() & (truth >= 0)
        truth, scores = truth[keep], output["scores"][keep]
        found = scores.argmax(axis=1)
        counts.append(
            np.array([[((found == p) & (truth == p)).sum(), (found == p).sum(), (truth == p).sum()] for p in range(len(labels))], dtype=float)
        )
        shares.append(ratio(float((found == truth).sum()), len(truth)))
        bins.append(bins_of(scores.max(axis=1), found == truth))
    metrics = collect(
        [
            ("accuracy", estimate(shares, lambda some: float(np.nanmean(some)), "higher")),
            ("mean-f1", estimate(counts, mean_of(f1), "higher")),
            ("calibration-error", estimate(bins, calibration, "lower")),
        ]
    )
    return Quality("accuracy", metrics, by_label(labels, counts, [("precision", precision), ("recall", recall), ("f1", f1)]))


def view(model: dict, operations: Sequence[Operation], outputs: Sequence[Outputs]) -> Quality:
    labels: list[str] = model["labels"]
    counts, bins = [], []
    for operation, output in zip(operations, outputs, strict=True):
        keep = operation.inside()
        truth, scores = operation.events(labels)[keep] > 0, output["scores"][keep]
        found = scores >= model["threshold"]
        counts.append(np.stack([(found & truth).sum(axis=0), found.sum(axis=0), truth.sum(axis=0)], axis=1).astype(float))
        bins.append(bins_of(scores, truth))
    metrics = collect([("mean-f1", estimate(counts, mean_of(f1), "higher")), ("calibration-error", estimate(bins, calibration, "lower"))])
    return Quality("mean-f1", metrics, by_label(labels, counts, [("precision", precision), ("recall", recall), ("f1", f1)]))


def by_label(
    labels: list[str], counts: Sequence[np.ndarray], kinds: Sequence[tuple[str, Callable[[Sequence[np.ndarray]], float]]]
) -> dict[str, dict]:
    """Of labels that occur."""
    return {
        label: collect([(name, estimate([part[i] for part in counts], kind, "higher")) for name, kind in kinds])
        for i, label in enumerate(labels)
        if sum(part[i][2] for part in counts) > 0
    }


@dataclass(frozen=True)
class Matched:
    """The boxes of one label in one operation: scores, falling; whether each is right, by overlap; how many there really are."""

    scores: np.ndarray
    right: np.ndarray
    wanted: int


def average_precisions(parts: Sequence[Matched]) -> np.ndarray:
    """At each of OVERLAPS. NaN where the label never occurs."""
    wanted = sum(part.wanted for part in parts)
    if wanted == 0:
        return np.full(len(OVERLAPS), np.nan)
    order = np.argsort(-np.concatenate([part.scores for part in parts]), kind="stable")
    flags = np.concatenate([part.right for part in parts], axis=1)[:, order]
    rank = np.arange(1, flags.shape[1] + 1)
    found = []
    for right in np.cumsum(flags, axis=1):
        told = np.maximum.accumulate((right / rank)[::-1])[::-1]
        at = np.searchsorted(right / wanted, np.linspace(0, 1, 101))
        found.append(np.append(told, 0.0)[np.minimum(at, len(told))].mean())
    return np.array(found)


OVERLAPS = np.arange(0.5, 0.96, 0.05)


def detection(model: dict, operations: Sequence[Operation], outputs: Sequence[Outputs]) -> Quality:
    labels: list[str] = model["labels"]
    matched: list[list[Matched]] = []
    counts = []
    for operation, output in zip(operations, outputs, strict=True):
        keep = np.flatnonzero(operation.inside())
        truth = operation.boxes(labels)
        corners = np.concatenate([output["boxes"][..., :2], output["boxes"][..., :2] + output["boxes"][..., 2:]], axis=2)
        found = np.concatenate([output["classes"][..., None], output["scores"][..., None], corners], axis=2)
        frames, boxes = [found[i] for i in keep], [truth[i] for i in keep]
        mine = [Matched(*match(frames, boxes, label, OVERLAPS)) for label in range(len(labels))]
        matched.append(mine)
        claims = [m.scores >= model["threshold"] for m in mine]
        counts.append(np.array([[m.right[0][c].sum(), c.sum(), m.wanted] for m, c in zip(mine, claims, strict=True)], dtype=float))

    def mean(overlaps: slice) -> Callable[[Sequence[list[Matched]]], float]:
        def value(some: Sequence[list[Matched]]) -> float:
            each = np.array([average_precisions([part[i] for part in some]) for i in range(len(labels))])[:, overlaps]
            return float(np.nanmean(each)) if np.isfinite(each).any() else float("nan")

        return value

    together = [part.sum(axis=0) for part in counts]
    metrics = collect(
        [
            ("map50", estimate(matched, mean(slice(1)), "higher")),
            ("map", estimate(matched, mean(slice(None)), "higher")),
            ("precision", estimate(together, precision, "higher")),
            ("recall", estimate(together, recall, "higher")),
        ]
    )
    per_class = by_label(labels, counts, [("precision", precision), ("recall", recall)])
    for i, label in enumerate(labels):
        if label in per_class:
            found50 = estimate([part[i] for part in matched], lambda some: float(average_precisions(some)[0]), "higher")
            per_class[label] = {**collect([("ap50", found50)]), **per_class[label]}
    return Quality("map50", metrics, per_class)


def segmentation(model: dict, operations: Sequence[Operation], outputs: Sequence[Outputs]) -> Quality:
    labels: list[str] = model["labels"]
    counts, bins = [], []
    for operation, output in zip(operations, outputs, strict=True):
        keep = operation.inside()
        found, confidence = output["classes"][keep], output["confidence"][keep]
        truth = operation.classes(labels, found.shape[2], found.shape[1])[keep]
        pair = np.bincount(truth.astype(int).ravel() * (len(labels) + 1) + found.ravel(), minlength=(len(labels) + 1) ** 2)
        confusion = pair.reshape(len(labels) + 1, len(labels) + 1)[:, :].astype(float)
        counts.append(np.stack([np.diag(confusion), confusion.sum(axis=0), confusion.sum(axis=1)], axis=1)[1:])
        bins.append(bins_of(confidence, found == truth))
    metrics = collect(
        [
            ("mean-dice", estimate(counts, mean_of(f1), "higher")),
            ("mean-iou", estimate(counts, mean_of(iou), "higher")),
            ("calibration-error", estimate(bins, calibration, "lower")),
        ]
    )
    return Quality("mean-dice", metrics, by_label(labels, counts, [("dice", f1), ("iou", iou)]))


def measure(model: dict, operations: Sequence[Operation], outputs: Sequence[Outputs]) -> Quality:
    """What a network is worth. `outputs`: of each operation, by the names in the contract of models (`scores`, `boxes`, ...).

    Raises UnannotatedError where nobody said what the network tells, ValueError for a subject without measures.
    """
    by_task = {"object-detection": detection, "segmentation": segmentation}
    by_subject = {"out-of-body": out_of_body, "phase": phase, "view": view}
    kind = by_task.get(model["task"]) or by_subject.get(model["subject"])
    if kind is None:
        raise ValueError(f'There are no measures for the subject "{model["subject"]}".')
    return kind(model, operations, outputs)
