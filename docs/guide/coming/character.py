from inferlet import Context, Model, Regex, Sampler, runtime


async def main(input):
    ctx = Context(Model.load(runtime.models()[0]))
    sampler = Sampler.top_p(0.7, 0.95, seed=3)

    async def gen(pattern):
        return await ctx.generate(sampler, constrain=Regex(pattern), auto_flush=False).collect_text()

    ctx.append_text("A character of a game.\nName: ")
    name = await gen("[A-Z][a-z]{2,11}")
    ctx.append_text("\nAge: ")
    age = await gen("[1-9][0-9]")
    ctx.append_text("\nClass: ")
    kind = await gen("warrior|mage|thief")
    items = []
    while len(items) < (3 if kind == "thief" else 2):
        ctx.append_text("\n- ")
        items.append(await gen("[a-z]{3,10}"))
    return {"name": name, "age": int(age), "class": kind, "items": items}
