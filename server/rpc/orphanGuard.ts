/** How often to look, in milliseconds. */
const pollMs = 3000;

/** True while a process with this id exists. */
export function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // EPERM: it is there but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

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
