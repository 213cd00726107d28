import type { ServerStatus } from '../../server/protocol/index.js';
import type { ServerState } from '../server/serverController.js';
import type { Translate } from '../translate.js';
import type { Activity } from './activity.js';

export interface StatusFacts {
  server: ServerState;
  activity: Activity;
  /** As last told by the server; may be of the past. */
  status: ServerStatus | undefined;
}

/** How the status bar item looks. */
export interface StatusLook {
  /** With a codicon in front. */
  text: string;
  /** The same for screen readers. */
  label: string;
  /** Lines of the tooltip, plain text. */
  lines: string[];
  severity: 'normal' | 'warning' | 'error';
}

/** Words and icon for what the server is doing. */
export function statusLook(facts: StatusFacts, t: Translate): StatusLook {
  const { icon, words, line, severity } = describe(facts, t);
  return {
    text: `$(${icon}) ${words ? t('VideoChat: {0}', words) : 'VideoChat'}`,
    label: words ? t('VideoChat: {0}', words) : t('VideoChat: {0}', line),
    lines: [line, ...serverLines(facts, t)],
    severity,
  };
}

interface Description {
  icon: string;
  /** Beside the name; empty when there is nothing to tell. */
  words: string;
  /** First line of the tooltip. */
  line: string;
  severity: StatusLook['severity'];
}

function describe({ server, activity, status }: StatusFacts, t: Translate): Description {
  const normal = (icon: string, words: string, line: string): Description => ({ icon, words, line, severity: 'normal' });
  switch (server.state) {
    case 'stopped':
      return normal('device-camera-video', '', t('The server starts when it is needed.'));
    case 'starting':
      return normal('loading~spin', t('starting'), t('The server is starting.'));
    case 'restarting':
      return { icon: 'warning', words: t('restarting'), line: t('The server ended unexpectedly and is started again (attempt {0}).', server.attempt), severity: 'warning' };
    case 'failed':
      return { icon: 'error', words: t('error'), line: server.error.message, severity: 'error' };
    case 'ready':
      break;
  }
  if (activity.loading !== undefined) {
    const percent = Math.round(activity.loading * 100);
    return normal('loading~spin', t('loading {0}%', percent), t('The model is being loaded.'));
  }
  if (activity.streams > 0) {
    const device = deviceOf(status);
    return normal('loading~spin', device ? t('busy ({0})', device) : t('busy'), t('The server is working on {0} request(s).', activity.streams));
  }
  return normal('device-camera-video', '', t('The server is ready.'));
}

/** Where the loaded language model runs, in capitals as people write it. */
export function deviceOf(status: ServerStatus | undefined): string | undefined {
  const device = status?.models.find(({ state }) => state === 'ready')?.language?.device;
  return device === undefined ? undefined : device.length <= 4 ? device.toUpperCase() : device;
}

function serverLines({ server, status }: StatusFacts, t: Translate): string[] {
  if (server.state !== 'ready' || !status) {
    return [];
  }
  const models = status.models
    .filter(({ state }) => state === 'ready')
    .map((model) => t('Model {0}: encoder on {1}, language on {2}', model.modelId, model.vision?.executionProvider ?? '?', model.language?.device ?? '?'));
  const megabytes = Math.round((status.memory.residentBytes + (status.memory.perception?.residentBytes ?? 0)) / 1024 / 1024);
  return [...models, t('Memory: {0} MB, conversations: {1}', megabytes, status.openChats)];
}
