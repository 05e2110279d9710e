"""Tells whether networks that were trained anew are worth what the shipped ones are: make -C models/training check.

python3 models/training/compare.py --made DIR [--shipped DIR] [--trial] ID ...

Compares DIR/<id>/quality.json of both (`evaluate.py` wrote them). A network is reproduced where each metric over all labels is no worse than
the worse end of the shipped one's interval, with a slack for metrics that hardly vary: a hundredth of a share, one second an hour. It may be
better. Weights are never alike: training runs for minutes, not for steps, and processors add in different orders. Both must have
been measured on the same test operations and tell the same labels, and the graph must compute what PyTorch did on every reference frame.

--trial: for a try with few operations and minutes; other test operations and worse figures are told and allowed, nothing else is.

Exit code: 0 all reproduced; 1 one is not, or can't be compared, with all reasons; 2 wrong usage.
"""

import argparse
import json
import sys
from pathlib import Path

from generated import REPOSITORY

# Of a share, and of seconds an hour.
SLACK = {"higher": 0.01, "lower": 1.0}


def limit(shipped: dict, name: str) -> float:
    """The worst value that still reproduces a shipped metric."""
    higher = shipped["better"] == "higher"
    worse = shipped["low"] if higher else shipped["high"]
    slack = SLACK["lower"] if name.endswith("per-hour") else SLACK["higher"]
    return float((shipped["value"] if worse is None else worse) + (-slack if higher else slack))


def read(folder: Path, mistakes: list[str]) -> tuple[dict, dict]:
    """Description and quality of a model folder. Adds what is wrong."""
    found = []
    for name in ("model.json", "quality.json"):
        try:
            found.append(json.loads((folder / name).read_text()))
        except (OSError, ValueError) as error:
            mistakes.append(f"{folder / name} can't be read: {error}.")
            found.append({})
    return found[0], found[1]


def compare(shipped: Path, made: Path, trial: bool) -> tuple[list[str], list[str]]:
    """Rows that show the figures, and why the network is not reproduced."""
    mistakes: list[str] = []
    (old_model, old), (new_model, new) = read(shipped, mistakes), read(made, mistakes)
    if mistakes:
        return [], mistakes
    for model, quality, folder in ((old_model, old, shipped), (new_model, new, made)):
        if model["sha256"] != quality["model"]["sha256"]:
            mistakes.append(f"{folder / 'quality.json'} tells of other weights than lie beside it: evaluate them.")
    for field in ("labels", "task", "subject", "input", "outputs"):
        if old_model[field] != new_model[field]:
            mistakes.append(f"Its {field} differs: {json.dumps(old_model[field])}, now {json.dumps(new_model[field])}.")
    golden = new["golden"]
    if golden is None or golden["agreeing"] != golden["frames"]:
        mistakes.append(f"The graph does not compute what PyTorch did on all reference frames: {json.dumps(golden)}.")
    same_test = old["dataset"]["sha256"] == new["dataset"]["sha256"]
    if not same_test and not trial:
        mistakes.append("It was measured on other test operations, so that the figures can't be compared.")
    rows = []
    for name, was in old["metrics"].items():
        now, worst = new["metrics"].get(name), limit(was, name)
        if now is None:
            # Of a network that finds nothing, say, nobody can tell how precise it is.
            rows.append(f"{name:26} shipped {was['value']:9.3f}   now has no value")
            if not trial:
                mistakes.append(f"It has no {name}.")
            continue
        good = now["value"] >= worst if was["better"] == "higher" else now["value"] <= worst
        sign = "least" if was["better"] == "higher" else "most"
        rows.append(f"{name:26} shipped {was['value']:9.3f}   now {now['value']:9.3f}   at {sign} {worst:9.3f}   {'holds' if good else 'WORSE'}")
        if not good and not trial and same_test:
            mistakes.append(f"{name} is {now['value']:.3f}; it must be at {sign} {worst:.3f}.")
    return rows, mistakes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--made", type=Path, required=True, help="holds the folders of the networks that were trained")
    parser.add_argument("--shipped", type=Path, default=REPOSITORY / "models", help="holds those that they are compared with")
    parser.add_argument("--trial", action="store_true", help="other test operations and worse figures are allowed")
    parser.add_argument("ids", nargs="+", metavar="ID")
    options = parser.parse_args()
    if options.made.resolve() == options.shipped.resolve():
        parser.error("--made is --shipped: there is nothing to compare.")
    failed = []
    for network in options.ids:
        rows, mistakes = compare(options.shipped / network, options.made / network, options.trial)
        said = "NOT REPRODUCED" if mistakes else "whole, figures of a trial" if options.trial else "reproduced"
        print("\n".join([f"{network}: {said}", *(f"  {row}" for row in rows), *(f"  - {mistake}" for mistake in mistakes)]), flush=True)
        if mistakes:
            failed.append(network)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
