// How long whole jobs take, from the press to the figures, in two builds of the site side by side: a cold
// page with mobilenetv2 and a hundred photographs of original size, a second recipe, every backend
// compared, the sample. Rounds alternate between the builds; what is printed are medians and their ratio.
//
//   QUANTSCOPE_SITES=http://…old,http://…new node site/e2e/whole.mjs [rounds]
import { drop, fill, given, launch, patience } from "./page.mjs";

const sites = process.env.QUANTSCOPE_SITES.split(",");
const rounds = Number(process.argv[2] || 3);
const model = given("models/mobilenetv2.onnx").path;
const images = given("images/imagenet").path;
const times = sites.map(() => new Map()); // of each site: job → seconds

async function fresh(site) {
  const browser = await launch(); // a browser for each, so that nothing is warm
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(patience);
  await page.goto(site);
  await page.getByText(/Engine .* ready/).waitFor({ state: "attached" });
  return { browser, page };
}

async function round(site, took) {
  let since;
  const start = () => (since = performance.now());
  const end = (job) => took(job, (performance.now() - since) / 1000);

  let { browser, page } = await fresh(site);
  start();
  await page.getByRole("button", { name: "Run the sample" }).first().click();
  await page.locator(".place-inspect .figures").first().waitFor();
  end("sample");
  await browser.close();

  ({ browser, page } = await fresh(site));
  start();
  await drop(page, model);
  await page.getByRole("heading", { name: "mobilenetv2.onnx" }).waitFor();
  await drop(page, images);
  await page.getByRole("heading", { name: "100 items" }).waitFor();
  await page.locator("#preprocess").selectOption("imagenet-tf");
  await fill(page, "calibration", 64);
  await fill(page, "evaluation", 36);
  await fill(page, "offset", 1);
  await page.locator("nav").getByText("Quantize").click();
  end("files");
  start();
  await page.getByRole("button", { name: "Quantize", exact: true }).click();
  await page.locator(".place-inspect .figures").first().waitFor();
  end("first recipe");
  await page.locator("nav").getByText("Quantize").click();
  await page.locator("#config2").check();
  start();
  await page.getByRole("button", { name: "Quantize", exact: true }).click();
  await page.locator(".runs tbody tr").nth(1).waitFor();
  end("second recipe");
  await page.locator("nav").getByText("Quantize").click();
  start();
  await page.getByRole("button", { name: "Compare backends" }).click();
  await page.locator(".backends tbody tr").nth(14).waitFor();
  await page.getByText("Files stay on this device.").first().waitFor().catch(() => {});
  end("all backends");
  await browser.close();
}

for (let r = 0; r < rounds; r++) {
  for (const [i, site] of sites.entries()) {
    await round(site, (job, seconds) => times[i].set(job, [...(times[i].get(job) ?? []), seconds]));
  }
}
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
for (const job of times[0].keys()) {
  const each = times.map((t) => t.get(job));
  const ratios = each[0].map((s, r) => s / each.at(-1)[r]);
  console.log(`${job.padEnd(14)} ${each.map((t) => median(t).toFixed(2).padStart(7) + " s").join("  ")}   ratio ${median(ratios).toFixed(2)} (${ratios.map((r) => r.toFixed(2)).join(" ")})`);
}
