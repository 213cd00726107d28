import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DisposableStore } from './common/dispose.js';
import { withinTime } from './common/withinTime.js';
import type { ConnectionEnd } from './rpc/clientConnection.js';
import { runStdioBridge } from './rpc/stdioBridge.js';
import { connectPipe, fdTransport, ipcTransport, listenOnPipe } from './rpc/transports.js';
import { packageVersion } from './settings.js';
import { Server, type Transport } from './startServer.js';

const usage = `The VideoChat server. It speaks the protocol of server/protocol/README.md over one transport:
  --stdio          stdin and stdout
  --protocol-fd N  a two-way pipe that was inherited as file descriptor N
  --node-ipc       the IPC channel of node's child_process.fork
  --pipe NAME      connect to a pipe or socket that the client listens on
  --listen NAME    listen on a pipe or socket, for any number of clients
  --version        print the version
Exit codes: 0 after shutdown, 1 without one, 2 after a framing error, 64 for wrong arguments.
`;

const ExitCode = { done: 0, noShutdown: 1, framing: 2, usage: 64 } as const;

/** How long the process may take to free what it holds before it just ends, in milliseconds. */
const graceMs = 5000;

function exitCodeFor({ reason, afterShutdown }: ConnectionEnd): number {
  if (reason === 'framing') {
    return ExitCode.framing;
  }
  return afterShutdown ? ExitCode.done : ExitCode.noShutdown;
}

/** Freed at the end of the process, newest first; what belongs to one client is freed by its connection. */
const cleanups = new DisposableStore();
let ending = false;

async function end(code: number): Promise<void> {
  if (ending) {
    return;
  }
  ending = true;
  if (!(await withinTime(cleanups.dispose(), graceMs))) {
    // `process.exit` waits for native threads, and one that wants to log waits for this thread: that never ends.
    process.stderr.write('The server did not come to rest in time and is killed.\n', () => process.kill(process.pid, 'SIGKILL'));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    process.kill(process.pid, 'SIGKILL');
  }
  process.exit(code);
}

async function serveOne(server: Server, transport: Transport): Promise<void> {
  await end(exitCodeFor(await server.serve(transport)));
}

async function serveMany(server: Server, name: string): Promise<void> {
  const pipe = await listenOnPipe(name, (transport) => void server.serve(transport));
  cleanups.add({ dispose: () => void pipe.close() });
  process.on('SIGINT', () => void end(ExitCode.done));
  server.log.log('info', `Listening on ${name}`);
}

async function main(): Promise<void> {
  const options = {
    stdio: { type: 'boolean' },
    'node-ipc': { type: 'boolean' },
    pipe: { type: 'string' },
    listen: { type: 'string' },
    'protocol-fd': { type: 'string' },
    version: { type: 'boolean' },
    help: { type: 'boolean' },
    // Added by editors' language clients; the process id of `initialize` counts.
    clientProcessId: { type: 'string' },
  } as const;
  const { values } = parseArgs({ options, strict: true });
  const { stdio, pipe, listen, version, help, 'node-ipc': ipc, 'protocol-fd': fd } = values;
  if (help || version) {
    process.stdout.write(help ? usage : `${packageVersion()}\n`);
    return;
  }
  if ([stdio, ipc, pipe, listen, fd].filter((value) => value !== undefined).length !== 1) {
    throw new TypeError('Choose one transport.');
  }
  if (ipc && !process.send) {
    throw new TypeError('--node-ipc needs a parent that made an IPC channel.');
  }
  if (stdio) {
    process.exit(await runStdioBridge(fileURLToPath(import.meta.url)));
  }

  const server = cleanups.add(new Server());
  process.on('uncaughtException', (error) => server.log.log('error', `Uncaught: ${error.stack ?? error.message}`));
  process.on('unhandledRejection', (reason) =>
    server.log.log('error', `Unhandled: ${reason instanceof Error ? reason.stack : String(reason)}`),
  );
  process.stderr.on('error', () => undefined);
  process.on('SIGTERM', () => void end(ExitCode.noShutdown));
  if (listen !== undefined) {
    await serveMany(server, listen);
    return;
  }
  // Ctrl-C in a terminal reaches the whole process group; the client decides when we end.
  process.on('SIGINT', () => undefined);
  await serveOne(server, ipc ? ipcTransport() : pipe !== undefined ? await connectPipe(pipe) : fdTransport(Number(fd)));
}

main().catch((error: unknown) => {
  const wrongArguments = error instanceof TypeError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message}\n${wrongArguments ? `\n${usage}` : ''}`);
  process.exit(wrongArguments ? ExitCode.usage : ExitCode.noShutdown);
});
