// Quantscope as one more engine of the benchmark of browser engines: the Go core and the emitted
// kernels in the page. `make bench` puts this file, bench.wasm and kernel-worker.js beside the others.
let wasm;
const script = src => new Promise((ok, no) => { const s = document.createElement('script'); s.src = src; s.onload = ok; s.onerror = no; document.head.append(s); });
export const artifact = (model, variant) => `/models/${model}${variant === 'fp32' ? '' : '.qdq'}.onnx`;
export async function setup(o) {
  await script('/quantscope/wasm_exec.js');
  const go = new Go(), { instance } = await WebAssembly.instantiateStreaming(fetch('/quantscope/bench.wasm'), go.importObject);
  go.run(instance);
  wasm = globalThis.quantscope;
  while (wasm.start(o.threads) < o.threads) await new Promise(ok => setTimeout(ok, 1)); // workers start while the page waits
  const failed = wasm.warm(); // as ONNX Runtime loads a network of one node
  if (failed) throw new Error(failed);
  return { version: 'main' };
}
// --opt build=compat is plain SIMD, as it is for LiteRT.js.
export async function load(bytes, o) {
  const failed = wasm.load(new Uint8Array(bytes), o.variant === 'int8' && o.build === 'compat' ? 'plain' : o.variant);
  if (failed) throw new Error(failed);
}
export async function run(x) { const y = wasm.run(x); if (typeof y === 'string') throw new Error(y); return y; }
// --opt profile=1 prints what each kernel call takes.
export async function end(o) { if (o.profile) for (const c of wasm.profile()) console.log(`call ${c.us.toFixed(1)} ${c.op} ${c.node} ${c.kernel}`); }
