import eslint from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** Who may import which folder of this repository. `except` is relative to `from`; see CONTRIBUTING.md for the map. */
const zones = [
  {
    target: './server/protocol',
    from: '.',
    except: ['./server/protocol'],
    message: 'server/protocol is the contract: it imports nothing else.',
  },
  {
    target: './server/common',
    from: './server',
    except: ['./common', './protocol'],
    message: 'server/common is below every part of the server.',
  },
  ...['./server/cli', './server/client'].map((target) => ({
    target,
    from: './server',
    except: ['./cli', './client', './mcp', './protocol', './common'],
    message: 'Clients speak the protocol; they never import the engine.',
  })),
  { target: './server/client', from: './server/cli', message: 'The client serves more than the command line.' },
  {
    target: './server/mcp',
    from: './server',
    except: ['./mcp', './client', './protocol', './common'],
    message: 'Clients speak the protocol; they never import the engine.',
  },
  { target: './server/longVideo', from: './server/chat', message: 'A chat may tell of long clips; what is said of them knows no chats.' },
  ...['./extension', './webview'].map((from) => ({
    target: './server',
    from,
    message: 'The server knows nothing of the editor or the page.',
  })),
  {
    target: './extension',
    from: './server',
    except: ['./client', './protocol', './common'],
    message: 'The extension speaks the protocol; the engine lives in another process.',
  },
  { target: './extension', from: './webview', message: 'The extension and its pages share only the protocol.' },
  {
    target: './webview',
    from: '.',
    except: ['./webview', './server/protocol', './node_modules'],
    message: 'The webview knows only the protocol types.',
  },
];

/** Packages that live in one place only. */
const confined = {
  koffi: 'Native code is loaded in server/language only.',
  'node-llama-cpp': 'libllama is loaded in server/language only.',
  'onnxruntime-node': 'ONNX Runtime is loaded in server/vision and server/perception only.',
  vscode: 'Only extension/ may import vscode.',
};

/** @param {...string} allowed */
const confine = (...allowed) => {
  const left = Object.entries(confined).filter(([name]) => !allowed.includes(name));
  return [
    'error',
    {
      paths: left.map(([name, message]) => ({ name, message })),
      patterns: left.map(([name, message]) => ({ group: [`${name}/*`], message })),
    },
  ];
};

const pageGlobals = ['window', 'document', 'navigator', 'localStorage', 'sessionStorage', 'acquireVsCodeApi'];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'models/', '.cache/'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  {
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensionAlias: { '.js': ['.ts', '.js'], '.mjs': ['.mts', '.mjs'] } })],
      'import-x/extensions': ['.ts', '.mts', '.js', '.mjs'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.mts'] },
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-default-export': 'error',
      'max-lines': ['error', 500],
      eqeqeq: 'error',
      // Control characters are what some of this code looks for.
      'no-control-regex': 'off',
      'no-console': 'error',
      'no-restricted-imports': confine(),
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // Methods are declared in the short form in interfaces whose implementations are closures.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  { files: ['server/**'], rules: { 'no-restricted-globals': ['error', ...pageGlobals] } },
  {
    files: ['server/protocol/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^[^.]', message: 'server/protocol imports nothing but itself: not even a library.' }] },
      ],
    },
  },
  { files: ['server/language/**', 'server/bench/**'], rules: { 'no-restricted-imports': confine('koffi', 'node-llama-cpp') } },
  { files: ['server/vision/**', 'server/perception/**'], rules: { 'no-restricted-imports': confine('onnxruntime-node') } },
  { files: ['extension/**'], rules: { 'no-restricted-imports': confine('vscode') } },
  { files: ['test/**'], rules: { 'no-restricted-imports': confine('koffi', 'node-llama-cpp', 'onnxruntime-node') } },
  // Run inside the editor's extension host.
  { files: ['test/e2e/inprocess/**', 'test/bench/probe/**'], rules: { 'no-restricted-imports': confine('vscode'), 'no-console': 'off' } },
  {
    files: ['test/**/*.ts'],
    // Vitest's matchers (`expect.any(…)`) are typed as any.
    rules: { '@typescript-eslint/no-unsafe-argument': 'off', '@typescript-eslint/no-unsafe-assignment': 'off' },
  },
  { files: ['**/*.config.{ts,mjs}'], rules: { 'import-x/no-default-export': 'off' } },
  {
    files: ['**/*.{mjs,cjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'Buffer', 'URL', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'NodeJS', 'AbortController', 'fetch', 'require', 'module'].map(
          (name) => [name, 'readonly'],
        ),
      ),
    },
    rules: { 'no-console': 'off' },
  },
);
