import { EditorClients } from '../backends/editor/editorClients.js';
import { type BackendSurroundings, openBackend } from '../backends/openBackend.js';
import { LanguageModel } from '../language/languageModel.js';
import { canBeSought } from '../media/canBeSought.js';
import { makeProxy } from '../media/makeProxy.js';
import { readSoundPeaks } from '../media/soundPeaks.js';
import { discoverModels } from '../models/discoverModels.js';
import { requiredFiles, resolveModelFile } from '../models/modelFiles.js';
import { verifyModelFiles } from '../models/verifyModelFiles.js';
import { planTimeMessage } from '../protocol/timeMessage.js';
import { cutClip } from '../video/cutClip.js';
import { findFfmpeg } from '../video/findFfmpeg.js';
import { findKeyShots } from '../video/findKeyShots.js';
import { findShots } from '../video/findShots.js';
import { planFrames } from '../video/planFrames.js';
import { decodeAndPreprocess } from '../video/preprocessFrames.js';
import { probeVideo } from '../video/probeVideo.js';
import { readSoundClips } from '../video/readSoundClips.js';
import { writeFrames } from '../video/writeFrames.js';
import { AudioEncoder } from '../vision/audioEncoder.js';
import { EmbeddingCache } from '../vision/embeddingCache.js';
import { PrefixEncoder } from '../vision/prefixEncoder.js';
import { VisionEncoder } from '../vision/visionEncoder.js';
import { PerceptionHost } from '../perception/perceptionHost.js';
import { RetrievalHost } from '../retrieval/retrievalHost.js';
import type { EngineParts } from './engineParts.js';

/** The real parts: ffmpeg, ONNX Runtime, libllama, the disk, and others that answer. */
export function createEngineParts(surroundings: Partial<BackendSurroundings> = {}): EngineParts {
  const { editors = new EditorClients(), env = process.env } = surroundings;
  return {
    video: {
      findFfmpeg,
      probe: probeVideo,
      plan: planFrames,
      decodePixels: decodeAndPreprocess,
      readSoundClips,
      write: writeFrames,
      cut: cutClip,
      timeMessage: planTimeMessage,
    },
    media: { canBeSought, makeProxy, findShots, findKeyShots, readSoundPeaks },
    models: {
      discover: discoverModels,
      requiredFiles,
      verify: verifyModelFiles,
      loadVision: (options) => VisionEncoder.load(options),
      loadAudio: (options) => AudioEncoder.load(options),
      loadPrefix: (options) => PrefixEncoder.load(options),
      loadLanguage: async ({ manifest, weights, folder, ...options }) => {
        const { variants, default: variant, contextLength, adapters = [] } = weights;
        const path = await resolveModelFile(folder, manifest, variants[variant] ?? '');
        const beside = adapters.map(async ({ file, scale = 1 }) => ({ path: await resolveModelFile(folder, manifest, file), scale }));
        return LanguageModel.load({ ...options, path, contextLength, adapters: await Promise.all(beside) });
      },
      openBackend: (options) => openBackend(options, { ...surroundings, editors, env }),
    },
    cache: {
      open: (folder, limitBytes) => new EmbeddingCache(folder, limitBytes),
      key: (parts) => EmbeddingCache.key(parts),
    },
    perception: { open: (options) => PerceptionHost.open(options) },
    retrieval: { open: (options) => new RetrievalHost(options) },
    editors,
  };
}
