// Writes the schema of the protocol: `npm run protocol:schema`.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../project.mjs';
import { protocolSchema } from './protocolSchema.mjs';

const folder = path.join(root, 'server', 'protocol');
await writeFile(path.join(folder, 'schema.json'), `${JSON.stringify(protocolSchema(folder), null, 2)}\n`);
