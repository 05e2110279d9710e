"""What the image runs as a SageMaker training job: reads what the job was given, sets the SM_ variables, and becomes the script.

SageMaker writes a job's settings as files and starts the container with the word `train`; the variables that scripts read are its
toolkit's, which is not in this image. The hyperparameter `sagemaker_program` names the script, as it does there; what else begins with
`sagemaker_` is not the script's.
(SageMaker Developer Guide, "How Amazon SageMaker Provides Training Information"; README of github.com/aws/sagemaker-training-toolkit)

ML_ROOT says where /opt/ml lies.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = Path("/opt/ml")


def read(file: Path) -> dict:
    """A file of settings; empty where SageMaker wrote none."""
    found = json.loads(file.read_text()) if file.exists() else {}
    if not isinstance(found, dict):
        raise ValueError(f"{file.name} must hold an object.")
    return found


def script_of(hyperparameters: Mapping[str, str], folder: Path) -> Path:
    """The script that the job names. Raises ValueError for anything but a training script of this folder."""
    name = str(hyperparameters.get("sagemaker_program", "")).strip('"')
    known = sorted(path.name for path in folder.glob("train_*.py"))
    if name not in known:
        raise ValueError(f'The hyperparameter sagemaker_program is "{name}"; it must be one of {", ".join(known)}.')
    return folder / name


def variables(root: Path, hyperparameters: Mapping[str, str], processors: int) -> dict[str, str]:
    """What the scripts read (command.py), of a job whose files lie in `root`."""
    channels = read(root / "input/config/inputdataconfig.json")
    checkpoints = root / "checkpoints"
    own = {name: value for name, value in hyperparameters.items() if not name.startswith("sagemaker_")}
    return {
        "SM_HPS": json.dumps(own),
        "SM_MODEL_DIR": str(root / "model"),
        "SM_NUM_CPUS": str(processors),
        **{f"SM_CHANNEL_{name.upper()}": str(root / "input/data" / name) for name in channels},
        # The folder is there only where the job asked for checkpoints.
        **({"SM_CHECKPOINT_DIR": str(checkpoints)} if checkpoints.is_dir() else {}),
    }


def main() -> None:
    root = Path(os.environ.get("ML_ROOT", ROOT))
    try:
        hyperparameters = read(root / "input/config/hyperparameters.json")
        script = script_of(hyperparameters, HERE)
        said = variables(root, hyperparameters, os.cpu_count() or 1)
    except ValueError as error:
        failure = root / "output/failure"
        failure.parent.mkdir(parents=True, exist_ok=True)
        failure.write_text(str(error)[:1024])
        print(error, file=sys.stderr)
        sys.exit(1)
    # In the place of this one, so that the script gets SageMaker's signals itself.
    os.execve(sys.executable, [sys.executable, str(script)], {**os.environ, **said})


if __name__ == "__main__":
    main()
