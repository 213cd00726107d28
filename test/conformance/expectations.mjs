/** @throws Error unless a request failed with that code */
export function expectCode(answer, code, what) {
  if (answer.error?.code !== code) {
    throw new Error(`${what} was answered with ${answer.error ? `error ${answer.error.code}` : 'a result'}, not with error ${code}`);
  }
}

/** @throws Error that says what is wrong */
export function expectThat(holds, what) {
  if (!holds) {
    throw new Error(what);
  }
}
