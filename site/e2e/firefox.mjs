// A headless Firefox, driven by WebDriver BiDi over its own socket: nothing but Firefox is needed.
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import WebSocket from "ws";

// Starts Firefox with a profile of its own.
export async function launchFirefox(executable) {
  const profile = await mkdtemp(join(tmpdir(), "quantscope-firefox-"));
  // The profile asks nobody anything: no updates, no telemetry, no captive portal.
  await writeFile(join(profile, "user.js"), [
    ["app.update.enabled", false], ["datareporting.policy.dataSubmissionEnabled", false], ["network.captive-portal-service.enabled", false],
    ["network.connectivity-service.enabled", false], ["browser.shell.checkDefaultBrowser", false], ["extensions.update.enabled", false],
  ].map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${value});\n`).join(""));
  const process = spawn(executable, ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"], { stdio: ["ignore", "ignore", "pipe"] });
  const address = await new Promise((resolve, reject) => {
    let said = "";
    process.stderr.on("data", (b) => {
      said += b;
      const found = said.match(/WebDriver BiDi listening on (ws:\S+)/);
      if (found) resolve(found[1]);
    });
    process.on("exit", (code) => reject(new Error(`Firefox ended with ${code}: ${said.slice(-500)}`)));
    setTimeout(() => reject(new Error("Firefox does not listen: " + said.slice(-500))), 240_000).unref();
  });
  const socket = new WebSocket(address + "/session");
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const waiting = new Map();
  let last = 0;
  socket.on("message", (text) => {
    const m = JSON.parse(text);
    const answer = waiting.get(m.id);
    if (!answer) return;
    waiting.delete(m.id);
    if (m.type === "success") answer.resolve(m.result);
    else answer.reject(new Error(`${m.error}: ${m.message}`));
  });
  const send = (method, params) => new Promise((resolve, reject) => {
    waiting.set(++last, { resolve, reject });
    socket.send(JSON.stringify({ id: last, method, params }));
  });
  await send("session.new", { capabilities: {} });
  const { contexts } = await send("browsingContext.getTree", {});
  const context = contexts[0].context;
  await send("browsingContext.setViewport", { context, viewport: { width: 1280, height: 800 } });
  return {
    open: (url) => send("browsingContext.navigate", { context, url, wait: "complete" }),
    // Calls a function in the page with arguments that JSON can write; gives what it gives, as JSON can.
    async call(f, ...args) {
      const { result, exceptionDetails } = await send("script.callFunction", {
        functionDeclaration: `async (text) => JSON.stringify(await (${f})(...JSON.parse(text)) ?? null)`,
        arguments: [{ type: "string", value: JSON.stringify(args) }], target: { context }, awaitPromise: true,
      });
      if (exceptionDetails) throw new Error(exceptionDetails.text);
      return JSON.parse(result.value);
    },
    async screenshot() {
      return Buffer.from((await send("browsingContext.captureScreenshot", { context })).data, "base64");
    },
    async close() {
      const ended = new Promise((resolve) => process.once("exit", resolve));
      await send("browser.close", {}).catch(() => process.kill());
      socket.close();
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
