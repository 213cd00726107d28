import type { BackendRules } from '../models/backendRules.js';

/** What of a backend decides its answers: where they come from and what is sent, not how many are asked for at once. */
export function whoAnswers(backend: BackendRules): readonly unknown[] {
  const { kind, images, maxFrames, frameSide } = backend;
  // Nothing more where there is none: what was kept before counts.
  const video = backend.kind !== 'editor' && backend.video ? [backend.video] : [];
  return [kind, ...whoOf(backend), images, maxFrames, frameSide, ...video];
}

function whoOf(backend: BackendRules): readonly unknown[] {
  switch (backend.kind) {
    case 'editor':
      return [backend.vendor, backend.family, backend.model];
    case 'openai':
      return [backend.endpoint, backend.model];
    case 'llama-server':
      return [backend.file, backend.projector];
  }
}
