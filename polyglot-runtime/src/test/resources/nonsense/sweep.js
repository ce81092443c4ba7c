const cyclic = [];
cyclic.push(cyclic, cyclic);
const odd = new Proxy({}, { get() { throw new RangeError('odd'); } });

const NONSENSE = {
  nothing: null, undefined: undefined, true: true, negative: -1, wide: 2 ** 31, huge: 2n ** 70n, half: 1.5, nan: NaN, infinity: -Infinity,
  'empty text': '', surrogate: '\ud800', nul: '\0', bytes: new Uint8Array([255]), empty: [], nested: [[]], nothings: [null], texts: ['x'],
  negatives: [-1], nans: [NaN], 'empty object': {}, object: { 1: 'x' }, cyclic, odd, symbol: Symbol('x'), function: Math.max,
  class: Date, map: new Map([[1, 'x']]), set: new Set([1]), date: new Date(0), model, promise: Promise.resolve(1),
};

const held = [];
// A context that is closed after the call.
const begun = () => { held.push(fresh()); return held.at(-1); };
const passed = () => begun().forward().input([1, 2]);
const generation = () => begun().generate(Sampler.argmax(), { autoFlush: false, maxTokens: 1 });
const pattern = p.Grammar.fromRegex('a+');
const on = (make, name) => () => { const it = make(); return (...args) => it[name](...args); };
const to = (f) => () => f;

// How a function comes about, its arguments, and the options behind them.
const CASES = {
  'Model.load': [to(Model.load), [model.name]],
  'tk.encode': [on(() => tk, 'encode'), ['a'], { parseSpecial: true }],
  'tk.decode': [on(() => tk, 'decode'), [[1]], { skipSpecial: true }],
  'tk.tokenBytes': [on(() => tk, 'tokenBytes'), [1]],
  Context: [to((...args) => new Context(...args)), [model], { template: {}, prefixCache: true }],
  'Context.open': [on(() => Context, 'open'), [model, 'none']],
  'Context.take': [on(() => Context, 'take'), [model, 'none']],
  'Context.delete': [on(() => Context, 'delete'), [model, 'none']],
  'ctx.save': [on(begun, 'save'), ['nonsense'], { overwrite: true, ttl: 60000 }],
  'ctx.snapshot': [on(begun, 'snapshot'), [], { ttl: 60000 }],
  'contexts.list': [on(() => contexts, 'list'), [model, 'x']],
  'contexts.info': [on(() => contexts, 'info'), [model, 'none']],
  ...Object.fromEntries(['system', 'user', 'assistant', 'appendText'].map((name) => [`ctx.${name}`, [on(begun, name), ['a']]])),
  'ctx.append': [on(begun, 'append'), [[1]]],
  'ctx.equip': [on(begun, 'equip'), [[{ name: 'a', description: '', parameters: {} }]]],
  'ctx.answer': [on(begun, 'answer'), ['a', 'b']],
  'ctx.truncate': [on(begun, 'truncate'), [1]],
  'ctx.dropPrefix': [on(begun, 'dropPrefix'), [0], { sink: 0 }],
  'ctx.setWindow': [on(begun, 'setWindow'), [8], { sink: 0 }],
  'ctx.setBid': [on(begun, 'setBid'), [1], { hold: true }],
  ...Object.fromEntries(['reserveWorkingPages', 'commitWorkingPages', 'releaseWorkingPages', 'truncateWorkingPageTokens']
    .map((name) => [`ctx.${name}`, [on(begun, name), [0]]])),
  'fwd.input': [on(passed, 'input'), [[1]]],
  'fwd.inputAt': [on(passed, 'inputAt'), [[1], [9]]],
  'fwd.sample': [on(passed, 'sample'), [[0], Sampler.argmax()]],
  'fwd.probe': [on(passed, 'probe'), [0, new Entropy()]],
  'fwd.mask': [on(passed, 'mask'), [[0, 9]]],
  'fwd.maskAt': [on(passed, 'maskAt'), [0, [0, 9]]],
  'fwd.attentionMask': [on(passed, 'attentionMask'), [[[0, 9], [0, 9]]], { causal: true }],
  'fwd.adapter': [on(passed, 'adapter'), [undefined]],
  'fwd.zoSeed': [on(passed, 'zoSeed'), [1]],
  'ctx.generate': [on(begun, 'generate'), [Sampler.argmax()], { maxTokens: 1, stop: [], extraStop: [], constrain: p.jsonSchema({}),
    logitMask: [0, 9], speculator: undefined, systemSpeculation: false, adapter: undefined, zoSeed: undefined, horizon: 1,
    rebidEachStep: true, autoFlush: false, seed: 1, runAhead: 1 }],
  ...Object.fromEntries(['maxTokens', 'stop', 'addStop', 'constrain', 'logitMask', 'speculator', 'horizon', 'rebidEachStep', 'zoSeed',
    'systemSpeculation', 'seed', 'runAhead', 'adapter'].map((name) => [`g.${name}`, [on(generation, name), [1]]])),
  'g.probeEachStep': [on(generation, 'probeEachStep'), [0, new Entropy()]],
  'g.accept': [on(generation, 'accept'), [[1]]],
  'g.collectText': [on(generation, 'collectText'), [], { includeReasoning: false }],
  'chat.system': [to(chat.system), [model, 'a']],
  'chat.user': [to(chat.user), [model, 'a']],
  'chat.systemUser': [to(chat.systemUser), [model, 'a', 'b']],
  'chat.render': [to(chat.render), [model, [{ role: 'user', content: 'a' }]], { addGenerationPrompt: true, template: {} }],
  'chat.stopTokens': [to(chat.stopTokens), [model]],
  'chat.Decoder': [to((...args) => new chat.Decoder(...args)), [model], { includeReasoning: true }],
  'chat.Decoder.feed': [on(() => new chat.Decoder(model), 'feed'), [[1]]],
  'chat.Decoder.feedAll': [on(() => new chat.Decoder(model), 'feedAll'), [[1]]],
  'reasoning.Decoder.feed': [on(() => new reasoning.Decoder(model), 'feed'), [[1]]],
  'tools.equipPrefix': [to(tools.equipPrefix), [model, []]],
  'tools.answerPrefix': [to(tools.answerPrefix), [model, 'a', 'b']],
  'tools.nativeGrammar': [to(tools.nativeGrammar), [model, []]],
  'tools.nativeMatcher': [to(tools.nativeMatcher), [model, []]],
  'tools.parseCalls': [to(tools.parseCalls), [model, 'a']],
  'tools.Decoder.feed': [on(() => new tools.Decoder(model), 'feed'), [[1]]],
  'Grammar.fromJsonSchema': [to(p.Grammar.fromJsonSchema), ['{}'], { lenient: true, compact: true }],
  'Grammar.fromRegex': [to(p.Grammar.fromRegex), ['a']],
  'Grammar.fromEbnf': [to(p.Grammar.fromEbnf), ['root ::= "a"']],
  Matcher: [to((...args) => new p.Matcher(...args)), [pattern, tk]],
  'm.acceptTokens': [on(() => new p.Matcher(pattern, tk), 'acceptTokens'), [[]]],
  'm.rollback': [on(() => new p.Matcher(pattern, tk), 'rollback'), [0]],
  GrammarConstraint: [to((...args) => new p.GrammarConstraint(...args)), [new p.Matcher(pattern, tk)]],
  'GrammarConstraint.fromRegex': [to(p.GrammarConstraint.fromRegex), ['a', model]],
  jsonSchema: [to(p.jsonSchema), ['{}'], { lenient: true, compact: true }],
  regex: [to(p.regex), ['a']],
  ebnf: [to(p.ebnf), ['root ::= "a"']],
  grammar: [to(p.grammar), [pattern]],
  'Mask.all': [to(Mask.all), [4]],
  'Mask.range': [to(Mask.range), [1, 4]],
  'Mask.ranges': [to(Mask.ranges), [[[1, 4]]]],
  'Mask.ids': [to(Mask.ids), [[1]]],
  'Mask.fromBrle': [to(Mask.fromBrle), [[0, 4]]],
  'Mask.window': [to(Mask.window), [9, 4]],
  'Mask.sink': [to(Mask.sink), [9, 1, 4]],
  'm.not': [on(() => Mask.all(4), 'not'), [4]],
  'm.and': [on(() => Mask.all(4), 'and'), [[0, 4]]],
  'm.contains': [on(() => Mask.all(4), 'contains'), [4]],
  'm.toBrle': [on(() => Mask.all(4), 'toBrle'), [4]],
  'Stage.repetitionPenalty': [to(Stage.repetitionPenalty), [1.1, 4]],
  ...Object.fromEntries(['presencePenalty', 'frequencyPenalty', 'temperature', 'topK', 'typical', 'topP', 'minP']
    .map((name) => [`Stage.${name}`, [to(Stage[name]), [1]]])),
  'Stage.logitBias': [to(Stage.logitBias), [[0, 4], 1]],
  'Stage.logitBias of a map': [to(Stage.logitBias), [{ 1: 1 }]],
  'Sampler.argmax': [to(Sampler.argmax), [], { seed: 1 }],
  'Sampler.topKTopP': [to(Sampler.topKTopP), [1, 4, 0.5], { seed: 1 }],
  'Sampler.multinomial': [to(Sampler.multinomial), [1, 1], { seed: 1 }],
  'Sampler.chain': [to(Sampler.chain), [[Stage.topK(1)]], { seed: 1 }],
  Distribution: [to((...args) => new Distribution(...args)), [1, 4], { masked: true }],
  Logprob: [to((...args) => new Logprob(...args)), [1], { masked: true }],
  Logprobs: [to((...args) => new Logprobs(...args)), [[1]], { masked: true }],
  'session.send': [to(session.send), ['a']],
  'session.sendFile': [to(session.sendFile), [new Uint8Array(1)], { name: 'a' }],
  'session.setReturn': [to(session.setReturn), ['a']],
  'messaging.push': [to(messaging.push), ['nonsense', 'a']],
  'messaging.broadcast': [to(messaging.broadcast), ['nonsense', 'a']],
  'messaging.subscribe': [to(messaging.subscribe), ['nonsense'], { capacity: 1 }],
  'mcp.connect': [to(mcp.connect), ['none']],
  'runtime.launch': [to(runtime.launch), ['a', {}], { tokenBudget: 1 }],
  'scheduling.balance': [to(p.scheduling.balance), [model]],
  'scheduling.rent': [to(p.scheduling.rent), [fresh()]],
  'ctx.flush': [on(begun, 'flush'), [], { timeout: 10000, signal: undefined }],
  'ctx.truncateAsync': [on(begun, 'truncateAsync'), [1], { timeout: 10000, signal: undefined }],
  'tools.tool': [to(tools.tool), [{ name: 'a' }, () => 1]],
  writeWav: [to(p.writeWav), [[0], 8000]],
  'timers.sleep': [to((options) => timers.sleep(0, options)), [], { timeout: 10000, signal: undefined }],
  'timers.timeout': [to(timers.timeout), [Promise.resolve(1), 1]],
  'Adapter.create': [on(() => p.Adapter, 'create'), [model, 'nonsense']],
  'Adapter.open': [on(() => p.Adapter, 'open'), [model, 'none']],
};

// What is wrong with how a call ends, or nothing.
async function outcome(f, args) {
  try {
    const value = await f(...args);
    if (typeof value?.close === 'function') value.close();
  } catch (e) {
    if (e instanceof RangeError && e.message === 'odd') return '';
    return e instanceof p.PieError && e.code !== 'INTERNAL' && e.message ? '' : `${e?.code ?? ''} ${e}`;
  } finally {
    while (held.length) held.pop().close();
  }
  return '';
}

export async function main() {
  const wrong = {};
  let calls = 0;
  for (const [name, [make, args, options]] of Object.entries(CASES)) {
    const rest = options === undefined ? [] : [options];
    for (const [kind, value] of Object.entries(NONSENSE)) {
      for (let i = 0; i < args.length; i++) {
        calls++;
        const problem = await outcome(make(), [...args.slice(0, i), value, ...args.slice(i + 1), ...rest]);
        if (problem) wrong[`${name}, argument ${i}, ${kind}`] = problem;
      }
      if (options !== undefined && value !== undefined) {
        calls++;
        const problem = await outcome(make(), [...args, value]);
        if (problem) wrong[`${name}, options, ${kind}`] = problem;
      }
      for (const key of Object.keys(options ?? {})) {
        calls++;
        const problem = await outcome(make(), [...args, { ...options, [key]: value }]);
        if (problem) wrong[`${name}, ${key}, ${kind}`] = problem;
      }
    }
  }
  // it says that it is long and holds nothing
  const sparse = new Array(4294967295);
  for (const f of [() => Mask.ids(sparse), () => tk.decode(sparse), () => begun().append(sparse), () => new Logprobs(sparse)]) {
    const problem = await outcome(f, []);
    if (problem) wrong[`${f}`] = problem;
  }
  return { enough: calls > 2000, wrong };
}
