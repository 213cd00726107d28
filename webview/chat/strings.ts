import type { PanelStrings } from '../../server/protocol/panelStrings.js';

/** What the page says where the host gave no translation; these texts are the keys of the translations. */
export const englishStrings: PanelStrings = {
  conversation: 'Conversation',
  you: 'You',
  turnName: 'Turn {0}: {1}',
  emptyTitle: 'Ask about this clip',
  emptyHint: 'Answers come with the frames they rest on. Times in an answer take you there.',
  emptyPictureTitle: 'Ask about this picture',
  emptyPictureHint: 'The answer says what the model sees in it.',
  suggestions: 'Suggested questions',
  earlierFrames: 'Same frames as before',
  jumpToLatest: 'Jump to the latest answer',

  regenerate: 'Answer again',
  copyAnswer: 'Copy answer',
  copyCode: 'Copy code',
  copied: 'Copied',
  editQuestion: 'Edit question and ask again',
  editedQuestion: 'Edited question',
  resend: 'Ask again',
  resendHint: 'This question and everything after it is replaced.',
  cancel: 'Cancel',
  goodAnswer: 'Good answer',
  badAnswer: 'Bad answer',
  noteLabel: 'Note on this answer',
  notePlaceholder: 'What was right or wrong? (optional)',
  saveNote: 'Save note',

  stageStarting: 'Getting ready',
  stageQueued: 'Waiting for another question',
  stageLoading: 'Loading the model',
  stageLoadingPercent: 'Loading the model, {0}%',
  stageDecoding: 'Decoding frames',
  stageDecodingOf: 'Decoding frame {0} of {1}',
  stageEncoding: 'Looking at the frames',
  stageReading: 'Reading the question',
  stageAnswering: 'Answering',
  elapsed: '{0} s',

  stoppedByYou: 'You stopped this answer.',
  interrupted: 'This answer was interrupted.',
  failed: 'This question could not be answered.',
  cutOff: 'The answer reached its length limit.',
  droppedTurns: '{0} earlier turns no longer fit into the model’s memory',
  tokensPerSecond: '{0} tok/s',
  seconds: '{0} s',
  tokensDetail: '{0} tokens read, {1} of them remembered; {2} written',
  timesDetail: 'Decoding {0} s, looking {1} s, reading {2} s, answering {3} s',
  fromCache: 'The frames had been looked at before.',

  frames: '{0} frames',
  oneFrame: '1 frame',
  frameAt: 'Frame at {0}',
  framesLookedAt: 'Frames the model looked at',
  playSpan: 'Play {0} to {1}',
  goToTime: 'Go to {0}',

  player: 'Player',
  play: 'Play',
  pause: 'Pause',
  mute: 'Mute',
  unmute: 'Unmute',
  volume: 'Volume',
  speed: 'Speed',
  seek: 'Position',
  seekValue: '{0} of {1}',
  previousFrame: 'Previous frame (,)',
  nextFrame: 'Next frame (.)',
  markIn: 'Ask from here ([)',
  markOut: 'Ask up to here (])',
  clearSpan: 'Ask about the whole clip',
  spanHint: 'Drag on the bar to ask about a part of the clip',
  openingClip: 'Opening the clip…',
  picture: 'Picture {0}',
  preparingCopy: 'Preparing a copy that plays here…',
  preparingCopyPercent: 'Preparing a copy that plays here… {0}%',
  cannotPlay: 'This clip does not play here as it is.',

  ask: 'Ask about this video…',
  askPicture: 'Ask about this picture…',
  askAboutSpan: 'Ask about {0} to {1}…',
  messageLabel: 'Question',
  send: 'Send (Enter)',
  stop: 'Stop (Escape)',
  framesPerQuestion: 'Frames per question',
  framesAuto: 'Auto ({0} frames)',
  framesDefault: 'Auto',
  addClip: 'Add a video or a picture',
  removeClip: 'Remove {0}',
  showClip: 'Show {0}',
  clips: 'Clips and pictures',
  dropHere: 'Drop videos or pictures to talk about them',
  dropUnknown: 'Only files from the editor’s explorer can be dropped here. Use the add button for others.',
  whyNoClip: 'Add a video or a picture first.',
  whyNoModel: 'Choose a model first.',
  whyServerFailed: 'The server does not run.',
  whyBusy: 'Stop the answer, or wait for its end, to ask the next question.',
  whyClipProblem: 'This clip cannot be asked about.',
  whyTooLong: 'The question is too long.',

  serverStarting: 'Starting the server…',
  serverRestarting: 'The server stopped unexpectedly. Starting it again (attempt {0})…',
  serverFailed: 'The server does not start.',
  serverReady: 'The server is ready again.',
  noModel: 'No model yet',
  noModelHint: 'A model on this machine answers your questions. Nothing leaves it.',
  demonstration: 'Demonstration',
  demonstrationHint: '{0} is a demonstration: it knows a toy world only, and its answers about real clips mean nothing.',
  chooseModelOf: 'Model: {0}. Choose another',

  actionRetry: 'Try again',
  actionRestartServer: 'Restart server',
  actionShowLog: 'Show log',
  actionOpenSettings: 'Open settings',
  actionChooseModel: 'Choose a model',
  actionUseCpuOnly: 'Use the CPU only',
  actionLocateFile: 'Locate the file',
  actionAddClip: 'Add a clip',
  actionExportTranscript: 'Export transcript',
  actionCopyTranscript: 'Copy transcript',
  actionNewConversation: 'New conversation',
  actionManageTrust: 'Manage workspace trust',
  dismiss: 'Dismiss',
  problem: 'Problem',

  announceStarted: 'Answering.',
  announceFinished: 'The answer is finished.',
  announceStopped: 'The answer was stopped.',
  announceInterrupted: 'The answer was interrupted.',
  announceFailed: 'The answer failed: {0}',
  loadingConversation: 'Opening the conversation…',
};

let current: PanelStrings = englishStrings;

/** The texts in use. */
export function strings(): PanelStrings {
  return current;
}

/** Takes the host's translations; a text that is missing or is no text stays English. */
export function useStrings(given: unknown): void {
  current = { ...englishStrings };
  if (typeof given !== 'object' || given === null) {
    return;
  }
  for (const [key, text] of Object.entries(given)) {
    if (key in englishStrings && typeof text === 'string' && text !== '') {
      current[key as keyof PanelStrings] = text;
    }
  }
}

/** Fills `{0}`, `{1}`, … in. */
export function format(text: string, ...values: (string | number)[]): string {
  return text.replace(/\{(\d)\}/g, (all, index: string) => String(values[Number(index)] ?? all));
}
