#!/usr/bin/env bash
# The kernels and the engine's tests on ARM (NEON), emulated by QEMU: what the lint step only compiles.
# Needs `qemu-aarch64-static` (Debian: qemu-user-static) on the path or in QEMU; nothing else, the linker
# and the C library are Rust's own.
set -euo pipefail
cd "$(dirname "$0")/.."
target=aarch64-unknown-linux-musl
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER=rust-lld
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_RUSTFLAGS="-C link-self-contained=yes"
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_RUNNER=${QEMU:-qemu-aarch64-static}
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$HOME/.cache/neurocare/target}
rustup target add "$target"
cargo test --target "$target" --package kernel
cargo test --target "$target" --package model --features engine,analysis --test engine
