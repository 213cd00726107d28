// What the fake servers have in common: the protocol, answered by functions named after methods.
import { receive, send } from './protocolChannel.mjs';

export { send };

/** Resolves after that many milliseconds. */
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const usual = {
  initialize: () => ({ protocolVersion: '1.0', server: { name: 'fake', version: '1' }, capabilities: {} }),
  shutdown: () => null,
  'server/status': () => ({ version: '1', uptimeSeconds: 1, models: [], openVideos: 0, openChats: 0 }),
  'model/list': () => ({ models: [] }),
};

/**
 * Answers requests until the client is gone.
 *
 * @param {Record<string, (params: any, id: number) => unknown>} handlers by method, besides the usual ones;
 *   `$/cancelRequest` is told of cancellations
 */
export function serve(handlers = {}) {
  const all = { ...usual, ...handlers };
  receive(async ({ id, method, params }) => {
    if (method === 'exit') {
      process.exit(0);
    }
    const result = await all[method]?.(params, id);
    if (id !== undefined) {
      send({ id, result });
    }
  });
}
