"""Sentences of a model's card that depend on what the network has seen, and the part of it that its evaluation writes."""

import re

from sources import Source


def trained_on(source: Source) -> str:
    """What `dataset` in model.json says."""
    if source.synthetic:
        return f"Synthetic operations, generator {source.version()}, {source.describe('training')}"
    return f"{source.name} {source.version()}, {source.describe('training')}"


def measured_on(source: Source) -> str:
    """Heading over what the training itself measured: later generators draw other test operations for the same seeds."""
    return f"## Measured on {source.describe('test')}{f', as generator {source.version()} draws them' if source.synthetic else ''}"


def purpose(source: Source, drawn: str) -> str:
    """What the network is for. `drawn`: why it is not for care where it has seen drawings only."""
    if source.synthetic:
        return f"**For** trying the platform. **Never for care**{drawn}"
    return f"**For** research, as far as those allow it who gave the data: {source.name}. **Never for care**: nobody has approved it as a medical device."


def limits(source: Source, drawn: str) -> str:
    if source.synthetic:
        return drawn
    return f"Measured on operations of {source.name} that it was not trained on, which share hospitals, cameras and surgeons with those that it was: expect less elsewhere, and measure it there first."


HEADING = "## Measured as it is deployed"
SHIFTS = "## Measured where pictures differ"
# Of a label's measures, the one by which it is told there.
OF_LABEL = ("ap50", "dice", "f1")


def with_quality(text: str, quality: dict) -> str:
    """The card with the figures of a quality.json (model-quality/1.0), in the place of earlier ones."""
    return with_section(text, HEADING, measured(quality), SHIFTS)


def with_shifts(text: str, shifts: dict) -> str:
    """The card with the figures of a shifts.json (model-shifts/1.0), in the place of earlier ones."""
    return with_section(text, SHIFTS, differing(shifts), "## Limits")


def with_section(text: str, heading: str, section: str, follower: str) -> str:
    """The card with this section instead of its earlier one, before the follower, or before the limits where that is missing."""
    without = re.sub(rf"^{heading}\n.*?(?=^## )", "", text, flags=re.DOTALL | re.MULTILINE)
    place = f"{follower}\n" if f"{follower}\n" in without else "## Limits\n"
    return without.replace(place, f"{section}\n{place}", 1)


def differing(shifts: dict) -> str:
    """A column for each shift, a row for each measure, and one for each label's own."""
    found: list[dict] = shifts["shifts"]
    if not found:
        return f"{SHIFTS}\n\nNothing could be measured.\n"
    heads = [f"{q['dataset']['name'].split(', ', 1)[1]}: {q['dataset']['operations']} operations, {q['dataset']['frames']:,} frames" for q in found]
    rows = {(name, ""): name for q in found for name in q["metrics"]}
    rows |= {
        (measure, label): f"{label}: {measure}"
        for q in found
        for label, measures in q["perClass"].items()
        for measure in measures
        if measure in OF_LABEL
    }
    value = lambda q, name, label: (q["perClass"].get(label, {}) if label else q["metrics"]).get(name)  # noqa: E731
    cells = lambda name, label: [figure(told) if (told := value(q, name, label)) else "-" for q in found]  # noqa: E731
    return "\n".join(
        [
            SHIFTS,
            "",
            f"The same file on drawn operations ({found[0]['dataset']['version']}) that differ from what networks here learn from: cholecystectomies, and fog since generator 1.2.0. "
            "Only labels that occur there count. Written by `evaluate.py --shifts --card`.",
            "",
            f"| measure | {' | '.join(heads)} |",
            f"| --- |{' --- |' * len(found)}",
            *(f"| {said} | {' | '.join(cells(name, label))} |" for (name, label), said in rows.items()),
            "",
        ]
    )


def measured(quality: dict) -> str:
    dataset, runtime = quality["dataset"], quality["runtime"]
    rows = [f"| {name} | {figure(found)} |" for name, found in quality["metrics"].items()]
    classes: dict[str, dict] = quality["perClass"]
    # Of labels alike: those that lack a measure are told so.
    names = list(dict.fromkeys(name for found in classes.values() for name in found))
    table = [f"| {label} | {' | '.join(figure(found[name]) if name in found else '-' for name in names)} |" for label, found in classes.items()]
    golden = quality["golden"]
    alike = "" if golden is None else f" Of {golden['frames']} reference frames it computes {golden['agreeing']} as PyTorch did."
    return "\n".join(
        [
            HEADING,
            "",
            f"The file itself, run by ONNX Runtime {runtime['version']} on {dataset['operations']} test operations ({dataset['frames']:,} frames, {dataset['name']}, "
            f"{dataset['version']}), at its threshold; in brackets intervals of 95 %, by bootstrap over operations. Written by `evaluate.py --card`; `measure.py` defines the measures.{alike}",
            "",
            "| measure | value |",
            "| --- | --- |",
            *rows,
            *(["", f"| label | {' | '.join(names)} |", f"| --- |{' --- |' * len(names)}", *table] if table else []),
            "",
        ]
    )


def figure(found: dict) -> str:
    """The value and its interval. Where all operations are alike, resampling them tells nothing, and the interval would flatter."""
    if found["low"] is None or found["low"] == found["high"]:
        return f"{found['value']:.3f} (no interval)"
    return f"{found['value']:.3f} ({found['low']:.3f} to {found['high']:.3f})"
