import type { Phrase } from './phrase.js';

/**
 * Error codes of the protocol. JSON-RPC reserves −32768…−32000; −32899…−32800 are those of the
 * Language Server Protocol; VideoChat's own codes are positive, one hundred per capability.
 */
export const ErrorCode = {
  ParseError: -32700,
  InvalidRequest: -32600,
  MethodNotFound: -32601,
  InvalidParams: -32602,
  InternalError: -32603,
  ServerNotInitialized: -32002,
  /** The client asked for the request to stop, and it did. */
  RequestCancelled: -32800,
  /** An answer is larger than the limits; see `limits.ts`. What arrives too large closes the connection instead. */
  MessageTooLarge: 101,
  /** The server does not speak the protocol version the client asked for. */
  ProtocolVersionMismatch: 102,
  /** The server is shutting down and takes no new work. */
  ShuttingDown: 103,
  /** Made by the client itself: the connection ended before the answer came. */
  ConnectionLost: 104,
  /** Made by the client itself: the person has not said that they trust the workspace. */
  NotTrusted: 105,

  /** No such file, or the path is not a regular file. */
  VideoNotFound: 201,
  /** The file is there but is not a video or image that can be read. */
  VideoUnreadable: 202,
  /** The file has no picture: audio only, or zero frames. */
  VideoNoFrames: 203,
  /** The file ends before the frames that were asked for. */
  VideoTruncated: 204,
  /** Larger than the limits on pixels, duration or streams. */
  VideoTooLarge: 205,
  /** The video id is not open (any more), or its file was changed since. */
  VideoUnknown: 206,
  /** A frame plan that cannot be made: unknown kind, no frames, span outside the clip. */
  FramePlanInvalid: 207,
  /** No ffmpeg or ffprobe on this machine. */
  FfmpegMissing: 208,
  /** ffmpeg failed, or ran past its time limit. */
  FfmpegFailed: 209,

  /** No manifest with that id. */
  ModelUnknown: 301,
  /** The manifest is not JSON, or does not follow the schema. */
  ManifestInvalid: 302,
  /** A file that the manifest names is missing. */
  ModelFileMissing: 303,
  /** A file's size or SHA-256 is not what the manifest says. */
  ModelHashMismatch: 304,
  /** A GGUF or ONNX file that is damaged, or does not fit its manifest. */
  ModelCorrupt: 305,
  /** The runtime refused to load the model (memory, device, provider). */
  ModelLoadFailed: 306,
  /** The native runtime is missing, or not the version this server was built for. */
  RuntimeMismatch: 307,
  /** The execution provider that was asked for does not work on this machine. */
  ProviderUnavailable: 308,
  /** The hub cannot be reached, or broke off too often. What has come is kept. */
  DownloadFailed: 309,
  /** The person must accept the licence first: here, or on the hub's page. */
  LicenceNotAccepted: 310,
  /** The hub wants to know who asks: a token is missing or not valid. */
  TokenNeeded: 311,
  /** The hub has no such repository, revision or file. */
  NotOnHub: 312,
  /** The hub wants fewer requests. What has come is kept. */
  HubBusy: 313,
  /** What came is not the file that was asked for; it was thrown away. */
  DownloadCorrupt: 314,
  /** An address that must not be fetched from: not https, or none of the web. */
  DownloadRefused: 315,
  /** The model is being fetched. */
  ModelBusy: 316,
  /** A file that no model can be made of. */
  ImportRefused: 317,
  /** The folder of models cannot be written. */
  ModelNotWritten: 318,

  /** The conversation id is not open (any more). */
  ChatUnknown: 401,
  /** The prompt does not fit the model's context, even after the overflow policy was applied. */
  ContextOverflow: 402,
  /** There is no answer to regenerate. */
  NothingToRegenerate: 403,
  /** A saved conversation that cannot be read. */
  ConversationCorrupt: 404,
  /** The model looks at fewer clips or pictures in one conversation than it was given. */
  TooManyMedia: 405,
  /** The model is there for searching; it answers no questions. */
  ModelCannotAnswer: 406,

  /** The media id is not open (any more). */
  MediaUnknown: 501,

  /** An annotation document or dataset manifest that cannot be read. */
  AnnotationsInvalid: 601,
  /** The dataset id is not open (any more). */
  DatasetUnknown: 602,
  /** A file to import that is not of the format it was said to be. */
  FormatInvalid: 603,
  /** A document could not be written: read-only, or changed by somebody else meanwhile. */
  AnnotationsNotWritten: 604,
  /** A journal that belongs to another run. */
  JournalMismatch: 605,
  /** No room on the disk for what was to be written; what was there before is as it was. */
  DiskFull: 606,

  /** A perception model is missing or damaged. */
  PerceptionUnavailable: 701,

  /** The index of clips cannot be opened: the disk refuses it, or another program holds it. */
  SearchUnavailable: 801,
  /** The model that finds pictures by words is damaged, cannot be loaded, or keeps breaking. */
  RetrievalUnavailable: 802,

  /** Nobody answers at an endpoint: no such host, no connection, or none in time. */
  EndpointUnreachable: 901,
  /** The endpoint began to answer and then said nothing for too long, or did not begin. */
  EndpointTimedOut: 902,
  /** The endpoint wants a key, or another one. */
  EndpointRefused: 903,
  /** Too many requests or a quota that is used up, also after waiting and asking again. */
  EndpointBusy: 904,
  /** The endpoint failed, or answered with something that cannot be understood. */
  EndpointFailed: 905,
  /** The endpoint, or the editor, has no such model. */
  EndpointModelUnknown: 906,
  /** The endpoint's model takes no pictures. */
  ImagesRefused: 907,
  /** The answer is not of the form that was asked for. */
  AnswerMalformed: 908,
  /** Plain http to a host that is neither this machine nor on a private network. */
  EndpointInsecure: 909,
  /** The client has no language models, or has not said that it has. */
  EditorUnavailable: 911,
  /** The person, or a rule of theirs, does not let VideoChat use the editor's language models. */
  EditorRefused: 912,
  /** The editor's model refuses to answer, e.g. because of a content filter. */
  EditorBlocked: 913,

  /** No GPU pack with that id for this machine. */
  PackUnknown: 1001,
  /** The pack is not here. */
  PackAbsent: 1002,
  /** The pack is being fetched. */
  PackBusy: 1003,
  /** An archive that would write outside its folder, holds links, or unpacks to more than it may. */
  ArchiveRefused: 1004,
  /** The endpoint's model takes no clips; it is sent frames from then on. */
  VideosRefused: 914,
  /** There is no `llama-server` on this machine, or it is none. */
  LlamaServerMissing: 921,
  /** A `llama-server` of ours does not start, or ends too often. */
  LlamaServerFailed: 922,
} as const;

export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/** What travels in the `data` member of an error response. */
export interface ErrorData {
  /** One sentence that says what the person can do about it. */
  hint?: string;
  /** The file or id the error is about. */
  subject?: string;
  /** The message in English, for logs, where the client is told it in another language. */
  english?: string;
}

/** {@link ErrorData} before it is said in a language. */
export interface ErrorDetails extends Omit<ErrorData, 'hint'> {
  hint?: string | Phrase;
}

/**
 * An error with a protocol code. `message` is one sentence for a person; `data.hint` says what to do: both in English.
 * `phrases` are the same as they can be translated.
 * Everything the engine throws on purpose is one of these; anything else becomes `InternalError`.
 */
export class VideoChatError extends Error {
  override readonly name = 'VideoChatError';
  readonly data: ErrorData;
  readonly phrases: { message: string | Phrase; hint?: string | Phrase };

  constructor(
    readonly code: ErrorCode,
    message: string | Phrase,
    details: ErrorDetails = {},
  ) {
    super(String(message));
    const { hint, ...others } = details;
    this.data = hint === undefined ? others : { ...others, hint: String(hint) };
    this.phrases = { message, hint };
  }
}

/** The name of a code, for logs and the command line: `errorName(201) === 'VideoNotFound'`. */
export function errorName(code: number): string {
  const found = Object.entries(ErrorCode).find(([, value]) => value === code);
  return found ? found[0] : `Error${code}`;
}
