// What if: a layer's range is dragged in Inspect, and the layer and the network answer.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { becomes, finished, launch, open, sample, shot } from "./page.mjs";

const skip = sample("model.onnx").skip;
let browser;
before(async () => (browser = await launch()));
after(async () => browser?.close());

test("a range is dragged by keyboard, bits are tried, and what is tried is applied", { skip }, async () => {
  const page = await open(browser);
  await page.getByRole("button", { name: "Run the sample" }).click();
  await finished(page);
  await page.getByRole("button", { name: "What if…" }).click();
  const measured = () => page.locator(".whatif-network:not(.pending)").waitFor();
  const tried = () => page.locator(".whatif-network tbody tr:last-child td:last-child").innerText();
  await measured();
  const before = await page.locator(".whatif-network tbody tr:last-child td").first().innerText();
  assert.equal(await tried(), before, "nothing is changed yet");
  const handle = page.getByLabel("Magnitude that the range of the weight reaches to");
  await handle.focus();
  await page.keyboard.press("PageDown");
  for (let i = 0; i < 30; i++) await page.keyboard.press("ArrowLeft");
  await becomes(async () => /%.clipped$/.test(await handle.getAttribute("aria-valuetext")), true, "what is clipped is told");
  await becomes(async () => (await tried()) !== before, true, "the network answers to the range");
  // How long an answer takes is told, not asked for: the machine may be busy.
  const times = [];
  for (let i = 0; i < 5; i++) {
    const start = Date.now();
    await page.keyboard.press("ArrowLeft");
    await page.locator("[aria-busy=true].whatif-bench").waitFor({ state: "attached", timeout: 2000 }).catch(() => {});
    await measured();
    times.push(Date.now() - start);
  }
  console.log("a change answered by the network, ms:", times.join(" "));
  await shot(page, "whatif");
  await page.getByRole("button", { name: "Reset" }).click();
  await becomes(tried, before, "Reset shows the result again");
  await page.locator("#whatif-weight-bits").selectOption("2");
  await page.getByRole("button", { name: "Apply and quantize" }).click();
  await page.locator(".runs tbody tr").nth(1).waitFor();
  assert.match(await page.locator(".runs tr.selected").innerText(), /weights of 2 bits/);
  assert.deepEqual(page.faults, []);
});
