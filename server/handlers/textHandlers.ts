import { randomUUID } from 'node:crypto';
import { completeText } from '../engine/completeText.js';
import { TextCompleteRequest } from '../protocol/index.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { textSchemas as schemas } from '../rpc/textSchemas.js';
import type { ClientScope } from './clientScope.js';

export function registerTextHandlers(router: RequestRouter, { engine, id: client }: ClientScope): void {
  router.on(TextCompleteRequest, schemas.complete, async ({ modelId, turns, question, sampling }, { token, progress }) => {
    const slot = await engine.models.get(modelId);
    const { id, name, demonstration } = slot.manifest;
    const made = await completeText(engine, {
      ...{ slot, question, token },
      lane: { client, chat: `text-${randomUUID()}` },
      ...(turns ? { turns } : {}),
      ...(sampling ? { sampling } : {}),
      onText: (text) => progress({ kind: 'delta', text }),
    });
    const { text, stopReason, promptTokens, generatedTokens } = made;
    return { text, stopReason, tokens: { prompt: promptTokens, generated: generatedTokens }, model: { id, name, demonstration } };
  });
}
