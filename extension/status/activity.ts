import type { ChatProgress, ModelLoadProgress } from '../../server/protocol/index.js';

/** What the server works on, as its progress tells. */
export interface Activity {
  /** Requests with progress that are not answered yet. */
  streams: number;
  /** A model is being loaded: how far, 0…1. */
  loading: number | undefined;
}

export const idle: Activity = { streams: 0, loading: undefined };

/** The activity after a request was sent or answered. */
export function withStreams(activity: Activity, streams: number): Activity {
  return { streams, loading: streams === 0 ? undefined : activity.loading };
}

const loadStages = ['verify', 'vision', 'language'];

/** The activity after a value of `$/progress`, of whichever request. */
export function withProgress(activity: Activity, value: unknown): Activity {
  const { stage, fraction } = value as Partial<ModelLoadProgress>;
  const part = loadStages.indexOf(stage ?? '');
  if (part >= 0) {
    const loading = (part + (fraction ?? 0)) / loadStages.length;
    return { ...activity, loading: loading < 1 ? loading : undefined };
  }
  const chat = value as ChatProgress;
  if (chat.kind !== 'stage' || chat.stage === 'queued') {
    return activity;
  }
  if (chat.stage !== 'loading') {
    return { ...activity, loading: undefined };
  }
  return { ...activity, loading: chat.total ? (chat.done ?? 0) / chat.total : 0 };
}
