// Runs the engines in turn, a fresh browser each, for some rounds; a ratio is taken within a round, where
// the machine was in one mood, and the tables show their median and spread. Run by run.sh, in the harness.
import fs from 'node:fs';
import { args, bench } from './bench.mjs';

const given = process.argv.slice(2), o = args(given);
const rounds = o.rounds ?? 3, runs = given.includes('--runs') ? o.runs : 50, warmup = given.includes('--warmup') ? o.warmup : 50;
const models = String(o.models ?? 'squeezenet1_0,mobilenet_v2,efficientnet_b0').split(',');
const variants = String(o.variants ?? 'fp32,int8,fake').split(',');
const threads = String(o.threadCounts ?? '1,2').split(',').map(Number);
const relaxed = { name: 'quantscope', engine: 'quantscope' }, plain = { name: 'quantscope plain', engine: 'quantscope', build: 'compat' };
const peers = [
  { name: 'litert', title: 'LiteRT.js', engine: 'litert' },
  { name: 'litert plain', title: 'LiteRT.js, plain SIMD', engine: 'litert', build: 'compat' }, // has no threads
  { name: 'ort-web', title: 'ONNX Runtime Web', engine: 'ort-web' },
  { name: 'ort-node', title: 'ONNX Runtime, native', engine: 'ort-node' },
];

// entrants of a comparison; fake-quantized in float there is nobody else.
function entrants(variant, threads) {
  if (variant === 'fake') return threads === 1 ? [relaxed] : [];
  const ours = variant === 'int8' ? [relaxed, plain] : [relaxed];
  return [...ours, ...peers.filter(p => threads === 1 || p.build !== 'compat')];
}

const median = x => { const s = [...x].sort((a, b) => a - b), h = s.length >> 1; return s.length % 2 ? s[h] : (s[h - 1] + s[h]) / 2; };
const ratio = (slow, fast) => { const r = slow.map((t, i) => t / fast[i]); return { median: median(r), min: Math.min(...r), max: Math.max(...r) }; };
const key = (e, variant, threads) => `${e.name}|${variant}|${threads}`;
const list = [], digests = [], failures = [];

for (const model of models) {
  const times = {}, hashes = {}, snr = {}, load = {}, first = {};
  for (let r = 0; r < rounds; r++) for (const variant of variants) for (const t of threads) for (const e of entrants(variant, t)) {
    const result = await bench({ ...o, model, engine: e.engine, build: e.build, variant, threads: t, runs, warmup });
    const k = key(e, variant, t);
    if (result.error) { failures.push(`${k} on ${model}: ${result.error.split('\n')[0]}`); continue; }
    (times[k] ??= []).push(result.median); (load[k] ??= []).push(result.loadMs); (first[k] ??= []).push(result.firstRunMs);
    (hashes[k] ??= new Set()).add(result.hash);
    snr[k] = result.snrDb;
    console.error(`${model} ${k}: ${result.median} ms (least ${result.min}), load ${result.loadMs}, first ${result.firstRunMs}`);
  }
  for (const variant of variants) { // one digest whatever the threads and the instructions
    const ours = Object.entries(hashes).filter(([k]) => k.startsWith('quantscope') && k.split('|')[1] === variant);
    const all = [...new Set(ours.flatMap(([, h]) => [...h]))];
    if (all.length) digests.push({ model, variant, digests: all });
    if (all.length > 1) failures.push(`${model} ${variant}: our digests differ: ${ours.map(([k, h]) => k + ' ' + [...h]).join(', ')}`);
  }
  for (const variant of variants) for (const t of threads) for (const ours of entrants(variant, t).filter(e => e.engine === 'quantscope')) {
    const mine = times[key(ours, variant, t)];
    if (!mine) continue;
    const k = key(ours, variant, t), one = times[key(ours, variant, 1)], float = times[key(relaxed, 'fp32', t)];
    const row = { model, variant, threads: t, build: ours.build ?? 'relaxed', ms: median(mine), loadMs: median(load[k]), firstMs: median(first[k]), snrDb: snr[k] };
    for (const p of entrants(variant, t)) {
      const theirs = times[key(p, variant, t)];
      if (p.engine !== 'quantscope' && theirs?.length === mine.length) (row.peers ??= {})[p.name] = { ...ratio(theirs, mine), ms: median(theirs), loadMs: median(load[key(p, variant, t)]), firstMs: median(first[key(p, variant, t)]) };
    }
    if (t > 1 && one?.length === mine.length) row.overOneThread = ratio(one, mine);
    if (variant !== 'fp32' && float?.length === mine.length) row.overFloat = ratio(float, mine);
    list.push(row);
  }
}

const cell = p => p ? `${p.median.toFixed(2)} (${p.min.toFixed(2)}–${p.max.toFixed(2)})` : '';
console.log(`How many times as fast as the peer: median (least–greatest) of ${rounds} rounds, each the median of ${runs} runs after ${warmup}.\n`);
console.log(`| network | | threads | ${peers.map(p => p.title).join(' | ')} | our float | our one thread | ms |`);
console.log(`|---|---|---|${peers.map(() => '---|').join('')}---|---|---|`);
for (const r of list) {
  const what = r.variant + (r.build === 'compat' ? ', plain SIMD' : '');
  console.log(`| ${[r.model, what, r.threads, ...peers.map(p => cell(r.peers?.[p.name])), cell(r.overFloat), cell(r.overOneThread), r.ms.toFixed(2)].join(' | ')} |`);
}
console.log(`\nFrom bytes to the first output, ms: load and first run, one thread.\n`);
console.log(`| network | | ${['Quantscope', ...peers.map(p => p.title)].join(' | ')} |\n|---|---|---|${peers.map(() => '---|').join('')}`);
for (const r of list) if (r.threads === 1 && r.build !== 'compat')
  console.log(`| ${[r.model, r.variant, ...[r, ...peers.map(p => r.peers?.[p.name])].map(x => x ? `${(x.loadMs + x.firstMs).toFixed(0)}` : '')].join(' | ')} |`);
console.log('\nDigests of the logits: ' + digests.map(d => `${d.model} ${d.variant} ${d.digests.join('/')}`).join(', '));
for (const f of failures) console.log('FAILED ' + f);
if (o.out) fs.writeFileSync(o.out, JSON.stringify({ rounds, runs, warmup, rows: list, digests, failures }, null, 1) + '\n');
process.exit(failures.length ? 1 : 0);
