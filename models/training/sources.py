"""Where the operations come from that a network learns from and is measured on: drawn, or laid out as a dataset."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import generated
from generated import Recipe
from layouts import cholec80, cholecseg8k, cholectrack20, endovis, m2cai16, version
from layouts.layout import SPLITS, Entry, LayoutError, digest
from operation import Operation


class Source(Protocol):
    """Operations, split into training, validation and test: whole operations, none in two."""

    @property
    def name(self) -> str: ...
    @property
    def synthetic(self) -> bool: ...
    def version(self) -> str: ...
    def read(self, split: str, width: int, height: int | None = None) -> list[Operation]: ...
    def describe(self, split: str) -> str: ...
    def digest(self, split: str) -> str: ...


@dataclass(frozen=True)
class Drawn:
    """Synthetic operations in `folder`; those that it lacks are drawn.

    recipes: by split.
    """

    folder: Path
    recipes: dict[str, tuple[Recipe, ...]]
    workers: int
    name: str = "drawn operations"
    synthetic: bool = True

    def draw(self, split: str) -> None:
        generated.draw(self.recipes[split], self.folder, self.workers)

    def folders(self, split: str) -> list[Path]:
        return [self.folder / str(seed) for recipe in self.recipes[split] for seed in recipe.seeds]

    def version(self) -> str:
        """The generator's."""
        self.draw("test")
        [version] = {json.loads((folder / "truth.json").read_text())["origin"]["version"] for folder in self.folders("test")}
        return version

    def read(self, split: str, width: int, height: int | None = None) -> list[Operation]:
        self.draw(split)
        return generated.read(self.recipes[split], self.folder, width, height)

    def describe(self, split: str) -> str:
        return generated.describe(self.recipes[split])

    def digest(self, split: str) -> str:
        """Of all truths, in order of seeds. Masks and frames follow from them and the generator's version."""
        total = hashlib.sha256()
        for folder in sorted(self.folders(split)):
            total.update((folder / "truth.json").read_bytes())
        return total.hexdigest()


@dataclass(frozen=True)
class Recorded:
    """Operations of a dataset in a folder."""

    name: str
    entries: list[Entry]
    dataset_version: str
    synthetic: bool = False

    def of(self, split: str) -> list[Entry]:
        found = [entry for entry in self.entries if entry.split == split]
        if not found:
            raise LayoutError(self.name, Path(), [f"It has no operation for {split}."])
        return found

    def version(self) -> str:
        return self.dataset_version

    def read(self, split: str, width: int, height: int | None = None) -> list[Operation]:
        return [entry.load(width, height or width) for entry in self.of(split)]

    def describe(self, split: str) -> str:
        names = [entry.name for entry in self.of(split)]
        return f"{len(names)} operation{'s' if len(names) > 1 else ''} of {self.name} ({names[0]}{f' to {names[-1]}' if len(names) > 1 else ''})"

    def digest(self, split: str) -> str:
        return digest(self.of(split))


# Published datasets by the word that --layout takes: name, and what reads the folder. They have no versions of their own.
PUBLISHED: dict[str, tuple[str, Callable[[Path], list[Entry]]]] = {
    "cholec80": (cholec80.NAME, cholec80.entries),
    "cholecseg8k": (cholecseg8k.NAME, cholecseg8k.entries),
    "m2cai16": (m2cai16.NAME, m2cai16.entries),
    "cholectrack20": (cholectrack20.NAME, cholectrack20.entries),
    "endovis2017": (endovis.NAME_2017, endovis.entries_2017),
    "endovis2018": (endovis.NAME_2018, endovis.entries_2018),
}
LAYOUTS = ["drawn", "version", *PUBLISHED]


def source(layout: str, folder: Path, recipes: dict[str, tuple[Recipe, ...]], workers: int, most: int | None = None) -> Source:
    """The operations in `folder`, laid out as one of LAYOUTS; at most `most` of each split. Raises LayoutError with all that is wrong."""
    if layout == "drawn":
        return Drawn(folder, {split: generated.first(recipe, most) for split, recipe in recipes.items()}, workers)
    name, entries = PUBLISHED.get(layout, (version.NAME, version.entries))
    if not folder.is_dir():
        raise LayoutError(name, folder, ["There is no such folder."])
    found = entries(folder)
    few = [entry for split in SPLITS for entry in [e for e in found if e.split == split][:most]]
    if layout != "version":
        return Recorded(name, few, "as published")
    manifest = version.manifest_of(folder)
    return Recorded(f"dataset {manifest['name']}", few, manifest["version"])
