// How long a visitor waits who has never been here: until the page with its reports is painted, until a press on the
// sample is answered, until its result is there; and what travels for it. Over localhost as it is, and as on a phone:
// 1.6 Mbit/s with 150 ms a round trip, a processor four times as slow. Medians of five visits each (phone: three).
//
//   QUANTSCOPE_SITE=http://127.0.0.1:8080 node site/e2e/arrival.mjs
import { finished, launch, patience, sample, site } from "./page.mjs";

const { skip } = sample("model.onnx");
if (skip) throw new Error(skip);
const visitors = [
  { name: "localhost", visits: 5 },
  { name: "phone", visits: 3, slower: 4, net: { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 } },
];
const middle = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

const browser = await launch();
async function visit({ slower, net }) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } }); // nothing cached
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  let bytes = 0;
  cdp.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  if (net) await cdp.send("Network.emulateNetworkConditions", net);
  if (slower) await cdp.send("Emulation.setCPUThrottlingRate", { rate: slower });
  await page.goto(site, { waitUntil: "commit" });
  await page.locator(".sample-cards > li").nth(2).waitFor();
  const painted = await page.evaluate(() => new Promise((ok) => new PerformanceObserver((l) => ok(l.getEntries()[0].startTime))
    .observe({ type: "paint", buffered: true })));
  const began = Date.now();
  await page.getByRole("button", { name: "Run the sample" }).click();
  await page.locator(".early, [role=progressbar], progress").first().waitFor();
  const answered = Date.now() - began;
  await finished(page);
  const done = Date.now() - began;
  await context.close();
  return { painted, answered, done, bytes };
}

console.log("visitor    first paint  press answered  sample's result  over the net");
for (const v of visitors) {
  const seen = [];
  for (let i = 0; i < v.visits; i++) seen.push(await visit(v));
  const of = (what) => middle(seen.map((s) => s[what]));
  const s = (ms) => `${(ms / 1000).toFixed(2)} s`;
  console.log(v.name.padEnd(9), s(of("painted")).padStart(12), s(of("answered")).padStart(15), s(of("done")).padStart(16), `${(of("bytes") / 1e6).toFixed(2)} MB`.padStart(13));
}
await browser.close();
