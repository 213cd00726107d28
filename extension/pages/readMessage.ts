import * as z from 'zod/mini';

/** A message of a page; or what is wrong with it, and the number to answer it under if it has one. */
export type ReadMessage<Message> = { message: Message } | { problem: string; id?: number };

/** The number that a page's request has, and the reply to it. */
export const requestId = z.int().check(z.minimum(0));

/** Checks what a page has sent; the id is read even from what is wrong, so that it can be answered. */
export function readMessage<Message>(schema: z.ZodMiniType<Message>, value: unknown): ReadMessage<Message> {
  const parsed = schema.safeParse(value);
  if (parsed.success) {
    return { message: parsed.data };
  }
  const id = requestId.safeParse((value as { id?: unknown } | null | undefined)?.id);
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  return { problem: `${where === '' ? 'message' : where}: ${issue?.message ?? 'invalid'}`, ...(id.success ? { id: id.data } : {}) };
}
