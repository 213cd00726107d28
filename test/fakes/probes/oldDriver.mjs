import fs from 'node:fs';
const { marker } = JSON.parse(fs.readFileSync(0, 'utf8'));
fs.writeSync(1, `\n${marker}${JSON.stringify({ init: 0, version: 11_040, devices: 1, backends: [] })}\n`);
