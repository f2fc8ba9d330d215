// Runs networks on wasm/bench in a headless browser, in an isolated page for each number of threads. On
// standard input: {browser: "chromium" or "firefox", url, threads: [1, 2], runs: [{model, variant, items}]}, where
// models and items (float32) are files of the site; on standard output the logits of each run's items,
// [threads][run][item], as base64 of float32.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { launchFirefox } from '../../site/e2e/firefox.mjs';

const job = JSON.parse(fs.readFileSync(0, 'utf8'));

// Runs in the page.
async function logits(runs, threads) {
  const go = new Go();
  const { instance } = await WebAssembly.instantiateStreaming(fetch('/bench.wasm'), go.importObject);
  go.run(instance);
  while (quantscope.start(threads) < threads) await new Promise((ok) => setTimeout(ok, 1)); // workers start while the page waits
  const file = async (name) => (await fetch('/' + name)).arrayBuffer();
  const text = (array) => btoa(Array.from(array, (b) => String.fromCharCode(b)).join(''));
  const out = [];
  for (const r of runs) {
    const failed = quantscope.load(new Uint8Array(await file(r.model)), r.variant);
    if (failed) throw new Error(`${r.model}, ${r.variant}: ${failed}`);
    const results = [];
    for (const item of r.items) {
      const y = quantscope.run(new Float32Array(await file(item)));
      if (typeof y === 'string') throw new Error(y);
      results.push(text(new Uint8Array(y.buffer)));
    }
    out.push(results);
  }
  return out;
}

async function inChromium() {
  const { chromium } = createRequire(process.env.PLAYWRIGHT + '/')(process.env.PLAYWRIGHT + '/playwright-core');
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const page = await browser.newPage();
  const results = [];
  for (const threads of job.threads) {
    await page.goto(job.url);
    results.push(await page.evaluate(`(${logits})(${JSON.stringify(job.runs)}, ${threads})`));
  }
  await browser.close();
  return results;
}

async function inFirefox() {
  const browser = await launchFirefox(process.env.FIREFOX || '/usr/bin/firefox-esr');
  const results = [];
  for (const threads of job.threads) {
    await browser.open(job.url);
    results.push(await browser.call(logits, job.runs, threads));
  }
  await browser.close();
  return results;
}

process.stdout.write(JSON.stringify(await (job.browser === 'firefox' ? inFirefox() : inChromium())));
