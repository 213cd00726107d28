// Takes its time before it answers `initialize`; with SLOW_START_MS=never, all of it.
import { pause, serve } from './fakeProtocol.mjs';

const wait = process.env.SLOW_START_MS ?? '300';
serve({
  initialize: async () => {
    await (wait === 'never' ? new Promise(() => undefined) : pause(Number(wait)));
    return { protocolVersion: '1.0', server: { name: 'fake', version: '1' }, capabilities: {} };
  },
});
