// Files: a notebook that this user's runs share in /data, and scratch paper in /scratch that is gone with the run.
// Files need a permission: `pie run --allow files notebook.js -- --note "buy milk"`.
import { filesystem } from 'inferlet';
import { appendFile, readFile, readdir, rm, writeFile } from 'node:fs/promises';

// Write until the quota is full; say what the system says.
async function fill(path, size) {
  try {
    for (;;) await appendFile(path, new Uint8Array(size));
  } catch (e) {
    return e.code;
  } finally {
    await rm(path);
  }
}

export async function main(input) {
  try {
    const left = await readdir('/scratch');
    await appendFile('/data/notes.txt', `${input.note ?? 'an empty note'}\n`);
    await writeFile('/scratch/draft.txt', 'nobody reads this later');
    const full = input.fill ? await fill('/scratch/big', 64 << 10) : null;
    const { data } = filesystem.usage();
    return {
      notes: (await readFile('/data/notes.txt', 'utf8')).trim().split('\n'),
      left_in_scratch: left,
      used: data.used,
      allowed: data.allowed,
      full,
      outside: await readFile('/data/../../etc/passwd', 'utf8').catch((e) => (e.code === 'EACCES' ? 'refused' : e.code)),
    };
  } catch (e) {
    if (e.code === 'EACCES') return { refused: true };
    throw e;
  }
}
