// Receipts of earlier releases, checked in today's page by the cores that those releases had. earlier_test.go builds
// them and says where they are; make earlier.
import assert from "node:assert/strict";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { drop, launch, open, sample, site } from "./page.mjs";

const engines = JSON.parse(process.env.QUANTSCOPE_EARLIER ?? "[]");
const skip = engines.length ? false : "takes builds of earlier commits: make earlier";
let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(async () => browser?.close());

for (const engine of engines) {
  for (const path of engine.receipts) test(`${basename(path)} is verified by the core of ${engine.release}`, () => checks(engine, path));
}
if (skip) test("receipts of earlier releases", { skip }, () => {});

async function checks({ release, core, exec }, path) {
  const receipt = JSON.parse(await readFile(path, "utf8"));
  const own = (await (await fetch(site + "/engines.json")).json())[0].release;
  const name = release === own ? "0.1.9" : release; // a page asks no other core about receipts of its own release
  const claimed = join(await mkdtemp(join(tmpdir(), "quantscope-earlier-")), "receipt.json");
  await writeFile(claimed, JSON.stringify({ ...receipt, engine: "quantscope " + name }));

  const page = await open(browser);
  const files = { release: name, core: "core-0123456789abcdef.wasm", exec: "wasm_exec-0123456789abcdef.js" };
  const fetched = new Set();
  for (const [file, from, contentType] of [[files.core, core, "application/wasm"], [files.exec, exec, "text/javascript"]]) {
    await page.context().route("**/" + file, async (route) => {
      fetched.add(file);
      const headers = { "Cross-Origin-Embedder-Policy": "require-corp", "Cross-Origin-Resource-Policy": "same-origin" };
      await route.fulfill({ contentType, headers, body: await readFile(from) });
    });
  }
  await page.context().route("**/engines.json", (route) => route.fulfill({ json: [files] }));
  await drop(page, claimed);
  await page.getByText(`The receipt says that release ${name} computed it`).waitFor();
  await drop(page, sample("model.onnx").path);
  await page.getByRole("button", { name: "Check with the engine of " + name }).click();
  await page.getByText(`Checked by the engine of release ${name}, which the receipt says computed it`).waitFor();
  await drop(page, sample("images.zip").path);
  await page.getByRole("button", { name: "Check again" }).waitFor();
  const steps = await page.locator(".step").allInnerTexts();
  assert.equal(await page.locator(".step.match").count(), receipt.format.endsWith("/1") ? 8 : 13, steps.join("; "));
  assert.equal(fetched.size, 2, "both files of the earlier engine are fetched");
  assert.deepEqual(page.faults, []);
  await page.context().close();
}
