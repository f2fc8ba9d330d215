// Runs a Go test program for the browser under node, with the DOM of jsdom:
//   GOOS=js GOARCH=wasm go test -exec "node site/e2e/jsdom.mjs" ./site/view
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { JSDOM } from "jsdom";

const dom = new JSDOM("<!doctype html><html><head></head><body></body></html>", {
  pretendToBeVisual: true,
  url: "http://127.0.0.1:8080/",
});
for (const name of ["window", "document", "location", "history", "Node", "HTMLElement", "Event", "MouseEvent", "KeyboardEvent", "requestAnimationFrame"]) {
  const value = name === "window" ? dom.window : dom.window[name];
  globalThis[name] = typeof value === "function" && name === "requestAnimationFrame" ? value.bind(dom.window) : value;
}

createRequire(import.meta.url)("../static/dom.js");

const goroot = execFileSync("go", ["env", "GOROOT"], { encoding: "utf8" }).trim();
createRequire(import.meta.url)(join(goroot, "lib", "wasm", "wasm_exec_node.js"));
