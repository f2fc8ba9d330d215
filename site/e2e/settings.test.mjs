import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { becomes, bytes, command, finished, launch, open, sample, shot } from "./page.mjs";

const skip = sample("model.onnx").skip;
let browser;
before(async () => (browser = await launch()));
after(async () => browser?.close());

// A page with the sample's result and its worst layer looked into.
async function result() {
  const page = await open(browser);
  await page.getByRole("button", { name: "Run the sample" }).click();
  await finished(page);
  await page.locator(".plot-input").waitFor();
  return page;
}

// What the page shows as parameters after quantization, in bytes.
const size = async (page) => {
  const [, n, unit] = (await page.locator(".figure").last().locator(".quantized").innerText()).match(/([\d.]+)\s*(\w+)/);
  return Number(n) * { B: 1, kB: 1e3, MB: 1e6 }[unit];
};

test("a layer in float, a layer in 4 bits, undo and runs", { skip }, async () => {
  const page = await result();
  const whole = await size(page);
  const layer = await page.locator(".detail h2").innerText();
  await page.getByRole("button", { name: "Keep in float" }).click();
  await page.getByRole("heading", { name: "2 runs" }).waitFor();
  assert.equal(await page.locator(".detail h2").innerText(), layer, "the layer stays selected");
  assert.match(await page.locator(".detail").innerText(), /kept in float/);
  const float = await size(page);
  assert.ok(float > whole, `${float} bytes with a layer in float, ${whole} without`);

  await page.locator("#layer-bits").selectOption("4");
  await page.getByRole("heading", { name: "3 runs" }).waitFor();
  const narrow = await size(page);
  assert.ok(narrow < whole, `${narrow} bytes with a layer of 4 bits, ${whole} without`);
  await page.locator(".plot-weight figcaption", { hasText: "of 16 codes" }).waitFor();
  await shot(page, "runs-1280", true);

  await page.locator(".detail").getByRole("button", { name: "Undo" }).click();
  await becomes(() => size(page), float, "Undo shows the run before");
  await page.getByRole("button", { name: "Show run 1" }).click();
  await becomes(() => size(page), whole, "a click restores a run");
  await becomes(() => page.locator(".warning").count(), 0, "it is not stale: its recipe came with it");
  // The plots of a restored run are of that run.
  await page.locator(".plot-weight figcaption", { hasText: "of 256 codes" }).waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("every backend's preset is run or says why not", { skip }, async () => {
  const page = await result();
  await page.getByRole("link", { name: "Quantize" }).click();
  await page.locator(".advanced summary").click();
  await shot(page, "settings-1280", true);
  for (const name of ["openvino", "bm1684x"]) {
    await page.locator("#backend").selectOption(name);
    await page.getByRole("button", { name: "Quantize", exact: true }).click();
    await page.locator("body.at-inspect").waitFor();
    await page.getByRole("heading", { level: 1, name: "sample.onnx, " + name }).waitFor();
    await page.getByRole("link", { name: "Quantize" }).click();
  }
  // What the chip does not compute is a simulation, and said.
  await page.locator("#weight-bits").selectOption("2");
  await page.locator(".advanced .notes", { hasText: "bits is 2, but backend bm1684x computes with 8 bits: 8 is nearest. This is a simulation; the chip will not compute it." }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.locator(".advanced .notes").waitFor({ state: "detached" });
  // What no engine can do is refused.
  await page.locator("#weight-observer").selectOption("kld");
  await page.locator(".impossible", { hasText: "perChannel" }).waitFor();
  await becomes(() => page.getByRole("button", { name: "Quantize", exact: true }).isDisabled(), true, "Quantize cannot be pressed");
  await page.getByRole("button", { name: "Undo" }).click();
  await page.locator(".impossible").waitFor({ state: "detached" });
  await becomes(() => page.getByRole("button", { name: "Quantize", exact: true }).isEnabled(), true, "Quantize can be pressed again");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("one table shows what each backend would change", { skip }, async () => {
  const page = await result();
  await page.getByRole("link", { name: "Quantize" }).click();
  await page.getByRole("button", { name: "Compare backends" }).click();
  const rows = page.locator(".backends tbody tr");
  await rows.first().waitFor();
  assert.ok((await rows.count()) >= 15, `${await rows.count()} backends`);
  // TensorRT is symmetric: no zero points, where config1 has some.
  const tensorrt = await rows.filter({ has: page.getByRole("button", { name: "tensorrt", exact: true }) }).innerText();
  assert.match(tensorrt, /[1-9]\d* of \d+\s+[1-9]\d* of \d+\s+none/);
  await page.getByRole("button", { name: "tensorrt", exact: true }).click();
  await page.locator(".tensors td", { hasText: " … " }).first().waitFor();
  await shot(page, "backends-1280", true);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("formats are tried beforehand: they say what they write and are downloads, or are closed and say which preset they take", { skip }, async () => {
  const page = await result();
  await page.getByRole("link", { name: "Export" }).click();
  await page.locator(".format-list .contents").first().waitFor();
  assert.match(await page.locator(".format-list .contents").first().innerText(), /^[\d.]+ .?B: sample\.qoperator\.onnx/);
  await page.getByText("formats for other recipes").click();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download sophgo" }).click()]);
  assert.equal(file.suggestedFilename(), "sample.sophgo.zip");
  const archive = (await bytes(file)).toString("latin1");
  for (const inside of ["sample.sophgo", "_cali_table_", "_q_table_"]) assert.ok(archive.includes(inside), inside);
  await page.getByText("sample.sophgo.zip, ").waitFor();
  const refused = page.locator(".format-list .refused").filter({ has: page.getByRole("button", { name: "Download tensorrt", exact: true }) });
  await refused.waitFor();
  assert.match(await refused.innerText(), /Not for this result: .*zero point.*the preset tensorrt gives what it takes/s);
  assert.ok(await refused.getByRole("button").isDisabled());
  await shot(page, "export-1280", true);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("the copied command computes the same", { skip: skip || (command ? false : "there is no command") }, async () => {
  const page = await result();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("link", { name: "Export" }).click();
  await page.getByRole("button", { name: "Copy command" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  const line = await page.evaluate(() => navigator.clipboard.readText());
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download recipe" }).click()]);
  const [qdq] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download ONNX QDQ" }).click()]);
  const dir = await mkdtemp(join(tmpdir(), "quantscope-e2e-"));
  await writeFile(join(dir, "recipe.json"), await bytes(saved));
  const run = promisify(execFile);
  const files = { "sample.onnx": sample("model.onnx").path, "images.zip": sample("images.zip").path };
  assert.match(line, /^go run \.\/quant\/cmd\/quantscope quantize /);
  const words = line.split(" ").slice(3).map((w) => files[w] ?? w);
  await run(command, words, { cwd: dir, maxBuffer: 1 << 26 });
  assert.ok((await readFile(join(dir, "sample.qdq.onnx"))).equals(await bytes(qdq)), "the files are the same, byte by byte");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("MQBench's own configuration is pasted, what is wrong in it is named", async () => {
  const page = await open(browser);
  await page.locator("nav").getByText("Quantize").click();
  await page.locator(".from-mqbench summary").click();
  await page.locator("#mqbench").fill("w_qscheme: [");
  await page.getByRole("button", { name: "Use this configuration" }).click();
  await page.locator(".problem", { hasText: /This configuration cannot be used.*line 1/ }).waitFor();
  await page.locator("#mqbench").fill(`extra_prepare_dict:
  extra_qconfig_dict:
    w_observer: MSEObserver
    a_observer: EMAMSEObserver
    w_fakequantize: AdaRoundFakeQuantize
    a_fakequantize: QDropFakeQuantize
    w_qscheme: {bit: 4, symmetry: true, per_channel: true, pot_scale: false}
    a_qscheme: {bit: 4, symmetry: false, per_channel: false, pot_scale: false}
`);
  await page.getByRole("button", { name: "Use this configuration" }).click();
  await page.getByText("The recipe is this configuration’s.").waitFor();
  await page.locator(".advanced summary").click();
  assert.equal(await page.locator("#weight-bits").inputValue(), "4");
  assert.equal(await page.locator("#activation-fakequant").inputValue(), "qdrop");
  assert.deepEqual(page.faults, []);
});
