// A network that collapses is called that, its cause is named, and a press applies a fix.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { becomes, drop, fill, finished, given, launch, open, sample, shot } from "./page.mjs";

let browser;
before(async () => (browser = await launch()));
after(async () => browser?.close());

// From the collapse on the page to the network that a press has mended.
async function mended(page, culprit) {
  const banner = page.locator(".collapse");
  assert.match(await banner.innerText(), /collapses: quantization takes top-1 from [\d.]+.% to [\d.]+.%/);
  assert.equal(await page.locator(".place-head .primary").count(), 0, "the download is not the first thing to do");
  const runs = await page.locator(".runs tbody tr").count();
  await banner.getByRole("button", { name: "Why?" }).focus();
  await page.keyboard.press("Enter");
  await becomes(() => page.evaluate(() => document.activeElement.id), "diagnosis-title", "the focus is on what was begun");
  const verdict = page.locator(".diagnosis-verdict");
  await verdict.waitFor();
  assert.match(await verdict.innerText(), culprit);
  const apply = page.locator(".fixes").getByRole("button", { name: /^Apply/ }).first();
  await apply.waitFor();
  await shot(page, "diagnosis");
  await apply.click();
  await page.locator(".runs tbody tr").nth(Math.max(1, runs)).waitFor();
  assert.equal(await banner.count(), 0, "the fix leaves no collapse");
  await shot(page, "diagnosis-fixed");
  assert.deepEqual(page.faults, []);
}

test("the sample under 3 bits, one scale per weight: collapse, cause, fix", { skip: sample("collapse.json").skip }, async () => {
  const page = await open(browser);
  await page.getByRole("button", { name: "See it collapse" }).click();
  await finished(page);
  await mended(page, /depthwise.*channel spread/);
});

const model = given("models/mobilenetv2.onnx"), images = given("images/imagenet");
const skip = model.skip || images.skip || (process.env.THOROUGH ? false : "takes a minute: make thorough");

test("mobilenetv2 under config2: collapse, cause, fix", { skip }, async () => {
  const page = await open(browser);
  await drop(page, model.path);
  await page.locator("h1", { hasText: "mobilenetv2" }).waitFor();
  await drop(page, images.path);
  await page.locator("h1", { hasText: "100 items" }).waitFor();
  await fill(page, "calibration", 48);
  await page.locator("nav").getByText("Quantize").click();
  await page.locator("#config2").check();
  await page.getByRole("button", { name: "Quantize", exact: true }).click();
  await finished(page);
  await mended(page, /blocks\.0\/dw\/Conv.*channel spread/);
});
