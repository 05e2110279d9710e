"""What all layouts share: entries, mistakes that are told all at once, and how pictures are read."""

import hashlib
import math
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from operation import Operation

SPLITS = ("training", "validation", "test")


class LayoutError(Exception):
    """A folder is not laid out as it should be. `mistakes` are sentences, all of them."""

    def __init__(self, name: str, folder: Path, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        super().__init__("\n- ".join([f"{folder} is not laid out as {name}:", *mistakes]))


@dataclass(frozen=True)
class Entry:
    """One operation of a dataset, not yet read.

    split: one of SPLITS. Whole operations are in one split: frames of one operation resemble each other.
    annotations: the files that say what is true; with the name they identify what a network is measured on.
    load: reads it with frames of a width and a height.
    """

    name: str
    split: str
    annotations: list[Path]
    load: Callable[[int, int], Operation]


@dataclass
class Mistakes:
    """Collects what is wrong with a folder."""

    name: str
    folder: Path
    found: list[str] = field(default_factory=list)

    def add(self, sentence: str) -> None:
        self.found.append(sentence)

    def need(self, path: Path) -> bool:
        """Whether a file or folder is there; a mistake if not."""
        if path.exists():
            return True
        self.add(f"{path.relative_to(self.folder)} is missing.")
        return False

    def raise_any(self) -> None:
        if self.found:
            raise LayoutError(self.name, self.folder, self.found)


def split_of(splits: Mapping[str, Sequence[str]], name: str, mistakes: Mistakes) -> str:
    """The split that names an operation; a mistake if none does."""
    for split in SPLITS:
        if name in splits[split]:
            return split
    mistakes.add(f"{name} is no operation of {mistakes.name}: nobody says whether it is for training, validation or test.")
    return "training"


def spans(labels: list[str | None]) -> list[dict]:
    """Runs of equal labels as {"label", "startFrame", "endFrame"}; None is left out."""
    found: list[dict] = []
    for i, label in enumerate(labels):
        if found and found[-1]["endFrame"] == i and found[-1]["label"] == label:
            found[-1]["endFrame"] = i + 1
        elif label is not None:
            found.append({"label": label, "startFrame": i, "endFrame": i + 1})
    return found


def phase_segments(labels: list[str | None]) -> list[dict]:
    return [{"level": "phase", **span} for span in spans(labels)]


def video_frames(video: Path, numbers: list[int], width: int, height: int) -> np.ndarray:
    """uint8 [numbers, height, width, 3]: frames of a video by rising number, counted from 0 as they are shown, shrunk by area averaging.

    Raises ValueError if the video can't be decoded or ends before the last of them.
    """
    first, step = numbers[0], 0
    for number in numbers:
        step = math.gcd(step, number - first)
    keep = f"gte(n,{first})" + (f"*not(mod(n-{first},{step}))" if step else f"*lte(n,{first})")
    chain = f"select='{keep}',scale={width}:{height}:flags=area"
    command = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(video), "-an", "-vf", chain, "-vsync", "0", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    size = width * height * 3
    frames = np.empty((len(numbers), height, width, 3), dtype=np.uint8)
    read, number = 0, first
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as decoder:
        assert decoder.stdout is not None
        assert decoder.stderr is not None
        while read < len(numbers) and len(data := decoder.stdout.read(size)) == size:
            if number == numbers[read]:
                frames[read] = np.frombuffer(data, dtype=np.uint8).reshape(height, width, 3)
                read += 1
            number += step or 1
        if read == len(numbers):
            decoder.kill()
        said = decoder.stderr.read().decode(errors="replace").strip()
    if read < len(numbers):
        raise ValueError(f"{video} ends before frame {numbers[read]}, which is annotated" + (f": {said}" if said else "."))
    return frames


def pictures(files: list[Path], width: int, height: int) -> np.ndarray:
    """uint8 [files, height, width, 3]: pictures stretched to a size, shrunk by area averaging."""
    from PIL import Image

    frames = np.empty((len(files), height, width, 3), dtype=np.uint8)
    for i, file in enumerate(files):
        with Image.open(file) as picture:
            frames[i] = np.asarray(picture.convert("RGB").resize((width, height), Image.Resampling.BOX))
    return frames


def cells(file: Path, width: int, height: int) -> np.ndarray:
    """uint8 [height, width, 3]: the colour at the middle of each cell of a grid over a picture. Colours of masks must not be mixed."""
    from PIL import Image

    with Image.open(file) as picture:
        colours = np.asarray(picture.convert("RGB"))
    rows = ((np.arange(height) + 0.5) * colours.shape[0] / height).astype(int)
    columns = ((np.arange(width) + 0.5) * colours.shape[1] / width).astype(int)
    return colours[rows][:, columns]


def picture_size(file: Path) -> tuple[int, int]:
    """Width and height in pixels."""
    from PIL import Image

    with Image.open(file) as picture:
        return picture.size


def digest(entries: list[Entry]) -> str:
    """SHA-256 over names and annotations: equal where the same operations are said to show the same."""
    total = hashlib.sha256()
    for entry in sorted(entries, key=lambda e: e.name):
        total.update(entry.name.encode())
        for file in entry.annotations:
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
