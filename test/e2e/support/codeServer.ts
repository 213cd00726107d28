import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { browserTools, packagedExtension } from './browserTools.js';
import { shortFolder } from './folders.js';
import { until } from './until.js';

export interface CodeServerOptions {
  /** Folder that the editor opens. */
  workspace: string;
  /** Settings of the person. */
  settings?: Record<string, unknown>;
  /** Settings of the machine: those that name paths or devices count nowhere else. */
  machineSettings?: Record<string, unknown>;
  /** Language of extensions, e.g. `zh-cn`; the editor itself has only English texts. */
  locale?: string;
  /** Whether folders have to be trusted before extensions may do all; they are unless this is true. */
  untrusted?: boolean;
  /** Further arguments of the program. */
  args?: string[];
  env?: Record<string, string>;
  /** Whether the packaged extension is installed; it is unless this is false. */
  extension?: boolean;
  /** Folders of further extensions, copied in as they are. */
  extensions?: string[];
}

/** No experiments, downloads or questions; they make tests depend on the day. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'window.commandCenter': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'git.enabled': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'npm.fetchOnlinePackageInfo': false,
  'files.simpleDialog.enable': true,
  'chat.setupFromDialog': false,
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'videochat.offerModels': false,
};

/** Nobody is asked: the folder is not trusted. */
const untrustedSettings = { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' };

/** A VS Code on 127.0.0.1, with profile, extensions and temporary files in a folder of its own. */
export class CodeServer {
  private constructor(
    readonly folder: string,
    readonly port: number,
    private readonly workspace: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(options: CodeServerOptions): Promise<CodeServer> {
    const { node, entry } = browserTools();
    const folder = shortFolder();
    const profile = path.join(folder, 'profile');
    const own = ['--config', path.join(folder, 'config.yaml'), '--user-data-dir', profile, '--extensions-dir', path.join(folder, 'extensions')];
    const env = environment(folder, options.env);
    await mkdir(path.join(profile, 'User'), { recursive: true });
    await mkdir(path.join(profile, 'Machine'));
    await mkdir(path.join(folder, 'tmp'));
    await writeFile(path.join(folder, 'config.yaml'), '{}\n');
    await writeFile(path.join(profile, 'User', 'settings.json'), JSON.stringify({ ...quietSettings, ...(options.untrusted ? untrustedSettings : {}), ...options.settings }));
    await writeFile(path.join(profile, 'Machine', 'settings.json'), JSON.stringify(options.machineSettings ?? {}));
    if (options.extension !== false) {
      await promisify(execFile)(node, [entry, ...own, '--install-extension', packagedExtension()], { env, timeout: 120_000 });
    }
    for (const extension of options.extensions ?? []) {
      await addExtension(path.join(folder, 'extensions'), extension);
    }
    if (options.locale) {
      await addLanguage(profile, options.locale);
    }
    const port = await freePort();
    const args = [
      ...[entry, ...own, '--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', '--ignore-last-opened'],
      ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override', ...(options.untrusted ? [] : ['--disable-workspace-trust'])],
      ...(options.locale ? ['--locale', options.locale] : []),
      ...(options.args ?? []),
    ];
    const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env });
    const log = createWriteStream(path.join(folder, 'server.log'));
    child.stdout.pipe(log);
    child.stderr.pipe(log);
    const server = new CodeServer(folder, port, options.workspace, child);
    await until(() => server.answers(), 'code-server').catch(async (error: unknown) => {
      await server.stop();
      throw error;
    });
    return server;
  }

  /** Address of the editor with the workspace open. */
  url(query: Record<string, string> = {}): string {
    const url = new URL(`http://127.0.0.1:${this.port}/`);
    Object.entries({ folder: this.workspace, ...query }).forEach(([name, value]) => url.searchParams.set(name, value));
    return url.toString();
  }

  /** What the program and its extension hosts printed. */
  log(): Promise<string> {
    return readFile(path.join(this.folder, 'server.log'), 'utf8');
  }

  /** Process ids of the extension's servers. */
  async videoChatServers(): Promise<number[]> {
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,args=']);
    const own = stdout.split('\n').filter((line) => line.includes(this.folder) && /dist\/server\.mjs/.test(line));
    return own.map((line) => Number.parseInt(line, 10));
  }

  /** Process ids of the hosts in which extensions run. */
  async extensionHosts(): Promise<number[]> {
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'pgid=,pid=,args=']);
    const own = stdout.split('\n').filter((line) => Number.parseInt(line, 10) === this.child.pid && line.includes('--type=extensionHost'));
    return own.map((line) => Number(line.trim().split(/\s+/)[1]));
  }

  /** Ends the program and everything that it started. */
  async stop(): Promise<void> {
    this.signal('SIGTERM');
    await until(() => this.child.exitCode !== null || this.child.signalCode !== null, 'the end of code-server', 5_000).catch(() => undefined);
    this.signal('SIGKILL');
    // With its own copy of the extension and a browser's profile: some hundred megabytes.
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  }

  private signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-(this.child.pid ?? NaN), signal);
    } catch {
      // All of the group has ended.
    }
  }

  private async answers(): Promise<boolean> {
    if (this.child.exitCode !== null) {
      throw new Error(`code-server ended with ${this.child.exitCode}: ${await this.log()}`);
    }
    return fetch(`http://127.0.0.1:${this.port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}

/**
 * Stands for a language pack, which comes from the marketplace only: it translates nothing of the editor, and
 * makes it tell extensions which language to use.
 */
async function addLanguage(profile: string, locale: string): Promise<void> {
  const file = path.join(profile, 'languagePack.json');
  await writeFile(file, JSON.stringify({ contents: {} }));
  const pack = { hash: 'none', label: locale, extensions: [{ extensionIdentifier: { id: 'test.language' }, version: '1.0.0' }], translations: { vscode: file } };
  await writeFile(path.join(profile, 'languagepacks.json'), JSON.stringify({ [locale]: pack }));
}

/** Puts an extension there as an installation would; the program itself only takes packages. */
async function addExtension(folder: string, source: string): Promise<void> {
  const { name, publisher, version } = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8')) as Record<'name' | 'publisher' | 'version', string>;
  const relativeLocation = `${publisher}.${name}-${version}`;
  await cp(source, path.join(folder, relativeLocation), { recursive: true });
  const list = path.join(folder, 'extensions.json');
  const known = JSON.parse(await readFile(list, 'utf8').catch(() => '[]')) as object[];
  const location = { $mid: 1, path: path.join(folder, relativeLocation), scheme: 'file' };
  const entry = { identifier: { id: `${publisher}.${name}` }, version, location, relativeLocation, metadata: { installedTimestamp: Date.now(), source: 'vsix' } };
  await writeFile(list, JSON.stringify([...known, entry]));
}

function environment(folder: string, more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|NODE_OPTIONS|VSCODE_)/.test(name));
  const temporary = path.join(folder, 'tmp');
  return {
    ...Object.fromEntries(inherited),
    ...{ EXTENSIONS_GALLERY: '{}', TMPDIR: temporary, XDG_RUNTIME_DIR: temporary },
    ...{ XDG_DATA_HOME: path.join(folder, 'data'), XDG_CONFIG_HOME: path.join(folder, 'data'), XDG_CACHE_HOME: path.join(folder, 'cache') },
    ...{ VIDEOCHAT_PROVIDER: 'cpu', VIDEOCHAT_DEVICE: 'cpu', VIDEOCHAT_THREADS: '1' },
    ...more,
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
