// A lesson on the sample and on a network of the user's own: by pointer, by touch and by keyboard.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { becomes, launch, open, sample } from "./page.mjs";

const skip = sample("model.onnx").skip;
let browser;
before(async () => (browser = await launch()));
after(async () => browser?.close());

const learn = (page) => page.locator("nav.places").getByText("Learn").click();
const agree = (page) => page.locator(".lesson-agree").innerText();
const predict = async (page) => {
  await page.getByRole("button", { name: "Page 3: Clip or round?" }).click();
  await page.getByRole("button", { name: "4 or more" }).click();
  await page.getByText(/^Measured: \d/).waitFor();
};
const settled = (page) => page.getByText(/Same first answer as in float on \d of 8 items/).waitFor();

test("the range is dragged by the keyboard, and the network's answers move", { skip }, async () => {
  const page = await open(browser);
  await learn(page);
  await page.getByRole("button", { name: "Use the built-in sample" }).click();
  await settled(page);
  await predict(page);
  assert.match(page.url(), /#learn\/clip/);
  await page.locator("#lesson-high").focus();
  await page.keyboard.press("End");
  await becomes(() => page.locator("#lesson-high").getAttribute("aria-valuetext").then((t) => t.startsWith("0 %") || / 0(\.0+)? % clipped$/.test(t.replaceAll("\u202f", " "))), true, "nothing is clipped");
  await settled(page);
  const before = await agree(page);
  await page.locator("#lesson-high").focus();
  await page.keyboard.press("Home");
  await becomes(async () => (await agree(page)) !== before && /on \d of/.test(await agree(page)), true, "other answers");
  assert.match(await page.locator("#lesson-high").getAttribute("aria-valuetext"), /% clipped$/);
  await page.keyboard.press("End");
  await becomes(() => agree(page), before, "the whole range answers as before");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("kept for offline, the lesson opens and is dragged without a network, isolated as before", { skip }, async () => {
  const page = await open(browser, "/#learn");
  await page.getByRole("button", { name: /^Keep for offline \([\d.]+ MB\)/ }).click();
  await page.getByText("Works offline.").waitFor();
  await page.context().setOffline(true);
  await page.reload();
  await page.getByText(/Engine .* ready/).waitFor({ state: "attached" });
  assert.ok(await page.evaluate(() => crossOriginIsolated), "the cache answers with the headers of the server");
  await page.getByRole("button", { name: "Use the built-in sample" }).click();
  await settled(page);
  await predict(page);
  await settled(page);
  const before = await agree(page);
  await page.locator("#lesson-high").focus();
  await page.keyboard.press("End");
  await becomes(async () => (await agree(page)) !== before && /on \d of/.test(await agree(page)), true, "other answers");
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Remove" }).waitFor({ state: "detached" });
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
