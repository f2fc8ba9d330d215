// Runs TensorFlow Lite files in LiteRT.js, on XNNPACK: node litert.mjs < jobs.json
// A job is {model, inputs: [{dims, type, file}], outputs: [{file}]}, in the order of the network's; the files hold
// little-endian float32s, of which inputs of another type are made.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';

// LiteRT.js loads its WebAssembly as a Web Worker does, and its WebAssembly looks for Node.js.
const require = (globalThis.require = createRequire(import.meta.url));
const home = path.join(path.dirname(require.resolve('@litertjs/core/package.json')), 'wasm');
globalThis.self = globalThis;
globalThis.__dirname = home;
globalThis.importScripts = (file) => vm.runInThisContext(readFileSync(file, 'utf8').replaceAll('import.meta.url', '""'), { filename: file });
console.error = console.warn = () => {}; // there is no WebGPU here, which it says at length

const { Tensor, loadAndCompile, loadLiteRt } = await import('@litertjs/core');
await loadLiteRt(path.join(home, 'litert_wasm_compat_internal.js'), { threads: false });

const arrays = { float32: Float32Array, int32: Int32Array, int8: Int8Array, uint8: Uint8Array };
for (const job of JSON.parse(readFileSync(0, 'utf8'))) {
  try {
    const model = await loadAndCompile(new Uint8Array(readFileSync(job.model)), { accelerator: 'wasm', cpuOptions: { numThreads: 1 } });
    const inputs = job.inputs.map(({ dims, type, file }) => {
      const b = readFileSync(file);
      return new Tensor(arrays[type ?? 'float32'].from(new Float32Array(b.buffer, b.byteOffset, b.length / 4)), dims);
    });
    const outputs = await model.run(inputs);
    job.outputs.forEach(({ file }, i) => writeFileSync(file, Buffer.from(Float32Array.from(outputs[i].toTypedArray()).buffer)));
    for (const t of [...inputs, ...outputs]) t.delete();
    model.delete();
  } catch (e) {
    throw new Error(`${job.model}: ${e.message ?? e}`);
  }
}
