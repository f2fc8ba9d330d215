// What a place is made of goes when the place is left: elements, listeners and heap stay what they
// were, however often a user goes from place to place and runs. It is long: QUANTSCOPE_CHANGES=100, or 1000, runs it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { finished, launch, open, sample } from "./page.mjs";

const changes = Number(process.env.QUANTSCOPE_CHANGES || 100);
const places = ["Model", "Data", "Quantize", "Inspect", "Export"];

test(`${changes} changes of place and ${changes / 10} runs leave nothing behind`, { skip: process.env.QUANTSCOPE_CHANGES ? sample("model.onnx").skip : "long: set QUANTSCOPE_CHANGES=100" }, async () => {
  const browser = await launch(["--js-flags=--expose-gc", "--enable-precise-memory-info"]);
  const page = await open(browser);
  const cdp = await page.context().newCDPSession(page);
  await page.getByRole("button", { name: "Run the sample" }).click();
  await finished(page);
  const go = (name) => page.evaluate(async (name) => {
    [...document.querySelectorAll("nav a")].find((a) => a.textContent.startsWith(name)).click();
    for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
  }, name);
  const round = async () => {
    for (const p of places) await go(p);
    await page.evaluate(() => { gc(); gc(); });
    const { nodes, jsEventListeners } = await cdp.send("Memory.getDOMCounters");
    return { nodes, listeners: jsEventListeners, heap: await page.evaluate(() => performance.memory.usedJSHeapSize) };
  };
  // The heap goes up and down with what is not collected yet, so it is the least of several rounds.
  const least = async (rounds) => {
    const seen = [];
    for (let i = 0; i < rounds; i++) seen.push(await round());
    return { ...seen.at(-1), heap: Math.min(...seen.map((s) => s.heap)) };
  };
  const flat = (then, now, after) => {
    for (const what of Object.keys(then)) {
      assert.ok(now[what] <= 1.05 * then[what], `${what} after ${after}: ${then[what]} became ${now[what]}`);
    }
  };
  const window = 4; // rounds
  await least(window);
  const first = await least(window);
  for (let done = 2 * window * places.length; done < changes - window * places.length; done += places.length) await round();
  const last = await least(window);
  console.log("after " + changes + " changes", first, last);
  flat(first, last, changes + " changes of place");

  const run = async () => {
    await go("Quantize");
    await page.getByRole("button", { name: "Quantize", exact: true }).click();
    await finished(page);
  };
  for (let i = 0; i < 5; i++) await run();
  const before = await least(window);
  for (let i = 0; i < changes / 10; i++) await run();
  const after = await least(window);
  console.log("after " + changes / 10 + " runs", before, after);
  flat(before, after, changes / 10 + " runs");
  assert.deepEqual(page.faults, []);
  await browser.close();
});
