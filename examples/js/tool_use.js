// Tool use: functions become tools, the model chooses one and its arguments, and the call's result goes back into the text.
// A model with a form of its own for calls is held to that form; any other one to a schema made from the tools. Servers of the
// Model Context Protocol are asked in the same way.
import { Context, GrammarConstraint, Model, NotFoundError, Sampler, mcp, runtime, tools } from 'inferlet';

const choice = (name, values) =>
  ({ type: 'object', properties: { [name]: { enum: values } }, required: [name], additionalProperties: false });
const temperature = tools.tool({
  name: 'temperature',
  description: 'Tell the temperature in a city.',
  parameters: choice('city', ['Oslo', 'Rome']),
}, ({ city }) => ({ Oslo: 3, Rome: 21 })[city]);
const capital = tools.tool({
  name: 'capital',
  description: 'Tell the capital of a country.',
  parameters: choice('country', ['Norway', 'Italy']),
}, ({ country }) => ({ Norway: 'Oslo', Italy: 'Rome' })[country]);
const TOOLS = [temperature, capital];

async function choose(model, ctx) {
  const matcher = tools.nativeMatcher(model, TOOLS);
  if (matcher !== undefined) {
    const tokens = await ctx.generate(Sampler.argmax(), { maxTokens: 96, constrain: new GrammarConstraint(matcher) }).collectTokens();
    const { name, args } = tools.parseCall(model, tokens);
    return [name, JSON.parse(args)];
  }
  const anyOf = TOOLS.map(({ name, schema }) => ({
    type: 'object', required: ['name', 'arguments'], properties: { name: { enum: [name] }, arguments: schema },
  }));
  const call = await ctx.generate(Sampler.argmax(), { maxTokens: 64 }).collectJson({ schema: { anyOf } });
  return [call.name, call.arguments];
}

function askServer({ server: name, tool, arguments: given = {} }) {
  try {
    using server = mcp.connect(name);
    const reply = JSON.parse(server.callTool(tool, given));
    return { text: reply.content[0].text, failed: reply.isError ?? false };
  } catch (e) {
    if (e instanceof NotFoundError) return { text: e.code, failed: true };
    throw e;
  }
}

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const ctx = new Context(model);
  if (tools.supported(model)) ctx.equip(TOOLS);
  else ctx.system(`You may call: ${TOOLS.map(({ name, description }) => `${name}: ${description}`).join('; ')}`);
  ctx.user(input.question ?? 'How warm is it in Rome?');
  const [name, args] = await choose(model, ctx);
  let result;
  {
    using _ = ctx.idle(); // pages that others may have while the tool runs
    result = await TOOLS.find((tool) => tool.name === name).call(args);
  }
  if (tools.supported(model)) ctx.answer(name, result);
  else ctx.user(`${name} says ${result}. Tell me in one sentence.`);
  const answer = await ctx.generate(Sampler.argmax(), { maxTokens: input.max_tokens ?? 24 }).collectText();
  const refused = await capital.call('{"country": 7}').catch((e) => e.code);
  return {
    tool: name,
    arguments: args,
    result,
    answer: answer.trim(),
    bad_arguments: refused,
    servers: (input.mcp ?? []).map(askServer),
  };
}
