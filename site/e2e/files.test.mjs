// Whatever files come, in whatever order: something visible happens, and nothing is lost over one of them.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { drop, finished, launch, open, sample } from "./page.mjs";
import { png, zip } from "./png.mjs";

const model = sample("model.onnx"), skip = model.skip;
let browser, dir;
before(async () => {
  browser = await launch();
  dir = await mkdtemp(join(tmpdir(), "quantscope-e2e-"));
});
after(async () => browser?.close());

// A folder of so many pictures in the folders of two classes.
async function folder(name, n) {
  const root = join(dir, name);
  for (const [i, c] of ["cat", "dog"].entries()) await mkdir(join(root, c), { recursive: true });
  for (let i = 0; i < n; i++) await writeFile(join(root, i % 2 ? "dog" : "cat", `${i}.png`), png(32, 32, [(i * 37) % 256, (i * 91) % 256, 128]));
  return root;
}

test("three images, dropped before the model: they split by themselves, and the figures say how little they mean", { skip }, async () => {
  const page = await open(browser);
  await drop(page, await folder("three", 3));
  await page.getByRole("heading", { name: "3 items" }).waitFor();
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByText("Now choose a model").click()]);
  await chooser.setFiles(model.path);
  await page.getByRole("button", { name: "Quantize now" }).click();
  await finished(page);
  assert.match(await page.locator(".warning").first().innerText(), /Only 2 items were evaluated: one answer more or less moves these figures by 50/);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a broken image is skipped and named; one without a label does not take the labels away", { skip }, async () => {
  const root = await folder("mixed", 12);
  await writeFile(join(root, "cat", "broken.png"), png(32, 32, [1, 2, 3]).subarray(0, 60));
  await writeFile(join(root, "stray.png"), png(32, 32, [9, 9, 9]));
  const page = await open(browser);
  await drop(page, model.path, root);
  await page.getByRole("heading", { name: "14 items" }).waitFor();
  assert.match(await page.locator(".lede").innerText(), /13 items have labels of 2 classes/);
  await page.getByRole("button", { name: "Quantize now" }).click();
  await finished(page);
  assert.match(await page.locator(".figures").innerText(), /Top-1/i);
  assert.match(await page.locator(".after").innerText(), /broken\.png/);
  await page.context().close();
});

test("an image chosen as the model is called one, where it was chosen", { skip }, async () => {
  const page = await open(browser);
  const picture = join(dir, "photo.jpg");
  await writeFile(picture, png(8, 8, [0, 0, 0]));
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByText("Choose a model").click()]);
  await chooser.setFiles(picture);
  await page.locator(".problem", { hasText: "photo.jpg is no model." }).waitFor();
  assert.equal(await page.getByRole("heading", { name: "1 item" }).count(), 0);
  await page.context().close();
});

test("a model in an archive, alone and with its images", { skip }, async () => {
  const page = await open(browser);
  const bytes = await readFile(model.path), alone = join(dir, "alone.zip"), both = join(dir, "both.zip");
  await writeFile(alone, zip({ "net/small.onnx": bytes }));
  await drop(page, alone);
  await page.getByRole("heading", { name: "small.onnx" }).waitFor();
  const images = Object.fromEntries([...Array(10).keys()].map((i) => [`d/${i % 2 ? "cat" : "dog"}/${i}.png`, png(32, 32, [i * 20, 10, 200])]));
  await writeFile(both, zip({ "net/other.onnx": bytes, ...images }));
  await drop(page, both);
  await page.getByRole("heading", { name: "other.onnx" }).waitFor();
  await page.getByRole("button", { name: "Quantize now" }).click();
  await finished(page);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a folder without a model in it says so", async () => {
  const page = await open(browser), root = join(dir, "papers");
  await mkdir(root, { recursive: true });
  await writeFile(join(root, "paper.pdf"), "%PDF-1.7\n");
  await drop(page, root);
  assert.match(await page.locator(".problem").innerText(), /PDF|paper\.pdf|could not be opened/);
  await page.context().close();
});
