"""Persistent conversation: each launch is one turn. The context is saved at the end and goes on in a later process.

It survives the end of the engine, so a conversation may wait for days at no cost; its old turns are not computed again.
"""

from inferlet import Context, Model, NotFoundError, Sampler, contexts, runtime

DAY = 24 * 3600


async def main(input):
    model = Model.load(runtime.models()[0])
    name = f"talks/{input.get('name', 'anna')}"
    if input.get("forget", False):
        Context.delete(model, name)
        return {"talks": [talk.name for talk in contexts.list(model, "talks/")]}
    try:
        ctx = Context.open(model, name)
        known = len(ctx.tokens())
    except NotFoundError:
        ctx = Context(model).system("You are a patient teacher. Answer in one sentence.")
        known = 0
    ctx.user(input.get("text", "What is a star?"))
    answer = await ctx.generate(Sampler.argmax(), max_tokens=input.get("max_tokens", 24)).collect_text()
    ctx.save(name, overwrite=True, ttl=input.get("days", 7) * DAY)
    talk, stats = contexts.info(model, name), runtime.stats()
    return {
        "answer": answer.strip(),
        "known_before": known,
        "tokens": talk.tokens,
        "computed": stats.tokens_in,
        "kept_days": round((talk.expires - talk.created) / DAY, 3),
        "talks": [talk.name for talk in contexts.list(model, "talks/")],
    }
