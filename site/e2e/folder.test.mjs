// A copy of the site in a folder of a static file server, which knows nothing of it.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { drop, finished, launch, patience, sample, site } from "./page.mjs";

const skip = sample("model.onnx").skip;
const folder = "/lab/quantscope/";
let browser, server, base;

before(async () => {
  browser = await launch();
  server = createServer(async ({ url }, response) => {
    const path = new URL(url, site).pathname;
    const found = path.startsWith(folder) && !path.startsWith(folder + "api/") && !path.startsWith(folder + "r/") ? await fetch(site + "/" + path.slice(folder.length)) : null;
    response.writeHead(found?.status ?? 404, { "Content-Type": found?.headers.get("Content-Type") ?? "text/plain" });
    response.end(found ? Buffer.from(await found.arrayBuffer()) : "nothing here");
  });
  await new Promise((ok) => server.listen(0, "127.0.0.1", ok));
  base = `http://127.0.0.1:${server.address().port}${folder}`;
});
after(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

async function open(rest) {
  const context = await browser.newContext();
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  page.strays = [];
  page.on("request", (r) => /^http/.test(r.url()) && !r.url().startsWith(base) && page.strays.push(r.url()));
  await page.goto(base + rest);
  await page.getByText(/Engine .* ready/).waitFor({ state: "attached" });
  return page;
}

test("in a folder of a static server the page runs, keeps its address, and opens full links of any other copy", { skip }, async () => {
  const page = await open("");
  await page.getByRole("button", { name: "Run the sample" }).click();
  await finished(page);
  assert.equal(new URL(page.url()).pathname, folder);
  assert.equal(await page.getByRole("link", { name: "Model" }).evaluate((a) => a.href.split("#")[0]), base);
  assert.ok((await page.getByRole("link", { name: "Licences" }).evaluate((a) => a.href)).startsWith(base));
  await page.locator("header").getByRole("button", { name: "Share" }).click();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy full link" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  const full = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(full.startsWith(base + "#receipt=1"), full.slice(0, 80));
  await page.getByRole("button", { name: "Close" }).click();
  await page.reload();
  await page.getByText(/Engine .* ready/).waitFor({ state: "attached" });
  assert.deepEqual(page.strays, []);
  await page.context().close();

  const there = await open(full.slice(base.length));
  await there.getByText("reported by the sender, not checked here").first().waitFor();
  await drop(there, sample("model.onnx").path);
  await there.locator(".step.match", { hasText: "integer layers" }).waitFor();
  assert.equal(await there.locator(".step.differs").count(), 0);
  assert.equal(there.url(), full);
  assert.deepEqual(there.strays, []);
  await there.context().close();
});
