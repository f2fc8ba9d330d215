// Runs the engines in turn, a fresh browser each, for some rounds; a ratio is taken within a round, where
// the machine was in one mood, and the table shows their median and spread. Run by run.sh, in the harness.
import fs from 'node:fs';
import { args, bench } from './bench.mjs';

const o = args(process.argv.slice(2));
const rounds = o.rounds ?? 3, runs = process.argv.includes('--runs') ? o.runs : 30, warmup = process.argv.includes('--warmup') ? o.warmup : 50;
const models = (o.models ?? 'squeezenet1_0,mobilenet_v2,efficientnet_b0').split(',');
const engines = ['quantscope', 'ort-web', 'litert'];
const median = x => [...x].sort((a, b) => a - b)[x.length >> 1];

const table = [];
for (const model of models) {
  const times = Object.fromEntries(engines.map(e => [e, []]));
  let digest, snr;
  for (let r = 0; r < rounds; r++) {
    for (const engine of engines) {
      const result = await bench({ ...o, model, engine, variant: 'fp32', threads: 1, runs, warmup });
      if (result.error) throw new Error(`${engine} on ${model}: ${result.error}`);
      times[engine].push(result.median);
      if (engine === 'quantscope') { digest = result.hash; snr = result.snrDb; }
    }
  }
  const row = { model, variant: 'fp32', threads: 1, rounds, digest, snrDb: snr, ms: Object.fromEntries(engines.map(e => [e, median(times[e])])) };
  for (const peer of engines.slice(1)) {
    const ratios = times[peer].map((t, i) => t / times.quantscope[i]);
    row[peer] = { ratio: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) };
  }
  table.push(row);
}
const cell = p => `${p.ratio.toFixed(2)} (${p.min.toFixed(2)}–${p.max.toFixed(2)})`;
console.log('How many times as fast as the peer: median (least–greatest) over rounds. Float, one thread.\n');
console.log('| network | ONNX Runtime Web | LiteRT.js | Quantscope ms | SNR against PyTorch, dB |\n|---|---|---|---|---|');
for (const r of table) console.log(`| ${r.model} | ${cell(r['ort-web'])} | ${cell(r.litert)} | ${r.ms.quantscope.toFixed(1)} | ${r.snrDb} |`);
if (o.out) fs.writeFileSync(o.out, JSON.stringify(table, null, 1) + '\n');
process.exit(0);
