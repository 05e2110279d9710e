"""CholecSeg8k (Hong et al., arXiv 2012.12453): 8,080 frames of 17 operations of Cholec80, each pixel one of 13 classes.

video01/video01_00080/frame_80_endo.png                    the frame
video01/video01_00080/frame_80_endo_watershed_mask.png     grey values stand for classes
video01/video01_00080/frame_80_endo_color_mask.png, frame_80_endo_mask.png     the same for people; not read

Layout and grey values as its readers in public repositories take them: decimal, though its description prints them as #505050.
White is the rim of some masks. The split is that of Silva et al. (2022), from memory.
"""

import re
from pathlib import Path

import numpy as np

from operation import Operation

from .layout import Entry, Mistakes, cells, pictures, split_of

NAME = "CholecSeg8k"
# Named as the platform names them. The hook is the only instrument beside the grasper.
VALUES = {
    50: None,
    255: None,
    11: "AbdominalWall",
    21: "Liver",
    13: "GastrointestinalTract",
    12: "Fat",
    31: "Grasper",
    23: "ConnectiveTissue",
    24: "Blood",
    25: "CysticDuct",
    32: "Hook",
    22: "Gallbladder",
    33: "HepaticVein",
    5: "LiverLigament",
}
LABELS = [name for name in VALUES.values() if name is not None]
# What frames of 25 a second, all of them, stand for.
SECONDS_PER_FRAME = 0.04
SPLITS = {
    "training": [f"video{i:02}" for i in (1, 9, 18, 24, 25, 26, 27, 28, 35, 37, 43)],
    "validation": ["video17", "video52"],
    "test": ["video12", "video20", "video48", "video55"],
}
FRAME = re.compile(r"frame_(\d+)_endo\.png")


def entries(folder: Path) -> list[Entry]:
    """Every frame of each operation. Raises LayoutError."""
    mistakes = Mistakes(NAME, folder)
    found = []
    for operation in sorted(path for path in folder.glob("video*") if path.is_dir()):
        frames: list[tuple[int, Path]] = []
        for clip in sorted(operation.iterdir()):
            if not clip.is_dir() or not clip.name.startswith(f"{operation.name}_"):
                mistakes.add(f"{clip.relative_to(folder)} must be a folder named {operation.name}_ and a number.")
                continue
            mine = [(int(match[1]), path) for path in clip.iterdir() if (match := FRAME.fullmatch(path.name))]
            if not mine:
                mistakes.add(f"{clip.relative_to(folder)} holds no frame_N_endo.png.")
            frames += [(number, path) for number, path in mine if mistakes.need(mask_of(path))]
        frames.sort()
        split = split_of(SPLITS, operation.name, mistakes)
        if frames:
            found.append(entry(operation.name, split, [path for _, path in frames]))
    if not found:
        mistakes.add("There is no folder video01, video09, ... with frames.")
    mistakes.raise_any()
    return found


def mask_of(frame: Path) -> Path:
    return frame.with_name(frame.stem + "_watershed_mask.png")


def entry(name: str, split: str, frames: list[Path]) -> Entry:
    def masks(width: int, height: int) -> np.ndarray:
        classes = np.zeros((len(frames), height, width), dtype=np.uint8)
        lookup = np.full(256, 255, dtype=np.uint8)
        for value, label in VALUES.items():
            lookup[value] = 0 if label is None else LABELS.index(label) + 1
        for i, frame in enumerate(frames):
            values = cells(mask_of(frame), width, height)[..., 0]
            classes[i] = lookup[values]
            if (classes[i] == 255).any():
                unknown = sorted(set(values[classes[i] == 255].tolist()))
                raise ValueError(f"{mask_of(frame)} has grey values that {NAME} does not name: {', '.join(map(str, unknown))}.")
        return classes

    def load(width: int, height: int) -> Operation:
        return Operation(name, SECONDS_PER_FRAME, pictures(frames, width, height), {"maskLabels": LABELS}, masks)

    return Entry(name, split, [mask_of(frame) for frame in frames], load)
