// The Worker: hands a request to the Go program (main.go) and its answer back. Starting the program takes
// 5 to 10 ms, so one instance answers many requests, also at the same time: each runs in a goroutine of
// its own, and all that a goroutine does is done while an event of its own request is handled.
import "./build/wasm_exec.js";
import program from "./build/app.wasm";

export { Receipts } from "./receipts.mjs";

// An instance keeps a little of every request that its client broke off, as nothing of that request goes on, so it is
// replaced once it has so many without an answer. It is not for the number of requests: those that are answered leave nothing,
// and a replaced instance keeps its memory until V8 collects it.
const maxUnanswered = 1000;
let current = null;

function instance(env) {
  if (current === null || current.go.exited || current.unanswered >= maxUnanswered) {
    const go = new Go();
    const binding = {};
    const app = new WebAssembly.Instance(program, { ...go.importObject, workers: { ready() {} } });
    go.run(app, { env, binding }); // returns when the program waits for requests
    current = { go, handle: binding.handleRequest, unanswered: 0 };
  }
  return current;
}

// A percent sign that no two hexadecimal digits follow. Go refuses such addresses before it has a request
// to answer; written as %25 it reaches the service, which answers 400.
const malformed = /%(?![0-9a-f]{2})/gi;

// broken answers where the program cannot; the page's own answer lends it the site's headers.
async function broken(env, url) {
  const page = await env.ASSETS.fetch(new URL("/", url), { method: "HEAD" });
  const headers = new Headers(page.headers);
  headers.delete("ETag");
  headers.set("Content-Type", "application/json");
  headers.set("Cache-Control", "no-store");
  const error = "the share service failed; the receipt file and the full link need no service";
  return new Response(JSON.stringify({ error }), { status: 500, headers });
}

// served answers with the brotli form of a WebAssembly file: Cloudflare's own compression on the way is quick
// and a sixth larger. Whoever does not take brotli gets the file.
async function served(request, env) {
  // Before the Worker, Cloudflare makes the header one of its own and tells the client's apart; locally it does not.
  const takes = (list) => /\bbr\b/.test(list ?? "");
  if (!takes(request.headers.get("Accept-Encoding")) || !takes(request.cf?.clientAcceptEncoding ?? "br")) return env.ASSETS.fetch(request);
  const url = new URL(request.url);
  url.pathname += ".br";
  const packed = await env.ASSETS.fetch(new Request(url, request));
  if (packed.status !== 200) return packed.status === 304 ? packed : env.ASSETS.fetch(request);
  const headers = new Headers(packed.headers);
  headers.set("Content-Type", "application/wasm");
  headers.set("Content-Encoding", "br");
  headers.set("Vary", "Accept-Encoding");
  return new Response(packed.body, { headers, encodeBody: "manual" });
}

// shared answers with the page, by _redirects, with its files named from the root, and a receipt's preview in the place of
// its title, as Page in site/share does.
async function shared(request, env, id) {
  const page = await env.ASSETS.fetch(request);
  if (request.method !== "GET" || page.status !== 200) return page;
  let text = (await page.text()).replaceAll('"./', '"/');
  if (/^[0-9a-f]{64}$/.test(id)) {
    const stored = await ask(new Request(new URL(`/api/receipts/${id}/preview.html`, request.url)), env);
    if (stored.ok) {
      const preview = await stored.text();
      text = text.replace("<title>Quantscope</title>\n", () => preview);
    }
  }
  const headers = new Headers(page.headers);
  headers.delete("ETag");
  return new Response(text, { headers });
}

// ask lets the program answer.
async function ask(request, env) {
  try {
    const app = instance(env);
    app.unanswered++;
    const answer = await app.handle(request);
    app.unanswered--;
    return answer;
  } catch (error) {
    console.error(error);
    return broken(env, request.url);
  }
}

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith(".wasm")) return served(request, env);
    if (pathname.search(malformed) >= 0) {
      request = new Request(request.url.replace(malformed, "%25"), request);
    } else if (pathname.startsWith("/r/")) {
      return shared(request, env, pathname.slice("/r/".length));
    }
    return ask(request, env);
  },
};
