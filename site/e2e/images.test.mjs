// A sample that answers with images: both networks' are compared beside a divider, and by their difference.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { becomes, finished, launch, open, sample, shot } from "./page.mjs";

const skip = sample("enlarge/model.onnx").skip;
let browser;
before(async () => (browser = await launch()));
after(async () => browser?.close());

test("images out: a divider by keyboard, the difference with its gain", { skip }, async () => {
  const page = await open(browser);
  await page.getByRole("button", { name: "Run the enlarger" }).click();
  await finished(page);
  await page.getByRole("button", { name: "Compare the answers" }).click();
  const split = page.getByLabel("Divider");
  await split.focus();
  await page.keyboard.press("1");
  await becomes(() => split.inputValue(), "0", "1 shows the quantized image");
  await page.keyboard.press("3");
  await becomes(() => split.inputValue(), "100", "3 shows float's");
  await page.keyboard.press("2");
  await becomes(() => split.inputValue(), "50", "2 shows both");
  await page.keyboard.press("ArrowLeft");
  await becomes(() => split.inputValue(), "49", "the divider goes by arrow keys");
  const sizes = await page.locator(".twins-stage image").evaluateAll((list) => Promise.all(list.map(async (i) => {
    const picture = new Image();
    picture.src = i.getAttribute("href");
    await picture.decode();
    return picture.naturalWidth;
  })));
  assert.deepEqual(sizes, [32, 32], "both pictures are there");
  await page.locator(".answers-card").scrollIntoViewIfNeeded();
  await shot(page, "images");
  await page.getByRole("button", { name: "Difference" }).click();
  await page.getByLabel("Gain").selectOption("32");
  await becomes(() => page.locator(".twins-stage svg").getAttribute("aria-label").then((a) => a.includes("×32")), true, "the gain is said");
  await shot(page, "images-difference");
  assert.deepEqual(page.faults, []);
});
