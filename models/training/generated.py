"""Drawn operations as training data: runs the generator (models/synthetic) and reads what it drew."""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Recipe:
    """How a set of operations is drawn. `seeds` is half-open."""

    seeds: range
    seconds: float
    frame_rate: float
    width: int
    height: int


# Long operations show the habits of a whole case; short ones are dense in rare things: tools of short phases, the
# first moments of leaving the patient. Two picture sizes, so that sharpness is no clue. No seed is in two sets.
TRAINING = (
    Recipe(range(1001, 1046), seconds=60, frame_rate=3, width=448, height=252),
    Recipe(range(2001, 2041), seconds=24, frame_rate=8, width=640, height=360),
)
VALIDATION = (Recipe(range(8001, 8009), seconds=24, frame_rate=8, width=640, height=360),)
TEST = (Recipe(range(9001, 9013), seconds=60, frame_rate=4, width=640, height=360),)


# For what is told from the picture as a whole: whole operations, a frame a second.
WHOLE_TRAINING = (Recipe(range(3001, 3091), seconds=90, frame_rate=1, width=480, height=270),)
WHOLE_VALIDATION = (Recipe(range(8101, 8117), seconds=90, frame_rate=1, width=480, height=270),)
WHOLE_TEST = (Recipe(range(9101, 9125), seconds=90, frame_rate=1, width=480, height=270),)


def reference_recipe(side: int) -> Recipe:
    """Frames drawn at a network's own size, for comparing PyTorch with other runtimes bit-identical in input."""
    return Recipe(range(9900 + side, 9901 + side), seconds=12, frame_rate=1, width=side, height=side)


@dataclass(frozen=True)
class Operation:
    """One drawn operation.

    frames: uint8 [frames, side, side, 3], RGB, stretched to a square as the platform's decoder does.
    truth: the contract surgical-ground-truth/1.0.
    """

    seed: int
    seconds_per_frame: float
    frames: np.ndarray
    truth: dict

    def out_of_body(self) -> np.ndarray:
        """bool [frames]: the camera is outside the patient or in the trocar."""
        flags = np.zeros(len(self.frames), dtype=bool)
        for span in self.truth["outOfBody"]:
            flags[span["startFrame"] : span["endFrame"]] = True
        return flags

    def phases(self, labels: list[str]) -> np.ndarray:
        """int64 [frames]: index of the phase."""
        phases = np.zeros(len(self.frames), dtype=np.int64)
        for span in self.truth["segments"]:
            if span["level"] == "phase":
                phases[span["startFrame"] : span["endFrame"]] = labels.index(span["label"])
        return phases

    def events(self, types: list[str]) -> np.ndarray:
        """float32 [frames, types]: 1 where an event of the type is going on."""
        flags = np.zeros((len(self.frames), len(types)), dtype=np.float32)
        for span in self.truth["events"]:
            if span["type"] in types:
                flags[span["startFrame"] : span["endFrame"], types.index(span["type"])] = 1
        return flags

    def boxes(self) -> list[np.ndarray]:
        """Per frame float32 [tools, 5]: label, then left, top, right, bottom as shares of the picture."""
        media = self.truth["media"]
        scale = np.array([1, media["width"], media["height"], media["width"], media["height"]], dtype=np.float32)
        result = [np.zeros((0, 5), dtype=np.float32) for _ in self.frames]
        for frame, tools in self.truth["instruments"]:
            rows = [[label, x, y, x + width, y + height] for label, x, y, width, height in tools]
            result[frame] = np.array(rows, dtype=np.float32) / scale
        return result


def draw(recipes: tuple[Recipe, ...], folder: Path, workers: int) -> None:
    """Draws the operations that `folder` does not hold yet. Raises CalledProcessError when the generator fails."""
    node = os.environ.get("NODE", str(REPOSITORY / "node_modules/.bin/node"))

    def one(job: tuple[Recipe, int]) -> None:
        recipe, seed = job
        target = folder / str(seed)
        if (target / "truth.json").exists():
            return
        size = f"{recipe.width}x{recipe.height}"
        options = ["--seed", str(seed), "--seconds", str(recipe.seconds), "--fps", str(recipe.frame_rate), "--size", size]
        command = [node, str(REPOSITORY / "models/synthetic/cli.ts"), "--frames-only", str(target), *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, [(recipe, seed) for recipe in recipes for seed in recipe.seeds]))


def read(recipes: tuple[Recipe, ...], folder: Path, side: int) -> list[Operation]:
    """Reads drawn operations, shrunk by area averaging to `side` x `side`. Shrunk frames are kept beside the drawn ones."""
    return [read_one(folder / str(seed), seed, side) for recipe in recipes for seed in recipe.seeds]


def read_one(folder: Path, seed: int, side: int) -> Operation:
    truth = json.loads((folder / "truth.json").read_text())
    media = truth["media"]
    cache = folder / f"frames-{side}.npy"
    if not cache.exists():
        shape = (media["frameCount"], media["height"], media["width"], 3)
        drawn = np.memmap(folder / "frames.rgb", dtype=np.uint8, mode="r", shape=shape)
        np.save(cache, np.concatenate([shrink(drawn[i : i + 32], side) for i in range(0, len(drawn), 32)]))
    rate = media["frameRate"]
    return Operation(seed, rate["den"] / rate["num"], np.load(cache, mmap_mode="r"), truth)


def shrink(frames: np.ndarray, side: int) -> np.ndarray:
    planes = torch.from_numpy(np.array(frames)).permute(0, 3, 1, 2).float()
    small = functional.interpolate(planes, size=(side, side), mode="area")
    return small.round().byte().permute(0, 2, 3, 1).contiguous().numpy()


def describe(recipes: tuple[Recipe, ...]) -> str:
    """"seeds 1001-1045 (60 s at 3 fps, 448x252)", joined by "and"."""
    parts = [f"seeds {r.seeds[0]}-{r.seeds[-1]} ({r.seconds:g} s at {r.frame_rate:g} fps, {r.width}x{r.height})" for r in recipes]
    return " and ".join(parts)
