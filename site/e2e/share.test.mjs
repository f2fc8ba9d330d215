import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import jsQR from "jsqr";
import { command, drop, finished, launch, open, patience, receipt, sample, shot, site } from "./page.mjs";

const skip = sample("model.onnx").skip;
let browser;
before(async () => (browser = await launch()));
after(async () => browser?.close());

// Runs the sample and shares it; gives the link's path.
async function shared() {
  const page = await open(browser);
  await page.getByRole("button", { name: "Run the sample" }).click();
  await finished(page);
  await page.locator("header").getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Create short link" }).waitFor();
  await shot(page, "share-1280");
  assert.deepEqual(page.sent, [], "opening the dialog sends nothing");
  await page.getByRole("button", { name: "Create short link" }).click();
  const link = await page.locator("#share-link").inputValue();
  assert.ok(link.startsWith(site + "/r/"), link);
  assert.deepEqual(page.sent.map((s) => [s.method, s.path]), [["POST", "/api/receipts"]]);
  const sent = JSON.parse(page.sent[0].body);
  assert.equal(sent.format, "quantscope-receipt/2");
  assert.equal(sent.model.name, undefined, "the file name is not told unasked");
  assert.ok(page.sent[0].body.length < 10_000, `${page.sent[0].body.length} bytes were sent`);
  assert.deepEqual(page.faults, []);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy full link" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  const full = await page.evaluate(() => navigator.clipboard.readText());
  await page.context().close();
  return { path: new URL(link).pathname, receipt: sent, full };
}

test("a link, opened and checked with the sample, matches step by step", { skip }, async () => {
  const { path } = await shared();
  const page = await open(browser, path);
  await page.getByText("reported by the sender, not checked here").first().waitFor();
  await shot(page, "claim-1280");
  await page.getByRole("button", { name: "Use the built-in sample" }).click();
  await page.locator(".verdict.match").waitFor();
  assert.equal(await page.locator(".step").count(), 13);
  assert.equal(await page.locator(".step.match").count(), 13);
  await shot(page, "verified-1280");
  await page.getByRole("button", { name: "Open in Inspect" }).click(); // like one's own
  await page.locator(".place-inspect .figures").waitFor();
  await page.locator(".plot-input figcaption").waitFor(); // the core still has it
  await page.goBack();
  await page.getByRole("button", { name: "Change something" }).click();
  await page.locator(".place-quantize").waitFor();
  assert.ok(!new URL(page.url()).pathname.startsWith("/r/"), page.url());
  assert.deepEqual(page.sent, []);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("the model alone is checked layer by layer", { skip }, async () => {
  const { path } = await shared();
  const page = await open(browser, path);
  await page.getByText("reported by the sender, not checked here").first().waitFor();
  await drop(page, sample("model.onnx").path);
  await page.locator(".step.match", { hasText: "integer layers" }).waitFor();
  assert.equal(await page.locator(".step.match").count(), 6);
  assert.equal(await page.locator(".step.not-run").count(), 7);
  assert.match(await page.locator(".step", { hasText: "integer layers" }).innerText(), /(\d+) of \1 layers/);
  await page.getByRole("button", { name: "Re-check with the scalar engine" }).click();
  await page.locator(".check-card .scalar", { hasText: /No fault of the kernels: each of \d+ layers is the same on the scalar engine, and as the receipt says/ }).waitFor();
  await shot(page, "model-only-1280");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a receipt of an older release is checked by that release's engine, if the site has it", { skip }, async () => {
  const { receipt } = await shared();
  const dir = await mkdtemp(join(tmpdir(), "quantscope-e2e-"));
  const path = join(dir, "older.json");
  await writeFile(path, JSON.stringify({ ...receipt, engine: "quantscope 0.1.9" }));
  const page = await open(browser);
  // The site of another build: today's core stands for the older one, under the name of its content.
  const older = { release: "0.1.9", core: "core-0123456789abcdef.wasm", exec: "wasm_exec-0123456789abcdef.js" };
  const fetched = [];
  const kept = async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    fetched.push(name);
    await route.fulfill({ response: await route.fetch({ url: site + "/" + name.replace(/-[0-9a-f]{16}/, "") }) });
  };
  for (const name of [older.core, older.exec]) await page.context().route("**/" + name, kept);
  await drop(page, path);
  await page.getByText("The receipt says that release 0.1.9 computed it").waitFor();
  await drop(page, sample("model.onnx").path);
  const ask = page.getByRole("button", { name: "Check with the engine of 0.1.9" });
  await page.locator(".step.match", { hasText: "integer layers" }).waitFor();
  await ask.click();
  await page.getByText("This site does not have the engine of release 0.1.9").waitFor();
  await page.context().route("**/engines.json", (route) => route.fulfill({ json: [older] }));
  await ask.click();
  await page.getByText("Checked by the engine of release 0.1.9, which the receipt says computed it").waitFor();
  await page.locator(".step.match", { hasText: "integer layers" }).waitFor();
  assert.deepEqual(fetched.sort(), [older.core, older.exec]);
  assert.equal(await page.locator(".step.differs").count(), 0);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a full link needs no server, is checked like any other, and says when it is cut off", { skip: skip || (command ? false : "there is no command") }, async () => {
  const { full, receipt } = await shared();
  assert.ok(full.startsWith(site + "/#receipt=1") && full.length < 8192, `${full.length} characters: ${full.slice(0, 60)}`);
  const requests = [];
  const page = await open(browser, "/");
  page.on("request", (r) => requests.push(new URL(r.url()).pathname));
  await page.locator("#result-link").fill("https://another.example/" + full.slice(site.length + 1));
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await page.getByText("reported by the sender, not checked here").first().waitFor();
  assert.match(await page.title(), /Shared result of .*top-1/);
  assert.equal(await page.locator(".claim-layers tbody tr").count(), receipt.layers.length);
  assert.ok(!requests.some((p) => p.startsWith("/api/")), requests.join(" "));
  await shot(page, "claim-full-1280", true);
  await drop(page, sample("model.onnx").path);
  await page.locator(".step.match", { hasText: "integer layers" }).waitFor();
  assert.equal(await page.locator(".claim-layers tbody tr .layer-mark.differs, .claim-layers tbody tr .layer-mark.not-run").count(), 0);
  assert.ok((await page.locator(".claim-layers .layer-mark.match").count()) >= receipt.layers.length);
  await shot(page, "claim-layers-1280", true);
  await page.getByRole("link", { name: "Model" }).click();
  await page.goBack();
  await page.locator(".claim-layers").waitFor();
  const run = await promisify(execFile)(command, ["verify", full, "--json", "--model", sample("model.onnx").path]);
  assert.equal(JSON.parse(run.stdout).differs, false);
  assert.deepEqual(page.faults, []);
  await page.context().close();
  for (const part of [full.slice(site.length, -40), "/#receipt=", "/#rec", "/r/"]) {
    const cut = await open(browser, part);
    await cut.getByText("The link is not whole: ").waitFor();
    await cut.context().close();
  }
  const quoted = await open(browser, full.slice(site.length) + ")."); // as a mail has it
  await quoted.getByText("reported by the sender, not checked here").first().waitFor();
  await quoted.context().close();
});

test("the QR code of a short link, photographed in light and dark, is the link", { skip }, async () => {
  for (const colorScheme of ["light", "dark"]) {
    const page = await open(browser, "/", { colorScheme });
    await page.getByRole("button", { name: "Run the sample" }).click();
    await finished(page);
    await page.locator("header").getByRole("button", { name: "Share" }).click();
    await page.getByRole("button", { name: "Create short link" }).click();
    const link = await page.locator("#share-link").inputValue();
    await page.getByText("QR code, for a projector").click();
    const picture = await page.getByRole("img", { name: "QR code of the short link" }).screenshot();
    const { data, width, height } = await page.evaluate(async (png) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (c) => c.charCodeAt(0))]));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      context.drawImage(bitmap, 0, 0);
      return { data: [...context.getImageData(0, 0, bitmap.width, bitmap.height).data], width: bitmap.width, height: bitmap.height };
    }, picture.toString("base64"));
    assert.equal(jsQR(Uint8ClampedArray.from(data), width, height, { inversionAttempts: "dontInvert" })?.data, link);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  }
});

test("the key that storing gives deletes what was stored", { skip }, async () => {
  const page = await open(browser);
  await page.getByRole("button", { name: "Run the sample" }).click();
  await finished(page);
  await page.locator("header").getByRole("button", { name: "Share" }).click();
  await page.getByLabel("Include the model's file name").check(); // a receipt that no other test stores
  await page.getByRole("button", { name: "Create short link" }).click();
  const link = await page.locator("#share-link").inputValue();
  assert.match(await page.locator(".delete-key").innerText(), /^[A-Z2-7]{26}$/);
  await shot(page, "shared-1280");
  const stored = link.replace("/r/", "/api/receipts/");
  assert.equal((await fetch(stored)).status, 200);
  await page.getByRole("button", { name: "Delete from this server" }).click();
  await page.getByRole("button", { name: "Create short link" }).waitFor();
  assert.equal((await fetch(stored)).status, 404);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a model with one changed weight differs", { skip }, async () => {
  const { path, receipt } = await shared();
  const bytes = await readFile(sample("model.onnx").path);
  // The lowest exponent bit of one float in the middle of the weights.
  bytes[Math.floor(bytes.length / 2 / 4) * 4 + 2] ^= 0x40;
  const changed = join(await mkdtemp(join(tmpdir(), "quantscope-e2e-")), "model.onnx");
  await writeFile(changed, bytes);
  const page = await open(browser, path);
  await drop(page, changed);
  await page.locator(".verdict.differs").waitFor();
  assert.match(await page.locator(".verdict").innerText(), /model/);
  await drop(page, sample("images.zip").path);
  await page.getByRole("button", { name: "Check anyway" }).click();
  await page.getByRole("button", { name: "Check again" }).waitFor();
  const steps = await page.locator(".step").allInnerTexts();
  const status = Object.fromEntries(steps.map((s) => s.split("\n")[0].split(": ")));
  assert.equal(status.model, "differs");
  assert.equal(status.recipe, "match");
  assert.equal(status["evaluation data"], "match");
  assert.equal(status.qparams, "differs", JSON.stringify(receipt.digests));
  await shot(page, "differs-1280");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("words of a receipt that are longer than the page do not widen it", { skip }, async () => {
  const { receipt } = await shared();
  const page = await open(browser);
  const path = join(await mkdtemp(join(tmpdir(), "quantscope-e2e-")), "long.json");
  await writeFile(path, JSON.stringify({ ...receipt, recipe: { ...receipt.recipe, backend: "9".repeat(400) } }));
  await drop(page, path);
  await page.getByText("This result cannot be shown").waitFor();
  assert.match(await page.locator(".lede").innerText(), /backend is "9{20}/);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("an unknown link says so", async () => {
  const context = await browser.newContext();
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  await page.goto(site + "/r/" + "0".repeat(64));
  await page.getByText("No result is stored under this link").waitFor();
  for (const rest of ["/r/abc", "/r/", "/r"]) {
    await page.goto(site + rest);
    await page.getByText("The link is not whole").waitFor();
  }
  await context.close();
});

test("page and command give the same digests, and the command verifies the page's receipt", { skip: skip || (command ? false : "there is no command") }, async () => {
  const page = await open(browser);
  await page.getByRole("button", { name: "Run the sample" }).click();
  await finished(page);
  const here = await receipt(page);
  const run = promisify(execFile);
  const dir = await mkdtemp(join(tmpdir(), "quantscope-e2e-"));
  const recipe = join(dir, "recipe.json");
  await writeFile(recipe, JSON.stringify(here.json.recipe));
  const model = sample("model.onnx").path;
  const data = sample("images.zip").path;
  const options = { maxBuffer: 1 << 26 };
  const quantized = await run(command, ["quantize", "--json", "--recipe", recipe, model, data], options);
  const there = JSON.parse(quantized.stdout);
  assert.deepEqual(there.receipt, here.json, "the receipts are the same, digests and all");
  const verified = await run(command, ["verify", "--json", "--model", model, here.path, data], options);
  const { steps, differs } = JSON.parse(verified.stdout);
  assert.equal(differs, false);
  assert.deepEqual([...new Set(steps.map((s) => s.status))], ["match"]);
  await page.context().close();
});
