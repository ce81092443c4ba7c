import { constants, promises } from 'node:fs';

export { constants };
export const { readFile, writeFile, appendFile, stat, lstat, access, readdir, mkdir, rm, rmdir, unlink, rename, copyFile, truncate,
  mkdtemp, open } = promises;
export default promises;
