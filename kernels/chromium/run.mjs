// Reads a job of chromium.go on standard input, makes its runs in headless Chromium, and writes the
// memories after them as JSON.
import fs from 'node:fs';
import { createRequire } from 'node:module';

const job = JSON.parse(fs.readFileSync(0, 'utf8'));
const { chromium } = createRequire(process.env.PLAYWRIGHT + '/')(process.env.PLAYWRIGHT + '/playwright-core');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: [...job.Flags, '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage();
const memories = await page.evaluate((job) => {
  const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const text = (array) => {
    let s = '';
    for (let i = 0; i < array.length; i += 8192) s += String.fromCharCode(...array.subarray(i, i + 8192));
    return btoa(s);
  };
  const instances = job.Modules.map(bytes).map((code) => {
    if (!WebAssembly.validate(code)) return null;
    const memory = new WebAssembly.Memory({ initial: 64 });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
    return { run: exports.run, memory: exports.memory ?? memory };
  });
  return job.Runs.map((r) => {
    const instance = instances[r.Module];
    if (!instance) return null;
    const before = bytes(r.Memory);
    const view = new Uint8Array(instance.memory.buffer, 0, before.length);
    view.set(before);
    instance.run(...(r.Args ?? []));
    return text(view);
  });
}, job);
process.stdout.write(JSON.stringify(memories));
await browser.close();
