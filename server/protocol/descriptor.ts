/** Who may send a message. */
export type MessageDirection = 'clientToServer' | 'serverToClient';

/**
 * A request of the protocol as a typed object: the method name is what travels, the type parameters
 * are what both ends compile against.
 *
 * @typeParam Params what the sender passes; always one object, never positional arguments
 * @typeParam Result what the receiver answers with
 * @typeParam Partial what may be streamed by `$/progress` before the answer; `never` if nothing is
 */
export interface RequestDescriptor<Params, Result, Partial = never> {
  readonly method: string;
  readonly direction: MessageDirection;
  /** Type-only carriers; never present at run time. */
  readonly _params?: Params;
  readonly _result?: Result;
  readonly _partial?: Partial;
}

/** A notification of the protocol: a message that is not answered. */
export interface NotificationDescriptor<Params> {
  readonly method: string;
  readonly direction: MessageDirection;
  readonly _params?: Params;
}

/** Declares a request that the client sends and the server answers. */
export function clientRequest<Params, Result, Partial = never>(
  method: string,
): RequestDescriptor<Params, Result, Partial> {
  return { method, direction: 'clientToServer' };
}

/** Declares a request that the server sends and the client answers. */
export function serverRequest<Params, Result, Partial = never>(
  method: string,
): RequestDescriptor<Params, Result, Partial> {
  return { method, direction: 'serverToClient' };
}

/** Declares a notification that the client sends. */
export function clientNotification<Params>(method: string): NotificationDescriptor<Params> {
  return { method, direction: 'clientToServer' };
}

/** Declares a notification that the server sends. */
export function serverNotification<Params>(method: string): NotificationDescriptor<Params> {
  return { method, direction: 'serverToClient' };
}

export type ParamsOf<D> =
  D extends RequestDescriptor<infer P, unknown, unknown> ? P : D extends NotificationDescriptor<infer P> ? P : never;
export type ResultOf<D> = D extends RequestDescriptor<unknown, infer R, unknown> ? R : never;
export type PartialOf<D> = D extends RequestDescriptor<unknown, unknown, infer S> ? S : never;
