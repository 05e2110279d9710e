"""A version of one of our own datasets (contracts/dataset-version.ts): what the learning loop builds of corrected cases.

manifest.json               what it is; written last, so that a version without it is not whole
annotations/{case}.jsonl    a line a frame
frames/{case}/{frame}.jpg
"""

import hashlib
import json
from pathlib import Path

import numpy as np

from operation import Operation

from .layout import Entry, Mistakes, phase_segments, pictures

NAME = "a dataset version"
SCHEMA = "dataset-version/1.0"
SPLITS = {"train": "training", "validation": "validation", "test": "test"}


def manifest_of(folder: Path) -> dict:
    """The manifest. Raises LayoutError."""
    mistakes = Mistakes(NAME, folder)
    manifest: dict = {}
    if mistakes.need(folder / "manifest.json"):
        try:
            manifest = json.loads((folder / "manifest.json").read_text())
        except ValueError as error:
            mistakes.add(f"manifest.json is not JSON: {error}.")
        if not mistakes.found and (not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA):
            mistakes.add(f"manifest.json must be of the schema {SCHEMA}.")
    mistakes.raise_any()
    return manifest


def entries(folder: Path) -> list[Entry]:
    """Every frame of each case. Raises LayoutError; files that differ from their digests are mistakes, too."""
    manifest = manifest_of(folder)
    mistakes = Mistakes(NAME, folder)
    found = []
    for case in manifest["cases"]:
        file = folder / case["annotations"]["file"]
        if not mistakes.need(file):
            continue
        content = file.read_bytes()
        if hashlib.sha256(content).hexdigest() != case["annotations"]["sha256"]:
            mistakes.add(f"{case['annotations']['file']} differs from the digest in manifest.json.")
            continue
        frames = [json.loads(line) for line in content.decode().splitlines()]
        for frame in frames:
            mistakes.need(folder / frame["file"])
        if not frames:
            mistakes.add(f"{case['annotations']['file']} holds no frame.")
        else:
            found.append(entry(folder, case["case"], SPLITS[case["split"]], manifest, file, frames))
    mistakes.raise_any()
    return found


def entry(folder: Path, name: str, split: str, manifest: dict, annotations: Path, frames: list[dict]) -> Entry:
    classes: list[str] = manifest["classes"]
    files = [folder / frame["file"] for frame in frames]

    def masks(width: int, height: int) -> np.ndarray:
        grids = np.zeros((len(frames), height, width), dtype=np.uint8)
        for grid, frame in zip(grids, frames, strict=True):
            for mask in frame["masks"]:
                grid[regrid(mask, width, height)] = classes.index(mask["label"]) + 1
        return grids

    def load(width: int, height: int) -> Operation:
        for file, frame in zip(files, frames, strict=True):
            if hashlib.sha256(file.read_bytes()).hexdigest() != frame["sha256"]:
                raise ValueError(f"{frame['file']} differs from the digest in {annotations.name}.")
        truth: dict = {"media": {"width": frames[0]["width"], "height": frames[0]["height"]}}
        task = manifest["task"]
        if task == "object-detection":
            truth["instrumentLabels"] = classes
            truth["instruments"] = [(i, [(classes.index(b["label"]), *b["box"]) for b in frame["boxes"]]) for i, frame in enumerate(frames)]
        elif task == "segmentation":
            truth["maskLabels"] = classes
        else:
            truth["segments"] = phase_segments([frame["phase"]["label"] for frame in frames])
        seconds = 1 / manifest["extraction"]["framesPerSecond"]
        return Operation(name, seconds, pictures(files, width, height), truth, masks if task == "segmentation" else None)

    return Entry(name, split, [annotations], load)


def regrid(mask: dict, width: int, height: int) -> np.ndarray:
    """bool [height, width] of run lengths, column by column, beginning with a run of zeros: what lies under the middle of each cell."""
    runs = mask["runs"]
    cells = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    if len(cells) != mask["gridWidth"] * mask["gridHeight"]:
        raise ValueError(f"The runs of a mask add up to {len(cells)} cells, its grid to {mask['gridWidth'] * mask['gridHeight']}.")
    grid = cells.reshape(mask["gridWidth"], mask["gridHeight"]).T
    rows = ((np.arange(height) + 0.5) * mask["gridHeight"] / height).astype(int)
    columns = ((np.arange(width) + 0.5) * mask["gridWidth"] / width).astype(int)
    return grid[rows][:, columns]
