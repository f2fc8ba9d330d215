#!/usr/bin/env bash
# Times Quantscope beside ONNX Runtime Web and LiteRT.js in headless Chromium, in one run, and prints ratios.
# Uses the harness ../shared/bench, copied to .cache/bench; its prepare.sh installs engines and makes the models.
# Usage: run.sh [--rounds 3] [--runs 50] [--warmup 50] [--models a,b] [--variants fp32,int8,fake] [--threadCounts 1,2] [--out FILE.json]
set -euo pipefail
cd "$(dirname "$0")/../../.."
harness=.cache/bench
[ -d ../shared/bench ] || { echo "../shared/bench is absent: nothing to compare with"; exit 1; }
if [ ! -f $harness/models/efficientnet_b0.int8.tflite ]; then
  mkdir -p .cache && cp -r ../shared/bench .cache/ && chmod -R u+w $harness
  $harness/prepare.sh
fi
mkdir -p $harness/quantscope
cp "$(go env GOROOT)/lib/wasm/wasm_exec.js" $harness/quantscope/
cp kernels/bench/peers/quantscope.mjs $harness/engines/
cp site/static/kernel-worker.js $harness/
GOOS=js GOARCH=wasm go build -trimpath -ldflags='-s -w' -o $harness/quantscope/bench.wasm ./wasm/bench
cp kernels/bench/peers/compare.mjs $harness/
exec node $harness/compare.mjs "$@"
