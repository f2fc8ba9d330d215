// What a place is made of goes when the place is left: elements, listeners and heap stay what they
// were, however often a user goes from place to place and runs. QUANTSCOPE_CHANGES=1000 runs the long
// version, with 100 runs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { finished, launch, open, sample } from "./page.mjs";

const changes = Number(process.env.QUANTSCOPE_CHANGES || 100);
const runs = changes >= 1000 ? changes / 10 : 3;
const places = ["Model", "Data", "Quantize", "Inspect", "Export"];
let browser;

before(async () => (browser = await launch()));
after(async () => browser?.close()); // also where the test fails: an open browser keeps node from ending

test(`${changes} changes of place and ${runs} runs leave nothing behind`, { skip: sample("model.onnx").skip }, async () => {
  const page = await open(browser);
  const cdp = await page.context().newCDPSession(page);
  await page.getByRole("button", { name: "Run the sample" }).click();
  await finished(page);
  const go = (name) => page.evaluate(async (name) => {
    [...document.querySelectorAll("nav a")].find((a) => a.textContent.startsWith(name)).click();
    for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
  }, name);
  const round = async () => {
    for (const p of places) await go(p);
    // Between tasks: gc() in the page also keeps whatever an old slot of the stack happens to point at.
    await cdp.send("HeapProfiler.collectGarbage");
    const { nodes, jsEventListeners } = await cdp.send("Memory.getDOMCounters");
    return { nodes, listeners: jsEventListeners };
  };
  // The bytes of the page's own objects: performance.memory also counts compiled code and the browser's records of
  // what was slow, which grow by themselves.
  const heap = async () => {
    const chunks = [];
    const take = ({ chunk }) => chunks.push(chunk);
    cdp.on("HeapProfiler.addHeapSnapshotChunk", take);
    await cdp.send("HeapProfiler.takeHeapSnapshot");
    cdp.off("HeapProfiler.addHeapSnapshotChunk", take);
    const { nodes, snapshot: { meta: { node_fields: fields, node_types: [types] } } } = JSON.parse(chunks.join(""));
    const [type, size] = ["type", "self_size"].map((f) => fields.indexOf(f));
    let bytes = 0;
    for (let i = 0; i < nodes.length; i += fields.length)
      if (!["code", "native", "hidden", "synthetic"].includes(types[nodes[i + type]])) bytes += nodes[i + size];
    return bytes;
  };
  // Go lets go of the browser's values when its own collector runs, which nothing here can ask of it. So numbers rise
  // and fall: what is left behind never falls again, however long one goes on.
  const least = (a, b) => Object.fromEntries(Object.keys(a).map((of) => [of, Math.min(a[of], b[of])]));
  // What has grown once may have been drawn late; what grows three times is a leak.
  const flat = async (times, what, between, tries = 3) => {
    let was = await round();
    for (let i = 0; i < 8; i++) was = least(was, await round());
    was.heap = await heap();
    for (let i = 0; i < times; i++) await between();
    const within = (is) => Object.keys(is).every((of) => is[of] <= 1.05 * was[of]);
    let is = await round();
    for (let i = 0; i < 50 && !within(is); i++) is = least(is, await round());
    is.heap = await heap();
    const told = `over ${times} ${what}: ${JSON.stringify(was)} became ${JSON.stringify(is)}`;
    console.log(told);
    if (!within(is) && tries > 1) return flat(times, what, between, tries - 1);
    assert.ok(within(is), told);
  };
  // Everything has been drawn once, also what the Worker answers late on a loaded machine.
  for (let last, now, same = 0, i = 0; same < 4 && i < 60; i++) {
    [last, now] = [now, (await round()).nodes];
    same = now === last ? same + 1 : 0;
  }
  await flat(changes / places.length, "rounds of the places", round);
  const run = async () => {
    await go("Quantize");
    await page.getByRole("button", { name: "Quantize", exact: true }).click();
    await finished(page);
  };
  for (let i = 0; i < 3; i++) await run(); // and everything has been run
  await flat(runs, "runs", run);
  assert.deepEqual(page.faults, []);
});
