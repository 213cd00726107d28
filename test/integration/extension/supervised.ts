import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import type { ServerState } from '../../../extension/server/serverController.js';
import { ServerSupervisor } from '../../../extension/server/serverSupervisor.js';
import { startServer } from '../../../extension/server/startServer.js';
import { english } from '../../../extension/translate.js';
import type { ServerSettings, VideoChatError } from '../../../server/protocol/index.js';
import { ManualClock } from '../../fakes/manualClock.js';

const open = new Set<ServerSupervisor>();
afterEach(async () => {
  await Promise.all([...open].map((server) => server.dispose()));
  open.clear();
});

/** The path of a program in test/fakes. */
export const fake = (name: string): string => fileURLToPath(new URL(`../../fakes/${name}.mjs`, import.meta.url));

export interface Supervised {
  server: ServerSupervisor;
  clock: ManualClock;
  log: string[];
  /** Whether each start was in CPU-only mode. */
  starts: boolean[];
  states: ServerState[];
  /** Resolves when the server is, or gets, into that state. */
  until(state: ServerState['state']): Promise<ServerState>;
}

/** A supervisor of a real process, with time of its own: back-off takes no time, hangs do not either. */
export function supervise(
  serverPath: string,
  options: { refusal?: () => VideoChatError | undefined; settings?: ServerSettings; skipBackOff?: boolean } = {},
): Supervised {
  const { refusal, settings = {}, skipBackOff = true } = options;
  const clock = new ManualClock();
  const [log, starts, states]: [string[], boolean[], ServerState[]] = [[], [], []];
  const writeLog = (level: string, message: string): void => void log.push(`${level}: ${message}`);
  const server = new ServerSupervisor({
    start: ({ cpuOnly, signal }) => {
      starts.push(cpuOnly);
      return startServer({ serverPath, settings, cpuOnly, signal, locale: 'en', version: '1.2.3', log: writeLog });
    },
    refusal,
    log: writeLog,
    t: english,
    clock,
  });
  server.onDidChangeState((state) => {
    states.push(state);
    if (skipBackOff && state.state === 'restarting') {
      setImmediate(() => clock.advance(state.delayMs));
    }
  });
  open.add(server);
  const until = (wanted: ServerState['state']): Promise<ServerState> =>
    new Promise((resolve) => {
      const look = (state: ServerState): void => (state.state === wanted ? resolve(state) : undefined);
      server.onDidChangeState(look);
      look(server.state);
    });
  return { server, clock, log, starts, states, until };
}
