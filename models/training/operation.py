"""An operation to learn from or to be measured on, wherever it comes from: its frames, and what is said to be true of them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


class UnannotatedError(Exception):
    """Something is asked for that nobody said of an operation: a script needs another dataset."""


@dataclass(frozen=True)
class Operation:
    """One operation.

    name: identifies it in its dataset; of a drawn one, its seed.
    frames: uint8 [frames, height, width, 3], RGB, stretched to the size that was asked for, as the platform's decoder does.
    truth: as the contract surgical-ground-truth/1.0 has it, but without the fields that nobody annotated.
    masks: gives, for a width and a height, uint8 [frames, height, width]: what the middle of each cell of a grid over the
    picture shows; 0, or one more than the index into truth["maskLabels"]. None if nobody outlined anything.
    """

    name: str
    seconds_per_frame: float
    frames: np.ndarray
    truth: dict
    masks: Callable[[int, int], np.ndarray] | None = None

    def says(self, field: str) -> bool:
        return field in self.truth

    def _said(self, field: str, what: str) -> list:
        if field not in self.truth:
            raise UnannotatedError(f'Nobody said of operation "{self.name}" {what}.')
        return self.truth[field]

    def out_of_body(self) -> np.ndarray:
        """bool [frames]: the camera is outside the patient or in the trocar."""
        flags = np.zeros(len(self.frames), dtype=bool)
        for span in self._said("outOfBody", "when the camera is outside the patient"):
            flags[span["startFrame"] : span["endFrame"]] = True
        return flags

    def inside(self) -> np.ndarray:
        """bool [frames]: not known to be outside the patient. All frames, where nobody said."""
        return ~self.out_of_body() if self.says("outOfBody") else np.ones(len(self.frames), dtype=bool)

    def only(self, keep: np.ndarray) -> "Operation":
        """The operation as if it were made of these frames alone. keep: bool [frames]."""
        before = np.concatenate([[0], np.cumsum(keep)])

        def kept(spans: list[dict]) -> list[dict]:
            cut = [{**span, "startFrame": int(before[span["startFrame"]]), "endFrame": int(before[span["endFrame"]])} for span in spans]
            return [span for span in cut if span["endFrame"] > span["startFrame"]]

        truth = {field: kept(said) if field in ("outOfBody", "segments", "events") else said for field, said in self.truth.items()}
        if "instruments" in truth:
            truth["instruments"] = [(int(before[frame]), tools) for frame, tools in truth["instruments"] if keep[frame]]
        masks = self.masks and (lambda width, height: self.masks(width, height)[keep])  # type: ignore[misc]
        return Operation(self.name, self.seconds_per_frame, np.asarray(self.frames)[keep], truth, masks)

    def phases(self, labels: list[str]) -> np.ndarray:
        """int64 [frames]: index of the phase; -1 where there is none of these."""
        phases = np.full(len(self.frames), -1, dtype=np.int64)
        for span in self._said("segments", "which phase it is"):
            if span["level"] == "phase" and span["label"] in labels:
                phases[span["startFrame"] : span["endFrame"]] = labels.index(span["label"])
        return phases

    def events(self, types: list[str]) -> np.ndarray:
        """float32 [frames, types]: 1 where an event of the type is going on."""
        flags = np.zeros((len(self.frames), len(types)), dtype=np.float32)
        for span in self._said("events", "what spoils the view"):
            if span["type"] in types:
                flags[span["startFrame"] : span["endFrame"], types.index(span["type"])] = 1
        return flags

    def boxes(self, labels: list[str] | None = None) -> list[np.ndarray]:
        """Per frame float32 [tools, 5]: label, then left, top, right, bottom as shares of the picture.

        Labels are counted as in `labels`, others left out; by default as in truth["instrumentLabels"].
        """
        named: list[str] = self._said("instrumentLabels", "where instruments are")
        numbers = {i: (i if labels is None else labels.index(name)) for i, name in enumerate(named) if labels is None or name in labels}
        media = self.truth["media"]
        scale = np.array([1, media["width"], media["height"], media["width"], media["height"]], dtype=np.float32)
        result = [np.zeros((0, 5), dtype=np.float32) for _ in self.frames]
        for frame, tools in self._said("instruments", "where instruments are"):
            rows = [[numbers[label], x, y, x + width, y + height] for label, x, y, width, height in tools if label in numbers]
            if rows:
                result[frame] = np.array(rows, dtype=np.float32) / scale
        return result

    def classes(self, labels: list[str], width: int, height: int) -> np.ndarray:
        """uint8 [frames, height, width]: what each cell of a grid over the picture shows, 0 or one more than the index into `labels`."""
        if self.masks is None:
            raise UnannotatedError(f'Nobody outlined anything in operation "{self.name}".')
        names: list[str] = self.truth["maskLabels"]
        lookup = np.array([0, *(labels.index(name) + 1 if name in labels else 0 for name in names)], dtype=np.uint8)
        return lookup[self.masks(width, height)]
