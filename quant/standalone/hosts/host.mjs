// Runs a standalone network in Node.js: node host.mjs net.wasm [input.f32 …]
// Each input is a file of little-endian float32 in ONNX order; without them the network only checks itself.
import { readFile } from "node:fs/promises";

export async function open(bytes) {
  const { instance } = await WebAssembly.instantiate(bytes, {});
  const { memory, infer, check, about, about_size } = instance.exports;
  const { inputs, outputs } = JSON.parse(new TextDecoder().decode(new Uint8Array(memory.buffer, about(), about_size())));
  const floats = ({ at, shape }) => new Float32Array(memory.buffer, at, shape.reduce((a, b) => a * b, 1));
  return {
    inputs,
    outputs,
    check, // how many numbers differ from those of the receipt's probes
    infer(...values) {
      inputs.forEach((input, i) => floats(input).set(values[i]));
      infer();
      return outputs.map((output) => floats(output).slice());
    },
  };
}

const [file, ...inputs] = process.argv.slice(2);
if (file) {
  const net = await open(await readFile(file));
  console.log(`check: ${net.check()} numbers differ`);
  if (inputs.length === net.inputs.length) {
    const values = await Promise.all(inputs.map(async (name) => new Float32Array(new Uint8Array(await readFile(name)).buffer)));
    net.infer(...values).forEach((value, i) => console.log(`${net.outputs[i].name}: ${value.join(" ")}`));
  }
}
