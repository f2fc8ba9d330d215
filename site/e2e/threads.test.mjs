import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { becomes, finished, launch, open, receipt, sample } from "./page.mjs";

let browser;
before(async () => (browser = await launch()));
after(async () => browser?.close());

const missing = sample("model.onnx").skip;

// The threads that the engine uses unless told otherwise.
const cores = (page) => page.evaluate(() => Math.min(navigator.hardwareConcurrency, 16));

// How many workers of a script live in the browser.
async function workers(script) {
  const cdp = await browser.newBrowserCDPSession();
  const { targetInfos } = await cdp.send("Target.getTargets", { filter: [{ type: "worker" }] });
  await cdp.detach();
  return targetInfos.filter((t) => t.url.endsWith(script)).length;
}

test("one thread and two give the same receipt", { skip: missing }, async (t) => {
  const page = await open(browser);
  if ((await cores(page)) < 2) return t.skip("this machine has one core");
  await page.getByRole("button", { name: "Run the sample" }).click();
  await finished(page);
  const receipts = [];
  for (const threads of ["1", "2"]) {
    await page.locator("#threads").selectOption(threads);
    await becomes(() => page.locator("#threads").inputValue(), threads, "the engine starts again");
    await page.getByRole("link", { name: "Quantize" }).click();
    await page.getByRole("button", { name: "Quantize", exact: true }).click();
    await page.getByText("Files stay on this device.").waitFor({ state: "hidden" });
    await page.getByText("Files stay on this device.").waitFor();
    await finished(page);
    receipts.push((await readFile((await receipt(page)).path)).toString());
    if (threads === "2") assert.ok((await workers("/kernel-worker.js")) >= 2, "two workers run networks");
    assert.doesNotMatch(page.url(), /thread/, "the address does not hold the number of threads");
  }
  assert.equal(receipts[0], receipts[1]);
  assert.doesNotMatch(receipts[0], /thread/, "nor does the receipt");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("what is cancelled ends with its threads", { skip: missing }, async (t) => {
  const page = await open(browser);
  if ((await cores(page)) < 2) return t.skip("this machine has one core");
  assert.equal(await page.locator("#threads").inputValue(), String(await cores(page)), "all cores are used");
  await page.getByRole("button", { name: "Run the sample" }).click();
  await finished(page);
  await page.getByRole("button", { name: "Recover by training" }).click();
  await page.locator("#train-epochs").fill("1000"); // which does not end before it is cancelled
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await page.getByText(/Epoch \d+ of 1000/).first().waitFor();
  await page.locator(".bottom").getByRole("button", { name: "Cancel" }).click();
  await page.locator(".bottom .rest").waitFor();
  await becomes(() => workers("/kernel-worker.js"), await cores(page), "the threads of the new engine, none of the old");
  await page.context().close();
});
