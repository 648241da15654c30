#!/usr/bin/env bash
# What waits for a machine with a graphics card, in calls of a few minutes each. A call goes on
# exactly where the one before stopped, on the same machine or on the next one.
#
#   gpu.sh unpack PART…        collects the parts that prepare.sh made
#   gpu.sh train RECIPE MIN    trains by config/RECIPE.json for MIN minutes
#   gpu.sh resume RECIPE FROM  takes a run back out of the pieces in FROM
#   gpu.sh bench               measures the engine's own kernels through Vulkan
#
# DEVICE is vulkan or cuda (cuda:0,1 for two cards), as the programs were built for. WORK is
# where all of it lies; $OUT, if set, gets what shall come back, in pieces of 15 MiB.
set -euo pipefail
work=${WORK:-$HOME/neurocare-gpu}
mkdir -p "$work/data/images" "$work/data/masks" "$work/run"

give() { # NAME: the run of that name as pieces in $OUT
    [ -n "${OUT:-}" ] || return 0
    tar -C "$work/run" -cf - "$1" | split -b 15m - "$OUT/$1.tar."
    cp "$work/run/$1/log.csv" "$OUT/$1.csv"
}

case ${1:-} in
unpack)
    shift
    for part in "$@"; do
        for kind in images masks; do
            if [ -d "$part/$kind" ]; then cp "$part/$kind"/*.png "$work/data/$kind/"; fi
        done
        if [ -d "$part/bin" ]; then cp -r "$part/bin" "$part/config" "$work/"; fi
        if [ -f "$part/index.csv" ]; then
            # The test patients' strips are not here.
            grep -v '^[^,]*,test,' "$part/index.csv" >"$work/data/index.csv"
        fi
    done
    du -sm "$work"
    ;;
train)
    recipe=${2:?the name of a recipe} minutes=${3:?minutes}
    if command -v nvidia-smi >/dev/null; then nvidia-smi --query-gpu=name,memory.total --format=csv,noheader; fi
    "$work/bin/train" --recipe "$work/config/$recipe.json" --data "$work/data" --device "${DEVICE:-vulkan}" \
        --loaders "${LOADERS:-12}" --out "$work/run/$recipe" --stop-after-minutes "$minutes" \
        ${START_FROM:+--start-from "$START_FROM"} 2>&1 | tee -a "$work/run/$recipe.txt"
    give "$recipe"
    ;;
resume)
    recipe=${2:?the name of a recipe} from=${3:?the folder of the pieces}
    cat "$from/$recipe".tar.?? | tar -C "$work/run" -xf -
    cat "$work/run/$recipe/progress.json"
    ;;
bench)
    "$work/bin/bench" --gpu --json "${OUT:-$work}/bench-gpu.json"
    "$work/bin/bench" --json "${OUT:-$work}/bench-cpu.json"
    ;;
*)
    sed -n '2,12s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
