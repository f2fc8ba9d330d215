import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launchFirefox } from "./firefox.mjs";
import { finished, launch, open, sample, site } from "./page.mjs";

const executable = process.env.FIREFOX || "/usr/bin/firefox-esr";
const skip = existsSync(executable) ? sample("model.onnx").skip : `${executable} is absent`;
let chromium, firefox;
before(async () => {
  if (skip) return;
  [chromium, firefox] = await Promise.all([launch(), launchFirefox(executable)]);
});
after(async () => {
  await chromium?.close();
  await firefox?.close();
});

// Runs in the page: waits for an element, or clicks a button.
const appears = async (selector, within) => {
  for (const end = Date.now() + within; Date.now() < end; await new Promise((r) => setTimeout(r, 50))) {
    const e = document.querySelector(selector);
    if (e) return e.textContent;
  }
  throw new Error(selector + " does not appear: " + document.querySelector(".problem")?.textContent);
};
const press = (label) => {
  const b = [...document.querySelectorAll("button, nav a")].find((b) => b.textContent.trim().replace(", done", "") === label);
  if (!b) throw new Error("no button " + label);
  b.click();
};

test("Firefox and Chromium give the same digests of the sample", { skip }, async () => {
  const page = await open(chromium);
  await page.getByRole("button", { name: "Run the sample" }).click();
  await finished(page);
  await page.locator("header").getByRole("button", { name: "Share" }).click();
  const inChromium = await page.locator(".receipt").textContent();
  await page.context().close();

  await firefox.open(site);
  await firefox.call(appears, ".start .sample", 60_000);
  await firefox.call(press, "Run the sample");
  await firefox.call(appears, ".place-inspect .figures", 180_000);
  await firefox.call(appears, ".plot-input figcaption", 60_000);
  const pictures = join(import.meta.dirname, "screenshots");
  mkdirSync(pictures, { recursive: true });
  await writeFile(join(pictures, "firefox-1280.png"), await firefox.screenshot());
  await firefox.call(press, "Data");
  await firefox.call(appears, ".sight img", 60_000);
  assert.equal(await firefox.call(async () => {
    const picture = document.querySelector(".sight img");
    await picture.decode();
    return picture.naturalWidth;
  }), 32, "Firefox shows the pictures");
  await firefox.call(press, "Share");
  const inFirefox = await firefox.call(appears, ".receipt", 10_000);
  assert.equal((inFirefox.match(/[0-9a-f]{64}/g) || []).length, 7, "model, recipe, both sets, qparams, logits and integer logits have digests");
  assert.equal(inFirefox, inChromium);
});
