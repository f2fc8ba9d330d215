// What a user has done outlives a reload and a closed tab, once it is agreed to; it can be undone, and forgotten.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { becomes, finished, launch, open, sample, site } from "./page.mjs";

const skip = sample("model.onnx").skip;
let browser;
before(async () => (browser = await launch()));
after(async () => browser?.close());

async function ran() {
  const page = await open(browser);
  await page.getByRole("button", { name: "Run the sample" }).click();
  await finished(page);
  return page;
}

test("reload and a closed tab lose nothing; the result is not computed again; forgetting is one press", { skip }, async () => {
  const page = await ran();
  const figures = await page.locator(".figures").innerText();
  await page.getByRole("button", { name: /^Keep my work \([\d.]+ .?B\)/ }).click();
  await page.getByText(/Work kept, [\d.]+ .?B/).waitFor();
  await page.reload();
  await page.locator(".place-inspect .figures").waitFor();
  assert.equal(await page.locator(".figures").innerText(), figures);
  assert.equal(await page.locator(".stages").count(), 0, "nothing is run again");

  // A change after the reload, then the tab is closed in another place.
  await page.locator("nav").getByText("Quantize").click();
  await page.locator("#config2").check();
  await page.waitForTimeout(2000); // the browser writes at its leisure
  await page.close();
  const later = await page.context().newPage();
  await later.goto(site);
  await later.locator(".place-quantize").waitFor();
  await becomes(() => later.locator("#config2").isChecked(), true, "the recipe is kept");
  await later.getByText(/Engine .* ready/).waitFor({ state: "attached" });
  await later.getByRole("button", { name: "Quantize", exact: true }).click();
  await later.locator(".runs tbody tr").nth(1).waitFor();

  await later.getByRole("button", { name: "Forget everything" }).click();
  await later.getByRole("button", { name: /^Keep my work/ }).waitFor();
  await later.waitForTimeout(2000);
  await later.goto("about:blank");
  await later.goto(site);
  await later.getByRole("button", { name: "Run the sample" }).waitFor();
  await later.context().close();
});

test("nothing is kept unasked", { skip }, async () => {
  const page = await ran();
  await page.goto("about:blank");
  await page.goto(site);
  await page.getByRole("button", { name: "Run the sample" }).waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("Ctrl+Z and Ctrl+Shift+Z say what they do, the address has the recipe, and ? lists the keys", { skip }, async () => {
  const page = await ran();
  await page.locator("nav").getByText("Quantize").click();
  await page.locator("#config2").check();
  await page.getByRole("button", { name: /^Undo: / }).waitFor();
  const address = page.url();
  assert.match(address, /#quantize\?recipe=[\w-]+$/);
  await page.locator("h1").click();
  await page.keyboard.press("Control+z");
  await becomes(() => page.locator("#config1").isChecked(), true, "config1 is back");
  assert.match(await page.locator("[role=status].visually-hidden").innerText(), /^Undone: /);
  await page.getByRole("button", { name: /^Redo: / }).waitFor();
  assert.equal(await page.locator(".warning").count(), 0, "the result of the recipe is shown again");
  await page.keyboard.press("Control+Shift+z");
  await becomes(() => page.locator("#config2").isChecked(), true, "config2 is back");
  await page.keyboard.press("?");
  await page.getByRole("heading", { name: "Keyboard shortcuts" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { name: "Keyboard shortcuts" }).waitFor({ state: "detached" });
  assert.deepEqual(page.faults, []);
  await page.context().close();

  const other = await open(browser, new URL(address).hash.replace(/^/, "/"));
  await other.locator(".place-quantize").waitFor();
  await becomes(() => other.locator("#config2").isChecked(), true, "the address brings the recipe");
  await other.context().close();
});
