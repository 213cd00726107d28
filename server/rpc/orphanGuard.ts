import { isAlive } from '../common/isAlive.js';

/** How often to look, in milliseconds. */
const pollMs = 3000;

/** Calls `onGone` once when a process has ended. Answers with what stops the watch. */
export function watchProcess(processId: number, onGone: () => void, everyMs = pollMs): () => void {
  const timer = setInterval(() => {
    if (!isAlive(processId)) {
      clearInterval(timer);
      onGone();
    }
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
