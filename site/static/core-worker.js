// The worker that runs the core. It ends only if the core crashes; the page then starts another.
"use strict";

// The page's own engine, or one of an earlier release, whose two files are named by their content.
const query = new URLSearchParams(location.search);
const file = (name, ext) => (/^[a-z_]+-[0-9a-f]{16}$/.test(query.get(name)) ? `${query.get(name)}.${ext}` : "");

const script = file("exec", "js") || "wasm_exec.js";
importScripts(script);

// The page makes the kernels' workers and gives each the other end of a channel: in Firefox (153), a worker that makes
// workers hangs in `new Worker` for good, about once in twenty-five.
const ports = [];
self.Worker = function () {
  const { port1, port2 } = new MessageChannel();
  postMessage({ worker: ports.push(port1) - 1, port: port2 }, [port2]);
  return port1;
};

// Messages may come before the core listens: they wait here, in order.
const waiting = [];
let receive = (data) => waiting.push(data);
self.onmessage = ({ data }) => ("failed" in data ? ports[data.failed].onerror() : receive(data));
self.coreListens = (core) => {
  receive = core;
  for (const data of waiting.splice(0)) receive(data);
};

// What the core says on its error stream last is the reason if it ends.
let said = "";
const decoder = new TextDecoder();
const writeSync = globalThis.fs.writeSync;
globalThis.fs.writeSync = (fd, buffer) => {
  said = (said + decoder.decode(buffer)).slice(-4000);
  return writeSync(fd, buffer);
};

(async () => {
  const go = new Go();
  const { module, instance } = await WebAssembly.instantiateStreaming(fetch(file("core", "wasm") || "core.wasm"), go.importObject);
  self.coreProgram = { module, script }; // for workers that decode images
  await go.run(instance);
  throw new Error("the engine's program ended");
})().catch((e) => {
  const reason = said.split("\n").find((line) => /^(panic|fatal error|runtime:)/.test(line));
  postMessage({ crashed: reason || e.message || String(e) });
});
