import type { ChatAnswer } from '../../server/protocol/index.js';

const names: Record<string, string> = {
  cpu: 'CPU',
  cuda: 'CUDA',
  vulkan: 'Vulkan',
  metal: 'Metal',
  webgpu: 'WebGPU',
  coreml: 'CoreML',
  dml: 'DirectML',
};

/** What ran a model's two halves, for people: `CPU`, `WebGPU + Vulkan`. */
export function deviceName({ vision, language }: Pick<ChatAnswer['model'], 'vision' | 'language'>): string {
  const devices = [vision, language].map((half) => half.split(' ')[0] ?? '').map((device) => names[device] ?? device);
  return [...new Set(devices)].filter(Boolean).join(' + ');
}
