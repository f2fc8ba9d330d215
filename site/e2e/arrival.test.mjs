// The start page before its program is there: it is read, pressed and given files, and nothing of that is lost.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { becomes, finished, launch, patience, sample, site } from "./page.mjs";

const skip = sample("model.onnx").skip;
let browser;
before(async () => (browser = await launch()));
after(async () => browser?.close());

// A page whose program waits until go is called.
async function held(path = "/") {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  let go;
  const may = new Promise((ok) => (go = ok));
  await page.route("**/site.wasm", async (route) => {
    await may;
    await route.continue();
  });
  await page.goto(site + path, { waitUntil: "domcontentloaded" });
  return { page, go };
}

test("a sample that is pressed before the program is there runs once it is", { skip }, async () => {
  const { page, go } = await held();
  const cards = page.locator(".sample-cards > li");
  await becomes(() => cards.count(), 3, "the samples are there");
  assert.match(await cards.nth(1).innerText(), /94\.1.%\s→\s11\.9.%\sright/);
  await page.getByRole("button", { name: "Run the sample" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("Starts as soon as").waitFor();
  go();
  await finished(page);
  assert.equal(await page.locator(".early").count(), 0);
  await page.context().close();
});

test("a model that is chosen, and an address that is typed, before the program is there", { skip }, async () => {
  const { page, go } = await held();
  await page.locator("#model-address").fill("https://example.com/net.onnx");
  await page.locator("#model-address").press("Enter");
  go();
  await page.locator(".start-links form [role=alert]").getByText("This address cannot be opened.").waitFor();
  assert.equal(new URL(page.url()).pathname, "/");
  await page.context().close();

  const next = await held();
  await next.page.locator("#pick-model").setInputFiles(sample("model.onnx").path);
  next.go();
  await next.page.getByRole("heading", { name: "model.onnx" }).waitFor();
  await next.page.context().close();
});

test("another place than the start is not shown as the start", async () => {
  const { page, go } = await held("/#quantize");
  await becomes(() => page.locator("#start-title").isVisible(), false, "the start page is not to be seen");
  go();
  await page.getByRole("heading", { name: "Quantize", exact: true }).waitFor();
  await page.context().close();
});

test("without programs the page still says what it is and what samples cost", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(site);
  assert.match(await page.locator("body").innerText(), /needs JavaScript and WebAssembly/);
  assert.equal(await page.locator(".sample-cards > li").count(), 3);
  await context.close();
});
