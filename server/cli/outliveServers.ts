import type { VideoChatClient } from '../client/videoChatClient.js';
import { isConnectionLost } from './batch/batchWorker.js';
import type { ServerOptions } from './serverOptions.js';
import { type Session, startServer } from './session.js';

/**
 * Sends a request until it is answered: where the server dies, another one goes on.
 *
 * @param onCrash the request to go on with; undefined: to give up
 * @throws what the request throws, also that the connection was lost
 */
export async function outliveServers<Request, Result>(
  { client, environment }: Session,
  options: ServerOptions,
  signal: AbortSignal,
  request: Request,
  send: (client: VideoChatClient, request: Request) => Promise<Result>,
  onCrash: () => Request | undefined,
): Promise<Result> {
  let another: VideoChatClient | undefined;
  try {
    for (let next = request; ; ) {
      try {
        return await send(another ?? client, next);
      } catch (error) {
        const after = isConnectionLost(error) && !signal.aborted ? onCrash() : undefined;
        if (after === undefined) {
          throw error;
        }
        next = after;
        await another?.dispose();
        another = await startServer(environment, options);
      }
    }
  } finally {
    await another?.dispose();
  }
}
