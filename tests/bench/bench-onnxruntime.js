// Times onnxruntime on request: bench-onnxruntime.js MODEL BATCH CHANNELS SIZE; see bench-plan.c for the protocol.
//
// SPDX-License-Identifier: GPL-3.0-or-later
const readline = require('readline');
const onnxruntime = require('onnxruntime-node');

async function main() {
  const [model, batch, channels, size] = [process.argv[2], ...process.argv.slice(3).map(Number)];
  const session = await onnxruntime.InferenceSession.create(model, {
    intraOpNumThreads: Number(process.env.BENCH_THREADS),
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
  });
  const images = new onnxruntime.Tensor(
    'float32', Float32Array.from({ length: batch * channels * size * size }, Math.random), [batch, channels, size, size]);

  for await (const line of readline.createInterface({ input: process.stdin })) {
    const times = Number(line.split(' ')[1] ?? 1);
    const start = process.hrtime.bigint();
    for (let i = 0; i < times; i++) {
      await session.run({ images });
    }
    console.log((Number(process.hrtime.bigint() - start) / 1e6 / times).toFixed(4));
  }
}

main();
