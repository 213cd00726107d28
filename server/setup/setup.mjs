import { prepare } from './prepare.mjs';
import { runEntry, say } from './project.mjs';

await runEntry(async () => {
  const { ffmpeg } = await prepare();
  say(`Ready (ffmpeg: ${ffmpeg}).`);
});
