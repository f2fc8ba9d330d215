"""Runs a standalone network: python host.py net.wasm [input.f32 ...]   (pip install wasmtime)

Each input is a file of little-endian float32 in ONNX order; without them the network only checks itself.
"""
import array
import json
import math
import sys

from wasmtime import Instance, Module, Store

store = Store()
net = Instance(store, Module.from_file(store.engine, sys.argv[1]), []).exports(store)
memory, call = net["memory"], lambda name: net[name](store)
at, size = call("about"), call("about_size")
about = json.loads(bytes(memory.read(store, at, at + size)))
print(f"check: {call('check')} numbers differ")  # from those of the receipt's probes

if len(sys.argv) - 2 == len(about["inputs"]):
    for tensor, file in zip(about["inputs"], sys.argv[2:]):
        memory.write(store, open(file, "rb").read(), tensor["at"])
    call("infer")
    for tensor in about["outputs"]:
        end = tensor["at"] + 4 * math.prod(tensor["shape"])
        values = array.array("f", bytes(memory.read(store, tensor["at"], end)))
        print(f"{tensor['name']}:", *values)
