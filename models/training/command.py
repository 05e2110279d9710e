"""The command line that every training script has."""

import argparse
from pathlib import Path

import torch

from generated import REPOSITORY


def options(description: str, model: str, minutes: float) -> argparse.Namespace:
    """Reads the arguments of the script that trains `model`, by default for `minutes`, and binds PyTorch to their threads."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder for the drawn operations; missing ones are drawn")
    parser.add_argument("--minutes", type=float, default=minutes, help="time to train; 0 measures and exports the checkpoint as it is")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--checkpoint", type=Path, help="weights to go on from, and to leave behind")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "models" / model)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    return given
