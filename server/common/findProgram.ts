import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

const suffix = process.platform === 'win32' ? '.exe' : '';

/** The first program of this name, without its `.exe`, in the folders of a list like `PATH`. */
export async function programOnPath(name: string, folders = process.env['PATH'] ?? ''): Promise<string | undefined> {
  for (const folder of folders.split(delimiter)) {
    const path = join(folder, name + suffix);
    // A relative entry would run a program out of whatever folder we are in.
    if (isAbsolute(folder) && (await isProgram(path))) {
      return path;
    }
  }
  return undefined;
}

/** Is there a file that may be run? */
export async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
