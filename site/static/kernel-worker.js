// A thread of the kernels. In a pool it waits on an engine's memory for programs to take part in, until
// the engine is closed or the pool turns to another. Or it runs whole programs by itself, and decodes images.
"use strict";

const engines = new Map(); // number → exports of the module, on the engine's memory, and what tells that a program is to end

// Who made it asks, or who is at the other end of the port that its maker gave it.
self.onmessage = answer.bind(self);

function answer({ data }) {
  if (data.port) {
    data.port.onmessage = answer.bind(data.port);
    return;
  }
  if (data.hello) {
    this.postMessage("started");
    return;
  }
  if (data.close) {
    engines.delete(data.id);
    return;
  }
  if (data.image) {
    decode(data).then((decoded) => this.postMessage(decoded, decoded.pix ? [decoded.pix.buffer] : []));
    return;
  }
  if (data.calls) {
    let error = "";
    const began = performance.now();
    try {
      const { run, ended } = exports(data);
      const { calls, starts = [data.program], each = calls } = data; // engines of earlier releases ask for all at once
      starts.forEach((start, i) => (ended && Atomics.load(ended, 0)) || run(start, Math.min(each, calls - i * each), 0));
    } catch (e) {
      error = String(e);
    }
    this.postMessage({ error, took: performance.now() - began });
    return;
  }
  const { work, fail } = exports(data);
  try {
    work(data.thread, data.threads, data.patience, data.sync, data.epoch);
  } catch {
    fail(data.sync); // the engine tells of it
  }
}

function exports({ id, module, memory, ended }) {
  if (module) engines.set(id, { ended, ...new WebAssembly.Instance(module, { env: { memory } }).exports });
  return engines.get(id);
}

let decoder; // a promise of the function by which the core's program decodes images, while some are asked for
let unused;

// Nothing where the image cannot be decoded: the core then does it itself.
async function decode({ image, preprocess, core }) {
  clearTimeout(unused);
  unused = setTimeout(() => (decoder = undefined), 10_000); // its memory is for others then
  try {
    decoder ??= started(core);
    return (await decoder)(image, preprocess);
  } catch {
    decoder = undefined;
    return {};
  }
}

// The program ends only if it crashes.
function started({ module, script }) {
  importScripts(script);
  const go = new Go();
  return new Promise((listens, failed) => {
    self.decoderListens = listens;
    WebAssembly.instantiate(module, go.importObject).then((instance) => go.run(instance)).then(failed, failed);
  });
}
