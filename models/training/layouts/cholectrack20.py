"""CholecTrack20 (Nwoye et al., CVPR 2025): 20 cholecystectomies, a frame a second with boxes, phases and what spoils the view.

Training/VID01/VID01.json     and Validation/..., Testing/...: the split of its authors
Training/VID01/VID01.mp4      25 frames a second

The JSON's `annotations` has, by number of the frame, a list of instruments: `instrument`, `tool_bbox` (left, top, width, height in shares
of the picture), `phase`, and 0 or 1 for `bleeding`, `smoke`, `stainedlens`, `blurred` and others. Fields and folders as published copies show them.
From their numbers (3501, 3576, ...) frames are counted from 1: that, and the order of labels, are from memory.
"""

import json
from pathlib import Path

from operation import Operation

from .cholec80 import PHASES, TOOLS
from .layout import Entry, Mistakes, phase_segments, spans, video_frames

NAME = "CholecTrack20"
FOLDERS = {"Training": "training", "Validation": "validation", "Testing": "test"}
# What the platform calls events, and the field that flags them. A lens that is fouled by anything but fog is flagged alike.
EVENTS = {"bleeding": "bleeding", "smoke": "smoke", "fog": "stainedlens", "blur": "blurred"}


def entries(folder: Path) -> list[Entry]:
    """Every annotated frame of each operation. Raises LayoutError."""
    mistakes = Mistakes(NAME, folder)
    found = []
    for name, split in FOLDERS.items():
        if not mistakes.need(folder / name):
            continue
        for operation in sorted(path for path in (folder / name).iterdir() if path.is_dir()):
            annotation, video = operation / f"{operation.name}.json", operation / f"{operation.name}.mp4"
            if mistakes.need(annotation) & mistakes.need(video):
                frames = read(annotation, mistakes)
                if frames:
                    found.append(entry(operation.name, split, video, annotation, frames))
    if not found and not mistakes.found:
        mistakes.add("There is no operation in Training, Validation and Testing.")
    mistakes.raise_any()
    return found


def read(file: Path, mistakes: Mistakes) -> dict[int, list[dict]]:
    """Instruments by number of the frame, rising. Empty after a mistake."""
    place = file.relative_to(mistakes.folder)
    before = len(mistakes.found)
    try:
        by_frame = json.loads(file.read_text())["annotations"]
        frames = {int(number): list(tools) for number, tools in by_frame.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        mistakes.add(f"{place} must be JSON with annotations by number of the frame.")
        return {}
    if not frames:
        mistakes.add(f"{place} annotates no frame.")
    for number, tools in frames.items():
        for tool in tools:
            sides = tool.get("tool_bbox")
            if tool.get("instrument") not in range(len(TOOLS)):
                mistakes.add(f"{place}, frame {number}: instrument must be 0 to {len(TOOLS) - 1}, not {tool.get('instrument')}.")
            if not (isinstance(sides, list) and len(sides) == 4 and all(isinstance(s, int | float) and -0.01 <= s <= 1.01 for s in sides)):
                mistakes.add(f"{place}, frame {number}: tool_bbox must be four shares of the picture, not {sides}.")
            if tool.get("phase") not in range(len(PHASES)):
                mistakes.add(f"{place}, frame {number}: phase must be 0 to {len(PHASES) - 1}, not {tool.get('phase')}.")
            for flag in EVENTS.values():
                if tool.get(flag) not in (0, 1):
                    mistakes.add(f"{place}, frame {number}: {flag} must be 0 or 1, not {tool.get(flag)}.")
        if number < 1:
            mistakes.add(f"{place}: frames are counted from 1, and there is a frame {number}.")
    return dict(sorted(frames.items())) if len(mistakes.found) == before else {}


def entry(name: str, split: str, video: Path, annotation: Path, frames: dict[int, list[dict]]) -> Entry:
    def load(width: int, height: int) -> Operation:
        # Flags are said of each instrument: of a frame they hold if they hold for one.
        flags = {kind: [kind if any(tool[flag] for tool in tools) else None for tools in frames.values()] for kind, flag in EVENTS.items()}
        events = [{"type": span.pop("label"), **span} for labels in flags.values() for span in spans(list(labels))]
        truth = {
            "media": {"width": 1, "height": 1},
            "segments": phase_segments([PHASES[tools[0]["phase"]] if tools else None for tools in frames.values()]),
            "events": events,
            "instrumentLabels": list(TOOLS),
            "instruments": [(i, [(tool["instrument"], *tool["tool_bbox"]) for tool in tools]) for i, tools in enumerate(frames.values())],
        }
        return Operation(name, 1.0, video_frames(video, [number - 1 for number in frames], width, height), truth)

    return Entry(name, split, [annotation], load)
