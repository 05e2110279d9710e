"""The command line that every training script has, and what SageMaker's training container says through the environment."""

import argparse
import json
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

import sources
import tracking
from generated import REPOSITORY, Recipe
from layouts.layout import LayoutError

# Where SageMaker's agent reads why a job failed, if it runs one.
FAILURE = Path(os.environ.get("ML_ROOT", "/opt/ml")) / "output/failure"
NAMES = ("layout", "operations", "minutes", "steps", "threads")

# How long a course is (course.py), where the command line says so in steps and not in minutes.
STEPS: int | None = None


def options(description: str, model: str, minutes: float, recipes: dict[str, tuple[Recipe, ...]]) -> argparse.Namespace:
    """Reads the arguments of the script that trains `model`, by default for `minutes` on `recipes`, and binds PyTorch to their threads.

    In a SageMaker training job nothing needs to be said: the channel `training` holds the operations, the model folder is left where
    the job's artifact is made of it, and checkpoints go where SageMaker copies them to S3 as they change, so that a job whose Spot
    instance was taken goes on from the last one. Hyperparameters (SM_HPS) of the names in NAMES stand for arguments; of others the
    script knows nothing, and says so.

    Gives the arguments, and as `source` the operations.
    """
    said = os.environ
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    channel = said.get("SM_CHANNEL_TRAINING")
    parser.add_argument(
        "--data",
        type=Path,
        required=channel is None,
        default=channel and Path(channel),
        help="folder of the operations; missing drawn ones are drawn",
    )
    parser.add_argument("--layout", choices=sources.LAYOUTS, default="drawn", help="how they lie there")
    parser.add_argument("--operations", type=positive, help="at most so many of each split, to try whether all goes well")
    parser.add_argument("--minutes", type=float, default=minutes, help="time to train; 0 measures and exports the checkpoint as it is")
    parser.add_argument("--steps", type=int, default=0, help="train for so many steps, however long they take; 0 for the minutes")
    parser.add_argument("--threads", type=positive, default=int(said.get("SM_NUM_CPUS", "2")))
    checkpoints = said.get("SM_CHECKPOINT_DIR")
    parser.add_argument(
        "--checkpoint", type=Path, default=checkpoints and Path(checkpoints) / f"{model}.pt", help="weights to go on from, and to leave behind"
    )
    parser.add_argument(
        "--output", type=Path, default=Path(said["SM_MODEL_DIR"]) / model if "SM_MODEL_DIR" in said else REPOSITORY / "models" / model
    )
    given = parser.parse_args([*hyperparameters(parser, said.get("SM_HPS", "{}"), NAMES), *sys.argv[1:]])
    torch.set_num_threads(given.threads)
    global STEPS
    STEPS = given.steps or None
    try:
        given.source = sources.source(given.layout, given.data, recipes, given.threads, given.operations)
    except LayoutError as error:
        parser.exit(1, f"{error}\n")
    tracking.start(model, {name: str(getattr(given, name)) for name in NAMES if getattr(given, name) is not None})
    return given


def hyperparameters(parser: argparse.ArgumentParser, text: str, names: Sequence[str]) -> list[str]:
    """SM_HPS as arguments of these names. Ends the program where it has one that the script does not know."""
    values: dict[str, str] = json.loads(text)
    if unknown := sorted(set(values) - set(names)):
        parser.error(f"there is no hyperparameter {', '.join(unknown)}; there are {', '.join(names)}")
    # Values may be JSON in JSON, as SageMaker's clients write them: a word in quotation marks of its own.
    return [f"--{name}={str(value).strip(chr(34))}" for name, value in values.items()]


def positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be a number above 0, not {text}")
    return value


# What SageMaker's MetricDefinitions find metrics by in the job's log; `metric` prints such lines.
METRIC_PATTERN = r"^metric {name}=([0-9.eE+-]+)$"


def metric(name: str, value: float, step: int | None = None) -> None:
    """Prints a line for the job's metrics, and tells whoever keeps track of runs."""
    print(f"metric {name}={value:.6f}", flush=True)
    tracking.metric(name, value, step)


def run(main: Callable[[], None]) -> None:
    """Runs a script. What it fails of is told where SageMaker looks for it, without the data that it failed on."""
    try:
        main()
        tracking.finish("FINISHED")
    except SystemExit as stop:
        tracking.finish("KILLED" if stop.code else "FINISHED")
        raise
    except Exception as error:
        tracking.finish("FAILED")
        traceback.print_exc()
        if FAILURE.parent.is_dir():
            # SageMaker shows the first 1,024 characters.
            FAILURE.write_text(f"{type(error).__name__}: {error}"[:1024])
        sys.exit(1)
