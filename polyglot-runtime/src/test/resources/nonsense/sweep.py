cyclic = []
cyclic += [cyclic, cyclic]


class Odd:
    """Fails at whatever is asked of it."""

    def __len__(self):
        raise RuntimeError("odd")


NONSENSE = {
    "nothing": None, "true": True, "negative": -1, "wide": 2**31, "huge": 2**70, "half": 1.5, "nan": math.nan, "infinity": -math.inf,
    "empty text": "", "surrogate": "\ud800", "nul": "\0", "bytes": b"\xff", "empty": [], "nested": [[]], "nothings": [None], "texts": ["x"],
    "negatives": [-1], "nans": [math.nan], "empty dict": {}, "dict": {1: "x"}, "cyclic": cyclic, "object": object(), "odd": Odd(),
    "function": len, "class": int, "complex": 1j, "set": {1}, "generator": (x for x in ()), "model": model, "module": json,
}  # fmt: skip


held = []


def begun():
    """A context that is closed after the call."""
    held.append(fresh())
    return held[-1]


def passed():
    return begun().forward().input([1, 2])


def generation():
    return begun().generate(Sampler.argmax(), auto_flush=False, max_tokens=1)


GRAMMAR = Grammar.from_regex("a+")
CASES = {
    "Model.load": (lambda: Model.load, [model.name], {}),
    "tk.encode": (lambda: tk.encode, ["a"], {"parse_special": True}),
    "tk.decode": (lambda: tk.decode, [[1]], {"skip_special": True}),
    "tk.token_bytes": (lambda: tk.token_bytes, [1], {}),
    "Context": (lambda: Context, [model], {"template": {}, "prefix_cache": True}),
    "Context.open": (lambda: Context.open, [model, "none"], {}),
    "Context.take": (lambda: Context.take, [model, "none"], {}),
    "Context.delete": (lambda: Context.delete, [model, "none"], {}),
    "ctx.save": (lambda: begun().save, ["nonsense"], {"overwrite": True, "ttl": 60}),
    "ctx.snapshot": (lambda: begun().snapshot, [], {"ttl": 60}),
    "contexts.list": (lambda: contexts.list, [model, "x"], {}),
    "contexts.info": (lambda: contexts.info, [model, "none"], {}),
    "ctx.system": (lambda: begun().system, ["a"], {}),
    "ctx.user": (lambda: begun().user, ["a"], {}),
    "ctx.assistant": (lambda: begun().assistant, ["a"], {}),
    "ctx.append": (lambda: begun().append, [[1]], {}),
    "ctx.append_text": (lambda: begun().append_text, ["a"], {}),
    "ctx.equip": (lambda: begun().equip, [[{"name": "a", "description": "", "parameters": {}}]], {}),
    "ctx.answer": (lambda: begun().answer, ["a", "b"], {}),
    "ctx.flush": (lambda: begun().flush, [], {"timeout": 5}),
    "ctx.truncate": (lambda: begun().truncate, [1], {}),
    "ctx.drop_prefix": (lambda: begun().drop_prefix, [0], {"sink": 0}),
    "ctx.set_window": (lambda: begun().set_window, [8], {"sink": 0}),
    "ctx.set_bid": (lambda: begun().set_bid, [1.0], {"hold": True}),
    "ctx.reserve_working_pages": (lambda: begun().reserve_working_pages, [1], {}),
    "ctx.commit_working_pages": (lambda: begun().commit_working_pages, [0], {}),
    "ctx.release_working_pages": (lambda: begun().release_working_pages, [0], {}),
    "ctx.truncate_working_page_tokens": (lambda: begun().truncate_working_page_tokens, [0], {}),
    "fwd.input": (lambda: passed().input, [[1]], {}),
    "fwd.input_at": (lambda: passed().input_at, [[1], [9]], {}),
    "fwd.sample": (lambda: passed().sample, [[0], Sampler.argmax()], {}),
    "fwd.probe": (lambda: passed().probe, [0, Entropy()], {}),
    "fwd.mask": (lambda: passed().mask, [[0, 9]], {}),
    "fwd.mask_at": (lambda: passed().mask_at, [0, [0, 9]], {}),
    "fwd.attention_mask": (lambda: passed().attention_mask, [[[0, 9], [0, 9]]], {"causal": True}),
    "fwd.adapter": (lambda: passed().adapter, [None], {}),
    "fwd.zo_seed": (lambda: passed().zo_seed, [1], {}),
    "fwd.execute": (lambda: passed().execute, [], {"timeout": 5}),
    "ctx.generate": (
        lambda: begun().generate,
        [Sampler.argmax()],
        {"max_tokens": 1, "stop": [], "extra_stop": [], "constrain": JsonSchema({}), "logit_mask": [0, 9], "speculator": None,
         "system_speculation": False, "adapter": None, "zo_seed": None, "horizon": 1, "rebid_each_step": True, "auto_flush": False,
         "seed": 1, "run_ahead": 1},
    ),
    **{f"g.{name}": ((lambda name: lambda: getattr(generation(), name))(name), [1], {}) for name in (
        "max_tokens", "stop", "add_stop", "constrain", "logit_mask", "speculator", "horizon", "rebid_each_step", "zo_seed",
        "system_speculation", "seed", "run_ahead", "adapter")},
    "g.probe_each_step": (lambda: generation().probe_each_step, [0, Entropy()], {}),
    "g.accept": (lambda: generation().accept, [[1]], {}),
    "g.next_token": (lambda: generation().next_token, [], {"timeout": 5}),
    "g.collect_tokens": (lambda: generation().collect_tokens, [], {"timeout": 5}),
    "g.collect_text": (lambda: generation().collect_text, [], {"include_reasoning": False, "timeout": 5}),
    "chat.system": (lambda: chat.system, [model, "a"], {}),
    "chat.user": (lambda: chat.user, [model, "a"], {}),
    "chat.system_user": (lambda: chat.system_user, [model, "a", "b"], {}),
    "chat.render": (lambda: chat.render, [model, [{"role": "user", "content": "a"}]], {"add_generation_prompt": True, "template": {}}),
    "chat.stop_tokens": (lambda: chat.stop_tokens, [model], {}),
    "chat.Decoder": (lambda: chat.Decoder, [model], {"include_reasoning": True}),
    "chat.Decoder.feed": (lambda: chat.Decoder(model).feed, [[1]], {}),
    "chat.Decoder.feed_all": (lambda: chat.Decoder(model).feed_all, [[1]], {}),
    "reasoning.Decoder.feed": (lambda: reasoning.Decoder(model).feed, [[1]], {}),
    "tools.equip_prefix": (lambda: tools.equip_prefix, [model, []], {}),
    "tools.answer_prefix": (lambda: tools.answer_prefix, [model, "a", "b"], {}),
    "tools.native_grammar": (lambda: tools.native_grammar, [model, []], {}),
    "tools.native_matcher": (lambda: tools.native_matcher, [model, []], {}),
    "tools.parse_calls": (lambda: tools.parse_calls, [model, "a"], {}),
    "tools.Decoder.feed": (lambda: tools.Decoder(model).feed, [[1]], {}),
    "Grammar.from_json_schema": (lambda: Grammar.from_json_schema, ["{}"], {"lenient": True, "compact": True}),
    "Grammar.from_regex": (lambda: Grammar.from_regex, ["a"], {}),
    "Grammar.from_ebnf": (lambda: Grammar.from_ebnf, ['root ::= "a"'], {}),
    "Matcher": (lambda: Matcher, [GRAMMAR, tk], {}),
    "m.accept_tokens": (lambda: Matcher(GRAMMAR, tk).accept_tokens, [[]], {}),
    "m.rollback": (lambda: Matcher(GRAMMAR, tk).rollback, [0], {}),
    "GrammarConstraint": (lambda: GrammarConstraint, [Matcher(GRAMMAR, tk)], {}),
    "GrammarConstraint.from_regex": (lambda: GrammarConstraint.from_regex, ["a", model], {}),
    "JsonSchema": (lambda: JsonSchema, ["{}"], {"lenient": True, "compact": True}),
    "Regex": (lambda: Regex, ["a"], {}),
    "Ebnf": (lambda: Ebnf, ['root ::= "a"'], {}),
    "GrammarSchema": (lambda: GrammarSchema, [GRAMMAR], {}),
    "Mask.all": (lambda: Mask.all, [4], {}),
    "Mask.range": (lambda: Mask.range, [1, 4], {}),
    "Mask.ranges": (lambda: Mask.ranges, [[(1, 4)]], {}),
    "Mask.ids": (lambda: Mask.ids, [[1]], {}),
    "Mask.from_brle": (lambda: Mask.from_brle, [[0, 4]], {}),
    "Mask.window": (lambda: Mask.window, [9, 4], {}),
    "Mask.sink": (lambda: Mask.sink, [9, 1, 4], {}),
    "m.invert": (lambda: Mask.all(4).invert, [4], {}),
    "m.contains": (lambda: Mask.all(4).contains, [4], {}),
    "m.to_brle": (lambda: Mask.all(4).to_brle, [4], {}),
    "Stage.repetition_penalty": (lambda: Stage.repetition_penalty, [1.1, 4], {}),
    "Stage.presence_penalty": (lambda: Stage.presence_penalty, [1.1], {}),
    "Stage.frequency_penalty": (lambda: Stage.frequency_penalty, [1.1], {}),
    "Stage.logit_bias": (lambda: Stage.logit_bias, [[0, 4], 1.0], {}),
    "Stage.logit_bias of a map": (lambda: Stage.logit_bias, [{1: 1.0}], {}),
    "Stage.temperature": (lambda: Stage.temperature, [1.0], {}),
    "Stage.top_k": (lambda: Stage.top_k, [1], {}),
    "Stage.typical": (lambda: Stage.typical, [0.5], {}),
    "Stage.top_p": (lambda: Stage.top_p, [0.5], {}),
    "Stage.min_p": (lambda: Stage.min_p, [0.5], {}),
    "Sampler.argmax": (lambda: Sampler.argmax, [], {"seed": 1}),
    "Sampler.top_k_top_p": (lambda: Sampler.top_k_top_p, [1.0, 4, 0.5], {"seed": 1}),
    "Sampler.multinomial": (lambda: Sampler.multinomial, [1.0, 1], {"seed": 1}),
    "Sampler.chain": (lambda: Sampler.chain, [Stage.top_k(1)], {"seed": 1, "top_p": 0.5}),
    "Distribution": (lambda: Distribution, [1.0, 4], {"masked": True}),
    "Logprob": (lambda: Logprob, [1], {"masked": True}),
    "Logprobs": (lambda: Logprobs, [[1]], {"masked": True}),
    "session.send": (lambda: session.send, ["a"], {}),
    "session.send_file": (lambda: session.send_file, [b"a"], {"name": "a"}),
    "session.set_return": (lambda: session.set_return, ["a"], {}),
    "session.receive": (lambda: session.receive, [], {"timeout": 0}),
    "timers.sleep": (lambda: timers.sleep, [0], {}),
    "messaging.push": (lambda: messaging.push, ["nonsense", "a"], {}),
    "messaging.broadcast": (lambda: messaging.broadcast, ["nonsense", "a"], {}),
    "messaging.subscribe": (lambda: messaging.subscribe, ["nonsense"], {"capacity": 1}),
    "mcp.connect": (lambda: mcp.connect, ["none"], {}),
    "runtime.launch": (lambda: runtime.launch, ["a", {}], {"token_budget": 1}),
    "scheduling.balance": (lambda: scheduling.balance, [model], {}),
    "scheduling.rent": (lambda: scheduling.rent, [fresh()], {}),
    "Adapter.create": (lambda: Adapter.create, [model, "nonsense"], {}),
    "Adapter.open": (lambda: Adapter.open, [model, "none"], {}),
}
# such a time is legal, and long
LONG = {"timers.sleep": {"wide", "huge"}, "session.receive": {"nothing", "wide", "huge"}}


async def outcome(function, positional, named):
    """What is wrong with how a call ends, or nothing."""
    try:
        value = function(*positional, **named)
        if hasattr(value, "__await__"):
            await value
        if hasattr(value, "close"):
            value.close()
    except PieError as e:
        return "" if e.code != ErrorCode.INTERNAL and str(e) else f"{e.code}: {e}"
    except RuntimeError as e:
        return "" if str(e) == "odd" else f"{type(e).__name__}: {e}"
    except Exception as e:
        return f"{type(e).__name__}: {e}"
    finally:
        while held:
            held.pop().close()
    return ""


async def main():
    wrong, calls = {}, 0
    for name, (make, positional, named) in CASES.items():
        for kind, value in NONSENSE.items():
            if kind in LONG.get(name, ()):
                continue
            for i in range(len(positional)):
                calls += 1
                problem = await outcome(make(), [*positional[:i], value, *positional[i + 1 :]], named)
                if problem:
                    wrong[f"{name}, argument {i}, {kind}"] = problem
            for key in named:
                calls += 1
                problem = await outcome(make(), positional, {**named, key: value})
                if problem:
                    wrong[f"{name}, {key}, {kind}"] = problem
    return {"enough": calls > 2000, "wrong": wrong}
