"""Runs a standalone network: python host.py net.wasm [input.f32 ...]   (pip install wasmtime)

Each input is a file of little-endian float32 in ONNX order; without them the network only checks itself.
"""
import array
import hashlib
import json
import math
import sys

from wasmtime import Instance, Module, Store


def main(file, *files):
    with open(file, "rb") as f:
        module = f.read()
    if hashlib.sha256(module[:-32]).digest() != module[-32:]:  # the file ends with the sum of all before
        sys.exit(f"{file} does not run: it is not as it was written, copy it again")
    store = Store()
    net = Instance(store, Module(store.engine, module), []).exports(store)
    memory, call = net["memory"], lambda name: net[name](store)
    at, size = call("about"), call("about_size")
    about = json.loads(bytes(memory.read(store, at, at + size)))
    differ = call("check")  # values of layers from those of the receipt's probes
    print(f"check: {differ} values differ", flush=True)
    if differ:
        sys.exit("The network does not compute here what it computed when it was quantized: write it again.")
    if not files:
        return
    if len(files) != len(about["inputs"]):
        sys.exit(f"There are {len(files)} files, and the network has {len(about['inputs'])} inputs.")
    for tensor, name in zip(about["inputs"], files):
        with open(name, "rb") as f:
            values = f.read()
        need = 4 * math.prod(tensor["shape"])
        if len(values) != need:
            sys.exit(f"{name} has {len(values)} bytes; input {tensor['name']} {tensor['shape']} has {need}, little-endian float32.")
        memory.write(store, values, tensor["at"])
    call("infer")
    for tensor in about["outputs"]:
        end = tensor["at"] + 4 * math.prod(tensor["shape"])
        values = array.array("f", bytes(memory.read(store, tensor["at"], end)))
        print(f"{tensor['name']}:", *values)


if len(sys.argv) < 2:
    sys.exit("python host.py net.wasm [input.f32 ...]")
try:
    main(*sys.argv[1:])
except Exception as e:  # a file that is not there, a module that does not run
    sys.exit(str(e).splitlines()[0])
