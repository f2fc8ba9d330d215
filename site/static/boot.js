// Starts the page's program. If it ends, which it never should, a banner says so.
"use strict";

// Where the site lies, the folder of this script: a path that ends in a slash, "/" where a host has nothing else.
globalThis.siteBase = new URL(".", document.currentScript.src).pathname;

// The page is there before its program, which draws the same once more. What is pressed, typed or chosen meanwhile is
// done then, in order, on the elements in the same places; what has the focus keeps it.
(() => {
  const body = document.body;
  const list = [];
  let focused = null;
  const place = (node) => {
    const path = [];
    for (; node && node !== body; node = node.parentNode) path.unshift([...node.parentNode.childNodes].indexOf(node));
    return path;
  };
  const at = (path) => path.reduce((node, i) => node?.childNodes[i], document.body);
  const remember = (node, repeat) => {
    list.push({ path: place(node), id: node.id, tag: node.tagName, repeat });
    if (body.querySelector(".early")) return;
    const said = document.createElement("p");
    said.className = "early";
    said.setAttribute("role", "status");
    said.textContent = "Starts as soon as the page’s program is here…";
    body.append(said);
  };
  const choose = (files) => (picker) => {
    picker.files = files;
    picker.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const type = (value) => (field) => {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const heard = {
    focusin: ({ target }) => (focused = place(target)),
    click: ({ target }) => {
      const button = target.closest("button");
      if (button?.type === "button") remember(button, (b) => b.click());
    },
    submit: (e) => {
      e.preventDefault();
      remember(e.target, (form) => form.requestSubmit());
    },
    input: ({ target }) => target.type !== "file" && remember(target, type(target.value)),
    change: ({ target }) => target.type === "file" && remember(target, choose(target.files)),
    dragover: (e) => e.preventDefault(),
    drop: (e) => {
      e.preventDefault(); // or the browser leaves the page for the file
      const picker = document.getElementById("pick-model");
      if (picker && e.dataTransfer.files.length) remember(picker, choose(e.dataTransfer.files));
    },
  };
  for (const [event, hear] of Object.entries(heard)) document.addEventListener(event, hear, true);
  new MutationObserver((_, observer) => {
    if (document.body === body || !document.body) return;
    observer.disconnect();
    for (const [event, hear] of Object.entries(heard)) document.removeEventListener(event, hear, true);
    if (focused) at(focused)?.focus?.();
    for (const { path, id, tag, repeat } of list) {
      const node = at(path);
      if (node?.tagName === tag && node.id === id) repeat(node);
    }
  }).observe(document.documentElement, { childList: true });
  // Another place than the start is not drawn yet.
  body.classList.toggle("elsewhere", location.pathname !== siteBase || !/^(#model.*)?$/.test(location.hash));
})();

// Keeping the site for use without a network (offline.js): what it takes, whether it is kept, and both ways.
globalThis.offline = {
  async state() {
    if (!navigator.serviceWorker) return JSON.stringify({ bytes: 0 });
    const registration = await navigator.serviceWorker.getRegistration();
    this.bytes ??= await fetch(siteBase + "offline.json").then((r) => (r.ok ? r.json() : { bytes: 0 })).then((site) => site.bytes);
    return JSON.stringify({ bytes: this.bytes, kept: !!registration?.active, newer: !!registration?.waiting });
  },
  async keep() {
    const registration = await navigator.serviceWorker.register(siteBase + "offline.js", { updateViaCache: "none" });
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
  const { instance } = await WebAssembly.instantiateStreaming(fetch(siteBase + "site.wasm"), go.importObject);
  await go.run(instance);
  crashed("its program ended (exit code " + (go.exitCode ?? "unknown") + ")");
})().catch((e) => crashed(e.message || String(e)));
