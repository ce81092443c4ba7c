// Drive a server with the openai package as it is: what is read here is said by the test beside it.
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: process.argv[2] + '/v1', apiKey: 'none', maxRetries: 0 });
const model = (await client.models.list()).data[0].id;
const messages = [{ role: 'user', content: 'Name three rivers of Europe.' }];
const out = {};

const whole = await client.chat.completions.create({ model, messages, max_tokens: 24, temperature: 0 });
out.text = whole.choices[0].message.content;
out.usage = whole.usage.total_tokens === whole.usage.prompt_tokens + whole.usage.completion_tokens;

out.streamed = '';
for await (const chunk of await client.chat.completions.create({ model, messages, max_tokens: 24, temperature: 0, stream: true })) {
  out.streamed += chunk.choices[0]?.delta?.content ?? '';
}
const two = await client.completions.create({ model, prompt: 'Once upon a time', max_tokens: 6, n: 2, seed: 5 });
out.choices = two.choices.length;
try {
  await client.chat.completions.create({ model: 'gpt-4', messages });
} catch (e) {
  out.unknown = [e.status, e.code, e.param];
}
console.log(JSON.stringify(out));
