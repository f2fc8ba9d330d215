import assert from "node:assert/strict";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { drop, launch, open, sample, shot } from "./page.mjs";

let browser, dir;
before(async () => {
  browser = await launch();
  dir = await mkdtemp(join(tmpdir(), "quantscope-e2e-"));
});
after(async () => browser?.close());

// Drops bytes under a name and gives what the page says.
async function said(page, name, content) {
  const path = join(dir, name);
  await writeFile(path, content);
  await drop(page, path);
  await page.locator(".problem").waitFor();
  const text = await page.locator(".problem").innerText();
  await page.getByRole("button", { name: "Dismiss" }).click();
  await page.locator(".problem").waitFor({ state: "detached" });
  return text;
}

test("files that are no model are told what they are", async () => {
  const page = await open(browser);
  assert.match(await said(page, "net.pt", Buffer.from("PK\x03\x04\x14\x00\x00\x00archive/data.pkl", "latin1")), /PyTorch|zip/i);
  assert.match(await said(page, "picture.onnx", Buffer.from("\x89PNG\r\n\x1a\n", "latin1")), /PNG image/);
  assert.match(await said(page, "empty.onnx", Buffer.alloc(0)), /empty/i);
  assert.match(await said(page, "notes.json", "{}"), /neither a recipe nor a receipt/);
  await page.getByRole("button", { name: "Run the sample" }).waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a broken model says where, and the one before stays", { skip: sample("model.onnx").skip }, async () => {
  const page = await open(browser);
  await drop(page, sample("model.onnx").path);
  await page.getByRole("heading", { name: "model.onnx" }).waitFor();
  const whole = await readFile(sample("model.onnx").path);
  const text = await said(page, "broken.onnx", whole.subarray(0, whole.length / 2));
  assert.match(text, /could not be opened/);
  await page.getByRole("heading", { name: "model.onnx" }).waitFor();
  await drop(page, join(dir, "broken.onnx"));
  await page.locator(".problem").waitFor();
  await shot(page, "problem-1280");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
