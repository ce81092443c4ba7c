// Action loop: the model writes arithmetic, the program evaluates it and feeds the value back, until the model answers.
// Each action is held to a JSON schema. On the last step the schema is replaced by one that allows nothing but an answer, so the
// loop always ends with one. The code never leaves the engine, and the conversation is computed once.
import { Context, Model, Sampler, runtime } from 'inferlet';

type Action = { action: 'calculate'; code: string; result?: number } | { action: 'answer'; value: number };

const CALCULATE = {
  type: 'object',
  required: ['action', 'code'],
  properties: {
    action: { enum: ['calculate'] },
    code: { type: 'string', pattern: '^[0-9]{1,3}( [-+*] [0-9]{1,3}){1,2}$' },
  },
};
const ANSWER = {
  type: 'object',
  required: ['action', 'value'],
  properties: { action: { enum: ['answer'] }, value: { type: 'integer', minimum: -9999, maximum: 999999 } },
};
const STEP = { anyOf: [CALCULATE, ANSWER] };

function evaluate(code: string): number {
  const product = (term: string): number => term.split(' * ').map(Number).reduce((a, b) => a * b);
  return code
    .split(/ (?=[-+] )/)
    .map((term) => (term.startsWith('- ') ? -product(term.slice(2)) : product(term.replace(/^\+ /, ''))))
    .reduce((a, b) => a + b);
}

export async function main(input: { question?: string; steps?: number }) {
  const steps = input.steps ?? 3;
  const ctx = new Context(Model.load(runtime.models()[0]));
  ctx.system('Solve the problem step by step. Each step is a JSON action: calculate some code, or answer with a value.');
  ctx.user(input.question ?? 'A box holds 12 eggs. How many eggs are in 7 boxes and 5 single ones?');
  const trace: Action[] = [];
  for (let step = 1; step <= steps; step++) {
    const schema = step === steps ? ANSWER : step === 1 ? CALCULATE : STEP;
    const action = await ctx.generate(Sampler.argmax(), { maxTokens: 64 }).collectJson<Action>({ schema });
    trace.push(action);
    if (action.action === 'answer') {
      return { answer: action.value, trace, tokens_in: runtime.stats().tokensIn };
    }
    action.result = evaluate(action.code);
    ctx.user(`${action.code} = ${action.result}`);
  }
}
