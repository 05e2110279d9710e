"""Drawn operations as training data: runs the generator (models/synthetic) and reads what it drew.

python3 models/training/generated.py --data DIR [--threads N] [--operations N]     draws all that any network is trained or measured on
"""

import argparse
import json
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional

from operation import Operation

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Recipe:
    """How a set of operations is drawn. `seeds` is half-open."""

    seeds: range
    seconds: float
    frame_rate: float
    width: int
    height: int
    # Whether what each pixel shows is written, too.
    masks: bool = False
    # As the generator calls it (npm run sample -- --procedure); by default its own default, a cholecystectomy.
    procedure: str | None = None


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

# For what is told of each place of the picture: few frames of many operations, with masks.
MASK_TRAINING = (Recipe(range(4001, 4049), seconds=45, frame_rate=2, width=384, height=216, masks=True),)
MASK_VALIDATION = (Recipe(range(8201, 8209), seconds=45, frame_rate=2, width=384, height=216, masks=True),)
MASK_TEST = (Recipe(range(9201, 9213), seconds=45, frame_rate=2, width=384, height=216, masks=True),)


# By what a network tells: the frame's own shape, the whole picture, each place of it.
FRAMES: dict[str, tuple[Recipe, ...]] = {"training": TRAINING, "validation": VALIDATION, "test": TEST}
WHOLE: dict[str, tuple[Recipe, ...]] = {"training": WHOLE_TRAINING, "validation": WHOLE_VALIDATION, "test": WHOLE_TEST}
MASKS: dict[str, tuple[Recipe, ...]] = {"training": MASK_TRAINING, "validation": MASK_VALIDATION, "test": MASK_TEST}

# Another procedure than any network learned from, which is what a new department is. Nothing is trained or tuned on it.
OTHER_PROCEDURE = "laparoscopic-hysterectomy"


def elsewhere(recipes: tuple[Recipe, ...]) -> tuple[Recipe, ...]:
    """Test operations drawn alike, of the other procedure: at most 12, of seeds that no other set has."""
    return tuple(
        replace(r, seeds=range(r.seeds.start + 300, r.seeds.start + 300 + min(12, len(r.seeds))), procedure=OTHER_PROCEDURE) for r in recipes
    )


def mask_reference_recipe(width: int, height: int) -> Recipe:
    """As `reference_recipe`, with the picture's shape kept."""
    return Recipe(range(9900, 9901), seconds=3, frame_rate=1, width=width, height=height)


def reference_recipe(side: int) -> Recipe:
    """Frames drawn at a network's own size, for comparing PyTorch with other runtimes bit-identical in input."""
    return Recipe(range(9900 + side, 9901 + side), seconds=12, frame_rate=1, width=side, height=side)


def first(recipes: tuple[Recipe, ...], most: int | None) -> tuple[Recipe, ...]:
    """At most so many operations, of the first recipe."""
    return recipes if most is None else (replace(recipes[0], seeds=recipes[0].seeds[:most]),)


def node() -> str:
    return os.environ.get("NODE", str(REPOSITORY / "node_modules/.bin/node"))


def draw(recipes: tuple[Recipe, ...], folder: Path, workers: int) -> None:
    """Draws the operations that `folder` does not hold yet. Raises CalledProcessError when the generator fails."""

    def one(job: tuple[Recipe, int]) -> None:
        recipe, seed = job
        target = folder / str(seed)
        if (target / "truth.json").exists() and (not recipe.masks or (target / "masks.gray").exists()):
            return
        size = f"{recipe.width}x{recipe.height}"
        options = ["--seed", str(seed), "--seconds", f"{recipe.seconds:g}", "--fps", f"{recipe.frame_rate:g}", "--size", size]
        if recipe.masks:
            options.append("--masks")
        if recipe.procedure is not None:
            options += ["--procedure", recipe.procedure]
        command = [node(), str(REPOSITORY / "models/synthetic/cli.ts"), "--frames-only", str(target), *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, [(recipe, seed) for recipe in recipes for seed in recipe.seeds]))


def reference(recipe: Recipe, folder: Path, workers: int, required: bool) -> Operation | None:
    """The operation that a reference is computed on, at its own size. None where it is not required, not there, and can't be drawn for want of Node."""
    if not required and not (folder / str(recipe.seeds[0])).exists() and shutil.which(node()) is None:
        return None
    draw((recipe,), folder, workers)
    return read((recipe,), folder, recipe.width, recipe.height)[0]


def read(recipes: tuple[Recipe, ...], folder: Path, side: int, height: int | None = None) -> list[Operation]:
    """Reads drawn operations, shrunk by area averaging to `side` x `height`, by default a square. Shrunk frames are kept beside the drawn ones."""
    return [read_one(folder / str(seed), seed, side, height or side) for recipe in recipes for seed in recipe.seeds]


def read_masks(folder: Path, truth: dict, width: int, height: int) -> np.ndarray:
    """uint8 [frames, height, width]: what the middle of each cell of a grid over the picture shows; 0, or one more than the index into truth["maskLabels"]."""
    media = truth["media"]
    drawn = np.memmap(folder / "masks.gray", dtype=np.uint8, mode="r", shape=(media["frameCount"], media["height"], media["width"]))
    rows = ((np.arange(height) + 0.5) * media["height"] / height).astype(int)
    columns = ((np.arange(width) + 0.5) * media["width"] / width).astype(int)
    return np.array(drawn[:, rows][:, :, columns])


def read_one(folder: Path, seed: int, width: int, height: int) -> Operation:
    truth = json.loads((folder / "truth.json").read_text())
    media = truth["media"]
    cache = folder / (f"frames-{width}.npy" if width == height else f"frames-{width}x{height}.npy")
    if not cache.exists():
        shape = (media["frameCount"], media["height"], media["width"], 3)
        drawn = np.memmap(folder / "frames.rgb", dtype=np.uint8, mode="r", shape=shape)
        np.save(cache, np.concatenate([shrink(drawn[i : i + 32], width, height) for i in range(0, len(drawn), 32)]))
    rate = media["frameRate"]
    masks = (lambda width, height: read_masks(folder, truth, width, height)) if "maskLabels" in truth else None
    return Operation(str(seed), rate["den"] / rate["num"], np.load(cache, mmap_mode="r"), truth, masks)


def shrink(frames: np.ndarray, width: int, height: int) -> np.ndarray:
    planes = torch.from_numpy(np.array(frames)).permute(0, 3, 1, 2).float()
    small = functional.interpolate(planes, size=(height, width), mode="area")
    return small.round().byte().permute(0, 2, 3, 1).contiguous().numpy()


def describe(recipes: tuple[Recipe, ...]) -> str:
    """What was drawn, such as "seeds 1001-1045 (60 s at 3 fps, 448x252)", joined by "and"."""
    procedure = lambda r: "" if r.procedure is None else f", {r.procedure}"  # noqa: E731
    parts = [f"seeds {r.seeds[0]}-{r.seeds[-1]} ({r.seconds:g} s at {r.frame_rate:g} fps, {r.width}x{r.height}{procedure(r)})" for r in recipes]
    return " and ".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the operations; those that it holds are left alone")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--operations", type=int, help="at most so many of each split, to try whether all goes well")
    options = parser.parse_args()
    for kind in (FRAMES, WHOLE, MASKS):
        for split, recipes in kind.items():
            few = first(recipes, options.operations)
            draw(few, options.data, options.threads)
            print(f"{split}: {describe(few)}", flush=True)
        few = first(elsewhere(kind["test"]), options.operations)
        draw(few, options.data, options.threads)
        print(f"another procedure: {describe(few)}", flush=True)


if __name__ == "__main__":
    main()
