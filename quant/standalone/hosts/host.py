"""Runs a standalone network: python host.py net.wasm [input.f32 ...]   (pip install wasmtime)

Each input is a file of little-endian float32 in ONNX order; without them the network only checks itself.
"""
import array
import hashlib
import json
import sys
from pathlib import Path

from wasmtime import Instance, Module, Store


def main(file, *files):
    module = Path(file).read_bytes()
    if hashlib.sha256(module[:-32]).digest() != module[-32:]:  # the file ends with the sum of all before
        sys.exit(f"{file} does not run: it is not as it was written, copy it again")
    store = Store()
    net = Instance(store, Module(store.engine, module), []).exports(store)
    memory, call = net["memory"], lambda name: net[name](store)
    at = call("about")
    about = json.loads(bytes(memory.read(store, at, at + call("about_size"))))
    differ = call("check")  # values of layers from those of the receipt's probes
    print(f"check: {differ} values differ", flush=True)
    if differ:
        sys.exit("The network does not compute here what it computed when it was quantized: write it again.")
    if files and len(files) != len(about["inputs"]):
        sys.exit(f"There are {len(files)} files, and the network has {len(about['inputs'])} inputs.")
    for tensor, name in zip(about["inputs"], files):
        values = Path(name).read_bytes()
        if len(values) != tensor["bytes"]:
            sys.exit(f"{name} has {len(values)} bytes; input {tensor['name']} {tensor['shape']} has {tensor['bytes']}, little-endian float32.")
        memory.write(store, values, tensor["at"])
    if files:
        call("infer")
        for tensor in about["outputs"]:
            values = memory.read(store, tensor["at"], tensor["at"] + tensor["bytes"])
            print(f"{tensor['name']}:", *array.array("f", bytes(values)))


if len(sys.argv) < 2:
    sys.exit("python host.py net.wasm [input.f32 ...]")
try:
    main(*sys.argv[1:])
except Exception as e:  # a file that is not there, a module that does not run
    sys.exit(str(e).splitlines()[0])
