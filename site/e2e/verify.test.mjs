// What a receipt differs in, page and command name alike: the step, the layer in it, by how much, and a cause.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { becomes, command, drop, launch, open, patience, shot } from "./page.mjs";

const trials = process.env.QUANTSCOPE_RECEIPTS;
const skip = trials && command ? false : "takes a network and images that go test ./site/e2e writes";
const thorough = process.env.QUANTSCOPE_FIREFOX;
const name = "resnet20_cifar10";
let browser, dir, model, data;
before(async () => {
  if (skip) return;
  browser = await launch();
  dir = await mkdtemp(join(tmpdir(), "quantscope-verify-"));
  ({ model, data } = JSON.parse(await readFile(join(trials, "trials.json"), "utf8")).networks[name]);
});
after(async () => browser?.close());

const run = (...args) => promisify(execFile)(command, args, { maxBuffer: 1 << 26 });

// Quantizes as a recipe says, changed somehow; gives the receipt.
async function result(change = (r) => r) {
  const at = await mkdtemp(join(dir, "result-"));
  const [first, recipe, receipt] = ["first.json", "recipe.json", "receipt.json"].map((f) => join(at, f));
  const few = ["--calibration", "4", "--batch", "2", "--evaluation", "4"];
  await run("quantize", model, data, "--config", "config1", "--preprocess", "cifar", ...few, "--recipe-out", first);
  await writeFile(recipe, JSON.stringify(change(JSON.parse(await readFile(first, "utf8")))));
  await run("quantize", model, data, "--recipe", recipe, "--receipt", receipt);
  return JSON.parse(await readFile(receipt, "utf8"));
}

// The steps that the command finds.
async function byCommand(receipt, model, data) {
  const { stdout } = await run("verify", "--json", receipt, "--model", model, data).catch((e) => e);
  const { steps, cause } = JSON.parse(stdout);
  return { steps: steps.map((s) => ({ name: s.name, status: s.status, detail: s.detail ?? "" })), cause };
}

// The steps that the page shows.
async function byPage(receipt, model, data) {
  const page = await open(browser);
  await drop(page, receipt);
  await page.getByText("reported by the sender, not checked here").first().waitFor();
  await drop(page, model);
  await page.locator(".step.match, .step.differs").first().waitFor();
  await drop(page, data);
  const check = page.getByRole("button", { name: /^Check (again|anyway)$/ });
  await check.waitFor();
  if ((await check.innerText()).trim() === "Check anyway") await check.click(); // another model: the page asks first
  await becomes(() => page.locator(".step", { hasText: /^metrics: not run/ }).count(), 0, "everything is computed again", patience);
  await page.getByRole("button", { name: "Check again" }).waitFor();
  const steps = await page.locator(".step").evaluateAll((list) => list.map((li) => {
    const [name, status] = li.querySelector("p").textContent.split(": ");
    return { name, status, detail: li.querySelector("p.help")?.textContent ?? "" };
  }));
  const verdict = await page.locator(".verdict").innerText();
  await shot(page, "verify-differs-1280", true);
  assert.deepEqual(page.faults, []);
  await page.context().close();
  return { steps, verdict };
}

test("one bit, one setting, one channel order, one image: page and command name the step, the layer and by how much", { skip }, async (t) => {
  const honest = await result();
  const write = async (file, receipt) => (await writeFile(join(dir, file), JSON.stringify(receipt)), join(dir, file));
  // A result of other settings that claims to be of these.
  const claimed = async (file, change) => thorough && write(file, { ...(await result(change)), recipe: honest.recipe, recipeDigest: honest.recipeDigest });
  const receipt = await write("honest.json", honest);

  const bytes = await readFile(model);
  bytes[Math.floor(bytes.length / 8 / 4) * 4 + 3] ^= 0x02; // of a float's exponent: 16 times as much, or as little
  const bit = join(dir, "bit.onnx");
  await writeFile(bit, bytes);

  const another = join(dir, "another");
  await cp(data, another, { recursive: true });
  const images = (await readdir(another, { recursive: true })).filter((f) => f.endsWith(".png")).sort();
  await cp(join(another, images[0]), join(another, images[1]));

  const quantizers = /^\d+ of \d+ quantizers of activations differ, the first is \S+: scale \S+ and zero point \S+ here, \S+ and \S+ in the receipt$/;
  const cases = [
    ["nothing", [receipt, model, data], {}, ""],
    ["one bit of one weight", [receipt, bit, data], {
      weights: /^1 of \d+ tensors differ, the first is \S+, \d+ numbers of ".*"$/,
      "quantized weights": /^1 of 20 layers differ, the first is \S+: (1 of \d+ codes differs, by \d+|of \d+ codes \d of the \d that can be compared differ, by at most \d+|more than one of \d+ codes differs, none of the \d that can be compared; .*)$/,
      "integer layers": /^\d+ of \d+ layers differ, the first is \S+: .*codes/,
    }, "Other weights."],
    ["one setting", [await claimed("setting.json", (r) => ({ ...r, activation: { ...r.activation, emaRatio: 0.5 } })), model, data], { qparams: quantizers }, "Other settings"],
    ["one channel order", [await claimed("order.json", (r) => ({ ...r, preprocess: { ...r.preprocess, channels: "bgr" } })), model, data], { qparams: quantizers }, "Another channel order"],
    ["one image", [receipt, model, another], { "calibration data|evaluation data": /^of 4 items 1 is not the one in the receipt, the first is \S+\.png$/ }, "Other images"],
  ];
  // make receipts tries all of them
  for (const [what, given, differ, cause] of thorough ? cases : cases.slice(1, 2)) {
    await t.test(what, async () => {
      const there = await byCommand(...given);
      const here = await byPage(...given);
      assert.deepEqual(here.steps, there.steps);
      const bad = there.steps.filter((s) => s.status === "differs");
      if (what === "nothing") assert.deepEqual(bad, []);
      for (const [names, detail] of Object.entries(differ)) {
        const steps = bad.filter((s) => names.split("|").includes(s.name));
        assert.ok(steps.some((s) => detail.test(s.detail)), `${names}: ${JSON.stringify(bad)}`);
      }
      assert.ok((there.cause ?? "").startsWith(cause), there.cause);
      if (cause) assert.ok(here.verdict.includes(there.cause.slice(0, -1)), here.verdict);
    });
  }
});
