// Keeps this site for use without a network, once the user asks for it. The build writes before these lines
// which files there are, and a digest of them all. A new build installs beside the old one and waits until no
// page of the old one is open, so that the engine never changes under an open result.
"use strict";

const name = "quantscope " + site.id;
const base = new URL(".", self.location).pathname;

// The cache answers with the headers that the server sent, those of cross-origin isolation among them.
self.addEventListener("install", (e) => {
  e.waitUntil(caches.open(name).then((c) => c.addAll(site.files.map((f) => new Request(f, { cache: "no-cache" })))));
});

self.addEventListener("activate", (e) => {
  e.waitUntil((async () => {
    for (const other of await caches.keys()) {
      if (other.startsWith("quantscope ") && other !== name) await caches.delete(other);
    }
    await self.clients.claim();
  })());
});

// A shared receipt is asked for first: its page has a preview of it, and the receipt itself is not kept here.
self.addEventListener("fetch", (e) => {
  const { origin, pathname } = new URL(e.request.url);
  if (e.request.method !== "GET" || origin !== self.location.origin || pathname.startsWith(base + "api/")) return;
  if (pathname.startsWith(base + "r/")) {
    e.respondWith(fetch(e.request).catch(page));
  } else {
    e.respondWith(kept(pathname).then((response) => response ?? fetch(e.request)));
  }
});

// page is the page for a path below its own: as on a server, its files are named from the root.
async function page() {
  const response = await kept(base);
  const text = await response.text();
  return new Response(text.replaceAll('"./', () => '"' + base), { headers: response.headers });
}

async function kept(path) {
  return (await caches.open(name)).match(path, { ignoreVary: true });
}
