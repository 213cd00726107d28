import { readFile } from 'node:fs/promises';
import { detectFaces } from './detectors/blazeface.js';
import type { RunGraph } from './detectors/graph.js';
import { detectPoses } from './detectors/movenet.js';
import { detectObjects } from './detectors/nanodet.js';
import { FrameSizes } from './detectors/pixels.js';
import { hearVoice, initialVoiceState } from './detectors/sileroVad.js';
import { findTextLines } from './detectors/textDetection.js';
import { readTextLines } from './detectors/textRecognition.js';
import { Whisper } from './detectors/whisper/whisper.js';
import type { ManifestOf, PerceptionManifest } from './models/perceptionManifest.js';
import type { FrameSights, SightKind } from './observations.js';
import type { OpenGraph } from './openGraph.js';
import type { RgbFrame } from './perception.js';
import type { PerceptionRequests } from './perceptionProcessProtocol.js';

interface Opened<Kind extends PerceptionManifest['kind']> {
  manifest: ManifestOf<Kind>;
  graphs: Record<string, RunGraph>;
  /** What a recogniser's classes stand for. */
  characters: readonly string[];
}

/** Files of a model that are no graphs: what is read of them, and what the runtime finds by itself. */
const textFiles = ['characters', 'tokenizer', 'generation'];
const dataFiles = ['encoderData', 'decoderData'];
const largestText = 64 * 1024 * 1024;

/** The opened models: sights of frames, voices and words in sound, from pixels and samples to what they mean. */
export class PerceptionProcessModels {
  private readonly opened = new Map<PerceptionManifest['kind'], Opened<PerceptionManifest['kind']>>();
  private whisper: Whisper | undefined;
  private stopped = 0;

  constructor(private readonly openGraph: OpenGraph) {}

  async open({ manifest, files, threads }: PerceptionRequests['open']['params']): Promise<true> {
    const graphs: Record<string, RunGraph> = {};
    const texts: Record<string, string> = {};
    for (const [key, path] of Object.entries(files)) {
      if (textFiles.includes(key)) {
        texts[key] = await readText(path);
      } else if (!dataFiles.includes(key)) {
        graphs[key] = await this.openGraph(path, threads);
      }
    }
    if (manifest.kind === 'transcription') {
      const { tokenizer = '', generation = '' } = texts;
      this.whisper = new Whisper(manifest, { tokenizer, generation }, { encoder: graph(graphs, 'encoder'), decoder: graph(graphs, 'decoder') });
    }
    const characters = (texts['characters'] ?? '').replace(/\r?\n$/, '').split(/\r?\n/);
    this.opened.set(manifest.kind, { manifest, graphs, characters });
    return true;
  }

  /** Poses are looked for in the persons among the objects, wanted or not. */
  async look({ frame, kinds }: { frame: RgbFrame; kinds: readonly SightKind[] }): Promise<FrameSights> {
    const sizes = new FrameSizes(frame);
    const sights: FrameSights = {};
    if (kinds.includes('objects') || kinds.includes('poses')) {
      const { manifest, graphs } = this.model('objects');
      const objects = await detectObjects(sizes, manifest, graph(graphs, 'weights'));
      if (kinds.includes('objects')) {
        sights.objects = objects;
      }
      if (kinds.includes('poses')) {
        const poses = this.model('poses');
        sights.poses = await detectPoses(sizes, objects, poses.manifest, graph(poses.graphs, 'weights'));
      }
    }
    if (kinds.includes('faces')) {
      const { manifest, graphs } = this.model('faces');
      sights.faces = await detectFaces(sizes, manifest, graph(graphs, 'weights'));
    }
    if (kinds.includes('texts')) {
      const { manifest, graphs, characters } = this.model('texts');
      const lines = await findTextLines(sizes, manifest, graph(graphs, 'detection'));
      sights.texts = await readTextLines(sizes, lines, manifest, characters, graph(graphs, 'recognition'));
    }
    return sights;
  }

  async hear({ samples, state }: PerceptionRequests['hear']['params']): Promise<PerceptionRequests['hear']['result']> {
    const { manifest, graphs } = this.model('voice');
    return hearVoice(samples, state ?? initialVoiceState(manifest), manifest, graph(graphs, 'weights'));
  }

  async transcribe({ samples, language }: PerceptionRequests['transcribe']['params']): Promise<PerceptionRequests['transcribe']['result']> {
    if (!this.whisper) {
      throw new Error('no model for transcription is open');
    }
    const { stopped } = this;
    return this.whisper.hear(samples, language, () => {
      if (this.stopped !== stopped) throw new Error('nobody waits for the words any more');
    });
  }

  async stop(): Promise<true> {
    this.stopped++;
    return true;
  }

  private model<Kind extends PerceptionManifest['kind']>(kind: Kind): Opened<Kind> {
    const opened = this.opened.get(kind);
    if (!opened) {
      throw new Error(`no model for ${kind} is open`);
    }
    return opened as unknown as Opened<Kind>;
  }
}

async function readText(path: string): Promise<string> {
  const bytes = await readFile(path);
  if (bytes.length > largestText) {
    throw new Error(`${path} is too long to be what its manifest says`);
  }
  return bytes.toString('utf8');
}

function graph(graphs: Record<string, RunGraph>, key: string): RunGraph {
  const run = graphs[key];
  if (!run) {
    throw new Error(`the model has no graph "${key}"`);
  }
  return run;
}
