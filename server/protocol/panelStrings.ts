/**
 * What a person reads on the chat page. The host sends it translated as JSON in `<script id="strings">`; the English
 * texts are in `englishStrings.ts` and are the keys of the translations. `{0}`, `{1}` are filled in by the page.
 */
export interface PanelStrings {
  // Conversation
  conversation: string;
  you: string;
  /** Name of a turn: number, question. */
  turnName: string;
  emptyTitle: string;
  emptyHint: string;
  emptyPictureTitle: string;
  emptyPictureHint: string;
  suggestions: string;
  earlierFrames: string;
  jumpToLatest: string;

  // A turn's buttons
  regenerate: string;
  copyAnswer: string;
  copyCode: string;
  copied: string;
  editQuestion: string;
  editedQuestion: string;
  resend: string;
  resendHint: string;
  cancel: string;
  goodAnswer: string;
  badAnswer: string;
  noteLabel: string;
  notePlaceholder: string;
  saveNote: string;

  // What the server does before and while it answers
  stageStarting: string;
  stageQueued: string;
  stageLoading: string;
  /** Percent. */
  stageLoadingPercent: string;
  stageDecoding: string;
  /** Done, total. */
  stageDecodingOf: string;
  stageEncoding: string;
  stageLooking: string;
  /** Done, total. */
  stageLookingOf: string;
  stageReading: string;
  stageAnswering: string;
  /** Whole seconds since the question. */
  elapsed: string;

  // How a turn ended
  stoppedByYou: string;
  interrupted: string;
  failed: string;
  cutOff: string;
  /** Number of old turns. */
  droppedTurns: string;
  /** Tokens per second. */
  tokensPerSecond: string;
  /** Seconds. */
  seconds: string;
  /** Prompt tokens, of those reused, generated. */
  tokensDetail: string;
  /** Seconds each: decoding, encoding, reading, answering. */
  timesDetail: string;
  fromCache: string;
  /** What: one of the next three. */
  madeFrom: string;
  answersFromFrames: string;
  answersFromTimeline: string;
  answersFromBoth: string;
  restsOn: string;

  // Evidence
  /** Number of frames. */
  frames: string;
  oneFrame: string;
  /** Time. */
  frameAt: string;
  framesLookedAt: string;
  /** Start, end. */
  playSpan: string;
  /** Time. */
  goToTime: string;

  // Player
  player: string;
  play: string;
  pause: string;
  mute: string;
  unmute: string;
  volume: string;
  speed: string;
  seek: string;
  /** Time, duration. */
  seekValue: string;
  previousFrame: string;
  nextFrame: string;
  markIn: string;
  markOut: string;
  clearSpan: string;
  spanHint: string;
  openingClip: string;
  /** File name. */
  picture: string;
  preparingCopy: string;
  /** Percent. */
  preparingCopyPercent: string;
  cannotPlay: string;

  // What was noticed in the clip
  timelineOfClip: string;
  lookThrough: string;
  lookThroughHint: string;
  lookOn: string;
  stopLooking: string;
  lookingStopped: string;
  /** Percent. */
  lookingShots: string;
  /** Done, total. */
  lookingFrames: string;
  /** Percent. */
  lookingSpeech: string;
  lookingWords: string;
  exportTimeline: string;
  /** Number of events. */
  timelineEvents: string;
  oneEvent: string;
  trackShots: string;
  trackObjects: string;
  trackText: string;
  trackSpeech: string;
  trackPeople: string;
  trackMotion: string;
  trackNothing: string;
  trackUnavailable: string;
  /** Number of events. */
  trackOmitted: string;
  /** Start, end. */
  eventTimes: string;
  /** How many. */
  eventCount: string;
  /** Percent. */
  eventConfidence: string;
  /** Id of a model. */
  eventSource: string;
  /** Number of events. */
  announceTimeline: string;

  // Composer
  ask: string;
  askPicture: string;
  askAboutSpan: string;
  messageLabel: string;
  send: string;
  stop: string;
  framesPerQuestion: string;
  /** Number of frames of the model's own plan. */
  framesAuto: string;
  framesDefault: string;
  answersFrom: string;
  answersFromAuto: string;
  addClip: string;
  /** File name. */
  removeClip: string;
  /** File name. */
  showClip: string;
  /** File name. */
  annotateClip: string;
  clips: string;
  dropHere: string;
  dropUnknown: string;
  whyNoClip: string;
  whyNoModel: string;
  whyServerFailed: string;
  whyBusy: string;
  whyClipProblem: string;
  whyTooLong: string;

  // Server and model
  serverStarting: string;
  /** Attempt. */
  serverRestarting: string;
  serverFailed: string;
  serverReady: string;
  noModel: string;
  noModelHint: string;
  demonstration: string;
  /** Model name. */
  demonstrationHint: string;
  /** The same of one that reads timelines. Model name. */
  demonstrationReads: string;
  /** Host, or what stands for it. */
  leavesMachine: string;
  /** Instead of a host. */
  leavesThroughEditor: string;
  /** Model name, host. */
  leavesWithFrames: string;
  leavesWithText: string;
  /** Model name. */
  chooseModelOf: string;

  // Buttons of problems
  actionRetry: string;
  actionRestartServer: string;
  actionShowLog: string;
  actionOpenSettings: string;
  actionChooseModel: string;
  actionUseCpuOnly: string;
  actionLocateFile: string;
  actionAddClip: string;
  actionExportTranscript: string;
  actionCopyTranscript: string;
  actionNewConversation: string;
  actionManageTrust: string;
  dismiss: string;
  problem: string;

  // Said to screen readers
  announceStarted: string;
  announceFinished: string;
  announceStopped: string;
  announceInterrupted: string;
  /** Message. */
  announceFailed: string;
  loadingConversation: string;
}
