// How long the page takes to find the recommended recipe of mobilenetv2, from the press to the last step: seconds by the
// clock, and of processors, which other programs of the machine delay less.
//
//   QUANTSCOPE_SITE=http://127.0.0.1:8080 node site/e2e/recommended.mjs [config1|config2…]
import { drop, fill, given, launch, open } from "./page.mjs";

const model = given("models/mobilenetv2.onnx"), images = given("images/imagenet224");
for (const { skip } of [model, images]) if (skip) throw new Error(skip);
const browser = await launch();
const cdp = await browser.newBrowserCDPSession();
const processors = async () => (await cdp.send("SystemInfo.getProcessInfo")).processInfo.filter((p) => p.type === "renderer").reduce((sum, p) => sum + p.cpuTime, 0);
for (const config of process.argv.length > 2 ? process.argv.slice(2) : ["config1", "config2"]) {
  const page = await open(browser);
  await drop(page, model.path);
  await page.locator("h1", { hasText: "mobilenetv2" }).waitFor();
  await drop(page, images.path);
  await page.locator("h1", { hasText: "600 items" }).waitFor();
  await fill(page, "calibration", 64);
  await page.locator("nav").getByText("Quantize").click();
  await page.locator("#" + config).check();
  const began = Date.now(), before = await processors();
  await page.getByRole("button", { name: "Find the best recipe" }).click();
  await page.locator(".diagnosis-verdict", { hasText: /quantized again|stays as it is/ }).waitFor();
  const seconds = (Date.now() - began) / 1000, computed = (await processors()) - before;
  console.log(`${config}: ${seconds.toFixed(1)} s, ${computed.toFixed(1)} s of processors (${(computed / 2).toFixed(1)} on each of two)`);
  for (const row of await page.locator(".diagnosis-found tbody tr").allInnerTexts()) console.log("  " + row.replaceAll("\t", "  "));
  await page.context().close();
}
await browser.close();
