import { useHostClock } from './clock.js';
import { makeError } from './errors.js';
import { facade } from './facade.js';
import { listen, report, resultOf, valueOf } from './outcome.js';
import { seed } from './random.js';

// Run a program to its end; `done` hears of it once.
export function run(file, entry, text, seedValue, recorded, done) {
  seed(seedValue);
  if (recorded) useHostClock();
  listen(done);
  import(file).then(async (module) => {
    const f = module[entry] ?? (entry === 'main' ? module.default : undefined);
    if (typeof f !== 'function' && entry !== 'main') {
      throw makeError('SOURCE_ERROR', `the program exports no function '${entry}', which its entry names`, '{}');
    }
    const value = typeof f === 'function' ? await f(valueOf(text)) : undefined;
    done(true, resultOf(value), '', '', '', '{}');
  }).catch((error) => report(error, done));
}

// Load a file for a program in another language: `done` hears of its functions, and of what each call of one brings.
let opened = {};
export function open(file, seedValue, done) {
  seed(seedValue);
  listen(done);
  import(file).then((module) => {
    opened = module;
    done(true, Object.keys(module).filter((name) => typeof module[name] === 'function').join('\n'), '', '', '', '{}');
  }).catch((error) => report(error, done));
}
export function invoke(name, json, done, ...handles) {
  listen(done);
  (async () => {
    if (typeof opened[name] !== 'function') {
      throw makeError('NOT_FOUND', `polyglot: the file exports no function '${name}'`, '{"kind":"function"}');
    }
    const given = [];
    const text = facade.lower(await opened[name](...facade.lift(json, handles)), given);
    done(true, text, '', '', '', '{}', ...given);
  })().catch((error) => report(error, done));
}
