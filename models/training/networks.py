"""The networks. All take uint8 [N, side, side, 3] RGB and scale it themselves by 1/255 only."""

import numpy as np
import torch
import torch.nn.functional as functional
from torch import nn

OUT_OF_BODY_SIDE = 128
DETECTOR_SIDE = 256
# What is told from the whole picture is told from this size, but the graph takes the detector's and shrinks it itself:
# networks of one input size share one scaled picture.
WHOLE_SIDE = 128
# Segmenters: the shape of the picture is kept, and a cell of their grid is two pixels each way.
MASK_WIDTH, MASK_HEIGHT = 256, 144
GRID_WIDTH, GRID_HEIGHT = MASK_WIDTH // 2, MASK_HEIGHT // 2
# Detector: pixels a cell of the output grid, results a frame.
STRIDE = 8
BEST = 16
# Numbers that stand for a frame in an embedding.
EMBEDDING = 8


def convolution(inputs: int, outputs: int, stride: int = 1, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


def planes(frames: torch.Tensor) -> torch.Tensor:
    """uint8 [N, height, width, 3] -> float32 [N, 3, height, width] in 0..1."""
    return frames.permute(0, 3, 1, 2).float() * (1 / 255)


class FrameNet(nn.Module):
    """Logits [N, labels] from planes [N, 3, side, side]. Sees the strongest place beside the mean: what tells a trocar or an instrument stands at one place."""

    def __init__(self, labels: int, widths: tuple[int, int, int, int] = (16, 32, 48, 64)) -> None:
        super().__init__()
        first, second, third, last = widths
        self.features = nn.Sequential(
            convolution(3, first, 2),
            convolution(first, second, 2),
            convolution(second, third, 2),
            convolution(third, last, 2),
            convolution(last, last),
        )
        self.classify = nn.Linear(2 * last, labels)
        self.deepest = last

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.look(pictures)[0]

    def look(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The logits, and the features [N, deepest, ...] that they are made of."""
        features = self.features(pictures)
        return self.classify(torch.cat([features.mean(dim=(2, 3)), features.amax(dim=(2, 3))], dim=1)), features


class FrameGraph(nn.Module):
    """What is exported: frames in, scores float32 [N, labels] out. Logits are divided by the temperature (Guo et al., 2017).

    shrink: pixels each way that are averaged first.
    """

    def __init__(self, network: FrameNet, exclusive: bool, temperature: float = 1.0, shrink: int = 1) -> None:
        super().__init__()
        self.network = network
        self.exclusive = exclusive
        self.temperature = temperature
        self.shrink = shrink

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        return self.look(frames)[0][0]

    def look(self, frames: torch.Tensor) -> tuple[tuple[torch.Tensor], torch.Tensor]:
        """What `forward` gives, and the network's deepest features."""
        pictures = planes(frames)
        if self.shrink > 1:
            pictures = functional.avg_pool2d(pictures, self.shrink)
        logits, features = self.network.look(pictures)
        logits = logits / self.temperature
        return (torch.softmax(logits, dim=1) if self.exclusive else torch.sigmoid(logits),), features


class DetectorNet(nn.Module):
    """Anchor-free detector after CenterNet (Zhou et al., 2019) with the side distances of TTFNet (Liu et al., 2020).

    From planes [N, 3, 256, 256]: heat logits [N, labels, 32, 32], peaks at the boxes' middles; distances
    [N, 4, 32, 32] from a cell's middle to left, top, right and bottom side, as shares of the picture.
    """

    def __init__(self, labels: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 32, 6, 4, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU(inplace=True))
        self.fine = nn.Sequential(convolution(32, 48, 2), convolution(48, 48))
        self.middle = nn.Sequential(convolution(48, 64, 2), convolution(64, 64))
        self.coarse = nn.Sequential(convolution(64, 96, 2), convolution(96, 96))
        self.lateral_middle = convolution(64, 48, kernel=1)
        self.lateral_coarse = convolution(96, 48, kernel=1)
        self.head = nn.Sequential(convolution(48, 64))
        self.heat = nn.Conv2d(64, labels, 1)
        self.sides = nn.Conv2d(64, 4, 1)
        nn.init.constant_(self.heat.bias, -4.0)
        nn.init.constant_(self.sides.bias, 0.0)
        self.deepest = 96

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self.look(pictures)[:2]

    def look(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """What `forward` gives, and the coarsest features [N, deepest, 8, 8]."""
        fine = self.fine(self.stem(pictures))
        middle = self.middle(fine)
        deepest = self.coarse(middle)
        coarse = self.lateral_coarse(deepest)
        middle = self.lateral_middle(middle) + functional.interpolate(coarse, scale_factor=2.0, mode="nearest")
        features = self.head(fine + functional.interpolate(middle, scale_factor=2.0, mode="nearest"))
        return self.heat(features), 0.06 * functional.softplus(self.sides(features) + 0.54), deepest


class DetectorGraph(nn.Module):
    """What is exported: frames in; boxes [N, K, 4] (x, y, width, height, shares), scores [N, K], classes int64 [N, K] out.

    A peak is a cell whose best label's heat is the highest of its 3 x 3 neighbours': this is the suppression.
    """

    def __init__(self, network: DetectorNet) -> None:
        super().__init__()
        self.network = network
        cells = DETECTOR_SIDE // STRIDE
        middles = (torch.arange(cells, dtype=torch.float32) + 0.5) / cells
        self.register_buffer("middle_x", middles.repeat(cells))
        self.register_buffer("middle_y", middles.repeat_interleave(cells))

    def forward(self, frames: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        return self.look(frames)[0]

    def look(self, frames: torch.Tensor) -> tuple[tuple[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]:
        """What `forward` gives, and the network's deepest features."""
        logits, sides, deepest = self.network.look(planes(frames))
        heat, label = torch.sigmoid(logits).max(dim=1, keepdim=True)
        peak = heat == functional.max_pool2d(heat, 3, stride=1, padding=1)
        scores, cell = torch.topk((heat * peak).flatten(1), BEST, dim=1)
        classes = torch.gather(label.flatten(1), 1, cell)
        left, top, right, bottom = [torch.gather(side.flatten(1), 1, cell) for side in sides.split(1, dim=1)]
        x, y = self.middle_x[cell], self.middle_y[cell]
        x0, y0 = (x - left).clamp(0, 1), (y - top).clamp(0, 1)
        x1, y1 = (x + right).clamp(0, 1), (y + bottom).clamp(0, 1)
        return (torch.stack([x0, y0, x1 - x0, y1 - y0], dim=2), scores, classes), deepest


class SegmenterNet(nn.Module):
    """Encoder and decoder after U-Net (Ronneberger et al., 2015) with sums for its concatenations, as in LinkNet (Chaurasia and Culurciello, 2017).

    From planes [N, 3, 144, 256]: logits [N, classes, 72, 128], class 0 for nothing.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.to_half = convolution(3, 16, 2)
        self.to_quarter = convolution(16, 32, 2)
        self.to_eighth = nn.Sequential(convolution(32, 64, 2), convolution(64, 64))
        self.to_sixteenth = nn.Sequential(convolution(64, 96, 2), convolution(96, 96))
        self.up_eighth = convolution(96, 64, kernel=1)
        self.up_quarter = nn.Sequential(convolution(64, 64), convolution(64, 32, kernel=1))
        self.up_half = nn.Sequential(convolution(32, 32), convolution(32, 16, kernel=1))
        self.head = nn.Conv2d(16, classes, 1)
        self.deepest = 96

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.look(pictures)[0]

    def look(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The logits, and the coarsest features [N, deepest, 9, 16]."""
        half = self.to_half(pictures)
        quarter = self.to_quarter(half)
        eighth = self.to_eighth(quarter)
        deepest = self.to_sixteenth(eighth)
        # The mean over the picture tells what light and what scene this is.
        sixteenth = deepest + deepest.mean(dim=(2, 3), keepdim=True)
        larger = lambda features: functional.interpolate(features, scale_factor=2.0, mode="nearest")  # noqa: E731
        eighth = eighth + larger(self.up_eighth(sixteenth))
        quarter = quarter + larger(self.up_quarter(eighth))
        return self.head(half + larger(self.up_half(quarter))), deepest


class SegmenterGraph(nn.Module):
    """What is exported: frames in; classes uint8 [N, 72, 128] and confidence float32 [N, 72, 128] out, the probability of that class."""

    def __init__(self, network: SegmenterNet, temperature: float = 1.0) -> None:
        super().__init__()
        self.network = network
        self.temperature = temperature

    def forward(self, frames: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self.look(frames)[0]

    def look(self, frames: torch.Tensor) -> tuple[tuple[torch.Tensor, torch.Tensor], torch.Tensor]:
        """What `forward` gives, and the network's deepest features."""
        logits, deepest = self.network.look(planes(frames))
        confidence, classes = torch.softmax(logits / self.temperature, dim=1).max(dim=1)
        return (classes.to(torch.uint8), confidence), deepest


class EmbeddingGraph(nn.Module):
    """A graph that also tells where a frame lies among others, whatever it is called: `embedding` float32 [N, 8], its last output.

    The mean over the picture of the network's deepest features, projected at random, which keeps distances about as they are (Johnson and
    Lindenstrauss, 1984). The matrix is the same for every network with as many features, so that training anew changes what a network sees and not
    how it is summed up. Drift is measured on it (docs/drift.md).
    """

    def __init__(self, graph: FrameGraph | DetectorGraph | SegmenterGraph) -> None:
        super().__init__()
        self.graph = graph
        deepest = graph.network.deepest
        # RandomState's numbers are the same in every version of NumPy.
        drawn = np.random.RandomState(0).standard_normal((deepest, EMBEDDING)) / np.sqrt(EMBEDDING)
        self.register_buffer("projection", torch.from_numpy(drawn.astype(np.float32)))

    def forward(self, frames: torch.Tensor) -> tuple[torch.Tensor, ...]:
        outputs, deepest = self.graph.look(frames)
        return (*outputs, deepest.mean(dim=(2, 3)) @ self.projection)
