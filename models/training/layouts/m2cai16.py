"""m2cai16-tool-locations (Jin et al., WACV 2018): 2,532 frames of 10 operations with boxes of seven instruments, as Pascal VOC.

JPEGImages/v01_002050.jpg
Annotations/v01_002050.xml     size, and object: name, bndbox (xmin, ymin, xmax, ymax; the first pixel is 1)
ImageSets/Main/*.txt           lists of frames; not read

Layout as its readers in public repositories take it. Its own lists draw frames, not operations, so this split is ours: v01 to v06,
v07 and v08, v09 and v10.
"""

import re
from pathlib import Path
from xml.etree import ElementTree

from operation import Operation

from .layout import Entry, Mistakes, pictures, split_of

NAME = "m2cai16-tool-locations"
TOOLS = ["Grasper", "Bipolar", "Hook", "Scissors", "Clipper", "Irrigator", "SpecimenBag"]
SPLITS = {"training": [f"v{i:02}" for i in range(1, 7)], "validation": ["v07", "v08"], "test": ["v09", "v10"]}
FRAME = re.compile(r"(v\d+)_(\d+)")
Box = tuple[int, float, float, float, float]


def entries(folder: Path) -> list[Entry]:
    """Every annotated frame, by operation. Raises LayoutError."""
    mistakes = Mistakes(NAME, folder)
    operations: dict[str, list[tuple[int, Path, Path, list[Box]]]] = {}
    if mistakes.need(folder / "Annotations") and mistakes.need(folder / "JPEGImages"):
        for annotation in sorted((folder / "Annotations").glob("*.xml")):
            match = FRAME.fullmatch(annotation.stem)
            if match is None:
                mistakes.add(f"{annotation.relative_to(folder)} must be named after operation and frame, such as v01_002050.xml.")
                continue
            picture = folder / f"JPEGImages/{annotation.stem}.jpg"
            boxes = read_boxes(annotation, mistakes)
            if mistakes.need(picture):
                operations.setdefault(match[1], []).append((int(match[2]), picture, annotation, boxes))
        if not operations:
            mistakes.add("Annotations holds no frame that is in JPEGImages.")
    found = [entry(name, split_of(SPLITS, name, mistakes), sorted(frames, key=lambda f: f[0])) for name, frames in sorted(operations.items())]
    mistakes.raise_any()
    return found


def read_boxes(file: Path, mistakes: Mistakes) -> list[Box]:
    """Label index, x, y, width, height in shares of the picture."""
    place = file.relative_to(mistakes.folder)
    try:
        root = ElementTree.parse(file).getroot()
    except ElementTree.ParseError as error:
        mistakes.add(f"{place} is not XML: {error}.")
        return []
    try:
        width, height = (float(root.findtext(f"size/{side}") or "") for side in ("width", "height"))
    except ValueError:
        mistakes.add(f"{place} does not tell the picture's size.")
        return []
    boxes: list[Box] = []
    for thing in root.findall("object"):
        # The bag is named in two ways, and case differs.
        name = (thing.findtext("name") or "").replace(" ", "").lower()
        label = next((i for i, tool in enumerate(TOOLS) if tool.lower() == name), None)
        try:
            left, top, right, bottom = (float(thing.findtext(f"bndbox/{side}") or "") for side in ("xmin", "ymin", "xmax", "ymax"))
        except ValueError:
            left = top = right = bottom = 0
        if label is None:
            mistakes.add(f'{place}: "{thing.findtext("name")}" is no instrument of {NAME}.')
        elif not (1 <= left < right <= width and 1 <= top < bottom <= height):
            mistakes.add(f"{place}: a box lies outside the picture or is empty.")
        else:
            boxes.append((label, (left - 1) / width, (top - 1) / height, (right - left + 1) / width, (bottom - top + 1) / height))
    return boxes


def entry(name: str, split: str, frames: list[tuple[int, Path, Path, list[Box]]]) -> Entry:
    def load(width: int, height: int) -> Operation:
        truth = {
            # Boxes are in shares of the picture.
            "media": {"width": 1, "height": 1},
            "instrumentLabels": TOOLS,
            "instruments": [(i, boxes) for i, (_, _, _, boxes) in enumerate(frames)],
        }
        return Operation(name, 1.0, pictures([picture for _, picture, _, _ in frames], width, height), truth)

    return Entry(name, split, [annotation for _, _, annotation, _ in frames], load)
