"""EndoVis, the robotic challenges of 2017 (Allan et al., arXiv 1902.06426) and 2018 (Allan et al., arXiv 2001.11190): outlines.

2017: instrument_dataset_1/left_frames/frame000.png
      instrument_dataset_1/ground_truth/Left_Prograsp_Forceps_labels/frame000.png     not black: the instrument
2018: seq_1/left_frames/frame000.png, seq_1/labels/frame000.png     a colour a class
      labels.json     beside the sequences or in each: [{"name", "color": [r, g, b], "classid"}, ...]; class 0 is background

Layout as readers in public repositories take it. Splits are ours: of 2017 the first two pairs of the four folds of Shvets et al.
(2018), of 2018 sequences 2, 5, 9 and 15, which others validate on (González et al., ISINet, 2020), for test.
"""

import json
import re
from pathlib import Path

import numpy as np

from operation import Operation

from .layout import Entry, Mistakes, cells, pictures, split_of

NAME_2017, NAME_2018 = "EndoVis 2017", "EndoVis 2018"
SPLITS_2017 = {
    "training": [f"instrument_dataset_{i}" for i in (4, 6, 7, 8)],
    "validation": [f"instrument_dataset_{i}" for i in (2, 5)],
    "test": [f"instrument_dataset_{i}" for i in (1, 3)],
}
SPLITS_2018 = {
    "training": [f"seq_{i}" for i in (1, 3, 6, 7, 10, 11, 13, 14, 16)],
    "validation": ["seq_4", "seq_12"],
    "test": [f"seq_{i}" for i in (2, 5, 9, 15)],
}
# By what a folder's name holds, without sides.
TOOLS_2017 = {
    "Prograsp_Forceps": "PrograspForceps",
    "Bipolar_Forceps": "BipolarForceps",
    "Large_Needle_Driver": "LargeNeedleDriver",
    "Vessel_Sealer": "VesselSealer",
    "Grasping_Retractor": "GraspingRetractor",
    "Monopolar_Curved_Scissors": "MonopolarCurvedScissors",
    "Other": "Other",
}
LABELS_2017 = list(TOOLS_2017.values())
# Of 2018: half a second apart (2 Hz). Of 2017: a second (1 Hz).
SECONDS_2017, SECONDS_2018 = 1.0, 0.5


def entries_2017(folder: Path) -> list[Entry]:
    """Raises LayoutError."""
    mistakes = Mistakes(NAME_2017, folder)
    found = []
    sequences = sorted(path for path in folder.glob("instrument_dataset_*") if path.is_dir())
    if not sequences:
        mistakes.add("There is no folder instrument_dataset_1, instrument_dataset_2, ...")
    for sequence in sequences:
        if not (mistakes.need(sequence / "left_frames") & mistakes.need(sequence / "ground_truth")):
            continue
        frames = frames_of(sequence, mistakes)
        layers: list[tuple[int, Path]] = []
        for layer in sorted(path for path in (sequence / "ground_truth").iterdir() if path.is_dir()):
            label = next((i for i, name in enumerate(TOOLS_2017) if name in layer.name.replace("_Left", "").replace("_Right", "")), None)
            if label is None or not layer.name.endswith("_labels"):
                mistakes.add(f"{layer.relative_to(folder)} is named after no instrument of {NAME_2017}.")
                continue
            for frame in frames:
                mistakes.need(layer / frame.name)
            layers.append((label, layer))
        if not layers:
            mistakes.add(f"{(sequence / 'ground_truth').relative_to(folder)} holds no outlines.")
        found.append(entry_2017(sequence.name, split_of(SPLITS_2017, sequence.name, mistakes), frames, layers))
    mistakes.raise_any()
    return found


def entry_2017(name: str, split: str, frames: list[Path], layers: list[tuple[int, Path]]) -> Entry:
    def masks(width: int, height: int) -> np.ndarray:
        classes = np.zeros((len(frames), height, width), dtype=np.uint8)
        for i, frame in enumerate(frames):
            for label, layer in layers:
                classes[i][cells(layer / frame.name, width, height).any(axis=2)] = label + 1
        return classes

    def load(width: int, height: int) -> Operation:
        return Operation(name, SECONDS_2017, pictures(frames, width, height), {"maskLabels": LABELS_2017}, masks)

    return Entry(name, split, [layer / frame.name for _, layer in layers for frame in frames], load)


def entries_2018(folder: Path) -> list[Entry]:
    """Raises LayoutError."""
    mistakes = Mistakes(NAME_2018, folder)
    found = []
    sequences = sorted(path for path in folder.glob("seq_*") if path.is_dir())
    if not sequences:
        mistakes.add("There is no folder seq_1, seq_2, ...")
    for sequence in sequences:
        if not (mistakes.need(sequence / "left_frames") & mistakes.need(sequence / "labels")):
            continue
        frames = frames_of(sequence, mistakes)
        own = sequence / "labels.json"
        legend = own if own.exists() else folder / "labels.json"
        colours = read_legend(legend, mistakes) if mistakes.need(legend) else {}
        for frame in frames:
            mistakes.need(sequence / "labels" / frame.name)
        found.append(entry_2018(sequence, split_of(SPLITS_2018, sequence.name, mistakes), frames, legend, colours))
    mistakes.raise_any()
    return found


def read_legend(file: Path, mistakes: Mistakes) -> dict[tuple[int, int, int], str]:
    """Class names by colour; "" for the background."""
    try:
        lines = json.loads(file.read_text())
        return {(int(r), int(g), int(b)): "" if line["classid"] == 0 else str(line["name"]) for line in lines for r, g, b in [line["color"]]}
    except (ValueError, KeyError, TypeError):
        mistakes.add(f"{file.relative_to(mistakes.folder)} must be a list of name, color (three numbers) and classid.")
        return {}


def entry_2018(sequence: Path, split: str, frames: list[Path], legend: Path, colours: dict[tuple[int, int, int], str]) -> Entry:
    labels = [name for name in colours.values() if name != ""]

    def masks(width: int, height: int) -> np.ndarray:
        classes = np.full((len(frames), height, width), 255, dtype=np.uint8)
        for i, frame in enumerate(frames):
            shown = cells(sequence / "labels" / frame.name, width, height)
            for colour, name in colours.items():
                classes[i][(shown == colour).all(axis=2)] = labels.index(name) + 1 if name else 0
            if (classes[i] == 255).any():
                raise ValueError(f"{sequence / 'labels' / frame.name} has colours that {legend.name} does not name.")
        return classes

    def load(width: int, height: int) -> Operation:
        return Operation(sequence.name, SECONDS_2018, pictures(frames, width, height), {"maskLabels": labels}, masks)

    return Entry(sequence.name, split, [legend, *(sequence / "labels" / frame.name for frame in frames)], load)


def frames_of(sequence: Path, mistakes: Mistakes) -> list[Path]:
    frames = sorted(path for path in (sequence / "left_frames").iterdir() if re.fullmatch(r"frame\d+\.png", path.name))
    if not frames:
        mistakes.add(f"{(sequence / 'left_frames').relative_to(mistakes.folder)} holds no frame000.png, ...")
    return frames
