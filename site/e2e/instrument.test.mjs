// What a look at pictures finds, held: nothing is wider than its window, the focus is never under a bar, text in
// plots keeps its size, and a layer that is tapped on a phone shows something.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { execFileSync } from "node:child_process";
import { bytes, command, fill, finished, launch, open, receipt, sample, shot } from "./page.mjs";

const skip = sample("model.onnx").skip;
let browser, page;
before(async () => {
  browser = await launch();
  if (skip) return;
  page = await open(browser);
  await page.getByRole("button", { name: "Run the sample" }).click();
  await finished(page);
  await page.locator("nav").getByText("Quantize").click();
  await page.locator("#config2").check();
  await page.getByRole("button", { name: "Quantize", exact: true }).click();
  await page.locator(".runs tbody tr").nth(1).waitFor();
});
after(async () => browser?.close());

const go = async (place) => {
  await page.locator("nav").getByText(place).click();
  await page.locator(".place-" + place.toLowerCase()).waitFor();
};

test("no place is wider than its window", { skip }, async () => {
  for (const width of [360, 768, 1024, 1280]) {
    await page.setViewportSize({ width, height: 720 });
    for (const place of ["Model", "Data", "Quantize", "Inspect", "Export"]) {
      await go(place);
      const across = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(across <= width, `${place} at ${width} is ${across} px wide`);
      const { x, width: wide } = await page.getByRole("button", { name: /^Keep my work/ }).boundingBox();
      assert.ok(x >= 0 && x + wide <= width, `at ${width} the bar's button ends at ${x + wide}`);
    }
  }
});

test("plots and layers are above the fold at 1280×720, and the detail stays in sight", { skip }, async () => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await go("Inspect");
  const fold = await page.evaluate(() => innerHeight - document.querySelector("footer").getBoundingClientRect().height);
  const top = async (selector) => (await page.locator(selector).first().boundingBox()).y;
  await page.locator(".plot-weight > svg").waitFor();
  assert.ok((await top(".layer-table tbody tr:nth-child(2)")) < fold - 60, "two layers are to be seen");
  assert.ok((await top(".plot-weight > svg")) < fold - 60, "the plot is to be seen");
  await page.locator(".layer-table tbody tr").last().click();
  const name = await page.locator(".layer-table tr.selected .layer-name").innerText();
  const head = page.locator(".detail h2");
  assert.equal(await head.innerText(), name);
  const box = await head.boundingBox();
  assert.ok(box.y > 0 && box.y < fold, `the detail's name is at ${box.y}`);
});

test("a layer tapped on a phone opens over the table, and closes", { skip }, async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await go("Inspect");
  if (await page.getByRole("button", { name: "Close the layer" }).isVisible()) await page.getByRole("button", { name: "Close the layer" }).click();
  await page.locator(".detail").waitFor({ state: "hidden" });
  await page.locator(".layer-table tbody tr").nth(1).click();
  const box = await page.locator(".detail h2").boundingBox();
  assert.ok(box && box.y > 0 && box.y < 740, "the layer's name is in sight");
  await page.getByRole("button", { name: "Close the layer" }).click();
  await page.locator(".detail").waitFor({ state: "hidden" });
});

test("text in plots has the size of text, whatever the width", { skip }, async () => {
  for (const width of [360, 768, 1280, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    await go("Inspect");
    for (const size of await page.locator(".plot > svg").evaluateAll((plots) => plots.filter((p) => p.clientWidth).map((p) => {
      const text = p.querySelector("text");
      return parseFloat(getComputedStyle(text).fontSize) * (p.clientWidth / p.viewBox.baseVal.width);
    }))) {
      assert.ok(size > 8.5 && size < 15, `${size.toFixed(1)} px at ${width}`);
    }
  }
});

test("what Tab reaches is never under the bars", { skip }, async () => {
  await page.setViewportSize({ width: 1024, height: 600 });
  for (const place of ["Quantize", "Export"]) {
    await go(place);
    await page.locator("h1").click();
    for (let i = 0; i < 25; i++) {
      await page.keyboard.press("Tab");
      const hidden = await page.evaluate(() => {
        const e = document.activeElement;
        if (e === document.body || e.closest("header, footer, .visually-hidden") || e.matches(".visually-hidden, .skip")) return "";
        const { top, bottom } = e.getBoundingClientRect(), foot = document.querySelector("footer").getBoundingClientRect().top;
        return top >= foot - 1 || bottom <= 0 ? `${e.tagName} ${e.textContent.slice(0, 40)} at ${top} to ${bottom}, bar at ${foot}` : "";
      });
      assert.equal(hidden, "", place);
    }
  }
});

test("the network as a graph: found, walked by arrow keys, measured", { skip }, async () => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await go("Inspect");
  await page.getByRole("button", { name: "Graph", exact: true }).click();
  await page.locator("#find-node").fill("DEPTH");
  await page.keyboard.press("Enter");
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  await page.waitForFunction(() => /depthwise, Conv/.test(document.activeElement.getAttribute("aria-label")));
  assert.match(await focused(), /depthwise, Conv, [\d.]+.k?B, 8 bits, [\d.]+.k?B, [\d.]+.dB/);
  await page.locator(".detail h2", { hasText: "depthwise" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction(() => /norm, BatchNormalization/.test(document.activeElement.getAttribute("aria-label")));
  await page.locator("#overlay").selectOption("bits");
  await page.locator(".node .by", { hasText: "8 bits" }).first().waitFor();
  await page.locator("#overlay").selectOption("time");
  await page.locator(".node .by", { hasText: /^[\d.]+×$/ }).first().waitFor();
  assert.match(await page.locator(".node .is", { hasText: / (µs|ms)$/ }).first().innerHTML(), /^[\d.]+ (µs|ms)$/);
  await page.getByRole("button", { name: "Table", exact: true }).first().click();
  await page.locator(".layer-table tbody tr").first().click();
});

test("two runs are compared layer by layer", { skip }, async () => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await go("Inspect");
  assert.match(await page.locator(".runs tbody tr").nth(1).innerText(), /2\. .*points/s);
  await page.getByRole("button", { name: "Compare layers run 1" }).click();
  await page.getByText("Against run 1").waitFor();
  assert.match(await page.locator(".layer-table td.integers").first().innerText(), /^[+−]?[\d.]+ dB$/);
  await page.getByRole("button", { name: "Stop comparing" }).click();
  await page.getByText("Against run 1").waitFor({ state: "detached" });
  assert.deepEqual(page.faults, []);
});

test("the answers of both networks: confusion, and the items that changed, with class names", { skip }, async () => {
  await go("Inspect");
  await page.getByRole("button", { name: "Compare the answers" }).click();
  await page.locator(".confusion").waitFor();
  assert.match(await page.locator(".answers-card > .help").innerText(), /first answer (changes on \d+ of \d+|is the same on all \d+) items/);
  assert.equal(await page.locator(".confusion tbody tr").count(), 10);
  const first = page.locator(".flip").first();
  assert.match(await first.locator(".pairs").innerText(), /arrow|circle|[a-z]{3,}/);
  assert.ok(await first.locator("img").evaluate((i) => i.decode().then(() => i.naturalWidth === 32)), "the picture is shown");
  const sums = await page.locator(".confusion tbody tr").evaluateAll((rows) => rows.flatMap((r) => [...r.querySelectorAll("td")].map((c) => parseInt(c.firstChild?.nodeValue ?? "0") || 0)).reduce((a, b) => a + b, 0));
  assert.ok(sums > 100, `the matrix counts ${sums} items`);
  assert.deepEqual(page.faults, []);
});

test("the report is one document that needs nothing else", { skip }, async () => {
  await go("Inspect");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save report" }).click()]);
  assert.equal(file.suggestedFilename(), "sample.report.html");
  const reader = await browser.newPage(), text = (await bytes(file)).toString(), asked = [];
  reader.on("request", (r) => r.url().startsWith("data:") || asked.push(r.url()));
  await reader.setContent(text, { waitUntil: "load" });
  assert.match(await reader.locator("body").innerText(), /Agreement with float.*layers by SQNR.*Pareto front/s);
  assert.ok(await reader.locator(".plot-weight > svg").isVisible());
  assert.ok((await reader.locator(".flip img").evaluateAll((all) => all.filter((i) => i.naturalWidth === 32).length)) > 0, "the pictures are in it");
  assert.equal(await reader.locator("button:not(.row-button), script").count(), 0);
  assert.deepEqual(asked, []);
  await reader.screenshot({ path: join(import.meta.dirname, "screenshots", "report.png"), fullPage: true });
  await reader.close();
});

test("“Fix it for me” looks for a better recipe, says what it tried, and quantizes again if it found one", { skip }, async () => {
  await go("Inspect");
  const runs = await page.locator(".runs tbody tr").count();
  await page.getByRole("button", { name: "Fix it for me" }).first().click();
  const verdict = page.locator(".diagnosis-verdict");
  await verdict.waitFor();
  await page.locator(".fixes tbody tr").first().waitFor(); // step by step
  await page.locator(".diagnosis-verdict", { hasText: /tried made/ }).waitFor();
  if (/made the recipe better/.test(await verdict.innerText())) {
    await page.locator(".runs tbody tr").nth(runs).waitFor();
  } else {
    assert.match(await verdict.innerText(), /Nothing that was tried improved it/);
  }
  assert.deepEqual(page.faults, []);
});

test("rounding is learned, bits are chosen along the front, sums are proven; the command verifies the receipt", { skip }, async () => {
  const run = async (press) => {
    const before = await page.locator(".runs tbody tr.selected .name").innerText();
    await press();
    await page.waitForFunction((was) => document.querySelector(".runs tbody tr.selected .name")?.innerText !== was && !document.querySelector("footer .progress"), before);
  };
  await go("Data");
  await fill(page, "calibration", 8); // few, to be quick
  await go("Inspect");
  await run(() => page.getByRole("button", { name: "Quantize again" }).click());
  await page.getByRole("button", { name: "Learn rounding" }).click();
  await page.locator("#learn-iterations").fill("5");
  await page.locator("#learn-iterations").blur();
  await page.getByText(/^5 iterations for each part of the network, about \d/).waitFor();
  await run(() => page.locator("#rounding-form").getByRole("button", { name: "Learn rounding" }).click());
  assert.match(await page.locator(".runs tbody tr.selected .name").innerText(), /rounding by BRECQ, 5 iterations/);
  await page.getByRole("button", { name: "Bits per layer" }).click();
  await page.getByRole("button", { name: "Measure for a budget of bytes" }).click();
  const said = page.locator(".plot-front figcaption p").first();
  await said.waitFor();
  const middle = await said.innerText();
  await page.locator("#budget").focus();
  await page.keyboard.press("Home");
  await page.waitForFunction((was) => document.querySelector(".plot-front figcaption p").innerText !== was, middle);
  await page.keyboard.press("ArrowRight");
  assert.match(await said.innerText(), /kB of parameters: .*layers? of \d bits; predicted SQNR/);
  await run(() => page.getByRole("button", { name: "Quantize with these bits" }).click());
  await page.getByRole("button", { name: "Prove the sums" }).click();
  await page.locator(".bounds").waitFor();
  assert.match(await page.locator(".bounds .diagnosis-verdict").innerText(), /^Proven: whatever the input, no accumulator of the \d+ layers on integers needs more than \d+ of 32 bits/);
  await shot(page, "bounds", true);
  const { path } = await receipt(page);
  const verdict = JSON.parse(execFileSync(command, ["verify", path, sample("images.zip").path, "--model", sample("model.onnx").path, "--json"]));
  for (const step of verdict.steps) assert.equal(step.status, "match", JSON.stringify(step));
  assert.deepEqual(page.faults, []);
});
