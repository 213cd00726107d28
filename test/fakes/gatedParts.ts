import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { EditorClients } from '../../server/backends/editor/editorClients.js';
import type { CancellationToken } from '../../server/common/cancellation.js';
import { untilCancelled } from '../../server/common/untilCancelled.js';
import type {
  Embeddings,
  EngineParts,
  GenerateRequest,
  GenerateResult,
  LanguageSessionRuntime,
  ProbedVideo,
  PromptPiece,
} from '../../server/engine/engineParts.js';
import { noPerception } from '../../server/perception/noPerception.js';
import { planTimeMessage } from '../../server/protocol/timeMessage.js';
import { ErrorCode, VideoChatError } from '../../server/protocol/index.js';
import { noRetrieval } from '../../server/retrieval/noRetrieval.js';
import { planFrames } from '../../server/video/planFrames.js';
import { tinyManifest } from '../fixtures/tinyEncoder.js';
import { Gate } from './gate.js';

/**
 * Engine parts that stop where a test wants them to: each stage passes a gate, and may be told to fail.
 * Answers are the words of `script`, one token each.
 */
export class GatedParts {
  readonly gates = { probe: new Gate(), load: new Gate(), decode: new Gate(), encode: new Gate(), generate: new Gate(), proxy: new Gate() };
  /** Thrown by the stage of that name, as long as it is there. */
  readonly failures: Partial<Record<keyof GatedParts['gates'], Error>> = {};
  readonly counts = { probe: 0, load: 0, decode: 0, encode: 0, generate: 0, proxy: 0, sessions: 0, disposed: 0 };
  /** Prompts as they reached the language model. */
  readonly prompts: string[] = [];
  /** Answers that were being generated at once, at most. */
  mostAtOnce = 0;
  script = [' A', ' red', ' ball', '.###'];
  contextLength = 2048;
  private atOnce = 0;
  private readonly stored = new Map<string, Embeddings>();

  readonly manifest = tinyManifest({
    'vision-fp32': { path: 'vision.onnx', content: Buffer.from('vision') },
    'language-f16': { path: 'language.gguf', content: Buffer.from('language') },
  });

  readonly parts: EngineParts = {
    video: {
      findFfmpeg: async () => ({ ffmpeg: '/nowhere/ffmpeg', ffprobe: '/nowhere/ffprobe', version: '0' }),
      probe: async (path, _tools, token) => {
        await this.stage('probe', token);
        return makeVideo(path);
      },
      plan: planFrames,
      decodePixels: async (_video, indices, spec, _tools, { token, onFrame }) => {
        await this.stage('decode', token);
        indices.forEach((_, position) => onFrame?.(position + 1, indices.length));
        return new Float32Array(indices.length * 3 * spec.width * spec.height);
      },
      write: async () => ['/nowhere/frame.png'],
      timeMessage: planTimeMessage,
    },
    media: {
      canBeSought: async () => true,
      findShots: async () => [],
      readSoundPeaks: async () => new Int8Array(0),
      makeProxy: async (_video, _recipe, _tools, { output, token, onProgress }) => {
        onProgress?.(0.5);
        await this.stage('proxy', token);
        await writeFile(output, 'a proxy');
      },
    },
    models: {
      discover: async () => [
        { id: 'tiny', folder: '/nowhere/tiny', manifest: this.manifest },
        { id: 'broken', folder: '/nowhere/broken', problem: 'The manifest is not JSON.' },
      ],
      requiredFiles: () => ['vision-fp32', 'language-f16'],
      verify: async () => undefined,
      loadVision: async () => ({
        executionProvider: 'cpu',
        variant: 'fp32',
        encode: async (_pixels, _frames, token) => {
          await this.stage('encode', token);
          return { rows: 96, width: 32, data: new Float32Array(96 * 32) };
        },
        dispose: async () => void this.counts.disposed++,
      }),
      loadLanguage: async () => {
        await this.stage('load');
        return {
          device: 'cpu',
          gpuLayers: 0,
          contextLength: this.contextLength,
          countTokens: (text) => [...text].length,
          createSession: () => this.createSession(),
          dispose: async () => void this.counts.disposed++,
        };
      },
      openBackend: () => Promise.reject(new Error('There are no backends behind the gates.')),
    },
    cache: {
      open: () => ({
        get: async (key) => this.stored.get(key),
        put: async (key, embeddings) => void this.stored.set(key, embeddings),
        bytes: async () => this.stored.size * 96 * 32 * 4,
      }),
      key: (parts) => createHash('sha256').update(JSON.stringify(parts)).digest('hex'),
    },
    perception: { open: async () => noPerception },
    retrieval: { open: () => noRetrieval },
    editors: new EditorClients(),
  };

  private async stage(name: keyof GatedParts['gates'], token?: CancellationToken): Promise<void> {
    this.counts[name]++;
    await untilCancelled(this.gates[name].pass(), token);
    const failure = this.failures[name];
    if (failure) {
      throw failure;
    }
  }

  private createSession(): LanguageSessionRuntime {
    this.counts.sessions++;
    let known: string[] = [];
    const tokens = (pieces: PromptPiece[]): string[] =>
      pieces.flatMap((piece) =>
        piece.kind === 'text'
          ? [...piece.text]
          : piece.kind === 'embeddings'
            ? Array.from({ length: piece.embeddings.rows }, (_, row) => `${piece.key}#${row}`)
            : piece.kind === 'special'
              ? [piece.text]
              : piece.kind === 'tokens'
                ? piece.ids.map(String)
                : [],
      );
    return {
      countPrompt: (pieces) => tokens(pieces).length,
      generate: async (request) => {
        const prompt = tokens(request.pieces);
        let reused = 0;
        while (reused < prompt.length - 1 && prompt[reused] === known[reused]) {
          reused++;
        }
        this.prompts.push(request.pieces.map((piece) => (piece.kind === 'text' ? piece.text : '[video]')).join(''));
        this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
        try {
          const result = await this.generate(request, prompt.length, reused);
          known = [...prompt, ...result.text];
          return result;
        } finally {
          this.atOnce--;
        }
      },
      dispose: async () => void this.counts.disposed++,
    };
  }

  private async generate(request: GenerateRequest, promptTokens: number, reusedTokens: number): Promise<GenerateResult> {
    let text = '';
    let generatedTokens = 0;
    let stopReason: GenerateResult['stopReason'] = 'stop';
    try {
      for (const word of this.script.slice(0, request.sampling.maxTokens)) {
        await this.stage('generate', request.token);
        text += word;
        generatedTokens++;
        request.onText?.(word);
      }
    } catch (error) {
      if (!(error instanceof VideoChatError) || error.code !== ErrorCode.RequestCancelled) {
        throw error;
      }
      stopReason = 'cancelled';
    }
    const prefilledTokens = promptTokens - reusedTokens;
    return { text, stopReason, promptTokens, reusedTokens, prefilledTokens, generatedTokens, prefillMs: 1, generateMs: 1 };
  }
}

/** Ten seconds of 30 frames a second that exist only as facts. */
export function makeVideo(path: string): ProbedVideo {
  return {
    facts: {
      path,
      contentHash: createHash('sha256').update(path).digest('hex'),
      bytes: 1,
      kind: path.endsWith('.png') ? 'image' : 'video',
      container: 'mov',
      codec: 'h264',
      width: 1,
      height: 1,
      rotationDegrees: 0,
      durationSeconds: 10,
      fps: 30,
      frameCount: 300,
      variableFrameRate: false,
      streams: [],
    },
    demuxer: 'mov',
    streamIndex: 0,
    transform: { rotationDegrees: 0, mirrored: false } as unknown as ProbedVideo['transform'],
    timeBase: { numerator: 1, denominator: 30 },
    sampleAspectRatio: 1,
    pixelFormat: 'yuv420p',
    reorderedFrames: 0,
    index: {
      ticks: Float64Array.from({ length: 300 }, (_, frame) => frame),
      keyTicks: Float64Array.of(0),
      lastTicks: 1,
      seekable: true,
    },
  };
}
