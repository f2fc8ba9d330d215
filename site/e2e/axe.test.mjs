// Nothing that axe-core finds fault with, on any screen, light and dark.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { finished, launch, open, sample, site } from "./page.mjs";

const skip = sample("model.onnx").skip;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let browser;
before(async () => (browser = await launch()));
after(async () => browser?.close());

test("every screen, light and dark", { skip }, async () => {
  const page = await open(browser);
  const found = [];
  const look = async (screen) => {
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.evaluate(axe); // not as a script element: the page's policy lets in none but its own
      found.push(...await page.evaluate(async (screen) => {
        const { violations } = await axe.run(document, { resultTypes: ["violations"], ...(screen.endsWith("dark") && { runOnly: ["color-contrast"] }) });
        return violations.flatMap((v) => v.nodes.map((n) => `${screen}: ${v.id}: ${n.target} ${n.html.slice(0, 160)} ${n.failureSummary}`));
      }, `${screen}, ${colorScheme}`));
    }
  };
  await look("start");
  await page.getByRole("button", { name: "Run the sample" }).click();
  await finished(page);
  await page.locator(".plot-weight > svg").waitFor();
  await page.getByRole("button", { name: "What if…" }).click();
  await page.locator(".whatif-network:not(.pending)").waitFor();
  await page.getByRole("button", { name: "Compare the answers" }).click();
  await page.locator(".flips").waitFor();
  await look("inspect");
  await page.getByRole("button", { name: "Graph" }).click();
  await look("graph");
  for (const place of ["Model", "Data", "Quantize", "Export", "Learn"]) {
    await page.locator("nav").getByText(place).click();
    await page.locator(".place-" + place.toLowerCase()).waitFor();
    await look(place);
  }
  await page.keyboard.press("?");
  await look("the list of keys");
  await page.keyboard.press("Escape");
  await page.locator("header").getByRole("button", { name: "Share" }).click();
  await look("the share dialog");
  await page.goto(site + "/operators.html");
  await page.locator(".operators").first().waitFor();
  await look("the list of operators");
  assert.deepEqual(found, []);
  assert.deepEqual(page.faults, []);
});
