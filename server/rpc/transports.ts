import { chmod, unlink } from 'node:fs/promises';
import { connect, createServer, Socket, type Server as PipeServer } from 'node:net';
import { FramedMessageReader } from '../common/framedMessageReader.js';
import { FramedMessageWriter } from '../common/framedMessageWriter.js';
import { IpcMessageReader, IpcMessageWriter } from '../common/ipcMessageChannel.js';
import type { Transport } from '../startServer.js';

/** Frames messages on a duplex stream. */
export function streamTransport(stream: Socket): Transport {
  return { reader: new FramedMessageReader(stream), writer: new FramedMessageWriter(stream) };
}

/** The IPC channel that the parent made for this process. */
export function ipcTransport(): Transport {
  return { reader: new IpcMessageReader(process), writer: new IpcMessageWriter(process) };
}

/** A stream that was inherited as a file descriptor. */
export function fdTransport(fd: number): Transport {
  return streamTransport(new Socket({ fd, readable: true, writable: true }));
}

/** Connects to a pipe or socket that the client listens on, as language servers do. */
export async function connectPipe(name: string): Promise<Transport> {
  const socket = connect(name);
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return streamTransport(socket);
}

/**
 * Listens on a pipe or socket; only this user may connect to it. A socket file that a crashed server left
 * behind is taken over.
 */
export async function listenOnPipe(name: string, onClient: (transport: Transport) => void): Promise<PipeServer> {
  const server = createServer((socket) => onClient(streamTransport(socket)));
  try {
    await listen(server, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || (await answers(name))) {
      throw error;
    }
    await unlink(name);
    await listen(server, name);
  }
  return server;
}

async function listen(server: PipeServer, name: string): Promise<void> {
  const file = process.platform !== 'win32';
  const mask = file ? process.umask(0o177) : undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(name, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } finally {
    if (mask !== undefined) {
      process.umask(mask);
    }
  }
  if (file) {
    await chmod(name, 0o600);
  }
}

function answers(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(name);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
