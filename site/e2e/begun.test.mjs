// What a press begins comes into view, and the bar at the bottom says what goes on and how to end it; runs of the same
// figures show their numbers, and a table of steps is whole on a phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { becomes, finished, launch, open, shot } from "./page.mjs";

let browser;
before(async () => (browser = await launch()));
after(async () => browser?.close());

// Whether an element begins between the bar at the top and the one at the bottom.
const inView = (page, selector) => page.locator(selector).evaluate((e) => {
  const top = e.getBoundingClientRect().top;
  return top >= document.querySelector("header").getBoundingClientRect().bottom - 1 && top < document.querySelector(".bottom").getBoundingClientRect().top;
});

for (const [width, height] of [[1280, 800], [390, 800]]) {
  test(`a press below the layers at ${width} px: what it begins is seen, the bar ends it`, async () => {
    const page = await open(browser, "/", { viewport: { width, height } });
    await page.getByRole("button", { name: "Run the sample" }).click();
    await finished(page);
    await page.locator("nav").getByText("Quantize").click();
    await page.locator("#config2").check();
    await page.getByRole("button", { name: "Quantize", exact: true }).click();
    await page.locator(".runs tbody tr").nth(1).waitFor();
    const fix = page.getByRole("button", { name: "Fix it for me" });
    await fix.scrollIntoViewIfNeeded();
    await fix.click();
    const bar = page.locator(".bottom");
    await bar.getByText(/Looking for a better recipe/).waitFor();
    await becomes(() => inView(page, "#diagnosis-title"), true, "the steps are in view");
    await bar.getByRole("button", { name: "Cancel" }).waitFor();
    const best = page.getByRole("button", { name: "Stop and take the best so far" }).first(); // with the steps, and in the bar
    const done = page.locator(".diagnosis-verdict", { hasText: /quantized again|is unchanged/ });
    await best.or(done).first().waitFor();
    const ends = await bar.locator(".button").evaluateAll((list) => Math.max(...list.map((b) => b.getBoundingClientRect().right)));
    assert.ok(ends <= width, `the bar's buttons end at ${ends} of ${width} px`);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, "nothing is wider than the window");
    await shot(page, `begun-${width}`);
    await done.waitFor();
    await bar.locator(".rest").waitFor();
    const rows = page.locator(".diagnosis-found .fixes tbody tr");
    const edge = await rows.locator("td").evaluateAll((cells) => Math.max(...cells.map((c) => c.getBoundingClientRect().right)));
    assert.ok(edge <= width, `the table ends at ${edge} of ${width} px`);
    await shot(page, `begun-done-${width}`);

    // Forms open in view, wherever their button stands.
    for (const [button, form] of [["Learn rounding", "#rounding-form"], ["Bits per layer", "#bits-form"], ["Recover by training", "#training-title"]]) {
      await page.getByRole("button", { name: button }).first().click();
      await becomes(() => inView(page, form), true, `${button} opens in view`);
    }
    await page.locator("#train-epochs").fill("1000"); // which does not end before it is cancelled
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await becomes(() => inView(page, "#training-title"), true, "the course is in view");
    await bar.getByRole("button", { name: "Cancel" }).click();
    await bar.locator(".rest").waitFor();

    const narrow = await page.locator(".runs table").evaluate((t) => t.scrollWidth - t.closest(".scroll").clientWidth);
    assert.ok(narrow <= 0, `the runs are ${narrow} px wider than their table's window`);

    // What a press shows elsewhere on the page comes into view.
    await page.getByRole("button", { name: "Prove the sums" }).click();
    await page.locator("#bounds-title").waitFor();
    await becomes(() => inView(page, "#bounds-title"), true, "the sums are in view");
    await page.getByRole("button", { name: /^Compare layers/ }).first().click();
    await becomes(() => inView(page, "#layers-title"), true, "the layers are in view");

    // Every run has its number in the picture, none hidden under another's.
    await page.locator(".plot-trade").scrollIntoViewIfNeeded();
    const labels = await page.locator(".run-numbers").evaluateAll((list) => list.map((e) => ({ text: e.textContent, box: e.getBoundingClientRect().toJSON() })));
    const named = labels.flatMap(({ text }) => text.split(", ")).flatMap((part) => {
      const [from, to = from] = part.split("–").map(Number);
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    });
    const runs = await page.locator(".runs tbody tr").count();
    assert.deepEqual(named.toSorted((a, b) => a - b), Array.from({ length: runs }, (_, i) => i + 1));
    for (const { text, box } of labels) {
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      assert.equal(await page.evaluate(([x, y]) => document.elementFromPoint(x, y)?.closest(".run-numbers")?.textContent, [x, y]), text, `the number ${text} is on top`);
    }
    await shot(page, `begun-runs-${width}`);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}
