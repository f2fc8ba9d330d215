import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { drop, fill, finished, given, launch, open, patience, shot } from "./page.mjs";

const model = given("models/squeezenet1_0.onnx");
const images = given("images/imagenet");

let browser;
before(async () => (browser = await launch()));
after(async () => browser?.close());

// Drops model and folder and makes the run short.
async function prepared(calibration, evaluation) {
  const page = await open(browser);
  await drop(page, model.path);
  await page.getByRole("heading", { name: "squeezenet1_0.onnx" }).waitFor();
  await drop(page, images.path);
  await page.getByRole("heading", { name: "100 items" }).waitFor();
  await page.locator("#preprocess").selectOption("imagenet-vgg255");
  await fill(page, "calibration", calibration);
  await fill(page, "evaluation", evaluation);
  await fill(page, "offset", 1);
  return page;
}

test("own model and a folder of labelled images", { skip: model.skip || images.skip }, async () => {
  const page = await prepared(16, 30);
  await shot(page, "data-1280");
  await page.getByRole("button", { name: "Choose the recipe" }).click();
  await shot(page, "quantize-1280");
  // Frames are timed while the run goes on: the page has to stay live.
  await page.evaluate(() => {
    globalThis.frames = [];
    let last = performance.now();
    const frame = (now) => {
      globalThis.frames.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  await page.getByRole("button", { name: "Quantize", exact: true }).click();
  const stages = new Set();
  for (const end = Date.now() + patience; Date.now() < end; ) {
    const label = (await page.locator(".progress-label").allInnerTexts())[0];
    if (label && !stages.size) {
      // The other places can be used meanwhile.
      await page.getByRole("link", { name: "Model" }).click();
      await page.getByRole("heading", { name: "squeezenet1_0.onnx" }).waitFor();
      await page.getByRole("link", { name: "Quantize" }).click();
    }
    if (label) stages.add(label.split(" ")[0]);
    if (label?.startsWith("Calibrate")) await shot(page, "running-1280");
    if (await page.locator(".place-inspect .figures, .problem").count()) break;
    await page.waitForTimeout(30);
  }
  await finished(page);
  const frames = (await page.evaluate(() => globalThis.frames)).sort((a, b) => a - b);
  const median = frames[frames.length >> 1];
  console.log(`stages ${[...stages].join(", ")}; frames: median ${median.toFixed(0)} ms, longest ${frames.at(-1).toFixed(0)} ms`);
  for (const stage of ["Calibrate", "Evaluate"]) assert.ok(stages.has(stage), `${stage} was shown`);
  // Single frames may be late on a loaded machine; a page that is not live has late frames only.
  assert.ok(median < 400, `half of the frames took ${median} ms or more`);

  const top1 = await page.locator(".figure").first().innerText();
  const [float, quantized] = [...top1.matchAll(/([\d.]+)\s*%/g)].map((m) => Number(m[1]));
  assert.ok(float >= 50 && quantized >= 50, `top-1 of 30 images is ${float} → ${quantized} %; MQBench has 62 → 63`);
  assert.deepEqual(page.sent, []);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("Cancel keeps the page live and the next run works", { skip: model.skip || images.skip }, async () => {
  const page = await prepared(16, 60); // long enough to be cancelled
  await page.getByRole("button", { name: "Choose the recipe" }).click();
  await page.getByRole("button", { name: "Quantize", exact: true }).click();
  await page.locator(".progress-label", { hasText: "Calibrate" }).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("Files stay on this device.").waitFor();
  await page.getByRole("link", { name: "Model" }).click();
  await page.getByRole("heading", { name: "squeezenet1_0.onnx" }).waitFor();
  await page.getByRole("link", { name: "Quantize" }).click();
  await page.getByRole("button", { name: "Quantize", exact: true }).click();
  await finished(page);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
