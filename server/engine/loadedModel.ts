import { CancellationToken } from 'vscode-jsonrpc/node';
import { throwIfCancelled } from '../common/cancellation.js';
import type { Logger } from '../common/logger.js';
import type { Manifest } from '../models/manifest.js';
import type { ModelLoadProgress } from '../protocol/index.js';
import type { EngineSettings } from '../settings.js';
import type {
  LanguageRuntime,
  LanguageSessionRuntime,
  ModelEntry,
  ModelParts,
  VisionRuntime,
} from './engineParts.js';

/** Both halves of a model in memory, and the sessions that hold its KV caches. */
export class LoadedModel {
  private readonly sessions = new Set<LanguageSessionRuntime>();

  constructor(
    readonly manifest: Manifest,
    readonly vision: VisionRuntime,
    readonly language: LanguageRuntime,
  ) {}

  /** Hash of the encoder's file: part of what embeddings are cached by. */
  get visionHash(): string {
    const { encoder, files } = this.manifest;
    return files[encoder.variants[this.vision.variant] ?? '']?.sha256 ?? this.vision.variant;
  }

  createSession(): LanguageSessionRuntime {
    const session = this.language.createSession();
    this.sessions.add(session);
    return session;
  }

  async closeSession(session: LanguageSessionRuntime): Promise<void> {
    if (this.sessions.delete(session)) {
      await session.dispose();
    }
  }

  async dispose(): Promise<void> {
    for (const session of this.sessions) {
      await session.dispose();
    }
    this.sessions.clear();
    await this.language.dispose();
    await this.vision.dispose();
  }
}

/** Verifies the files of a model and loads its halves, one after the other: memory peaks once. */
export async function loadModel(
  entry: ModelEntry & { manifest: Manifest },
  parts: ModelParts,
  settings: EngineSettings,
  logger: Logger,
  report: (progress: ModelLoadProgress) => void,
  token: CancellationToken,
): Promise<LoadedModel> {
  const { manifest, folder } = entry;
  const verify = (keys: string[]): Promise<void> =>
    parts.verify(entry, keys, (fraction) => report({ stage: 'verify', fraction }), token, settings.cacheFolder);
  report({ stage: 'verify', fraction: 0 });
  await verify(parts.requiredFiles(manifest));
  throwIfCancelled(token);

  report({ stage: 'vision', fraction: 0 });
  const { executionProvider, threads } = settings;
  const vision = await parts.loadVision({
    manifest,
    folder,
    executionProvider,
    threads,
    logger,
    // Another variant than the default one may be chosen for a GPU, now or later.
    verify: (keys) => parts.verify(entry, keys, () => undefined, CancellationToken.None, settings.cacheFolder),
    token,
  });
  try {
    throwIfCancelled(token);
    report({ stage: 'vision', fraction: 1 });
    report({ stage: 'language', fraction: 0 });
    const language = await parts.loadLanguage({
      manifest,
      folder,
      device: settings.languageDevice,
      gpuLayers: settings.gpuLayers,
      threads,
      logger,
      onProgress: (fraction) => report({ stage: 'language', fraction }),
    });
    // Not cancelled from here on: what is loaded serves the next question.
    report({ stage: 'language', fraction: 1 });
    return new LoadedModel(manifest, vision, language);
  } catch (error) {
    await vision.dispose();
    throw error;
  }
}
