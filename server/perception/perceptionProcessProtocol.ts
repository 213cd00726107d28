import type { VoiceState } from './detectors/sileroVad.js';
import type { PerceptionManifest } from './models/perceptionManifest.js';
import type { FrameSights, SightKind } from './observations.js';
import type { HeardWords, ProcessMemory, RgbFrame } from './perception.js';

/** What the process of the perception models is asked; each model is opened before it is used. */
export interface PerceptionRequests {
  open: {
    /** `files`: absolute paths by their keys in the manifest. `threads`: 0 = the runtime chooses. */
    params: { manifest: PerceptionManifest; files: Record<string, string>; threads: number };
    result: true;
  };
  look: { params: { frame: RgbFrame; kinds: readonly SightKind[] }; result: FrameSights };
  /** Without a state: from the beginning of a clip. */
  hear: { params: { samples: Float32Array; state?: VoiceState }; result: { voice: Float32Array; state: VoiceState } };
  transcribe: { params: { samples: Float32Array; language?: string }; result: HeardWords };
  memory: { params: object; result: ProcessMemory };
  /** What is being transcribed is refused at its next word. */
  stop: { params: object; result: true };
}
