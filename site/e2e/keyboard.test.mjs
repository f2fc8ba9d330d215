import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { becomes, finished, launch, open, sample } from "./page.mjs";

let browser;
before(async () => (browser = await launch()));
after(async () => browser?.close());

// Tabs until what has the focus has that name.
async function tabTo(page, name) {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate(() => (document.activeElement.innerText || document.activeElement.labels?.[0]?.innerText || "").trim());
    if (here === name) return;
  }
  throw new Error(`the focus never comes to ${name}`);
}

test("sample, layers, dialog and places without a mouse", { skip: sample("model.onnx").skip }, async () => {
  const page = await open(browser);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.innerText), "Skip to the content");
  await tabTo(page, "Run the sample");
  await page.keyboard.press("Enter");
  await finished(page);
  assert.match(await page.locator("[role=status]").last().innerText(), /Quantized\. Top-1/, "the end is announced");

  const rows = page.locator(".layer-table .row-button");
  await rows.nth(2).focus();
  await page.keyboard.press("Enter");
  const name = await rows.nth(2).locator(".layer-name").innerText();
  await page.locator(".detail h2", { hasText: name }).waitFor();
  await becomes(() => rows.nth(2).getAttribute("aria-pressed"), "true", "the row is pressed");

  await page.locator("header").getByRole("button", { name: "Share" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Share this result" }).waitFor();
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press("Tab");
    const inside = await page.evaluate(() => document.activeElement === document.body || !!document.activeElement.closest("dialog"));
    assert.ok(inside, "the focus stays in the dialog");
  }
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await becomes(() => page.evaluate(() => document.activeElement.innerText.trim()), "Share", "the focus is given back");

  await page.goBack();
  await page.locator("body.at-model").waitFor();
  await page.goForward();
  await page.locator("body.at-inspect").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("every control that can have the focus shows it", async () => {
  const page = await open(browser);
  const seen = new Set();
  for (let i = 0; i < 30; i++) {
    await page.keyboard.press("Tab");
    const [key, visible] = await page.evaluate(() => {
      const e = document.activeElement;
      const shows = (n) => n && getComputedStyle(n).outlineStyle !== "none" && parseFloat(getComputedStyle(n).outlineWidth) > 0;
      return [e.outerHTML.slice(0, 120), e === document.body || shows(e) || shows(e.closest("label, .button"))];
    });
    assert.ok(visible, "no outline on " + key);
    seen.add(key);
  }
  assert.ok(seen.size > 8, `only ${seen.size} controls were reached`);
  await page.context().close();
});
