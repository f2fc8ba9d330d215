// Reads a job of bench/main.go on standard input, times each of its calls in Chromium, and writes
// the milliseconds as JSON, with those of 1000 rounds of the limit. The best of 150 rounds of at least 2 ms counts:
// longer ones are disturbed more often.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const modules = path.resolve(process.env.PLAYWRIGHT ?? 'site/e2e/node_modules');
if (!fs.existsSync(modules + '/playwright-core')) {
  console.error(`no playwright-core in ${modules}: set PLAYWRIGHT to a node_modules folder that has it`);
  process.exit(1);
}
const { chromium } = createRequire(modules + '/')(modules + '/playwright-core');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage();
const result = await page.evaluate((job) => {
  const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const memory = new WebAssembly.Memory({ initial: Math.ceil(job.Bytes / 65536) });
  const image = bytes(job.Image);
  new Float32Array(memory.buffer).fill(0.5);
  new Uint8Array(memory.buffer).set(image);
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(bytes(job.Module)), { env: { memory } }).exports;
  const time = (record, n) => {
    const start = performance.now();
    for (let i = 0; i < n; i++) run(record, 1, 0);
    return performance.now() - start;
  };
  const best = (time) => {
    for (let i = 0, start = performance.now(); i < 10 || performance.now() - start < 300; i++) time(1);
    let n = 1;
    while (time(n) < 2) n *= 2;
    return Math.min(...Array.from({ length: 150 }, () => time(n))) / n;
  };
  const limit = new WebAssembly.Instance(new WebAssembly.Module(bytes(job.Limit))).exports;
  const rounds = (n) => {
    const start = performance.now();
    limit.run(1000 * n);
    return performance.now() - start;
  };
  return { Times: job.Records.map((record) => best((n) => time(record, n))), Limit: best(rounds) };
}, JSON.parse(fs.readFileSync(0, 'utf8')));
console.log(JSON.stringify(result));
await browser.close();
