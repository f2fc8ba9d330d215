// Pictures of every place at five widths, light and dark, with a result and without; left in screenshots/.
// And what no picture shows at a glance: whether a page is wider than its window.
//
//   QUANTSCOPE_SITE=http://127.0.0.1:8080 node site/e2e/shots.mjs [width…]
import { finished, launch, open, shot } from "./page.mjs";

const widths = process.argv.slice(2).map(Number);
const sizes = [[360, 740], [768, 1024], [1024, 768], [1280, 720], [1440, 900]].filter(([w]) => !widths.length || widths.includes(w));
const browser = await launch();
const wide = [];
for (const colorScheme of ["light", "dark"]) {
  const page = await open(browser, "/", { colorScheme });
  const look = async (name) => {
    for (const [width, height] of sizes) {
      await page.setViewportSize({ width, height });
      await page.evaluate(() => scrollTo(0, 0));
      await page.waitForTimeout(150);
      const across = await page.evaluate(() => document.documentElement.scrollWidth);
      if (across > width) wide.push(`${name} at ${width}: ${across} px`);
      await shot(page, `${name}-${width}-${colorScheme}`);
    }
    await page.setViewportSize({ width: 1280, height: 720 });
  };
  await look("start");
  await page.getByRole("button", { name: "Run the sample" }).click();
  await finished(page);
  await page.locator("nav").getByText("Quantize").click();
  await page.locator("#config2").check();
  await page.getByRole("button", { name: "Quantize", exact: true }).click();
  await page.locator(".runs tbody tr").nth(1).waitFor();
  for (const place of ["Model", "Data", "Quantize", "Inspect", "Export"]) {
    await page.locator("nav").getByText(place).click();
    await page.waitForTimeout(800);
    await look(place.toLowerCase());
  }
  await page.context().close();
}
await browser.close();
console.log(wide.length ? "wider than the window:\n" + wide.join("\n") : "nothing is wider than its window");
