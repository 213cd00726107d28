import { z } from 'zod';

/** Relative, forward slashes, inside a folder: no `..`, no drive, no backslash, nothing that a file system reads otherwise. */
export const pathInside = /^(?!\/)(?!.*(?:^|\/)\.{1,2}(?:\/|$))(?!.*\/\/)(?!.*\/$)[^\\:*?"<>|\u0000-\u001f]+$/;

export const identifier = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, { error: 'may hold letters, digits, ".", "_" and "-" only' });
