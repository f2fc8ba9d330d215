// Runs a test binary for GOOS=js in headless Chromium, in a worker of an isolated page, as the core
// runs in the site: for go test -exec. PLAYWRIGHT is a node_modules folder with playwright-core, GOROOT
// Go's folder.
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';

const [binary, ...args] = process.argv.slice(2);
const files = {
  '/': ['text/html', '<!doctype html><title>test</title>'],
  '/test.wasm': ['application/wasm', fs.readFileSync(binary)],
  '/wasm_exec.js': ['text/javascript', fs.readFileSync(process.env.GOROOT + '/lib/wasm/wasm_exec.js')],
  '/kernel-worker.js': ['text/javascript', fs.readFileSync(new URL('../../site/static/kernel-worker.js', import.meta.url))],
  '/test-worker.js': ['text/javascript', `
    importScripts('/wasm_exec.js');
    const decoder = new TextDecoder();
    fs.writeSync = (fd, b) => { postMessage({ text: decoder.decode(b, { stream: true }) }); return b.length; };
    onmessage = async ({ data }) => {
      const go = new Go();
      go.argv = ['test', ...data];
      go.exit = (exit) => postMessage({ exit });
      const { instance } = await WebAssembly.instantiateStreaming(fetch('/test.wasm'), go.importObject);
      await go.run(instance);
    };`],
};
const server = http.createServer((request, response) => {
  const [type, body] = files[request.url] ?? [];
  response.writeHead(body ? 200 : 404, {
    'Content-Type': type ?? 'text/plain', 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp',
  });
  response.end(body);
});
await new Promise((ok) => server.listen(0, '127.0.0.1', ok));
const { chromium } = createRequire(process.env.PLAYWRIGHT + '/')(process.env.PLAYWRIGHT + '/playwright-core');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage();
page.on('console', (m) => console.error(m.text()));
await page.exposeFunction('say', (text) => process.stdout.write(text));
await page.goto(`http://127.0.0.1:${server.address().port}/`);
const exit = await page.evaluate((args) => new Promise((ok, fail) => {
  const worker = new Worker('/test-worker.js');
  let said = Promise.resolve();
  worker.onerror = (e) => said.then(() => fail(new Error(e.message)));
  worker.onmessage = ({ data }) => {
    if (data.text) said = said.then(() => window.say(data.text));
    else said.then(() => ok(data.exit));
  };
  worker.postMessage(args);
}), args);
await browser.close();
server.close();
process.exit(exit);
