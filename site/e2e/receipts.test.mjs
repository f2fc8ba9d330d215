// Results of random recipes, made in the page's core in turn by every engine there is. Each is verified by the engine
// whose turn is next and by the command, in turn by its engines; of one in four the command makes the receipt too, which
// is the same. receipts_test.go writes the recipes and says where they are; make receipts tries a thousand.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { give, quantize, start, verify } from "./core.mjs";
import { launchFirefox } from "./firefox.mjs";
import { command, launch, site } from "./page.mjs";

const trials = process.env.QUANTSCOPE_RECEIPTS;
const wazero = process.env.QUANTSCOPE_WAZERO;
const firefoxPath = process.env.QUANTSCOPE_FIREFOX;
const skip = trials ? false : "takes recipes that go test ./site/e2e writes";
const most = 174; // trials at a time: every network on every engine

let dir, chromium, firefox;
before(async () => {
  if (skip) return;
  dir = await mkdtemp(join(tmpdir(), "quantscope-receipts-"));
  chromium = await launch();
  if (firefoxPath) firefox = await launchFirefox(firefoxPath);
});
after(async () => {
  await chromium?.close();
  await firefox?.close();
  if (dir) await rm(dir, { recursive: true, force: true });
});

// Opens a page of the site in Chromium, its core with the relaxed dot product or told that there is none.
async function inChromium(plain) {
  for (const before of chromium.contexts()) await before.close();
  const context = await chromium.newContext();
  if (plain) {
    await context.route("**/core-worker.js*", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: "WebAssembly.validate = () => false;\n" + (await response.text()) });
    });
  }
  const page = await context.newPage();
  await page.goto(site);
  return (f, ...args) => page.evaluate(`(${f})(...${JSON.stringify(args)})`);
}

async function inFirefox() {
  await firefox.open(site);
  return firefox.call;
}

// What runs the kernels in the page, and on how many threads the command makes its receipts meanwhile.
const engines = [
  { name: "Chromium, 2 threads", page: () => inChromium(false), threads: 2, env: { GOMAXPROCS: "1" } },
  { name: "Chromium, plain SIMD, 1 thread", page: () => inChromium(true), threads: 1, env: { GOMAXPROCS: "2" } },
  ...(firefoxPath ? [
    { name: "Firefox, 2 threads", page: inFirefox, threads: 2, env: { GOMAXPROCS: "2" } },
    { name: "Chromium, 1 thread", page: () => inChromium(false), threads: 1, env: { GOMAXPROCS: "1" } },
    { name: "Chromium, plain SIMD, 2 threads", page: () => inChromium(true), threads: 2, env: { GOMAXPROCS: "2" } },
    { name: "Firefox, 1 thread", page: inFirefox, threads: 1, env: { GOMAXPROCS: "1" } },
  ] : []),
];

// Runs a command; what it says where it refuses is its error stream.
async function run(program, args, env) {
  try {
    const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 1 << 28, env: { ...process.env, ...env } });
    return { stdout };
  } catch (e) {
    if (typeof e.code !== "number") throw e;
    return { stdout: e.stdout, failed: e.stderr };
  }
}

// A file, or those of a folder, as a page takes them.
async function files(path, folder) {
  const names = folder ? (await readdir(path, { recursive: true, withFileTypes: true })).filter((f) => f.isFile()).map((f) => join(f.parentPath, f.name)) : [path];
  return Promise.all(names.sort().map(async (p) => ({ name: p.slice(p.lastIndexOf("/", path.length - (folder ? 0 : 1)) + 1), bytes: (await readFile(p)).toString("base64") })));
}

// Networks that take the scalar engine half a minute of processor's time for each receipt.
const slow = ["squeezenet1_0", "mobilenetv2"];

// Steps that tell that a receipt was verified in full, where data are given; else with the model alone.
const whole = ["model", "graph", "weights", "recipe", "calibration data", "qparams", "evaluation data", "logits", "metrics"];

// Why a verdict is not what it should be; empty where it is.
function wrong({ failed, steps, cause }, must) {
  if (failed) return failed;
  const bad = steps.filter((s) => s.status === "differs" || (must.includes(s.name) && s.status !== "match"));
  return bad.map((s) => `${s.name}: ${s.status}${s.detail ? ", " + s.detail : ""}`).join("; ") + (bad.length && cause ? ` (${cause})` : "");
}

test("receipts of random recipes are the same from page and command, and each verifies the other's", { skip }, async () => {
  const { count, networks, trials: all } = JSON.parse(await readFile(join(trials, "trials.json"), "utf8"));
  const faults = [];
  let done = 0;
  let refused = 0;
  let told = 0;
  const checked = {};
  const check = (by, why, fault) => {
    checked[by] = (checked[by] ?? 0) + 1;
    if (why) fault(`${by} does not verify it: ${why}`);
  };
  const say = (where) => {
    if (!firefox) return; // a few take no time
    console.log(`# ${new Date().toISOString()} ${where}: ${done} results, ${refused} recipes refused, ${faults.length} faults; ${JSON.stringify(checked)}`);
    for (; told < faults.length; told++) console.log("# " + faults[told]);
  };

  // Makes the result of a trial in the page, and some by the command besides; null where both refuse it.
  async function make(call, engine, { number, net, recipe }) {
    const { model, data } = networks[net];
    const fault = (what) => faults.push(`trial ${number}, ${net}, ${engine.name}: ${what}: ${JSON.stringify(recipe)}`);
    const [given, receipt] = ["recipe", "command"].map((kind) => join(dir, `${number}.${kind}`));
    await writeFile(given, JSON.stringify(recipe));
    const here = await quantize(call, recipe);
    if (firefox && !here.failed && number % 4) return { net, number, doc: here.receipt, fault };
    const there = await run(command, ["quantize", "--json", "--recipe", given, "--receipt", receipt, model, data], engine.env);
    if (here.failed || there.failed !== undefined) {
      refused++;
      if (!here.failed || !there.failed?.includes(here.failed)) fault(`the page says ${here.failed}, the command ${there.failed}`);
      return null;
    }
    const doc = JSON.parse(await readFile(receipt, "utf8"));
    try {
      assert.deepEqual(here.receipt, doc);
      checked["made by page and command"] = (checked["made by page and command"] ?? 0) + 1;
    } catch (e) {
      fault("the receipts differ: " + e.message);
    }
    return { net, number, doc, fault };
  }

  const block = Math.min(most, count);
  for (let from = 0; from < all.length && done < count; from += block) {
    const made = [];
    let last = []; // of the engine before, which this one verifies
    for (const [e, engine] of [...engines, engines[0]].entries()) {
      const call = await engine.page();
      await start(call, engine.threads);
      const mine = all.slice(from, from + block).map((trial, i) => ({ ...trial, number: from + i })).filter((_, i) => i % engines.length === e);
      const own = [];
      for (const [net, { model, data }] of Object.entries(networks)) {
        const theirs = last.filter((m) => m.net === net);
        const turns = done < count ? mine.filter((m) => m.net === net) : [];
        if (!theirs.length && !turns.length) continue;
        await give(call, "open", await files(model, false));
        await give(call, "load", await files(data, true));
        for (const { number, doc, fault } of theirs) {
          const alone = number % 3 === 0;
          check(engine.name, wrong(await verify(call, doc, false), whole), fault);
          if (alone) check(engine.name + ", with the model alone", wrong(await verify(call, doc, true), ["model", "graph", "weights"]), fault);
        }
        for (const trial of turns) {
          const result = done < count && (await make(call, engine, trial));
          if (!result) continue;
          done++;
          result.saved = join(dir, `${trial.number}.json`);
          await writeFile(result.saved, JSON.stringify(result.doc));
          own.push(result);
        }
      }
      made.push(...own);
      last = own;
      say(engine.name);
    }
    const programs = [
      { name: "the command on one processor", program: command, env: { GOMAXPROCS: "1" } },
      { name: "the command on two processors", program: command, env: { GOMAXPROCS: "2" } },
      ...(wazero ? [{ name: "the command on wazero", program: wazero, env: {} }] : []),
    ];
    for (const [net, { model, data }] of Object.entries(networks)) {
      for (const [k, { name, program, env }] of programs.entries()) {
        const receipts = made.filter((m) => m.net === net && m.number % programs.length === k);
        if (!receipts.length) continue;
        const { stdout, failed } = await run(program, ["verify", "--table", "--json", "--model", model, ...receipts.map((m) => m.saved), data], env);
        const rows = stdout ? JSON.parse(stdout) : [];
        for (const [i, m] of receipts.entries()) check(name, rows[i] ? rows[i].error || wrong(rows[i], whole) : failed, m.fault);
      }
      for (const { number, saved, fault } of wazero && !slow.includes(net) ? made.filter((m) => m.net === net) : []) {
        if (number % 8) continue;
        const { stdout, failed } = await run(command, ["verify", "--scalar", "--json", "--model", model, saved], {});
        const { differs, scalar } = stdout ? JSON.parse(stdout) : {};
        check("the scalar engine", !scalar || differs || scalar.differ || (scalar.layers && scalar.receipt !== "match") ? (scalar?.sentence ?? failed) : "", fault);
      }
    }
    say("verified by the command");
  }
  assert.deepEqual(faults, []);
  assert.ok(done >= count, `${done} of ${count} results: too many recipes are refused`);
});
