// A thread of the kernels: it waits on an engine's memory for programs to take part in, until the
// engine is closed or the pool turns to another.
"use strict";

const engines = new Map(); // number → exports of the module, on the engine's memory

self.onmessage = ({ data }) => {
  if (data.hello) {
    postMessage("started");
    return;
  }
  if (data.close) {
    engines.delete(data.id);
    return;
  }
  if (data.module) {
    engines.set(data.id, new WebAssembly.Instance(data.module, { env: { memory: data.memory } }).exports);
  }
  const { work, fail } = engines.get(data.id);
  try {
    work(data.thread, data.threads, data.patience, data.sync, data.epoch);
  } catch {
    fail(data.sync); // the engine tells of it
  }
};
