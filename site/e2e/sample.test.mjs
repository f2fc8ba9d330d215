import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { bytes, finished, launch, open, sample, shot } from "./page.mjs";

let browser;
before(async () => (browser = await launch()));
after(async () => browser?.close());

test("the sample: one press, a result, a model to download", { skip: sample("model.onnx").skip }, async () => {
  const page = await open(browser);
  await shot(page, "start-1280");
  const began = Date.now();
  await page.getByRole("button", { name: "Run the sample" }).click();
  await finished(page);
  console.log(`sample to result in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  await shot(page, "inspect-1280");

  const figures = await page.locator(".figures").innerText();
  assert.match(figures, /Top-1\s+\d/);
  assert.match(figures, /Agreement with float/);
  const sqnr = (await page.locator("td.sqnr .db").allInnerTexts()).map((t) => (t === "exact" ? Infinity : parseFloat(t.replace("−", "-"))));
  assert.ok(sqnr.length > 3, "layers are listed");
  assert.deepEqual(sqnr, [...sqnr].sort((a, b) => a - b), "worst first");
  assert.match(await page.locator(".detail").innerText(), /Zero point/);

  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download ONNX QDQ" }).click()]);
  assert.equal(download.suggestedFilename(), "sample.qdq.onnx");
  const quantized = await bytes(download);
  const float = await readFile(sample("model.onnx").path);
  assert.ok(quantized.includes("QuantizeLinear"), "the download has QuantizeLinear nodes");
  assert.ok(quantized.length < float.length, `${quantized.length} bytes, the float model has ${float.length}`);

  assert.deepEqual(page.sent, [], "nothing was sent");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("the sample on a phone", { skip: sample("model.onnx").skip }, async () => {
  const page = await open(browser, "/", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
  await shot(page, "start-390");
  await page.getByRole("button", { name: "Run the sample" }).click();
  await finished(page);
  for (const place of ["Model", "Data", "Quantize", "Inspect", "Export"]) {
    await page.getByRole("link", { name: place }).click();
    await page.locator(`body.at-${place.toLowerCase()}`).waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${place} is ${wide} pixels wider than the screen`);
    await shot(page, place.toLowerCase() + "-390");
  }
  await page.locator("header").getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Create link" }).click();
  const link = await page.locator("#share-link").inputValue();
  await shot(page, "share-390");
  await page.goto(link);
  await page.getByRole("button", { name: "Use the built-in sample" }).click();
  await page.locator(".verdict.match").waitFor({ timeout: 120_000 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `the shared result is ${wide} pixels wider than the screen`);
  await shot(page, "verified-390");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
