// A result of 3 bits is recovered by training in the page, and the command verifies the receipt.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { bytes, command, finished, launch, open, patience, sample, shot } from "./page.mjs";

let browser;
before(async () => (browser = await launch()));
after(async () => browser?.close());

const model = sample("model.onnx"), images = sample("images.zip");

test("recover by training: accuracy rises, the receipt verifies", { skip: model.skip || images.skip }, async () => {
  const page = await open(browser);
  await page.getByRole("button", { name: "Run the sample" }).click();
  await finished(page);
  await page.getByRole("link", { name: "Quantize" }).click();
  await page.locator(".advanced summary").click();
  await page.locator("#weight-bits").selectOption("3");
  await page.locator("#activation-bits").selectOption("3");
  await page.getByRole("button", { name: "Quantize", exact: true }).click();
  await page.locator("body.at-inspect .run-name").nth(1).waitFor();
  await page.getByRole("button", { name: "Recover by training" }).click();
  await page.locator("#train-epochs").fill("8");
  await page.locator("#train-rate").fill("0.001");
  await page.locator("#train-rate").blur();
  await page.getByText(/32 steps on 64 items/).waitFor();
  await shot(page, "training-form-1280");
  await page.getByRole("button", { name: "Train", exact: true }).click();
  // Paused, closed, opened again and taken up: the same bits, which the command will find.
  await page.getByText(/Epoch \d of 8, step \d+ of 32/).waitFor();
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText(/A training stopped after step \d+ of 32/).waitFor();
  await page.getByRole("button", { name: /Keep my work/ }).click();
  await page.getByRole("button", { name: "Forget everything" }).waitFor();
  await page.reload();
  await page.getByText(/A training stopped after step \d+ of 32/).waitFor();
  await shot(page, "training-left-1280");
  await page.getByRole("button", { name: "Go on training" }).click();
  await page.getByText(/^Trained 8 epochs towards/).waitFor();
  const said = await page.locator(".plot-reached figcaption").innerText();
  const [before, now] = said.match(/[\d.]+(?=\s?%)/g).map(Number);
  await page.getByText(/clipped.*oscillate between two codes/).waitFor();
  await page.getByText("Each scale, what is clipped, what oscillates").click();
  const standings = await page.getByRole("region", { name: "Quantizers" }).locator("tbody tr").allInnerTexts();
  assert.ok(standings.length > 4 && standings.some((row) => /%.*%/s.test(row)), standings.join("\n"));
  await shot(page, "trained-1280", true);
  await page.locator("header").getByRole("button", { name: "Share" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /Save receipt/ }).click()]);
  const receipt = join(mkdtempSync(join(tmpdir(), "trained-")), "receipt.json");
  writeFileSync(receipt, await bytes(download));
  const verdict = JSON.parse(execFileSync(command, ["verify", receipt, images.path, "--model", model.path, "--json"]));
  for (const step of verdict.steps) assert.equal(step.status, "match", JSON.stringify(step));
  assert.ok(now > before, said);
  assert.deepEqual(page.faults, []);
});

test("a rounding that is learned outlives a reload in its middle, and comes to the bits of one that nothing disturbed", { skip: model.skip || images.skip }, async () => {
  const page = await open(browser);
  await page.getByRole("button", { name: "Run the sample" }).click();
  await finished(page);
  await page.getByRole("link", { name: "Quantize" }).click();
  await page.locator(".advanced summary").click();
  await page.locator("#weight-bits").selectOption("3");
  await page.getByRole("button", { name: "Quantize", exact: true }).click();
  await page.locator("body.at-inspect .run-name").nth(1).waitFor();
  await page.getByRole("button", { name: /Keep my work/ }).click();
  await page.getByRole("button", { name: "Forget everything" }).waitFor();
  await page.getByRole("button", { name: "Learn rounding" }).click();
  await page.locator("#learn-iterations").fill("400");
  await page.locator("#learn-iterations").blur();
  await page.locator("#rounding-form").getByRole("button", { name: "Learn rounding" }).click();
  const kept = () => page.evaluate(() => new Promise((told, failed) => { // whether the browser has some of it
    const asked = indexedDB.open("quantscope");
    asked.onerror = () => failed(asked.error);
    asked.onsuccess = () => {
      const count = asked.result.transaction("work").objectStore("work").count("training");
      count.onerror = () => failed(count.error);
      count.onsuccess = () => { asked.result.close(); told(count.result > 0); };
    };
  }));
  for (const until = Date.now() + patience; !(await kept()); await sleep(50)) assert.ok(Date.now() < until, "nothing is kept");
  await page.reload();
  await page.getByText(/Learning the rounding stopped after iteration \d+ of \d+/).waitFor();
  await shot(page, "rounding-left-1280");
  await page.getByRole("button", { name: "Go on learning" }).click();
  await page.locator("body.at-inspect .run-name").nth(2).waitFor();
  assert.equal(await page.getByText(/Learning the rounding stopped/).count(), 0);
  await page.locator("header").getByRole("button", { name: "Share" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /Save receipt/ }).click()]);
  const receipt = join(mkdtempSync(join(tmpdir(), "rounded-")), "receipt.json");
  writeFileSync(receipt, await bytes(download));
  const verdict = JSON.parse(execFileSync(command, ["verify", receipt, images.path, "--model", model.path, "--json"]));
  for (const step of verdict.steps) assert.equal(step.status, "match", JSON.stringify(step));
  assert.deepEqual(page.faults, []);
});
