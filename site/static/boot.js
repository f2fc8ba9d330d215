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

(async () => {
  if (typeof WebAssembly !== "object") {
    throw new Error("this browser has no WebAssembly");
  }
  const go = new Go();
  const { instance } = await WebAssembly.instantiateStreaming(fetch("/site.wasm"), go.importObject);
  await go.run(instance);
  crashed("its program ended (exit code " + (go.exitCode ?? "unknown") + ")");
})().catch((e) => crashed(e.message || String(e)));
