// A receipt on its way: made in Chromium, checked in Firefox and by the command, stored on workerd, fetched and checked
// again by the command and in Chromium; so are those that earlier releases wrote, of both versions. chain_test.go builds
// the Worker and says where it is.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { give, quantize, start, verify } from "./core.mjs";
import { launchFirefox } from "./firefox.mjs";
import { command, launch, patience, sample, site } from "./page.mjs";

const worker = process.env.QUANTSCOPE_WORKER; // folder with worker.mjs, and the page's files
const firefoxPath = process.env.QUANTSCOPE_FIREFOX;
const old = join(import.meta.dirname, "..", "..", "quant", "testdata", "receipts");

// Starts the Worker on a free port; gives its address and how to end it with all that it started.
async function workerd(kept) {
  const port = await new Promise((resolve) => {
    const s = createServer().listen(0, "127.0.0.1", () => {
      const { port } = s.address();
      s.close(() => resolve(port));
    });
  });
  const wrangler = join(import.meta.dirname, "node_modules", ".bin", "wrangler");
  const args = ["dev", join(worker, "worker.mjs"), "--config", join(worker, "wrangler.jsonc"), "--assets", join(worker, "dist"),
    "--ip", "127.0.0.1", "--port", port, "--inspector-port", "0", "--persist-to", kept, "--show-interactive-dev-session=false"];
  const process_ = spawn(wrangler, args, { cwd: worker, detached: true, stdio: "ignore", env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1" } });
  const address = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + patience; Date.now() < end; await new Promise((ok) => setTimeout(ok, 200))) {
    if (await fetch(address).then((r) => r.ok, () => false)) return { address, stop: () => process.kill(-process_.pid, "SIGKILL") };
  }
  process.kill(-process_.pid, "SIGKILL");
  throw new Error("workerd does not answer");
}

test("Chromium, Firefox, command, workerd and back, receipts of both versions", { skip: worker ? false : "takes a Worker: make receipts" }, async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "quantscope-chain-"));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const chromium = await launch();
  t.after(() => chromium.close());
  const firefox = await launchFirefox(firefoxPath);
  t.after(() => firefox.close());
  const edge = await workerd(join(dir, "kept"));
  t.after(() => edge.stop());
  const page = await (await chromium.newContext()).newPage();
  await page.goto(site);
  await firefox.open(site);
  const inChromium = (f, ...args) => page.evaluate(`(${f})(...${JSON.stringify(args)})`);
  for (const call of [inChromium, firefox.call]) {
    await start(call, 2);
    for (const [kind, name] of [["open", "model.onnx"], ["load", "images.zip"]]) {
      await give(call, kind, [{ name, bytes: (await readFile(sample(name).path)).toString("base64") }]);
    }
  }
  const byCommand = async (receipt) => {
    const { stdout } = await promisify(execFile)(command, ["verify", "--json", receipt, "--model", sample("model.onnx").path, sample("images.zip").path]).catch((e) => e);
    return JSON.parse(stdout);
  };
  const { receipt, failed } = await quantize(inChromium, JSON.parse(await readFile(sample("recipe.json").path, "utf8")));
  assert.equal(failed, undefined);
  const all = [["of this release", JSON.stringify(receipt)]];
  for (const name of await readdir(old)) all.push([name, await readFile(join(old, name), "utf8")]);
  for (const [name, text] of all) {
    const holds = (where, { failed, steps }) => {
      assert.equal(failed, undefined, `${name}, ${where}`);
      assert.deepEqual(steps.filter((s) => s.status !== "match"), [], `${name}, ${where}`);
      assert.equal(steps.length, text.includes("quantscope-receipt/1") ? 8 : 13);
    };
    const path = join(dir, "receipt.json");
    await writeFile(path, text);
    holds("Firefox", await verify(firefox.call, JSON.parse(text), false));
    holds("the command", await byCommand(path));
    const stored = await fetch(edge.address + "/api/receipts", { method: "POST", headers: { "Content-Type": "application/json" }, body: text });
    assert.equal(stored.status, 201, name);
    const { id } = await stored.json();
    holds("the command, from workerd", await byCommand(`${edge.address}/r/${id}`));
    holds("Chromium, from workerd", await verify(inChromium, await (await fetch(`${edge.address}/api/receipts/${id}`)).json(), false));
  }
});
