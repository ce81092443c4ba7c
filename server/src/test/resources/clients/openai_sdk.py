"""Drive a server with the openai package as it is: what is read here is said by the test beside it."""

import json
import sys

import openai
from openai import OpenAI

client = OpenAI(base_url=sys.argv[1] + "/v1", api_key="none", max_retries=0)
model = client.models.list().data[0].id
messages = [{"role": "user", "content": "Name three rivers of Europe."}]
out = {}

whole = client.chat.completions.create(model=model, messages=messages, max_tokens=24, temperature=0, seed=1)
out["text"] = whole.choices[0].message.content
out["finish"] = whole.choices[0].finish_reason
out["usage"] = whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens

streamed = ""
usage = None
for chunk in client.chat.completions.create(
    model=model, messages=messages, max_tokens=24, temperature=0, stream=True, stream_options={"include_usage": True}
):
    if chunk.choices:
        streamed += chunk.choices[0].delta.content or ""
    usage = chunk.usage or usage
out["streamed"] = streamed
out["streamed_usage"] = usage.completion_tokens == whole.usage.completion_tokens

two = client.completions.create(model=model, prompt="Once upon a time", max_tokens=6, n=2, seed=5, logprobs=2)
out["choices"] = len(two.choices)
out["logprobs"] = len(two.choices[0].logprobs.tokens)

schema = {
    "type": "object",
    "properties": {"n": {"type": "integer", "minimum": 0, "maximum": 9}},
    "required": ["n"],
    "additionalProperties": False,
}
answer = client.chat.completions.create(
    model=model,
    messages=[{"role": "user", "content": "A digit, as JSON."}],
    max_tokens=40,
    response_format={"type": "json_schema", "json_schema": {"name": "digit", "strict": True, "schema": schema}},
)
out["digit"] = json.loads(answer.choices[0].message.content)["n"]

tools = [{"type": "function", "function": {"name": "roll", "parameters": schema}}]
call = client.chat.completions.create(
    model=model, messages=messages, max_tokens=40, tools=tools, tool_choice={"type": "function", "function": {"name": "roll"}}
)
out["tool"] = [call.choices[0].finish_reason, call.choices[0].message.tool_calls[0].function.name]

with client.chat.completions.stream(model=model, messages=messages, extra_body={"guided_choice": ["yes", "no"]}) as stream:
    for event in stream:
        pass
    out["helper"] = stream.get_final_completion().choices[0].message.content

try:
    client.chat.completions.create(model="gpt-4", messages=messages)
except openai.NotFoundError as e:
    out["unknown"] = [e.status_code, e.code, e.param]
try:
    client.chat.completions.create(model=model, messages=messages, n=0)
except openai.BadRequestError as e:
    out["range"] = [e.status_code, e.param]
print(json.dumps(out))
