import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { noise, npy } from "./npy.mjs";
import { drop, fill, finished, launch, open, sample } from "./page.mjs";

const skip = sample("model.onnx").skip;
let browser, dir;
before(async () => {
  browser = await launch();
  dir = await mkdtemp(join(tmpdir(), "quantscope-e2e-"));
});
after(async () => browser?.close());

test("an array without labels: agreement with float, named so", { skip }, async () => {
  const images = join(dir, "images.npy");
  await writeFile(images, npy([20, 32, 32, 3], noise(20 * 32 * 32 * 3)));
  const page = await open(browser);
  await drop(page, sample("model.onnx").path, images);
  await page.getByRole("heading", { name: "20 items" }).waitFor();
  assert.match(await page.locator(".lede").innerText(), /No labels were found/);
  await fill(page, "calibration", 8);
  await page.getByRole("button", { name: "Choose the recipe" }).click();
  await page.getByRole("button", { name: "Quantize", exact: true }).click();
  await finished(page);
  const figures = await page.locator(".figures").innerText();
  assert.match(figures, /Agreement with float/);
  assert.doesNotMatch(figures, /Top-1/);
  assert.match(figures, /no labels, so top-1 is not known/);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("own model to a QDQ file in four actions", { skip }, async () => {
  const page = await open(browser);
  await drop(page, sample("model.onnx").path);
  await page.getByRole("heading", { name: "model.onnx" }).waitFor();
  await drop(page, sample("images.zip").path);
  await page.getByRole("button", { name: "Quantize now" }).click();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download ONNX QDQ" }).click()]);
  assert.equal(file.suggestedFilename(), "model.qdq.onnx");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});


test("images of another size than the network's say what to set", { skip }, async () => {
  const images = join(dir, "large.npy");
  await writeFile(images, npy([12, 40, 40, 3], noise(12 * 40 * 40 * 3)));
  const page = await open(browser);
  await drop(page, sample("model.onnx").path, images);
  await page.getByRole("heading", { name: "12 items" }).waitFor();
  await page.locator("#preprocess").selectOption("mnist");
  await fill(page, "calibration", 4);
  await page.getByRole("button", { name: "Choose the recipe" }).click();
  await page.getByRole("button", { name: "Quantize", exact: true }).click();
  await page.locator(".problem").waitFor();
  assert.match(await page.locator(".problem").innerText(), /preprocess|channel|size|layout/i);
  assert.ok(await page.getByRole("button", { name: "Quantize", exact: true }).isEnabled());
  await page.context().close();
});

test("a model whose weights lie in a second file", { skip: process.env.QUANTSCOPE_EXTERNAL ? false : "no model with external data was made" }, async () => {
  const model = join(process.env.QUANTSCOPE_EXTERNAL, "model.onnx");
  const page = await open(browser);
  await drop(page, model);
  await page.locator(".problem").waitFor();
  assert.match(await page.locator(".problem").innerText(), /weights\.bin.*drop it together with the model/s);
  await drop(page, model, join(process.env.QUANTSCOPE_EXTERNAL, "weights.bin"));
  await page.getByRole("heading", { name: "model.onnx" }).waitFor();
  assert.equal(await page.locator(".problem").count(), 0);
  await page.context().close();
});

test("a model that memory does not hold is refused with the figure", { skip: process.env.QUANTSCOPE_EXTERNAL ? false : "no large model was made" }, async () => {
  const page = await open(browser);
  await drop(page, join(process.env.QUANTSCOPE_EXTERNAL, "large.onnx"));
  await page.locator(".problem").waitFor();
  assert.match(await page.locator(".problem").innerText(), /needs \d+ MiB of memory.*more than the \d+ MiB/s);
  await page.getByRole("button", { name: "Run the sample" }).waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
