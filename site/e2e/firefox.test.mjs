import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launchFirefox } from "./firefox.mjs";
import { finished, launch, open, patience, sample, site } from "./page.mjs";

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

// Waits for an element and gives its text. It asks again and again, so that no promise is held in the page.
const appears = async (selector, within) => {
  for (const end = Date.now() + within; Date.now() < end; await new Promise((r) => setTimeout(r, 200))) {
    const text = await firefox.call((selector) => document.querySelector(selector)?.textContent, selector);
    if (text !== null) return text;
  }
  const shown = await firefox.call(() => document.querySelector("main")?.innerText.slice(0, 500));
  throw new Error(`${selector} does not appear: ${shown}`);
};
// Runs in the page: clicks a button.
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
  await appears(".start .sample", patience);
  await firefox.call(press, "Run the sample");
  await appears(".place-inspect .figures", patience);
  await appears(".plot-input figcaption", patience);
  const pictures = join(import.meta.dirname, "screenshots");
  mkdirSync(pictures, { recursive: true });
  await writeFile(join(pictures, "firefox-1280.png"), await firefox.screenshot());
  await firefox.call(press, "Data");
  await appears(".sight img", patience);
  assert.equal(await firefox.call(async () => {
    const picture = document.querySelector(".sight img");
    await picture.decode();
    return picture.naturalWidth;
  }), 32, "Firefox shows the pictures");
  await firefox.call(press, "Share");
  const inFirefox = await appears(".receipt", patience);
  assert.equal((inFirefox.match(/"[0-9a-f]{64}"/g) || []).length, 11, "model, recipe, data, quantizers, logits, layers and probes have digests");
  assert.equal(inFirefox, inChromium);
});

test("Firefox keeps the work over a reload, and forgets it", { skip }, async () => {
  await firefox.call(() => document.querySelector("dialog .close")?.click());
  await firefox.call(press, "Inspect");
  const figures = await appears(".place-inspect .figures", patience);
  await firefox.call(() => document.querySelector(".kept button").click());
  await appears(".kept-size", patience);
  await new Promise((ok) => setTimeout(ok, 3000)); // the browser writes at its leisure
  await firefox.open("about:blank");
  await firefox.open(site);
  assert.equal(await appears(".place-inspect .figures", patience), figures);
  assert.ok(await firefox.call(() => document.querySelector(".stages") === null), "nothing is run again");
  await appears(".kept-size", patience); // the bar shows the engine taking the files first
  await firefox.call(press, "Forget everything");
  await new Promise((ok) => setTimeout(ok, 3000));
  await firefox.open("about:blank");
  await firefox.open(site);
  await appears(".start .sample", patience);
});
