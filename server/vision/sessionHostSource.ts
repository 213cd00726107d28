/**
 * Program of the child process that owns an ONNX Runtime session; see {@link SessionHost}. It is text so
 * that it runs the same from sources and from a bundle: `node -e <this> <path of onnxruntime-node>`.
 *
 * Requests: `{id, kind: 'backends'}`, `{id, kind: 'load', model, provider, threads, frugal}`,
 * `{id, kind: 'run', input, data, dims, output, mask}`. Answers: `{id, result}` or `{id, error}`.
 */
export const sessionHostSource = `
'use strict';
// Ends without destructors: those of GPU drivers are what crashes.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
let ort;
let session;
// Large weights stay mapped from their file and are widened one at a time. By default all of an fp16
// encoder's weights are kept widened (5.4 GB instead of 0.8 for ViT-g), and the arena keeps what it had.
const frugalOptions = {
  graphOptimizationLevel: 'basic',
  enableCpuMemArena: false,
  enableMemPattern: false,
  extra: { optimization: { disable_specified_optimizers: 'ConstantFolding' } },
};
const handlers = {
  backends() {
    return ort.listSupportedBackends();
  },
  async load({ model, provider, threads, frugal }) {
    session = await ort.InferenceSession.create(model, {
      executionProviders: [provider],
      logSeverityLevel: 3,
      ...(threads > 0 ? { intraOpNumThreads: threads } : {}),
      ...(frugal ? frugalOptions : {}),
    });
    return { inputs: session.inputMetadata, outputs: session.outputMetadata };
  },
  async run({ input, data, dims, output, mask }) {
    const started = performance.now();
    const feeds = { [input]: new ort.Tensor('float32', data, dims) };
    if (mask) {
      const count = mask.dims.reduce((product, size) => product * size, 1);
      feeds[mask.name] = new ort.Tensor('bool', new Uint8Array(count).fill(1), mask.dims);
    }
    const results = await session.run(feeds, [output]);
    const tensor = results[output];
    return { data: tensor.data, dims: tensor.dims, type: tensor.type, milliseconds: performance.now() - started };
  },
};
process.on('message', async (request) => {
  try {
    ort ??= require(process.argv[1]);
    process.send({ id: request.id, result: await handlers[request.kind](request) });
  } catch (error) {
    process.send({ id: request.id, error: String((error && error.message) || error) });
  }
});
`;
