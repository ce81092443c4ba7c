// What a block with `using` turns into.
export function scope() {
  const resources = [];
  let failed = false;
  let failure;
  const suppress = (e) => {
    failure = failed ? Object.assign(new Error('an error was suppressed during disposal'), { name: 'SuppressedError', error: e, suppressed: failure }) : e;
    failed = true;
  };
  return {
    use(value) {
      if (value === null || value === undefined) return value;
      const dispose = value[Symbol.dispose] ?? value[Symbol.asyncDispose];
      if (typeof dispose !== 'function') throw new TypeError('using: the value has no [Symbol.dispose]() method');
      resources.push([value, dispose, value[Symbol.asyncDispose] ?? dispose]);
      return value;
    },
    fail(e) { suppress(e); },
    end() {
      for (const [value, dispose] of resources.reverse()) try { dispose.call(value); } catch (e) { suppress(e); }
      if (failed) throw failure;
    },
    async endAsync() {
      for (const [value, , dispose] of resources.reverse()) try { await dispose.call(value); } catch (e) { suppress(e); }
      if (failed) throw failure;
    },
  };
}
