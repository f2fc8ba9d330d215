// Runs an ONNX model in ONNX Runtime, native (node) or WebAssembly (web), over float32 inputs:
//   node ort.mjs node|web model.onnx inputs.f32 outputs.f32 1,3,32,32 [all|disabled]
// The file of inputs holds items of the shape one after the other; the first output of each run is
// appended to the file of outputs.
import { readFileSync, writeFileSync } from 'node:fs';

const [engine, model, inputs, outputs, dims, level = 'all'] = process.argv.slice(2);
const ort = await import(engine === 'web' ? 'onnxruntime-web' : 'onnxruntime-node');
const options = { graphOptimizationLevel: level, executionProviders: [engine === 'web' ? 'wasm' : 'cpu'] };
if (engine === 'web') ort.env.wasm.numThreads = 1;
else Object.assign(options, { intraOpNumThreads: 1 });

const bytes = readFileSync(inputs);
const data = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const shape = dims.split(',').map(Number);
const size = shape.reduce((a, b) => a * b, 1);
const session = await ort.InferenceSession.create(readFileSync(model), options);
const parts = [];
for (let at = 0; at < data.length; at += size) {
  const x = new ort.Tensor('float32', data.slice(at, at + size), shape);
  const y = (await session.run({ [session.inputNames[0]]: x }))[session.outputNames[0]];
  parts.push(Buffer.from(Float32Array.from(y.data).buffer));
}
writeFileSync(outputs, Buffer.concat(parts));
