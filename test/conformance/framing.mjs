/** A message as it travels. @param {unknown} message @returns {Buffer} */
export function frame(message) {
  const body = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
}

/** Takes messages out of a stream of bytes. */
export class Unframer {
  #bytes = Buffer.alloc(0);

  /**
   * @param {Buffer} chunk
   * @returns {unknown[]} the messages that are whole now
   * @throws Error for what is no message: anything else on the stream is a fault
   */
  push(chunk) {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const messages = [];
    for (;;) {
      const end = this.#bytes.indexOf('\r\n\r\n');
      const head = this.#bytes.subarray(0, end < 0 ? undefined : end).toString('latin1');
      if (head !== '' && !/^[\x20-\x7e\r\n]*$/.test(head)) {
        throw new Error(`there is something on the stream that is no header: ${JSON.stringify(head.slice(0, 80))}`);
      }
      if (end < 0) {
        if (head.includes('\n') && !/^[\w-]+:/.test(head)) {
          throw new Error(`there is something on the stream that is no header: ${JSON.stringify(head.slice(0, 80))}`);
        }
        return messages;
      }
      const lengths = head.split('\r\n').flatMap((line) => /^content-length: *(\d+)$/i.exec(line)?.[1] ?? []);
      if (lengths.length !== 1) {
        throw new Error(`a header has no Content-Length: ${JSON.stringify(head.slice(0, 80))}`);
      }
      const [from, bytes] = [end + 4, Number(lengths[0])];
      if (this.#bytes.length < from + bytes) {
        return messages;
      }
      messages.push(JSON.parse(this.#bytes.subarray(from, from + bytes).toString('utf8')));
      this.#bytes = this.#bytes.subarray(from + bytes);
    }
  }
}
