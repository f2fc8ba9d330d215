// How the page mends mobilenetv2, with the preprocessing it was trained with: what a run under config2 keeps, what the
// diagnosis names and how soon, what the first fix brings, and what Recommended finds under each configuration. Seconds
// are by the clock, and of processors, which other programs of the machine delay less.
//
//   QUANTSCOPE_SITE=http://127.0.0.1:8080 node site/e2e/recommended.mjs [config1|config2…]
import { drop, fill, given, launch, open } from "./page.mjs";

const model = given("models/mobilenetv2.onnx"), images = given("images/imagenet224");
for (const { skip } of [model, images]) if (skip) throw new Error(skip);
const browser = await launch();
const cdp = await browser.newBrowserCDPSession();
const processors = async () => (await cdp.send("SystemInfo.getProcessInfo")).processInfo.filter((p) => p.type === "renderer").reduce((sum, p) => sum + p.cpuTime, 0);

// Prints what something takes, and what it says of itself.
async function timed(what, work) {
  const began = Date.now(), before = await processors();
  const said = await work();
  const seconds = (Date.now() - began) / 1000, computed = (await processors()) - before;
  console.log(`${what}: ${seconds.toFixed(1)} s, ${computed.toFixed(1)} s of processors (${(computed / 2).toFixed(1)} on each of two). ${said}`);
}
const figures = async (page) => (await page.locator(".figures .figure").first().innerText()).replaceAll(/\s+/g, " ");
const rows = async (page, table) => { for (const row of await page.locator(table).allInnerTexts()) console.log("  " + row.replaceAll(/\s*\t\s*/g, "  ")); };

// The page with network and images, a configuration chosen.
async function ready(config) {
  const page = await open(browser);
  await drop(page, model.path);
  await page.locator("h1", { hasText: "mobilenetv2" }).waitFor();
  await drop(page, images.path);
  await page.locator("h1", { hasText: "600 items" }).waitFor();
  await page.locator("#preprocess").selectOption("imagenet-tf");
  await fill(page, "offset", 1);
  await fill(page, "calibration", 64);
  console.log(await page.getByText(/Checked: in float/).innerText());
  await page.locator("nav").getByText("Quantize").click();
  await page.locator("#" + config).check();
  return page;
}

for (const config of process.argv.length > 2 ? process.argv.slice(2) : ["config1", "config2"]) {
  let page = await ready(config);
  await timed(`${config}, as it is`, async () => {
    await page.getByRole("button", { name: "Quantize", exact: true }).click();
    await page.locator(".place-inspect .figures").waitFor();
    return figures(page);
  });
  if (await page.locator(".collapse").count()) {
    await timed("  diagnosis", async () => {
      await page.locator(".collapse").getByRole("button", { name: "Why?" }).click();
      await page.locator(".bottom .rest").waitFor();
      return page.locator(".diagnosis-verdict").innerText();
    });
    await rows(page, ".fixes tbody tr");
    await timed("  first fix", async () => {
      await page.locator(".fixes").getByRole("button", { name: /^Apply/ }).first().click();
      await page.locator(".runs tbody tr").nth(1).waitFor();
      return figures(page);
    });
  }
  await page.context().close();
  page = await ready(config);
  await page.getByRole("button", { name: "Find the best recipe" }).click();
  await timed(`${config}, recommended: the search`, async () => {
    const verdict = page.locator(".diagnosis-verdict", { hasText: /quantized again|is unchanged/ });
    await verdict.waitFor();
    return verdict.innerText();
  });
  await rows(page, ".diagnosis-found tbody tr");
  await timed("  and the run", async () => {
    await page.locator(".place-inspect .figures").waitFor();
    return figures(page);
  });
  await page.context().close();
}
await browser.close();
