"""Keep the modules of a prompt as snapshots: what an earlier run saved is opened, the rest is computed and saved."""
from inferlet import Context, Model, Sampler, chat, runtime

MODULES: list[tuple[str, str]] = [
    ("role", "You are a guide in a museum."),
    ("style", "Answer briefly and kindly."),
    ("facts", "The museum opens at nine and closes at five."),
]


def find(model, name):
    try:
        return Context.open(model, name)
    except Exception as e:
        print(f"{name}: {e}")
        return None


async def main(input):
    model = Model.load(runtime.models()[0])
    hits = misses = 0
    ctx, path = None, input.get("root", "museum")
    for name, text in MODULES:
        path += f"/{name}"
        found = find(model, path)
        if found is not None:
            hits += 1
            ctx = found
            continue
        misses += 1
        ctx = ctx.fork() if ctx is not None else Context(model)
        ctx.append(chat.system(model, text) if misses + hits == 1 else chat.user(model, text))
        await ctx.flush()
        ctx.save(path)
    try:
        ctx.save(path)
        again = "saved twice"
    except Exception:
        again = "refused"
    ctx.user(input.get("question", "When do you open?"))
    answer = await ctx.generate(Sampler.argmax(), max_tokens=12).collect_text()
    return {"hits": hits, "misses": misses, "again": again, "answer": answer.strip()}
