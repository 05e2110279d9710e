"""Cholec80 (Twinanda et al., EndoNet, IEEE TMI 2017): 80 cholecystectomies, phases of all frames and instruments of a frame a second.

videos/video01.mp4                      25 frames a second
phase_annotations/video01-phase.txt     head "Frame Phase", then a line a frame: number from 0, phase
tool_annotations/video01-tool.txt       head "Frame Grasper Bipolar ...", then a line every 25 frames: number, 0 or 1 for each

Layout as its readers in public repositories take it; the split of 40 and 40 is the paper's, that the last 8 of the first 40 choose
thresholds is a habit of the field. Instruments have no places: only whether one is in sight.
"""

from pathlib import Path

from operation import Operation

from .layout import Entry, Mistakes, phase_segments, split_of, video_frames

NAME = "Cholec80"
PHASES = (
    "Preparation",
    "CalotTriangleDissection",
    "ClippingCutting",
    "GallbladderDissection",
    "GallbladderPackaging",
    "CleaningCoagulation",
    "GallbladderRetraction",
)
TOOLS = ("Grasper", "Bipolar", "Hook", "Scissors", "Clipper", "Irrigator", "SpecimenBag")
FRAME_RATE = 25
SPLITS = {
    "training": [f"video{i:02}" for i in range(1, 33)],
    "validation": [f"video{i:02}" for i in range(33, 41)],
    "test": [f"video{i:02}" for i in range(41, 81)],
}


def entries(folder: Path) -> list[Entry]:
    """One frame a second of each operation. Raises LayoutError."""
    mistakes = Mistakes(NAME, folder)
    found = []
    if mistakes.need(folder / "videos"):
        videos = sorted((folder / "videos").glob("video*.mp4"))
        if not videos:
            mistakes.add("videos holds no video*.mp4.")
        for video in videos:
            name = video.stem
            phases, tools = folder / f"phase_annotations/{name}-phase.txt", folder / f"tool_annotations/{name}-tool.txt"
            if not mistakes.need(phases) or not mistakes.need(tools):
                continue
            labels = read_phases(phases, mistakes)
            check_tools(tools, len(labels), mistakes)
            found.append(entry(video, split_of(SPLITS, name, mistakes), labels, [phases, tools]))
    mistakes.raise_any()
    return found


def read_phases(file: Path, mistakes: Mistakes) -> list[str]:
    """The phase of each frame."""
    place = file.relative_to(mistakes.folder)
    [head, *lines] = file.read_text().split("\n")
    if head.split() != ["Frame", "Phase"]:
        mistakes.add(f'{place} must begin with "Frame Phase", not "{head.strip()}".')
    labels = []
    for number, line in enumerate(line for line in lines if line.strip()):
        if line.split()[:1] != [str(number)] or line.split()[1:] not in [[phase] for phase in PHASES]:
            mistakes.add(f'{place}, line {number + 2}: must be "{number}" and a phase of Cholec80, not "{line.strip()}".')
            break
        labels.append(line.split()[1])
    if not labels and head:
        mistakes.add(f"{place} tells no frame's phase.")
    return labels


def check_tools(file: Path, frames: int, mistakes: Mistakes) -> None:
    place = file.relative_to(mistakes.folder)
    [head, *lines] = file.read_text().split("\n")
    if head.split() != ["Frame", *TOOLS]:
        mistakes.add(f'{place} must begin with "Frame {" ".join(TOOLS)}", not "{head.strip()}".')
    for i, line in enumerate(line for line in lines if line.strip()):
        parts = line.split()
        if len(parts) != 1 + len(TOOLS) or parts[0] != str(i * FRAME_RATE) or any(part not in ("0", "1") for part in parts[1:]):
            mistakes.add(f'{place}, line {i + 2}: must be "{i * FRAME_RATE}" and a 0 or 1 for each instrument, not "{line.strip()}".')
            return
        if i * FRAME_RATE > frames + FRAME_RATE:
            mistakes.add(f"{place}, line {i + 2}: frame {parts[0]} lies behind the last whose phase is told, {frames - 1}.")
            return


def entry(video: Path, split: str, labels: list[str], annotations: list[Path]) -> Entry:
    def load(width: int, height: int) -> Operation:
        numbers = list(range(0, len(labels), FRAME_RATE))
        segments = phase_segments([labels[number] for number in numbers])
        return Operation(video.stem, 1.0, video_frames(video, numbers, width, height), {"segments": segments})

    return Entry(video.stem, split, annotations, load)
