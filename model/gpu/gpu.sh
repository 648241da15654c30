#!/usr/bin/env bash
# What waits for a machine with a graphics card, in calls of a few minutes each. A call goes on
# exactly where the one before stopped, on the same machine or on the next one.
#
#   gpu.sh unpack PART…                  collects the parts that prepare.sh made
#   gpu.sh train MINUTES RECIPE[@FROM]…  trains by config/RECIPE.json, several at once, for that
#                                        long; a new run begins with the weights of FROM, a run or a file
#   gpu.sh resume RECIPE FROM            takes a run back out of the pieces in FROM
#   gpu.sh bench                         measures the engine's own kernels through Vulkan, and PyTorch
#                                        on the same card, if it is there
#
# DEVICE is vulkan, wgpu, cuda (cuda:0,1 for two cards) or tch-cuda, as the program was built for. WORK
# is where all of it lies; TEACHERS names runs that all recipes of a call learn from; LOADERS (6) says how
# many threads make the windows of each run; $OUT, if set, gets what shall come back, in pieces of 15 MiB.
# The first call decodes the crops into $WORK/crops.pack, which all later ones read.
# Runs share a card by turns: two small networks at once keep it busier than one, four do not.
set -euo pipefail
work=${WORK:-$HOME/neurocare-gpu}
device=${DEVICE:-vulkan}
mkdir -p "$work/data/images" "$work/data/masks" "$work/run"

give() { # NAME: the run of that name as pieces in $OUT
    [ -n "${OUT:-}" ] || return 0
    tar -C "$work/run" -cf - "$1" | split -b 15m - "$OUT/$1.tar."
}

libtorch() { # the libraries of this machine's PyTorch
    local torch site
    torch=$(python3 -c 'import torch; print(torch.__path__[0])')
    site=$(dirname "$torch")
    LD_LIBRARY_PATH="$torch/lib:$(printf '%s:' "$site"/nvidia/*/lib)${LD_LIBRARY_PATH:-}"
    export LD_LIBRARY_PATH OMP_NUM_THREADS=1
    # Nothing in the program names it, so the linker leaves it out.
    preload=$torch/lib/libtorch_cuda.so
}

train() { # RECIPE FROM: to the end of its time
    local slice=() teachers=() teacher
    for teacher in ${TEACHERS:-}; do teachers+=(--teacher "$teacher"); done
    if [ -d "$work/slice" ]; then slice=(--slice "$work/slice,$(cat "$work/slice/about")"); fi
    LD_PRELOAD=${preload:-} "$work/bin/train" --recipe "$work/config/$1.json" --data "$work/data" --pack "$work/crops.pack" \
        --device "$device" --loaders "${LOADERS:-6}" --out "$work/run/$1" --stop-after-minutes "$minutes" \
        "${slice[@]}" "${teachers[@]}" ${2:+--start-from "$2"} >>"$work/run/$1.txt" 2>&1
}

case ${1:-} in
unpack)
    shift
    # It was made from fewer crops.
    rm -f "$work/crops.pack" "$work"/crops.*.part
    for part in "$@"; do
        for kind in images masks; do
            if [ -d "$part/$kind" ]; then cp "$part/$kind"/*.png "$work/data/$kind/"; fi
        done
        if [ -d "$part/slice" ]; then cp -r "$part/slice" "$work/"; fi
        if [ -f "$part/bin.tar.xz" ]; then
            mkdir -p "$work/bin"
            tar -C "$work/bin" -xJf "$part/bin.tar.xz"
            cp -r "$part/config" "$part/scan" "$part/weights" "$work/"
            # The test patients' strips are not here.
            tar -xJOf "$part/index.tar.xz" | grep -v '^[^,]*,test,' >"$work/data/index.csv"
        fi
    done
    du -sm "$work"
    ;;
train)
    minutes=${2:?minutes}
    shift 2
    if command -v nvidia-smi >/dev/null; then nvidia-smi --query-gpu=name,memory.total --format=csv,noheader; fi
    case $device in tch*) libtorch ;; esac
    running=() recipes=()
    for argument in "$@"; do
        recipe=${argument%%@*} from=
        case $argument in *@*) from=${argument#*@} ;; esac
        train "$recipe" "$from" &
        running+=($!)
        recipes+=("$recipe")
    done
    failed=0
    for run in "${running[@]}"; do wait "$run" || failed=1; done
    for recipe in "${recipes[@]}"; do
        tail -n 3 "$work/run/$recipe.txt"
        give "$recipe"
    done
    exit "$failed"
    ;;
resume)
    recipe=${2:?the name of a recipe} from=${3:?the folder of the pieces}
    cat "$from/$recipe".tar.?? | tar -C "$work/run" -xf -
    cat "$work/run/$recipe/progress.json"
    ;;
bench)
    "$work/bin/bench" --json "${OUT:-$work}/bench-cpu.json"
    for precision in single stored half; do
        "$work/bin/bench" --gpu --precision "$precision" --runs 40 --json "${OUT:-$work}/bench-gpu-$precision.json"
    done
    # The layer from 64 to 64 channels, by the card's clock.
    "$work/bin/bench" --gpu --steps --precision single --networks unet --widths 64 --edges 256 \
        --json "${OUT:-$work}/bench-gpu-wide.json"
    # A series, everything included, by one thread alone and by the two that the product has: how much of
    # the processor's part goes on while the card computes.
    for network in unet unetpp; do
        for threads in 1 2 1 2; do
            echo "$network, $threads thread(s)"
            "$work/bin/segment" "$work/scan" --weights "$work/weights" --network "$network" --engine gpu \
                --threads "$threads" --out "$work/segmented"
        done
    done
    if python3 -c 'import torch' 2>/dev/null; then
        python3 "$work/bin/pytorch_unet.py" | tee "${OUT:-$work}/bench-pytorch.json"
    fi
    ;;
*)
    sed -n '2,18s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
