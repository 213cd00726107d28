// The fake servers' end of the pipe to their client: framed messages on the file descriptor they were started with.
import { Socket } from 'node:net';
import { StreamMessageReader } from 'vscode-jsonrpc/node';

/** The file descriptor of the protocol. */
export const channel = Number(process.argv[process.argv.indexOf('--protocol-fd') + 1]);
const socket = new Socket({ fd: channel, readable: true, writable: true });
socket.on('error', () => process.exit(1)).on('close', () => process.exit(1));

/** Writes bytes as they are. */
export const write = (bytes) => socket.write(bytes);

/** One framed body. */
export const frame = (body) => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** Sends a message to the client. */
export const send = (message) => write(frame(JSON.stringify({ jsonrpc: '2.0', ...message })));

/** Calls `take` with each message of the client. */
export const receive = (take) => void new StreamMessageReader(socket).listen(take);
