// Whether there are enough calibration images is found out in the Data place.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { drop, fill, launch, open, sample, shot } from "./page.mjs";

let browser;
before(async () => (browser = await launch()));
after(async () => browser?.close());

const model = sample("model.onnx"), images = sample("images.zip");

test("one press says whether there are enough, with bands", { skip: model.skip || images.skip }, async () => {
  const page = await open(browser, "/", { viewport: { width: 1280, height: 720 } });
  await drop(page, model.path);
  await page.locator("h1", { hasText: "model" }).waitFor();
  await drop(page, images.path);
  await page.locator("h1", { hasText: "300 items" }).waitFor();
  await fill(page, "calibration", 16);
  const card = page.locator(".adequacy");
  await card.getByRole("button", { name: "Check calibration" }).click();
  await card.getByText(/16 calibration items are (not )?enough: .*dB/).first().waitFor();
  assert.equal(await card.locator("svg[role=img]").count(), 2);
  for (const path of await card.locator("svg path").all()) assert.doesNotMatch(await path.getAttribute("d"), /NaN|Inf/);
  await card.scrollIntoViewIfNeeded();
  await shot(page, "adequacy-1280");
  await page.setViewportSize({ width: 390, height: 844 });
  await card.scrollIntoViewIfNeeded();
  await shot(page, "adequacy-390");
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
  assert.deepEqual(page.faults, []);
});
