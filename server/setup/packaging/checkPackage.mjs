import { runtimePackages, unmetNeeds } from './runtimePackages.mjs';

const megabyte = 1_000_000;
export const limits = { bytes: 90 * megabyte, bytesWithFfmpeg: 120 * megabyte };

/** Where the server finds its native packages: beside itself, since vsce leaves a top-level node_modules out. */
export const modulesFolder = 'dist/node_modules';

/** Anything that may be in a package, besides native packages; vsce writes some names its own way. */
const allowed = [
  /^(\[Content_Types\]\.xml|extension\.vsixmanifest)$/,
  /^extension\/(package(\.nls(\.[a-z-]+)?)?\.json|readme\.md|changelog\.md|LICENSE\.txt|NOTICE|THIRD-PARTY\.txt)$/i,
  /^extension\/l10n\/bundle\.l10n(\.[a-z-]+)?\.json$/,
  /^extension\/(?!dist|models|test|server|node_modules)([\w-]+\/)*[\w.-]+\.(png|svg)$/,
  /^extension\/[\w-]+\/walkthrough\/[\w.-]+\.md$/,
  /^extension\/extension\/schemas\/[\w.-]+\.schema\.json$/,
  /^extension\/dist\/\w+\.(cjs|mjs)$/,
  /^extension\/dist\/webview\/[\w-]+\.(js|css|ttf)$/,
  /^extension\/dist\/ffmpeg\/((ffmpeg|ffprobe)(\.exe)?|[\w.-]*(licen[sc]e|copying|gpl|source|readme)[\w.-]*)$/i,
  /^extension\/models\/(manifest|dualEncoder)\.schema\.json$/,
  /^extension\/models\/catalogue\/[\w.-]+\.json$/,
  /^extension\/models\/packs\/[\w.-]+\.json$/,
  /^extension\/models\/videochat-mini\/(manifest\.json|domain\.json|README\.md|sample\.mp4|[\w.-]+\.(onnx|gguf))$/,
  /^extension\/models\/wordnet\/(README\.md|LICENSE|nouns\.txt\.gz)$/,
  /^extension\/models\/perception\/[\w-]+\/(manifest\.json|LICENSE|[\w.-]+\.onnx)$/,
];
const neverIn = /checkpoint|\.map$|\.ts$|bench|cuda|vulkan|tensorrt|directml|dxcompiler|dxil|rocm/i;

/** Without these it would not start. */
const required = [
  ...['package.json', 'LICENSE.txt', 'NOTICE', 'THIRD-PARTY.txt', 'dist/extension.cjs', 'dist/server.mjs'],
  ...['nanodet', 'pp-ocrv4', 'blazeface', 'movenet-lightning', 'silero-vad'].map((name) => `models/perception/${name}/manifest.json`),
  ...['dist/perceptionProcess.mjs', 'dist/llamaServerGuard.mjs', 'dist/retrievalProcess.mjs', 'models/perception/nanodet/nanodet.onnx', 'models/perception/silero-vad/silero-vad.onnx'],
  ...['dist/preprocessWorker.mjs', 'dist/datasetWorker.mjs', 'dist/searchWorker.mjs', 'models/wordnet/nouns.txt.gz', 'models/videochat-mini/manifest.json', 'models/videochat-mini/sample.mp4'],
  ...['models/catalogue/qwen3-0.6b.json', 'models/packs/language.json'],
  ...['dist/onDemand.cjs', 'dist/chunk.cjs', 'dist/videochat.mjs', 'dist/mcp.mjs'],
];

/**
 * What is wrong with a package: files that do not belong there or are missing, and its size.
 *
 * @param {{ name: string }[]} entries of the archive
 * @param {number} bytes of the archive
 * @param {import('./targets.mjs').Target} target
 * @returns {string[]} one sentence for each problem
 */
export function checkPackage(entries, bytes, target) {
  const names = entries.map(({ name }) => name);
  const prefix = `extension/${modulesFolder}/`;
  const packages = runtimePackages(target);
  const belongs = (name) => {
    if (!name.startsWith(prefix)) {
      return allowed.some((pattern) => pattern.test(name));
    }
    const inside = name.slice(prefix.length);
    const owner = packages.find((each) => inside.startsWith(`${each.name}/`));
    return owner !== undefined && owner.files.test(inside.slice(owner.name.length + 1));
  };
  const natives = packages.flatMap(({ name, needs }) => {
    const inside = names.filter((each) => each.startsWith(`${prefix}${name}/`)).map((each) => each.slice(prefix.length + name.length + 1));
    return unmetNeeds(needs, inside).map((need) => `${name} lacks ${need}.`);
  });
  const [ffmpeg, ffprobe] = ['ffmpeg', 'ffprobe'].map((name) => names.some((each) => new RegExp(`/${name}(\\.exe)?$`).test(each)));
  const limit = ffmpeg ? limits.bytesWithFfmpeg : limits.bytes;
  return [
    ...names.filter((name) => neverIn.test(name) || !belongs(name)).map((name) => `${name} does not belong in the package.`),
    ...required.filter((name) => !names.includes(`extension/${name}`)).map((name) => `${name} is missing.`),
    ...natives,
    ...(ffmpeg === ffprobe ? [] : ['ffmpeg and ffprobe must both be there, or none.']),
    ...(bytes > limit ? [`The package has ${(bytes / megabyte).toFixed(1)} MB; ${limit / megabyte} is the limit.`] : []),
  ];
}
