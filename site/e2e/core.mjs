// The page's core without the page: the Web Worker of core.wasm, asked as site/browser/core.go asks it. call(f, ...args)
// calls a function in a page of the site.

// Starts a core on so many threads, which ends the one before, and gives what it says of itself.
export const start = (call, threads) => call(async (threads) => {
  for (const w of globalThis.coreWorkers ?? []) w.terminate();
  const worker = new Worker(`/core-worker.js?threads=${threads}`);
  const waiting = new Map();
  let last = 0;
  let told;
  globalThis.coreWorkers = [worker];
  globalThis.coreAsk = (kind, body, parts) => new Promise((resolve) => {
    waiting.set(++last, resolve);
    worker.postMessage({ message: JSON.stringify({ word: "ask", kind, job: last, body }), parts });
  });
  const ready = new Promise((resolve, reject) => (told = { resolve, reject }));
  worker.onerror = (e) => told.reject(new Error(e.message));
  worker.onmessage = ({ data }) => {
    if (data.crashed) {
      told.reject(new Error(data.crashed));
      for (const resolve of waiting.values()) resolve({ failed: "the core ended: " + data.crashed });
    } else if (data.port) {
      const w = new Worker("/kernel-worker.js");
      w.postMessage({ port: data.port }, [data.port]);
      globalThis.coreWorkers.push(w);
    } else {
      const { word, job, body } = JSON.parse(data.message);
      if (word === "ready") told.resolve(body);
      if (word === "fail") waiting.get(job)({ failed: body.message });
      if (word === "answer") waiting.get(job)({ answer: body });
    }
  };
  return ready;
}, threads);

// Gives a core the files of an endpoint: open or load. Files are a name and their bytes in base64.
export const give = async (call, kind, files) => {
  const { failed } = await call(async (kind, files) => {
    const parts = await Promise.all(files.map(async ({ bytes }) => {
      const binary = atob(bytes);
      return new Blob([Uint8Array.from(binary, (c) => c.charCodeAt(0))]);
    }));
    return coreAsk(kind, { names: files.map((f) => f.name) }, parts);
  }, kind, files);
  if (failed) throw new Error(failed);
};

// Quantizes by a recipe: { receipt }, or { failed }, why not.
export const quantize = (call, recipe) => call(async (recipe) => {
  const { failed, answer } = await coreAsk("run", { recipe }, []);
  return { failed, receipt: answer?.receipt };
}, recipe);

// Checks a receipt with the files given, or with the model alone: { steps, cause }, or { failed }.
export const verify = (call, receipt, modelOnly) => call(async (receipt, modelOnly) => {
  const { failed, answer } = await coreAsk("verify", { receipt, modelOnly }, []);
  return { failed, steps: answer?.steps, cause: answer?.cause };
}, receipt, modelOnly);
