import { describe, expect, it } from 'vitest';
import { entryMarkdown, ownMarkdown } from '../../../../extension/models/entryMarkdown.js';
import { type ModelFacts, rowActions, rowState } from '../../../../extension/models/modelRow.js';
import { modelToOffer } from '../../../../extension/models/modelToOffer.js';
import { entryLook, leftText, ownLook, progressText } from '../../../../extension/models/rowText.js';
import { english } from '../../../../extension/translate.js';
import type { CatalogueEntry, ModelPullProgress } from '../../../../server/protocol/index.js';
import { catalogueEntry } from '../../../fixtures/catalogueEntry.js';

const here = { state: 'installed' as const, bytesHere: 2e9, installed: { modelId: 'eyes-1b', variant: 'q8_0', folder: '/models/eyes-1b' } };
const facts = (entry: Partial<CatalogueEntry> = {}, more: Partial<ModelFacts> = {}): ModelFacts => ({ entry: catalogueEntry(entry), ...more });
const words = (of: ModelFacts): string => entryLook(of, english).description;
const fetching = (progress: Partial<ModelPullProgress> = {}): ModelFacts['download'] => ({ entryId: 'eyes-1b', phase: 'running', progress: { stage: 'fetching', done: 5e8, total: 2e9, ...progress } });

describe('a row of a model', () => {
  it('says its size and how it would do, and offers to fetch it, also in another precision', () => {
    expect(words(facts())).toBe('2.0 GB · runs on the graphics card');
    expect(words(facts({ suggested: 'q4_0', recommended: true }))).toBe('suggested for this machine · 1.0 GB · fits');
    expect(rowActions(facts())).toEqual(['pull', 'choose', 'page', 'details']);
    expect(rowActions(facts({ variants: catalogueEntry().variants.slice(0, 1) }))).not.toContain('choose');
    const half = { id: 'half', files: [{ path: 'a', bytes: 4e8 }, { path: 'b' }], fit: 'cpu' as const, advice: '' };
    expect(words(facts({ variants: [half] }))).toBe('more than 400.0 MB · fits');
  });

  it.each([
    ['gpu', 'zap', /graphics card/],
    ['cpu', 'circle-filled', /fits/],
    ['tight', 'warning', /tight/],
    ['tooLarge', 'circle-slash', /too large/],
    ['unknown', 'circle-outline', /not known/],
  ] as const)('shows %s as %s', (fit, icon, text) => {
    const [variant] = catalogueEntry().variants;
    const look = entryLook(facts({ variants: [{ ...variant!, fit }] }), english);
    expect(look).toMatchObject({ icon, description: expect.stringMatching(text) });
  });

  it('offers nothing to fetch where this version runs nothing of it, or nobody has its files', () => {
    expect([rowState(facts({ runs: 'notYet' })), words(facts({ runs: 'notYet' }))]).toEqual(['closed', 'not in this version']);
    const unpublished = facts({ runs: 'export', variants: [{ id: 'all', files: [], fit: 'unknown', advice: '' }] });
    expect([rowState(unpublished), words(unpublished), rowActions(unpublished)]).toEqual(['closed', 'not on the hub', ['page', 'details']]);
    expect(words(facts({ runs: 'export' }))).toContain('has to be converted');
  });

  it('counts percent, rate and time while it comes', () => {
    expect(words(facts({}, { download: fetching({ rate: 12_000_000 }) }))).toBe('25 % · 12.0 MB/s · 2 min left');
    expect(words(facts({}, { download: fetching({ total: undefined, rate: undefined }) }))).toBe('500.0 MB');
    expect(progressText({ phase: 'running' }, english)).toBe('asking the hub…');
    expect(progressText({ phase: 'running', progress: { stage: 'verifying', done: 1, total: 4 } }, english)).toBe('comparing: 25 %');
    expect([leftText(0, english), leftText(59.4, english), leftText(61, english), leftText(3700, english)]).toEqual(['1 s left', '59 s left', '1 min left', '1 h 2 min left']);
  });

  it('can be paused and cancelled while it comes, but only once', () => {
    expect(rowActions(facts({}, { download: fetching() }))).toEqual(['pause', 'cancel', 'page', 'details']);
    expect(rowActions(facts({}, { download: { entryId: 'eyes-1b', phase: 'pausing' } }))).toEqual(['page', 'details']);
    expect(words(facts({}, { download: { entryId: 'eyes-1b', phase: 'cancelling' } }))).toBe('cancelling…');
  });

  it('is not thrown away while it is mended', () => {
    expect(rowActions(facts({ ...here, state: 'broken' }, { download: fetching() }))).toEqual(['pause', 'page', 'details']);
  });

  it('is paused where a part is here, whoever began it, and goes on', () => {
    const paused = facts({ state: 'partial', bytesHere: 9e8 });
    expect([rowState(paused), words(paused), rowActions(paused)]).toEqual(['paused', 'paused at 45 %', ['resume', 'cancel', 'page', 'details']]);
    expect(words({ ...paused, failure: 'No room.' })).toBe('paused at 45 % · No room.');
    expect(words(facts({}, { failure: 'No network.' }))).toContain('failed: No network.');
  });

  it('leaves the download of another window alone', () => {
    const elsewhere = facts({ state: 'partial', fetching: true, bytesHere: 1e9 });
    expect([rowState(elsewhere), words(elsewhere), rowActions(elsewhere)]).toEqual(['elsewhere', 'another window fetches it: 50 %', ['page', 'details']]);
  });

  it('can be used, compared and removed when it is here; the one that answers says so', () => {
    expect(rowActions(facts(here, { canAnswer: true }))).toEqual(['use', 'verify', 'remove', 'choose', 'page', 'details']);
    const answering = facts(here, { canAnswer: true, answers: true });
    expect(rowActions(answering)).not.toContain('use');
    expect(entryLook(answering, english)).toMatchObject({ icon: 'pass-filled', description: 'answers · 2.0 GB · q8_0 · runs on the graphics card' });
    expect(rowActions(facts({ ...here, state: 'broken' }))).toEqual(['pull', 'verify', 'remove', 'page', 'details']);
  });

  it('says where other models are from, and which of them cannot be used', () => {
    const own = { modelId: 'mini', name: 'Mini', folder: '/m', bytes: 31_600_000, origin: 'builtIn' as const };
    expect(ownLook(own, true, english).description).toBe('answers · 31.6 MB · part of the extension');
    expect(ownLook({ ...own, problem: 'No.' }, false, english).icon).toBe('error');
  });
});

describe('the details of a model', () => {
  it('say what it is good at, its licence and the memory of each precision', () => {
    const text = entryMarkdown(catalogueEntry({ licence: { name: 'Own', url: 'https://example.org/licence', mustAccept: true, gated: true, note: 'Research only.' } }), undefined, english);
    expect(text).toContain('- MVBench: **39\\.7** (its card)');
    expect(text).toContain('[Own](<https://example.org/licence>) · must be accepted · needs an account on the hub');
    expect(text).toContain('Research only\\.');
    expect(text).toContain('- **q8\\_0**: 2\\.0 GB · memory\\: 3\\.0 GB · runs on the graphics card');
    expect(text).toContain('It fits into memory\\.');
  });

  it('take nothing that others wrote for Markdown', () => {
    const hostile = '![](https://evil.example/x.png) [click](command:evil) <img src=x> $(zap) `code`\n# Head';
    const text = entryMarkdown(catalogueEntry({ name: hostile, description: hostile, page: 'https://example.org/)>x' }), hostile, english);
    expect(text.split('\n\n').some((line) => line.startsWith('#'))).toBe(false);
    expect(text).not.toMatch(/(?<!\\)\]\((?!<https:\/\/example)/);
    expect(text).not.toMatch(/(?<!\\)<img|(?<!\\)\$\(/);
    expect(ownMarkdown({ modelId: 'x', name: hostile, folder: '/a_b_', bytes: 1, origin: 'folder' }, english)).not.toMatch(/(?<!\\)<img/);
  });
});

describe('the model that is offered', () => {
  const machine = { memoryBytes: 1e10, freeMemoryBytes: 1e10, folder: '/', freeDiskBytes: 1e10 };
  const catalogue = (entry: Partial<CatalogueEntry>, more = {}) => ({ entries: [catalogueEntry({ id: 'other' }), catalogueEntry(entry)], machine, hasRealModel: false, ...more });

  it('is the recommended one, where only the demonstration is there', () => {
    expect(modelToOffer(catalogue({ recommended: true }))).toMatchObject({ entry: { id: 'eyes-1b' }, bytes: 2e9 });
    expect(modelToOffer(catalogue({ recommended: false }))).toBeUndefined();
    expect(modelToOffer(catalogue({ recommended: true }, { hasRealModel: true }))).toBeUndefined();
  });

  it('is none that comes already, or that the disk cannot hold', () => {
    expect(modelToOffer(catalogue({ recommended: true, state: 'partial' }))).toBeUndefined();
    expect(modelToOffer(catalogue({ recommended: true, fetching: true }))).toBeUndefined();
    expect(modelToOffer(catalogue({ recommended: true }, { machine: { ...machine, freeDiskBytes: 2.1e9 } }))).toBeUndefined();
  });
});
