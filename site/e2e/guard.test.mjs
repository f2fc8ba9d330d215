// A wrong preprocessing is named before anything is quantized, and one press sets it right.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { drop, fill, launch, open, sample, shot } from "./page.mjs";

let browser;
before(async () => (browser = await launch()));
after(async () => browser?.close());

const model = sample("model.onnx"), images = sample("images.zip");

test("a wrong scale on purpose: the sentence, the press, and it is gone", { skip: model.skip || images.skip }, async () => {
  const page = await open(browser, "/", { viewport: { width: 1280, height: 720 } });
  await drop(page, model.path);
  await page.locator("h1", { hasText: "model" }).waitFor();
  await drop(page, images.path);
  await page.locator("h1", { hasText: "300 items" }).waitFor();
  await fill(page, "scale", "1");
  await fill(page, "mean", "0, 0, 0");
  await fill(page, "std", "1, 1, 1");
  const warning = page.locator(".preprocess-guard");
  await warning.waitFor();
  const counts = /has (\d+) of (\d+) images right as they come to it now, and (\d+) of \d+ with/.exec(await warning.innerText());
  assert.ok(counts, await warning.innerText());
  const [now, of, best] = counts.slice(1).map(Number);
  assert.ok(now < of / 2 && best > 0.85 * of, `${now} and ${best} of ${of}`);
  await page.locator("nav").getByText("Quantize").click();
  await page.locator(".place-quantize .preprocess-guard").waitFor();
  await shot(page, "guard-1280");
  await page.setViewportSize({ width: 390, height: 844 });
  await shot(page, "guard-390");
  await page.locator(".preprocess-guard").getByRole("button", { name: /^Use / }).click();
  await page.getByText(/Checked: in float \d+ of \d+ images are right/).waitFor();
  assert.equal(await warning.count(), 0, "it is gone");
  assert.deepEqual(page.faults, []);
});
