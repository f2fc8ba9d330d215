// What the browser tests share: a Chromium, a page that must not complain nor leave its origin, and
// the ways of a user. The Go test starts the server and says in the environment where it is.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

export const site = process.env.QUANTSCOPE_SITE;
export const command = process.env.QUANTSCOPE_COMMAND;
const here = import.meta.dirname;
const shared = join(here, "..", "..", "..", "shared");

// A file of ../shared, or a reason to skip the test.
export function given(path) {
  const whole = join(shared, path);
  return existsSync(whole) ? { path: whole, skip: false } : { path: whole, skip: `../shared/${path} is absent` };
}

// A file of the sample that ships with the site.
export function sample(name) {
  const whole = join(here, "..", "static", "sample", name);
  return existsSync(whole) ? { path: whole, skip: false } : { path: whole, skip: `site/static/sample/${name} is absent` };
}

// How long anything may take to appear, in milliseconds. It is what a machine needs that runs all other
// suites meanwhile; a test has no limit besides.
export const patience = 240_000;

const flags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

export async function launch(further = []) {
  return chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: [...flags, ...further] });
}

// A fresh page at path. Its complaints and foreign requests are collected in page.faults.
export async function open(browser, path = "/", options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true, ...options });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  page.faults = [];
  page.sent = [];
  page.on("console", (m) => m.type() === "error" && page.faults.push(m.text()));
  page.on("pageerror", (e) => page.faults.push(String(e)));
  page.on("request", (r) => {
    const url = new URL(r.url());
    if (url.origin !== site && url.protocol !== "blob:" && url.protocol !== "data:") page.faults.push("request to " + r.url());
    if (r.method() !== "GET") page.sent.push({ method: r.method(), path: url.pathname, body: r.postData() });
  });
  await page.goto(site + path);
  await page.getByText(/Engine .* ready/).waitFor({ state: "attached" });
  return page;
}

// Drops files and folders on the page, as the system's file manager does.
export async function drop(page, ...files) {
  const cdp = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await cdp.send("Input.dispatchDragEvent", { type, x: 400, y: 300, data });
  }
  await cdp.detach();
}

// Sets a field of the recipe in the Data place.
export async function fill(page, id, value) {
  await page.locator("#" + id).fill(String(value));
  await page.locator("#" + id).blur();
}

// Waits for the end of a run; a problem fails the test with its text.
export async function finished(page) {
  await page.locator(".place-inspect .figures, .problem").first().waitFor();
  const problem = await page.locator(".problem").allTextContents();
  if (problem.length) throw new Error("the page says: " + problem[0]);
}

// Waits until the page shows it: what follows a press is drawn with the next frame, which a loaded
// machine may draw late.
export async function becomes(read, expected, why, within = 30_000) {
  for (const end = Date.now() + within; Date.now() < end; await new Promise((ok) => setTimeout(ok, 30))) {
    if ((await read()) === expected) return;
  }
  assert.equal(await read(), expected, why);
}

// The figures of the receipt of the result that is shown, through the Share dialog.
export async function receipt(page) {
  await page.locator("header").getByRole("button", { name: "Share" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save receipt file" }).click()]);
  await page.getByRole("button", { name: "Close" }).click();
  return { path: await download.path(), json: JSON.parse((await bytes(download)).toString()) };
}

export async function bytes(download) {
  const parts = [];
  for await (const part of await download.createReadStream()) parts.push(part);
  return Buffer.concat(parts);
}

// Takes a picture of what is to be seen, or of the whole page as on a screen that is high enough.
export async function shot(page, name, whole = false) {
  const dir = join(here, "screenshots");
  mkdirSync(dir, { recursive: true });
  const size = page.viewportSize();
  if (whole) {
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ width: size.width, height });
  }
  await page.screenshot({ path: join(dir, name + ".png") });
  if (whole) await page.setViewportSize(size);
}
