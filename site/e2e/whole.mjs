// How long a user waits for whole jobs, from the press to the result, and what of processors they take: the sample from a
// fresh page; mobilenetv2 with the 100 shared photographs (64 calibrate, 36 evaluate) under config1, then under config2,
// then what all backends would change; and the stages of each, as the page names them. Where another site is given, each
// visit to one is followed by a visit to the other, and the last columns are how many times as fast the first is: medians
// of ratios of neighbouring visits.
//
//   QUANTSCOPE_SITE=http://127.0.0.1:8080 QUANTSCOPE_BEFORE=http://127.0.0.1:8081 node site/e2e/whole.mjs [ROUNDS]
import { drop, fill, finished, given, launch, patience, sample, site } from "./page.mjs";

const model = given("models/mobilenetv2.onnx"), images = given("images/imagenet");
for (const { skip } of [model, images, sample("model.onnx")]) if (skip) throw new Error(skip);
const sites = [site, process.env.QUANTSCOPE_BEFORE].filter(Boolean);
const rounds = Number(process.argv[2] ?? 3);
const middle = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

// A fresh browser's page at the start, and a clock: clock(name, job) does the job and notes its seconds, those by the clock,
// those of processors, and those of each stage.
async function visit(from, jobs) {
  const browser = await launch();
  const cdp = await browser.newBrowserCDPSession();
  const processors = async () => (await cdp.send("SystemInfo.getProcessInfo")).processInfo
    .filter((p) => p.type === "renderer").reduce((sum, p) => sum + p.cpuTime, 0);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(10 * patience); // other versions may be slow
  const page = await context.newPage();
  await page.goto(from);
  const seen = {};
  await jobs(page, async (name, job) => {
    const before = await processors(), began = performance.now();
    await page.evaluate(() => {
      globalThis.stages = {};
      clearInterval(globalThis.sampling);
      let last = performance.now();
      globalThis.sampling = setInterval(() => {
        const stage = document.querySelector(".progress-label")?.textContent.match(/^\D*/)[0].trim(), now = performance.now();
        if (stage) globalThis.stages[stage] = (globalThis.stages[stage] ?? 0) + (now - last) / 1000;
        last = now;
      }, 20);
    });
    await job();
    seen[name] = { clock: (performance.now() - began) / 1000, processors: (await processors()) - before, stages: await page.evaluate(() => globalThis.stages) };
  });
  await browser.close();
  return seen;
}

const quantize = (page) => page.getByRole("button", { name: "Quantize", exact: true }).click();

const sampled = (from) => visit(from, async (page, clock) => {
  await clock("the sample", async () => {
    await page.getByRole("button", { name: "Run the sample" }).click();
    await finished(page);
  });
});

const worked = (from) => visit(from, async (page, clock) => {
  await page.getByText(/Engine .* ready/).waitFor({ state: "attached" });
  await drop(page, model.path);
  await page.locator("h1, h2", { hasText: "mobilenetv2" }).first().waitFor();
  await drop(page, images.path);
  await page.locator("h1, h2", { hasText: "100 items" }).first().waitFor();
  await page.locator("#preprocess").selectOption("imagenet-tf");
  await fill(page, "calibration", 64);
  await fill(page, "offset", 1);
  const recipe = async (name) => {
    await page.getByRole("link", { name: "Quantize" }).click();
    await page.locator("#" + name).check();
    await clock(name, async () => {
      await quantize(page);
      await page.locator(".place-inspect").waitFor();
      await finished(page);
    });
  };
  await recipe("config1");
  await recipe("config2");
  await page.getByRole("link", { name: "Quantize" }).click();
  await clock("all backends", async () => {
    await page.getByRole("button", { name: "Compare backends" }).click();
    await page.locator(".backends tbody tr").first().waitFor();
  });
});

const all = sites.map(() => []);
for (let i = 0; i < rounds; i++) {
  for (const jobs of [sampled, worked]) {
    for (const [k, from] of sites.entries()) all[k].push(await jobs(from));
  }
}
const s = (x) => x.toFixed(2).padStart(8);
console.log("seconds by the clock, of processors" + (sites.length > 1 ? "; the other's; times as fast by each" : ""));
for (const name of ["the sample", "config1", "config2", "all backends"]) {
  const of = (k, what) => all[k].filter((v) => v[name]).map((v) => v[name][what]);
  let line = name.padEnd(14);
  for (const k of sites.keys()) line += s(middle(of(k, "clock"))) + s(middle(of(k, "processors")));
  if (sites.length > 1) {
    for (const what of ["clock", "processors"]) line += s(middle(of(1, what).map((x, i) => x / of(0, what)[i])));
  }
  console.log(line);
  for (const k of sites.keys()) {
    const stages = all[k].filter((v) => v[name]).map((v) => v[name].stages);
    const names = [...new Set(stages.flatMap(Object.keys))];
    console.log("  " + (k ? "the other: " : "") + names.map((n) => `${n} ${middle(stages.map((s) => s[n] ?? 0)).toFixed(2)}`).join(", "));
  }
}
