import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { mcpProviderId, modelVendor, participantId, toolNames } from '../../../../extension/assistant/assistantNames.js';
import { mcpArguments } from '../../../../extension/assistant/mcpArguments.js';
import { textTurns } from '../../../../extension/assistant/textTurns.js';
import { tools } from '../../../../server/client/tools/tools.js';
import { readText } from '../../../fixtures/extensionManifest.js';

interface ToolContribution {
  name: string;
  toolReferenceName: string;
  modelDescription: string;
  inputSchema: object;
}

const { contributes } = JSON.parse(readText('package.json')) as {
  contributes: {
    languageModelTools: ToolContribution[];
    chatParticipants: { id: string; name: string; commands: { name: string }[] }[];
    languageModelChatProviders: { vendor: string }[];
    mcpServerDefinitionProviders: { id: string }[];
  };
};

describe('what the manifest says of the assistant', () => {
  it('is what is registered', () => {
    expect(contributes.languageModelTools.map(({ name }) => name)).toEqual(toolNames);
    expect(contributes.languageModelTools.map(({ toolReferenceName }) => toolReferenceName)).toEqual(['videoAsk', 'videoSummarize', 'videoFind', 'videoFrames', 'videoTimeline', 'videoAnnotate']);
    expect(contributes.chatParticipants).toMatchObject([{ id: participantId, name: 'video', commands: ['summarize', 'find', 'caption', 'timeline'].map((name) => ({ name })) }]);
    expect(contributes.languageModelChatProviders[0]?.vendor).toBe(modelVendor);
    expect(contributes.mcpServerDefinitionProviders[0]?.id).toBe(mcpProviderId);
  });

  it('has the tools as they are, and as other agents see them', () => {
    const seen = tools.map(({ name, description, input }) => {
      const { $schema: _, additionalProperties: __, ...inputSchema } = z.toJSONSchema(input, { io: 'input' });
      return { name: name.replace('video_', 'videochat_'), modelDescription: description, inputSchema };
    });
    expect(contributes.languageModelTools.map(({ name, modelDescription, inputSchema }) => ({ name, modelDescription, inputSchema }))).toEqual(seen);
  });
});

describe('the server of tools', () => {
  it('is started with what the person has set', () => {
    const server = { ffmpegPath: '/f', modelFolders: ['/m', '/n'], cacheFolder: '/c', threads: 2, gpuLayers: -1 };
    expect(mcpArguments(['/w', '/x'], { model: 'mini', server })).toEqual([
      ...['mcp', '--root', '/w', '--root', '/x', '--model', 'mini', '--ffmpeg', '/f', '--models', '/m', '--models', '/n'],
      ...['--cache', '/c', '--gpu-layers', '-1', '--threads', '2'],
    ]);
    expect(mcpArguments(['/w'], { model: undefined, server: {} })).toEqual(['mcp', '--root', '/w']);
  });
});

describe('messages of the editor’s chat as turns', () => {
  const person = (text: string) => ({ fromPerson: true, text });
  const model = (text: string) => ({ fromPerson: false, text });

  it('are joined where one says several things, and the last question is left', () => {
    expect(textTurns([person('Rules.'), person('Hi'), model('Hello'), person('  '), person('What?')])).toEqual({ turns: [{ question: 'Rules.\n\nHi', answer: 'Hello' }], question: 'What?' });
    expect(textTurns([person('What?')])).toEqual({ turns: [], question: 'What?' });
  });

  it('begin with a person, and ask again what was answered last', () => {
    expect(textTurns([model('Welcome'), person('A'), model('B')])).toEqual({ turns: [], question: 'A' });
    expect(textTurns([])).toEqual({ turns: [], question: '' });
  });
});
