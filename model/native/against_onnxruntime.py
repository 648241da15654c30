#!/usr/bin/env python3
"""The engine on one thread of the processor against onnxruntime's own, by turns, on the same networks.

    cargo build --release --package model --features cli --bin bench --bin onnx
    against_onnxruntime.py TARGET/release [--networks unet,unetpp] [--edges 256,512] [--rounds 5] [--runs 10]

A turn of the engine is a run of `bench`, one of onnxruntime a session of its own; both are medians of warm
runs. Prints a table: medians over the rounds, and their ratios. Needs onnxruntime and numpy
(pip install onnxruntime numpy).
"""

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime


def engine_ms(programs: Path, folder: Path, network: str, edge: int, runs: int) -> float:
    """Median of a network's warm runs in the engine."""
    figures = folder / "figures.json"
    command = [programs / "bench", "--networks", network, "--edges", str(edge), "--runs", str(runs), "--json", figures]
    subprocess.run(command, check=True, capture_output=True)
    (measured,) = json.loads(figures.read_text())["figures"]
    return measured["warm_ms"]


def onnxruntime_ms(file: Path, edge: int, runs: int) -> float:
    """The same in onnxruntime."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    image = np.sin(0.37 * np.arange(edge * edge, dtype=np.float32)).reshape(1, 1, edge, edge)
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        session.run(["logits"], {"image": image})
        times.append(1e3 * (time.perf_counter() - start))
    # The first one makes buffers.
    return statistics.median(times[1:])


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("programs", type=Path)
    arguments.add_argument("--networks", default="unet,unetpp")
    arguments.add_argument("--edges", default="256,512")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--runs", type=int, default=10)
    given = arguments.parse_args()
    print(f"onnxruntime {onnxruntime.__version__}, one thread")
    print("network  edge  engine, ms  onnxruntime, ms  engine / onnxruntime")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for network in given.networks.split(","):
            for edge in map(int, given.edges.split(",")):
                file = folder / "network.onnx"
                command = [given.programs / "onnx", "--network", network, "--edge", str(edge), "--out", file]
                subprocess.run(command, check=True)
                ours, theirs = [], []
                for _ in range(given.rounds):
                    ours.append(engine_ms(given.programs, folder, network, edge, given.runs))
                    theirs.append(onnxruntime_ms(file, edge, given.runs))
                own, other = statistics.median(ours), statistics.median(theirs)
                print(f"{network:7} {edge:5} {own:11.1f} {other:16.1f} {own / other:21.2f}")


if __name__ == "__main__":
    main()
