// Runs ONNX models with any inputs and outputs in ONNX Runtime, native (node) or WebAssembly (web), all float32:
//   node ortall.mjs node|web level < jobs.json
// A job is {model, inputs: [{name, dims, file}], outputs: [{name, file}]}; the files hold little-endian numbers.
import { readFileSync, writeFileSync } from 'node:fs';

const [engine, level = 'all'] = process.argv.slice(2);
const ort = await import(engine === 'web' ? 'onnxruntime-web' : 'onnxruntime-node');
const options = { graphOptimizationLevel: level, executionProviders: [engine === 'web' ? 'wasm' : 'cpu'] };
if (engine === 'web') ort.env.wasm.numThreads = 1;
else Object.assign(options, { intraOpNumThreads: 1 });

for (const job of JSON.parse(readFileSync(0, 'utf8'))) {
  try {
    const session = await ort.InferenceSession.create(readFileSync(job.model), options);
    const feeds = {};
    for (const { name, dims, file } of job.inputs) {
      const b = readFileSync(file);
      feeds[name] = new ort.Tensor('float32', new Float32Array(b.buffer, b.byteOffset, b.length / 4), dims);
    }
    const result = await session.run(feeds);
    for (const { name, file } of job.outputs) writeFileSync(file, Buffer.from(Float32Array.from(result[name].data).buffer));
    await session.release();
  } catch (e) {
    throw new Error(`${job.model}: ${e.message ?? e}`);
  }
}
