// Runs networks on wasm/bench in headless Chromium, in an isolated page for each number of threads. On
// standard input: {url, threads: [1, 2], runs: [{model, variant, items: [base64 of float32, ...]}]}; on
// standard output the logits of each run's items, [threads][run][item], as base64 of float32.
import fs from 'node:fs';
import { createRequire } from 'node:module';

const { chromium } = createRequire(process.env.PLAYWRIGHT + '/')(process.env.PLAYWRIGHT + '/playwright-core');
const job = JSON.parse(fs.readFileSync(0, 'utf8'));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const results = [];
for (const threads of job.threads) {
  const page = await browser.newPage();
  await page.goto(job.url);
  results.push(await page.evaluate(async ([runs, threads]) => {
    const go = new Go();
    const { instance } = await WebAssembly.instantiateStreaming(fetch('/bench.wasm'), go.importObject);
    go.run(instance);
    while (quantscope.start(threads) < threads) await new Promise((ok) => setTimeout(ok, 1)); // workers start while the page waits
    const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const text = (array) => btoa(Array.from(array, (b) => String.fromCharCode(b)).join(''));
    const out = [];
    for (const r of runs) {
      const failed = quantscope.load(new Uint8Array(await (await fetch('/' + r.model)).arrayBuffer()), r.variant);
      if (failed) throw new Error(`${r.model}, ${r.variant}: ${failed}`);
      out.push(r.items.map((item) => {
        const y = quantscope.run(new Float32Array(bytes(item).buffer));
        if (typeof y === 'string') throw new Error(y);
        return text(new Uint8Array(y.buffer));
      }));
    }
    return out;
  }, [job.runs, threads]));
  await page.close();
}
await browser.close();
process.stdout.write(JSON.stringify(results));
