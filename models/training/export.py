"""Writes a trained network as the platform reads it: model.onnx, model.json, card.md; and reference.json, what PyTorch makes of some drawn frames."""

import hashlib
import inspect
import json
from pathlib import Path

import torch
from torch import nn

from operation import Operation

# ONNX operator set: Softmax, TopK and the integer operators used here are stable in it, and every ONNX Runtime reads it.
OPSET = 13


def export(graph: nn.Module, size: int | tuple[int, int], folder: Path, description: dict, card: str, reference: Operation | None) -> None:
    """Exports in evaluation mode with a free batch axis.

    size: pixels each way, or width and height.
    description: model.json without `sha256` and `input`, which are filled in here. Its `outputs` name what the graph gives, in this order.
    reference: an operation drawn at the network's own size; tests and evaluations compare ONNX Runtime's results on it with PyTorch's.
    Never one of a person: the folder would hold what it shows.
    """
    width, height = size if isinstance(size, tuple) else (size, size)
    folder.mkdir(parents=True, exist_ok=True)
    graph.eval()  # The export restores the mode it finds, so the whole wrapper must be in this one.
    weights = folder / "model.onnx"
    outputs = list(description["outputs"].values())
    torch.onnx.export(
        graph,
        torch.zeros(2, height, width, 3, dtype=torch.uint8),
        str(weights),
        opset_version=OPSET,
        input_names=["frames"],
        output_names=outputs,
        dynamic_axes={name: {0: "N"} for name in ["frames", *outputs]},
        # The exporter that later versions prefer needs further packages and writes other graphs.
        **({"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}),
    )
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    complete = {**description, "sha256": digest, "input": {"name": "frames", "width": width, "height": height, "fit": "stretch"}}
    (folder / "model.json").write_text(json.dumps(complete, indent=2) + "\n")
    (folder / "card.md").write_text(card)
    if reference is None:
        print("No reference.json: the reference operation is not there, and Node, which draws it, neither.", flush=True)
        return
    with torch.no_grad():
        results = graph(torch.from_numpy(reference.frames.copy()))
    results = (results,) if isinstance(results, torch.Tensor) else results
    said = {name: [round(v, 5) for v in result.flatten().tolist()] for name, result in zip(outputs, results, strict=True)}
    origin = {
        "seed": int(reference.name),
        "seconds": len(reference.frames) * reference.seconds_per_frame,
        "framesPerSecond": 1 / reference.seconds_per_frame,
    }
    (folder / "reference.json").write_text(json.dumps({**origin, "outputs": said}) + "\n")


def parameters(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())
