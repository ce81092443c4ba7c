import { H, wrongType, given, listed, bias, handle, ops } from './base.js';

export class Stage {
  constructor(h) { this[H] = h; }
  static repetitionPenalty(r, window) { return new Stage(ops.stage('repetition_penalty', r, window)); }
  static presencePenalty(a) { return new Stage(ops.stage('presence_penalty', a)); }
  static frequencyPenalty(b) { return new Stage(ops.stage('frequency_penalty', b)); }
  static logitBias(map, x) {
    if (Array.isArray(map) && map.length === 2 && typeof map[0] === 'object') [map, x] = map;
    return new Stage(x === undefined ? ops.stage('logit_bias', bias(map)) : ops.stage('logit_bias', map, x));
  }
  static temperature(t) { return new Stage(ops.stage('temperature', t)); }
  static topK(k) { return new Stage(ops.stage('top_k', k)); }
  static typical(t) { return new Stage(ops.stage('typical', t)); }
  static topP(q) { return new Stage(ops.stage('top_p', q)); }
  static minP(q) { return new Stage(ops.stage('min_p', q)); }
}

const STAGES = ['repetitionPenalty', 'presencePenalty', 'frequencyPenalty', 'logitBias', 'temperature', 'topK', 'typical',
  'topP', 'minP'];

export class Sampler {
  constructor(h) { this[H] = h; }
  static argmax(options) { return new Sampler(ops.sampler('argmax', given(options).seed)); }
  static topP(temperature = 0.6, p = 0.95, options) { return new Sampler(ops.sampler('top_p', given(options).seed, temperature, p)); }
  static topK(temperature = 0.6, k = 40, options) { return new Sampler(ops.sampler('top_k', given(options).seed, temperature, k)); }
  static minP(temperature = 0.6, p = 0.1, options) { return new Sampler(ops.sampler('min_p', given(options).seed, temperature, p)); }
  static topKTopP(temperature = 0.6, k = 40, p = 0.95, options) {
    return new Sampler(ops.sampler('top_k_top_p', given(options).seed, temperature, k, p));
  }
  static multinomial(temperature = 1, draws = 1, options) {
    return new Sampler(ops.sampler('multinomial', given(options).seed, temperature, draws));
  }
  static chain(stages, options) {
    let { seed } = given(options);
    let list = stages;
    if (!Array.isArray(stages)) {
      if (stages === null || typeof stages !== 'object') listed(stages, 'stages');
      seed = stages.seed;
      for (const name of Object.keys(stages)) {
        if (name !== 'seed' && !STAGES.includes(name)) {
          throw wrongType(`unexpected stage '${name}'; known: ${STAGES.join(', ')}`);
        }
      }
      list = STAGES.filter((name) => stages[name] !== undefined).map((name) => Stage[name](stages[name]));
    }
    return new Sampler(ops.sampler('chain', seed, ...list.map((s) => handle(s, Stage, 'stage'))));
  }
}
