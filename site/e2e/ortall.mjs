// Runs ONNX models with any inputs and outputs in ONNX Runtime, native (node) or WebAssembly (web):
//   node ortall.mjs node|web level < jobs.json
// A job is {model, inputs: [{name, dims, type, file}], outputs: [{name, file}]}; the files hold little-endian float32s,
// of which inputs of another type are made.
import { readFileSync, writeFileSync } from 'node:fs';

const [engine, level = 'all'] = process.argv.slice(2);
const ort = await import(engine === 'web' ? 'onnxruntime-web' : 'onnxruntime-node');
const options = { graphOptimizationLevel: level, executionProviders: [engine === 'web' ? 'wasm' : 'cpu'] };
if (engine === 'web') ort.env.wasm.numThreads = 1;
else Object.assign(options, { intraOpNumThreads: 1 });

const arrays = { float32: Float32Array, int32: Int32Array, int8: Int8Array, uint8: Uint8Array, bool: Uint8Array };
for (const job of JSON.parse(readFileSync(0, 'utf8'))) {
  try {
    const session = await ort.InferenceSession.create(readFileSync(job.model), options);
    const feeds = {};
    for (const { name, dims, type = 'float32', file } of job.inputs) {
      const b = readFileSync(file);
      const x = new Float32Array(b.buffer, b.byteOffset, b.length / 4);
      feeds[name] = new ort.Tensor(type, type === 'int64' ? BigInt64Array.from(x, BigInt) : arrays[type].from(x), dims);
    }
    const result = await session.run(feeds);
    for (const { name, file } of job.outputs) writeFileSync(file, Buffer.from(Float32Array.from(result[name].data, Number).buffer));
    await session.release();
  } catch (e) {
    throw new Error(`${job.model}: ${e.message ?? e}`);
  }
}
