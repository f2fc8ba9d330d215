// How many values of JavaScript the Worker's program has after a number of requests: node kept.mjs FOLDER REQUESTS, a folder
// as make edge-build fills it. Each request brings a body that is no receipt, so that no store is asked.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [folder, requests] = process.argv.slice(2);
await import(pathToFileURL(path.join(folder, "wasm_exec.js")));
const go = new Go();
const binding = {};
const program = new WebAssembly.Module(fs.readFileSync(path.join(folder, "app.wasm")));
const env = { RECEIPTS: {}, CEILING: 1, STORES: { limit: async () => ({ success: true }) } };
go.run(new WebAssembly.Instance(program, { ...go.importObject, workers: { ready() {} } }), { env, binding });

for (let i = 0; i < Number(requests); i++) {
  const request = new Request("http://localhost/api/receipts", { method: "POST", body: "x".repeat(3000) });
  const answer = await binding.handleRequest(request);
  if (answer.status !== 422) throw new Error(`status ${answer.status}: ${await answer.text()}`);
}
console.log(go._values.length - go._idPool.length);
process.exit();
