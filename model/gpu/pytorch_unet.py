#!/usr/bin/env python3
"""Times the U-Net of the engine's benchmark in PyTorch: batch 1, F32 without TF32, batch
normalisation folded, nearest-neighbour upsampling. What cuDNN makes of it is what the engine's
kernels are held to on a graphics card.

    pytorch_unet.py [EDGE...] [--device cuda|cpu] [--runs N]

Prints a line of JSON for each edge: median and fastest milliseconds, with a copy of the result to
the processor, as the engine's times have it.
"""

import argparse
import json
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F


class DoubleConv(nn.Sequential):
    """Two 3x3 convolutions with ReLU."""

    def __init__(self, inputs: int, outputs: int):
        layers = []
        for channels in (inputs, outputs):
            layers += [nn.Conv2d(channels, outputs, 3, padding=1), nn.ReLU(inplace=True)]
        super().__init__(*layers)


class UNet(nn.Module):
    """One image channel in, one logit a pixel out; `width` channels at full resolution."""

    def __init__(self, width: int = 16, depth: int = 4):
        super().__init__()
        widths = [width << level for level in range(depth + 1)]
        self.down = nn.ModuleList(DoubleConv(i, o) for i, o in zip([1, *widths], widths))
        self.up = nn.ModuleList(DoubleConv(3 * w, w) for w in widths[:-1])
        self.head = nn.Conv2d(width, 1, 1)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        skips, x = [], image
        for level, down in enumerate(self.down):
            x = down(x if level == 0 else F.max_pool2d(x, 2))
            skips.append(x)
        for skip, up in zip(reversed(skips[:-1]), reversed(self.up)):
            x = up(torch.cat([skip, F.interpolate(x, scale_factor=2, mode="nearest")], dim=1))
        return self.head(x)


def milliseconds(network: UNet, edge: int, device: str, runs: int) -> list[float]:
    """Times of warm runs."""
    image = torch.rand(1, 1, edge, edge, device=device)
    times = []
    for run in range(runs + 5):
        start = time.perf_counter()
        network(image).cpu()
        if run >= 5:
            times.append((time.perf_counter() - start) * 1e3)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("edges", nargs="*", type=int, default=[256, 512])
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--runs", type=int, default=50)
    arguments = parser.parse_args()
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    on_card = arguments.device != "cpu"
    adapter = torch.cuda.get_device_name() if on_card else "processor"
    network = UNet().eval().to(arguments.device)
    parameters = sum(p.numel() for p in network.parameters())
    with torch.inference_mode():
        for edge in arguments.edges:
            times = milliseconds(network, edge, arguments.device, arguments.runs)
            print(json.dumps({
                "adapter": adapter, "torch": torch.__version__, "parameters": parameters, "edge": edge,
                "median_ms": round(statistics.median(times), 3), "best_ms": round(min(times), 3),
            }))


if __name__ == "__main__":
    main()
