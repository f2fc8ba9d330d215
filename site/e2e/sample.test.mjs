import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { bytes, fill, finished, launch, open, sample, shot } from "./page.mjs";

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
  // Simulation and integer engine side by side, in accuracy and by layer.
  assert.match(figures, /Simulation\s+\d+ of \d+\s.*\s*Integer engine\s+\d+ of \d+/);
  assert.match(await page.locator(".layer-table tbody td.integers").first().innerText(), /[\d.]+ dB/);
  await page.locator(".two-numbers summary").click();
  await page.locator(".causes dd").first().waitFor();
  const sqnr = (await page.locator("td.sqnr .db").allInnerTexts()).map((t) => (t === "exact" ? Infinity : parseFloat(t.replace("−", "-"))));
  assert.ok(sqnr.length > 3, "layers are listed");
  assert.deepEqual(sqnr, [...sqnr].sort((a, b) => a - b), "worst first");
  assert.match(await page.locator(".detail").innerText(), /Zero point/);

  // The worst layer is looked into: its weight at once, its input after the float network ran.
  await page.locator(".plot-input").waitFor();
  assert.match(await page.locator(".plot-weight figcaption").innerText(), /\d weights use \d+ of 256 codes/);
  assert.match(await page.locator(".plot-channels figcaption").innerText(), /channels; channel \d+ is the widest/);
  assert.match(await page.locator(".plot-input figcaption").innerText(), /on 8 evaluation items/);
  await page.locator(".plot-weight").getByRole("button", { name: "Table" }).click();
  await page.locator(".plot-table td").first().waitFor();
  const counts = (await page.locator(".plot-table td:last-child").allInnerTexts()).map(Number);
  const weights = Number((await page.locator(".plot-weight figcaption").innerText()).match(/^[\d\s]+/)[0].replace(/\s/g, ""));
  assert.equal(counts.reduce((a, b) => a + b), weights, "every weight has a code");
  const [csv] = await Promise.all([page.waitForEvent("download"), page.locator(".plot-channels").getByRole("button", { name: "Save CSV" }).click()]);
  assert.match((await bytes(csv)).toString(), /^channel,least,greatest/);
  const [svg] = await Promise.all([page.waitForEvent("download"), page.locator(".plot-weight").getByRole("button", { name: "Save SVG" }).click()]);
  assert.match(svg.suggestedFilename(), /weight\.svg$/);
  const drawn = (await bytes(svg)).toString();
  assert.match(drawn, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  assert.match(drawn, /class="codes"[^>]*fill: rgb\(31, 79, 216\)/, "the picture has its colours with it");
  await page.locator(".plot-weight").getByRole("button", { name: "Hide table" }).click();
  await shot(page, "layer-1280", true);

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

test("the preview tells right preprocessing from wrong", { skip: sample("model.onnx").skip }, async () => {
  const page = await open(browser);
  await page.getByRole("button", { name: "Run the sample" }).click();
  await finished(page);
  await page.getByRole("link", { name: "Data" }).click();
  const preview = page.locator(".preview:not(.waiting)");
  await preview.getByText("right on 3 of these 3 items").waitFor();
  assert.equal(await page.locator(".sight figcaption").first().innerText(), "−1 … 1");
  assert.ok(await page.locator(".sight img").first().evaluate((i) => i.decode().then(() => i.naturalWidth === 32)), "the picture is shown");
  await shot(page, "preview-1280", true);
  await fill(page, "scale", "1/255");
  await preview.locator(".sight figcaption", { hasText: /^−1 … −0.99/ }).first().waitFor();
  assert.doesNotMatch(await preview.innerText(), /right on 3/, "an all but black input is not seen through");
  await page.locator("#preprocess").selectOption("mnist");
  await preview.getByText(/3 channels/).waitFor();
  await page.locator("#preprocess").selectOption("cifar");
  await preview.locator(".sight").first().waitFor();
  assert.equal(await page.locator(".problem").count(), 0);
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
  await page.getByRole("button", { name: "Create short link" }).click();
  const link = await page.locator("#share-link").inputValue();
  await shot(page, "share-390");
  await page.goto(link);
  await page.getByRole("button", { name: "Use the built-in sample" }).click();
  await page.locator(".verdict.match").waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `the shared result is ${wide} pixels wider than the screen`);
  await shot(page, "verified-390");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
