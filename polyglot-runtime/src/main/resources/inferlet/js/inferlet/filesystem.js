import { ops } from './base.js';

export const filesystem = Object.freeze({ usage: () => ops.fs_usage() });
