/** As in `contributes.chatParticipants`. */
export const participantId = 'videochat.video';
/** Runs from links of answers in the editor's chat: opens a clip at a moment. */
export const momentCommand = 'videochat.showMoment';
/** As in `contributes.languageModelChatProviders`. */
export const modelVendor = 'videochat';
/** As in `contributes.mcpServerDefinitionProviders`. */
export const mcpProviderId = 'videochat.tools';
/** As in `contributes.languageModelTools`. */
export const toolNames = ['videochat_ask', 'videochat_summarize', 'videochat_find', 'videochat_frames', 'videochat_timeline', 'videochat_annotate'] as const;
export type ToolName = (typeof toolNames)[number];
