"""Offer tools in the model's own form where it has one, read what it answers, and hand results back over several turns."""
import json
import re

from inferlet import Context, GrammarConstraint, Model, Sampler, chat, reasoning, runtime, tools

WEATHER = {
    "name": "weather",
    "description": "The weather of a city",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def read(events: list[tools.AnyEvent]) -> list[str]:
    found = []
    for event in events:
        match event:
            case tools.Event.Call(name=n, args=a):
                found.append(f"{n}:{json.loads(a)['city']}")
            case tools.Event.Start():
                pass
    return found


def shown(event: chat.AnyEvent | reasoning.AnyEvent) -> str:
    match event:
        case chat.Event.Delta(text=t) | chat.Event.Done(text=t):
            return t
        case chat.Event.Interrupt(token=_):
            return "!"
        case reasoning.Event.Start() | reasoning.Event.Delta(_) | reasoning.Event.End(_):
            return "?"
        case _:
            return ""


async def main(input: dict) -> dict:
    model = Model.load(runtime.models()[0])
    ctx = Context(model)
    ctx.append(tools.equip_prefix(model, [json.dumps(WEATHER)]))
    ctx.append(chat.system(model, message="You may call tools.")).append(chat.user(model, message="How is the weather in Oslo?"))
    ctx.cue()
    matcher = tools.native_matcher(model, [WEATHER])
    g = ctx.generate(Sampler.argmax(), max_tokens=20)
    if matcher:
        g = g.constrain(GrammarConstraint(matcher))
    dec, parser, think = tools.Decoder(model), chat.Decoder(model), reasoning.Decoder(model)
    events, text, thoughts = [], "", []
    async for step in g:
        out = await step.execute()
        events.append(dec.feed(out.tokens))
        thoughts.append(shown(think.feed(out.tokens)))
        event = parser.feed(out.tokens)
        if isinstance(event, chat.Event.Done):
            text = event.text
            break
        text += shown(event)
    found, refused = read(events), ""
    for value in ({"sky": "clear"}, ["warm", 21], "dry"):
        try:
            ctx.append(tools.answer_prefix(model, "weather", value))
        except Exception as e:
            refused = f"{e}"
            ctx.user(f"weather: {json.dumps(value)}")
    ctx.seal()
    dec.reset()
    parser.reset()

    turns = []
    for question in ("And in Rome?", "Thanks. Say bye."):
        ctx.user(question).cue()
        turns.append(await ctx.generate(Sampler.min_p(temperature=0.5, p=0.2), max_tokens=12, stop=chat.stop_tokens(model) + [0]).collect_text())
        ctx.seal()
    extra = model.tokenizer().encode("\n")
    g = Context(model).assistant("Old answer.").user("List three colours, one a line.").generate(Sampler.argmax(), max_tokens=30).add_stop(tokens=extra)
    line = await g.collect_text()
    return {
        "events": all(isinstance(e, (tools.Event.Start, tools.Event.Call)) for e in events) and len(events) > 0,
        "found": isinstance(found, list),
        "refused": refused == "" or "weather" not in refused and "no tool form" in refused,
        "text": len(text) > 0 and not re.search(r"<\|", text),
        "thoughts": set(thoughts) <= {"", "?"},
        "turns": [bool(t.strip()) and "<|" not in t for t in turns],
        "line": "\n" not in line and g.tokens_generated <= 30,
        "done": g.is_done,
    }
