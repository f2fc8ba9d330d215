// Starts the page's program. If it ends, which it never should, a banner says so.
"use strict";

function crashed(why) {
  const banner = document.createElement("div");
  banner.className = "crash";
  banner.setAttribute("role", "alert");
  const text = document.createElement("p");
  text.textContent = "The page stopped: " + why + ". Nothing was sent anywhere. Reload to start again.";
  const reload = document.createElement("button");
  reload.className = "button primary";
  reload.textContent = "Reload";
  reload.addEventListener("click", () => location.reload());
  banner.append(text, reload);
  document.body.prepend(banner);
}

// Keeping the site for use without a network (offline.js): what it takes, whether it is kept, and both ways.
globalThis.offline = {
  async state() {
    if (!navigator.serviceWorker) return JSON.stringify({ bytes: 0 });
    const registration = await navigator.serviceWorker.getRegistration();
    this.bytes ??= await fetch("/offline.json").then((r) => (r.ok ? r.json() : { bytes: 0 })).then((site) => site.bytes);
    return JSON.stringify({ bytes: this.bytes, kept: !!registration?.active, newer: !!registration?.waiting });
  },
  async keep() {
    const registration = await navigator.serviceWorker.register("/offline.js", { updateViaCache: "none" });
    const worker = registration.installing ?? registration.waiting ?? registration.active;
    while (worker.state !== "activated") {
      if (worker.state === "redundant") throw new Error("the browser could not keep the files; it may be out of space");
      await new Promise((changed) => worker.addEventListener("statechange", changed, { once: true }));
    }
    return this.state();
  },
  async drop() {
    await (await navigator.serviceWorker.getRegistration())?.unregister();
    for (const name of await caches.keys()) if (name.startsWith("quantscope ")) await caches.delete(name);
    return this.state();
  },
};

(async () => {
  if (typeof WebAssembly !== "object") {
    throw new Error("this browser has no WebAssembly");
  }
  const go = new Go();
  const { instance } = await WebAssembly.instantiateStreaming(fetch("/site.wasm"), go.importObject);
  await go.run(instance);
  crashed("its program ended (exit code " + (go.exitCode ?? "unknown") + ")");
})().catch((e) => crashed(e.message || String(e)));
