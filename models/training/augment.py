"""Random changes of pictures that keep what they show. Pictures are float32 [N, 3, height, width] in 0..1."""

import torch
import torch.nn.functional as functional


def light(pictures: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Brightness, white balance and, for the first half of the batch, focus, as other cameras and lamps would have them."""
    count = len(pictures)
    gain = uniform(generator, (count, 1, 1, 1), 0.65, 1.35) * uniform(generator, (count, 3, 1, 1), 0.88, 1.12)
    offset = uniform(generator, (count, 1, 1, 1), -0.08, 0.08)
    changed = (pictures * gain + offset).clamp_(0, 1)
    half = count // 2
    soft = functional.avg_pool2d(changed[:half], 3, stride=1, padding=1, count_include_pad=False)
    changed[:half] = torch.lerp(changed[:half], soft, uniform(generator, (half, 1, 1, 1), 0.3, 1.0))
    return changed


def place(pictures: torch.Tensor, generator: torch.Generator, mirror: bool, zoom: float, shift: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Mirrors, zooms and shifts.

    Returns the pictures and float32 [N, 4]: x' = x * a + b and y' = y * c + d for positions in shares, as a, b, c, d.
    """
    theta, moves = places(len(pictures), generator, mirror, zoom, shift)
    return move(pictures, theta, "bilinear"), moves


def places(count: int, generator: torch.Generator, mirror: bool, zoom: float, shift: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Random moves: float32 [N, 2, 3] for `move`, and what they do to positions, as `place` returns it."""
    flip = torch.where(torch.rand(count, generator=generator) < (0.5 if mirror else 0.0), -1.0, 1.0)
    scale_x = uniform(generator, (count,), 1 / zoom, zoom)
    scale_y = scale_x * uniform(generator, (count,), 0.92, 1.08)
    shift_x = uniform(generator, (count,), -shift, shift)
    shift_y = uniform(generator, (count,), -shift, shift)
    # affine_grid maps places of the result to places of the source, both in [-1, 1].
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0] = flip / scale_x
    theta[:, 1, 1] = 1 / scale_y
    theta[:, 0, 2] = -shift_x * flip / scale_x
    theta[:, 1, 2] = -shift_y / scale_y
    # Result u = (source s * scale * flip) + shift in [-1, 1]; in shares: u = 2 p - 1.
    a, c = flip * scale_x, scale_y
    return theta, torch.stack([a, (1 - a + shift_x) / 2, c, (1 - c + shift_y) / 2], dim=1)


def move(planes: torch.Tensor, theta: torch.Tensor, mode: str) -> torch.Tensor:
    """Moves float32 planes [N, channels, height, width]; what comes into sight is 0. `mode` "nearest" for planes of classes."""
    grid = functional.affine_grid(theta, list(planes.shape), align_corners=False)
    return functional.grid_sample(planes, grid, mode=mode, padding_mode="zeros", align_corners=False)


def uniform(generator: torch.Generator, shape: tuple[int, ...], low: float, high: float) -> torch.Tensor:
    return torch.rand(shape, generator=generator) * (high - low) + low
