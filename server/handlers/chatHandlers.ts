import {
  ChatAddMediaRequest,
  ChatCloseRequest,
  ChatCreateRequest,
  ChatForeseeRequest,
  ChatHistoryRequest,
  ChatRegenerateRequest,
  ChatRemoveMediumRequest,
  ChatRestoreRequest,
  ChatSendRequest,
  ErrorCode,
  phrase,
  VideoChatError,
} from '../protocol/index.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { chatHistory, schemas } from '../rpc/schemas.js';
import { describeIssues } from '../rpc/toResponseError.js';
import type { ClientScope } from './clientScope.js';

export function registerChatHandlers(router: RequestRouter, { chats }: ClientScope): void {
  router.on(ChatCreateRequest, schemas.chatCreate, (params) => chats.create(params));
  router.on(ChatForeseeRequest, schemas.chatCreate, (params, { token }) => chats.foresee(params, token));
  router.on(ChatSendRequest, schemas.chatSend, ({ chatId, sampling, progressToken: _, ...question }, context) =>
    chats.send(chatId, question, { ...context, sampling }),
  );
  router.on(ChatAddMediaRequest, schemas.chatAddMedia, ({ chatId, videoIds }, { token }) => chats.addMedia(chatId, videoIds, token));
  router.on(ChatRemoveMediumRequest, schemas.chatRemoveMedium, ({ chatId, medium }, { token }) =>
    chats.removeMedium(chatId, medium, token),
  );
  router.on(ChatRegenerateRequest, schemas.chatRegenerate, ({ chatId, sampling, answersFrom }, context) =>
    chats.regenerate(chatId, { ...context, sampling, ...(answersFrom === undefined ? {} : { answersFrom }) }),
  );
  router.on(ChatHistoryRequest, schemas.chat, ({ chatId }) => chats.history(chatId));
  router.on(ChatRestoreRequest, schemas.chatRestore, ({ history }, { token }) => {
    const parsed = chatHistory.safeParse(history);
    if (!parsed.success) {
      throw new VideoChatError(
        ErrorCode.ConversationCorrupt,
        phrase`The saved conversation cannot be read: ${describeIssues(parsed.error)}.`,
        { hint: 'Start a new conversation about the same video.' },
      );
    }
    return chats.restore(parsed.data, token);
  });
  router.on(ChatCloseRequest, schemas.chat, async ({ chatId }) => {
    await chats.close(chatId);
    return null;
  });
}
