// Runs a standalone network in Node.js: node host.mjs net.wasm [input.f32 …]
// Each input is a file of little-endian float32 in ONNX order; without them the network only checks itself.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

export async function open(bytes) {
  const sum = createHash("sha256").update(bytes.subarray(0, -32)).digest(); // stands at the end of the file
  if (!sum.equals(bytes.subarray(-32))) throw new Error("it is not as it was written, copy it again");
  const { instance } = await WebAssembly.instantiate(bytes, {});
  const { memory, infer, check, about, about_size } = instance.exports;
  const { inputs, outputs } = JSON.parse(new TextDecoder().decode(new Uint8Array(memory.buffer, about(), about_size())));
  const floats = ({ at, bytes }) => new Float32Array(memory.buffer, at, bytes / 4);
  return {
    inputs,
    outputs,
    check, // how many values of layers are not those of the receipt's probes
    infer(...values) {
      inputs.forEach((input, i) => floats(input).set(values[i]));
      infer();
      return outputs.map((output) => floats(output).slice());
    },
  };
}

const fail = (text) => (console.error(text), process.exit(1));

async function main(file, ...files) {
  if (!file) fail("node host.mjs net.wasm [input.f32 …]");
  const net = await open(await readFile(file)).catch((error) => fail(`${file} does not run: ${error.message}`));
  const differ = net.check();
  console.log(`check: ${differ} values differ`);
  if (differ) fail("The network does not compute here what it computed when it was quantized: write it again.");
  if (!files.length) return;
  if (files.length !== net.inputs.length) fail(`There are ${files.length} files, and the network has ${net.inputs.length} inputs.`);
  const values = [];
  for (const [i, input] of net.inputs.entries()) {
    const file = await readFile(files[i]);
    if (file.length !== input.bytes) fail(`${files[i]} has ${file.length} bytes; input ${input.name} [${input.shape}] has ${input.bytes}, little-endian float32.`);
    values.push(new Float32Array(new Uint8Array(file).buffer));
  }
  net.infer(...values).forEach((value, i) => console.log(`${net.outputs[i].name}: ${value.join(" ")}`));
}

if (process.argv[1] === import.meta.filename) await main(...process.argv.slice(2)).catch((error) => fail(error.message));
