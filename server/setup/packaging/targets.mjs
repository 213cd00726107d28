import { SetupError } from '../project.mjs';

/**
 * What a package can be made for: the names of `vsce package --target`, and how the native packages name the
 * same system.
 *
 * @typedef {{ os: 'linux' | 'darwin' | 'win32', cpu: 'x64' | 'arm64', llama: string, koffi: string, onnx: string[] }} Target
 * @type {Record<string, Target>}
 */
export const targets = {
  'linux-x64': { os: 'linux', cpu: 'x64', llama: 'linux-x64', koffi: 'linux_x64', onnx: ['libonnxruntime.so.1'] },
  'linux-arm64': { os: 'linux', cpu: 'arm64', llama: 'linux-arm64', koffi: 'linux_arm64', onnx: ['libonnxruntime.so.1'] },
  // Apple silicon has one build of libllama; without layers on the GPU it is the one for the CPU.
  'darwin-arm64': { os: 'darwin', cpu: 'arm64', llama: 'mac-arm64-metal', koffi: 'darwin_arm64', onnx: ['libonnxruntime.1.dylib'] },
  // DirectML and the shader compilers stay out: onnxruntime.dll loads them only when they are asked for.
  'win32-x64': { os: 'win32', cpu: 'x64', llama: 'win-x64', koffi: 'win32_x64', onnx: ['onnxruntime.dll'] },
  'win32-arm64': { os: 'win32', cpu: 'arm64', llama: 'win-arm64', koffi: 'win32_arm64', onnx: ['onnxruntime.dll'] },
};

const muslReason = '@node-llama-cpp and onnxruntime-node have no files for musl, only for glibc';

/** Other targets of vsce, and why there is no package for them. */
export const missingTargets = {
  'darwin-x64': 'onnxruntime-node 1.30.0 has no files for Macs with Intel processors',
  'linux-armhf': 'onnxruntime-node 1.30.0 has no files for 32-bit processors',
  'alpine-x64': muslReason,
  'alpine-arm64': muslReason,
  web: 'the server runs programs, which a browser does not',
};

/** The target of this machine; it may not be one that can be made. */
export const ownTarget = `${process.platform}-${process.arch}`;

/**
 * @returns {Target}
 * @throws SetupError that says why there is none of this name
 */
export function targetNamed(name) {
  if (Object.hasOwn(targets, name)) {
    return targets[name];
  }
  const reason = Object.hasOwn(missingTargets, name) ? `: ${missingTargets[name]}` : '';
  throw new SetupError(`There is no package for ${name}${reason}.\nThere are packages for ${Object.keys(targets).join(', ')}.`);
}
