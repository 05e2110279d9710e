"""Writes a trained network as the platform reads it: model.onnx, model.json and card.md."""

import hashlib
import json
from pathlib import Path

import torch
from torch import nn

# ONNX operator set: Softmax, TopK and the integer operators used here are stable in it, and every ONNX Runtime reads it.
OPSET = 13


def export(graph: nn.Module, side: int, outputs: list[str], folder: Path, description: dict, card: str) -> None:
    """Exports in evaluation mode with a free batch axis.

    description: model.json without `sha256` and `input`, which are filled in here.
    """
    folder.mkdir(parents=True, exist_ok=True)
    graph.eval()  # The export restores the mode it finds, so the whole wrapper must be in this one.
    weights = folder / "model.onnx"
    torch.onnx.export(
        graph,
        torch.zeros(2, side, side, 3, dtype=torch.uint8),
        str(weights),
        opset_version=OPSET,
        input_names=["frames"],
        output_names=outputs,
        dynamic_axes={name: {0: "N"} for name in ["frames", *outputs]},
    )
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    complete = {**description, "sha256": digest, "input": {"name": "frames", "width": side, "height": side}}
    (folder / "model.json").write_text(json.dumps(complete, indent=2) + "\n")
    (folder / "card.md").write_text(card)


def parameters(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())
