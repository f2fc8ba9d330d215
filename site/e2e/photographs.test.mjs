// Photographs are decoded by the kernels' workers, with the bits that the command decodes; one that is cut short is skipped and
// named as there.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { give, quantize, start } from "./core.mjs";
import { launchFirefox } from "./firefox.mjs";
import { command, given, launch, site } from "./page.mjs";

const model = given("models/resnet20_cifar10.onnx"), images = given("images/imagenet");
const skip = model.skip || images.skip;
const executable = process.env.FIREFOX || "/usr/bin/firefox-esr";
const many = 10; // photographs

let dir, folder, chromium, firefox, expected;
before(async () => {
  if (skip) return;
  chromium = await launch();
  dir = await mkdtemp(join(tmpdir(), "quantscope-photographs-"));
  folder = join(dir, "photographs");
  await mkdir(folder);
  const files = (await readdir(images.path, { recursive: true, withFileTypes: true })).filter((f) => /\.jpe?g$/i.test(f.name));
  for (const [i, f] of files.slice(0, many).entries()) await cp(join(f.parentPath, f.name), join(folder, `${i}.jpg`));
  const whole = await readFile(join(folder, "0.jpg"));
  assert.ok(whole.length > 32 << 10, "a photograph of some size");
  await writeFile(join(folder, "cut.jpg"), whole.subarray(0, whole.length >> 1));
  await promisify(execFile)(command, ["quantize", "--json", "--calibration", "6", "--receipt", join(dir, "receipt.json"), model.path, folder]);
  expected = JSON.parse(await readFile(join(dir, "receipt.json"), "utf8"));
});
after(async () => {
  await chromium?.close();
  await firefox?.close();
  if (dir) await rm(dir, { recursive: true, force: true });
});

const base64 = async (path) => (await readFile(path)).toString("base64");

// The receipt of a core on two threads.
async function made(call) {
  await start(call, 2);
  await give(call, "open", [{ name: "resnet20_cifar10.onnx", bytes: await base64(model.path) }]);
  const names = (await readdir(folder)).sort();
  await give(call, "load", await Promise.all(names.map(async (n) => ({ name: "photographs/" + n, bytes: await base64(join(folder, n)) }))));
  const { failed, receipt } = await quantize(call, expected.recipe);
  assert.equal(failed, undefined);
  return receipt;
}

test("workers decode photographs in Chromium", { skip }, async () => {
  const context = await chromium.newContext();
  // Each of the workers tells of every photograph that it decodes.
  await context.route("**/kernel-worker.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()) + `
      const own = decode, channel = new BroadcastChannel("decoded");
      decode = async (asked) => {
        const decoded = await own(asked);
        channel.postMessage(decoded.pix ? "decoded" : "not decoded");
        return decoded;
      };` });
  });
  const page = await context.newPage();
  await page.goto(site);
  await page.evaluate(() => {
    globalThis.seen = {};
    globalThis.channel = new BroadcastChannel("decoded");
    channel.onmessage = ({ data }) => (seen[data] = (seen[data] ?? 0) + 1);
  });
  const receipt = await made((f, ...args) => page.evaluate(`(${f})(...${JSON.stringify(args)})`));
  assert.deepEqual(receipt, expected);
  const seen = await page.evaluate(() => seen);
  assert.equal(seen.decoded, many, "each photograph once");
  assert.ok(seen["not decoded"] > 0, "the one that is cut short was tried");
});

test("and in Firefox", { skip: skip || (existsSync(executable) ? false : `${executable} is absent`) }, async () => {
  firefox = await launchFirefox(executable);
  await firefox.open(site);
  assert.deepEqual(await made(firefox.call), expected);
});
