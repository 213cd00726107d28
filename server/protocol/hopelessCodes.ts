import { ErrorCode } from './errors.js';

/** Errors of a model that answers elsewhere, after it was asked again: with the next question they would be the same. */
export const elsewhereCodes: readonly number[] = [
  ErrorCode.EndpointUnreachable,
  ErrorCode.EndpointRefused,
  ErrorCode.EndpointBusy,
  ErrorCode.EndpointModelUnknown,
  ErrorCode.EndpointInsecure,
  ErrorCode.EditorUnavailable,
  ErrorCode.EditorRefused,
];

/** Errors that no clip is to blame for: with the next one they would be the same. */
export const hopelessCodes: readonly number[] = [
  ErrorCode.FfmpegMissing,
  ErrorCode.ModelUnknown,
  ErrorCode.ManifestInvalid,
  ErrorCode.ModelFileMissing,
  ErrorCode.ModelHashMismatch,
  ErrorCode.ModelCorrupt,
  ErrorCode.ModelLoadFailed,
  ErrorCode.RuntimeMismatch,
  ErrorCode.ProviderUnavailable,
  ErrorCode.PerceptionUnavailable,
  ...elsewhereCodes,
];
