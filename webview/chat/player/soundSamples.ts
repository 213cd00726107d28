/**
 * Very short sounds, to see what really decodes: players claim AAC also where the codec was left out. Each is 20 ms
 * of a tone by ffmpeg: `sine=440:duration=0.02 -ac 1 -ar 8000`, as ADTS and as Ogg.
 */
export const soundSamples: Readonly<Record<'aac' | 'opus', string>> = {
  aac: [
    '//FsQB+//AEUMqy0ZiFZWXvP6zIS2RCIiEIQedfC/cvmfiu6eYu3fWvieqtm5+17xtzbsrLu4vGfsX3n2brGns88zd09Zb1rWY+K9V+K85PRdC',
    'lOHILpKqhV5zqBr1x5f7h7X3jfcdyT+cJNNap1O2mSdQi+SiWIvrolgFJqoPs7hPFdPxuPVpPV3DZ3CeJk8Vx6tJ6sQruZP3M6orq6tJ6u5ezu',
    'vn7mVxXV1aemrSufuvn7mVxXV1acKsVz91/V3M6otNdWnpq0rV3X9XcyuJldWnpq0rV3X9Xdf1RPV1aemrStXdf1d19aGV1aemrSufuv6u6/qi',
    'e6atPTwP/xbEAYP/wBCjKL5mZmZnPea6u5IiIRCEAZzbmc25kzT2VrnytQIngc5lucweyz0c8UJnOZfPla58rXPFzbnObc5zUc+Vrnytc8U+5z',
    'm3OTUPZWufK1zoVuc5tznMtmVrnytQIVuc5tznMtmVrnytc6J9znNuc5lsytc+VrnQrc5zbnOZb2Vrnytc6FbnObc5zLZla58rUEU+5zm3Ocy3',
    'srXPla50K3Oc25zmWzK1z5WudCtznNuc5lsytc+VqBCuA=',
  ].join(''),
  opus: [
    'T2dnUwACAAAAAAAAAAAAAAAAAAAAAGS5xGoBE09wdXNIZWFkAQE4AUAfAAAAAABPZ2dTAAAAAAAAAAAAAAAAAAABAAAASZW+VAEuT3B1c1RhZ3',
    'MGAAAAZmZtcGVnAQAAABQAAABlbmNvZGVyPUxhdmMgbGlib3B1c09nZ1MABPgEAAAAAAAAAAAAAAIAAAA1EKK6AhAUCIMQ4cYYKLlvhw9epOir',
    'gAiE5HTERP9Pq6T8OfkiblPgMcRm',
  ].join(''),
};
