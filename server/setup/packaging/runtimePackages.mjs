/**
 * The npm packages with native code that the server loads, and which of their files it needs. Everything
 * else that it imports is bundled.
 *
 * @param {import('./targets.mjs').Target} target
 * @returns {{ name: string, files: RegExp }[]}
 */
export function runtimePackages(target) {
  const { os, cpu, llama, koffi, onnx } = target;
  const literal = (text) => text.replace(/[.]/g, '\\.');
  return [
    { name: 'koffi', files: /^(package\.json|LICENSE\.txt|index\.(js|cjs)|src\/koffi\/(src\/)?\w+\.(js|cjs))$/ },
    { name: `@koromix/koffi-${os}-${cpu}`, files: new RegExp(`^(package\\.json|index\\.js|${koffi}/koffi\\.node)$`) },
    // Its program advises on GPU memory, and needs 28 more packages; on the CPU only its version counts.
    { name: 'node-llama-cpp', files: /^(package\.json|LICENSE|llama\/llama\.cpp\.info\.json)$/ },
    {
      name: `@node-llama-cpp/${llama}`,
      files: new RegExp(`^(package\\.json|LICENSE|bins/${llama}/(?!.*(llama-addon|llama-common)).*)$`),
    },
    {
      name: 'onnxruntime-node',
      files: new RegExp(
        `^(package\\.json|dist/\\w+\\.js|bin/napi-v6/${os}/${cpu}/(onnxruntime_binding\\.node|${onnx.map(literal).join('|')}))$`,
      ),
    },
    { name: 'onnxruntime-common', files: /^(package\.json|dist\/cjs\/.*\.(js|json))$/ },
  ];
}
