import { spawn } from 'node:child_process';
import { frame, Unframer } from './framing.mjs';
import { schemaProblems } from './schemaProblems.mjs';

/** A server under test: started, spoken to on its stdin and stdout, and all that it says compared with the schema. */
export class Peer {
  /** What it said that it should not have said. @type {string[]} */
  problems = [];
  #waiting = new Map();
  #methods = new Map();
  #tokens = new Map();
  #ids = 0;
  #unowned = [];
  #stderr = '';

  /**
   * @param {string[]} command
   * @param {Record<string, any>} schema
   * @param {number} patienceMs for any answer
   */
  constructor(command, schema, patienceMs) {
    this.schema = schema;
    this.patienceMs = patienceMs;
    const [program = '', ...args] = command;
    this.child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.exited = new Promise((resolve) => {
      this.child.once('error', (error) => resolve(`could not be started: ${error.message}`));
      this.child.once('exit', (code, signal) => resolve(code ?? signal));
    });
    const unframer = new Unframer();
    this.child.stdin.on('error', () => undefined);
    this.child.stderr.on('data', (chunk) => (this.#stderr = (this.#stderr + chunk).slice(-2000)));
    this.child.stdout.on('data', (chunk) => {
      try {
        unframer.push(chunk).forEach((message) => this.#receive(message));
      } catch (error) {
        this.problems.push(error.message);
        this.child.kill('SIGKILL');
      }
    });
  }

  /** Sends bytes as they are. */
  write(bytes) {
    this.child.stdin.write(bytes);
  }

  notify(method, params = {}) {
    this.write(frame({ jsonrpc: '2.0', method, params }));
  }

  /**
   * @param {{ id?: string | number, onProgress?: (value: any) => void }} [options]
   * @returns {Promise<any> & { id: string | number }} the whole answer
   */
  request(method, params = {}, { id = ++this.#ids, onProgress } = {}) {
    const progressToken = `token-${id}`;
    if (onProgress) {
      this.#tokens.set(progressToken, { next: 0, take: onProgress });
    }
    this.#methods.set(String(id), method);
    const answered = this.answerTo(id).finally(() => this.#tokens.delete(progressToken));
    this.write(frame({ jsonrpc: '2.0', id, method, params: onProgress ? { ...params, progressToken } : params }));
    return Object.assign(answered, { id });
  }

  /** The result of a request. @throws Error if it failed */
  async result(method, params, options) {
    const answer = await this.request(method, params, options);
    if (answer.error) {
      throw new Error(`${method} was answered with error ${answer.error.code}: ${answer.error.message}`);
    }
    return answer.result;
  }

  /** The answer with an id, which may be null. */
  answerTo(id) {
    return this.#patiently(`an answer with the id ${JSON.stringify(id)}`, new Promise((resolve) => this.#waiting.set(String(id), resolve)));
  }

  /** Its exit code. */
  end() {
    return this.#patiently('its end', this.exited);
  }

  kill() {
    this.child.kill('SIGKILL');
  }

  async #patiently(what, promise) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`waited ${this.patienceMs / 1000} s for ${what}${this.#stderr ? `; its stderr ends in: ${this.#stderr.trim().slice(-300)}` : ''}`)), this.patienceMs);
    });
    const gone = this.exited.then((code) => {
      throw new Error(`it ended (${code}) before ${what}`);
    });
    gone.catch(() => undefined);
    try {
      return await Promise.race(promise === this.exited ? [promise, late] : [promise, late, gone]);
    } finally {
      clearTimeout(timer);
    }
  }

  #receive(message) {
    this.#check({ $ref: '#/$defs/ServerMessage' }, message, 'a message');
    if (message.method === '$/progress') {
      this.#progress(message.params);
    } else if (message.method !== undefined && message.id !== undefined) {
      this.write(frame({ jsonrpc: '2.0', id: message.id, error: { code: -32601, message: 'This client answers no requests.' } }));
    } else if (message.method === undefined) {
      this.#answer(message);
    }
  }

  #answer(message) {
    const key = String(message.id);
    const resolve = this.#waiting.get(key);
    if (!resolve) {
      this.#unowned.push(message);
      this.problems.push(`an answer came that nobody waits for, with the id ${JSON.stringify(message.id)}`);
      return;
    }
    this.#waiting.delete(key);
    const schema = this.schema.requests[this.#methods.get(key)]?.result;
    if (schema && message.error === undefined) {
      this.#check(schema, message.result, `the result of ${this.#methods.get(key)}`);
    }
    // Ended here, not when somebody looks: what comes in the same chunk came after the answer.
    this.#tokens.delete(`token-${key}`);
    resolve(message);
  }

  #progress({ token, sequence, value }) {
    const stream = this.#tokens.get(token);
    if (!stream) {
      this.problems.push(`progress came for ${JSON.stringify(token)}, which was not asked for or has been answered`);
      return;
    }
    if (sequence !== stream.next) {
      this.problems.push(`progress ${sequence} came where ${stream.next} was due`);
    }
    stream.next = sequence + 1;
    const schema = this.schema.requests[this.#methods.get(String(token).replace('token-', ''))]?.progress;
    if (schema) {
      this.#check(schema, value, 'progress');
    }
    stream.take(value);
  }

  #check(schema, value, what) {
    this.problems.push(...schemaProblems(this.schema, schema, value, what).slice(0, 3));
  }
}
