package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pie.engine.snapshot.SnapshotConfig;
import pie.engine.snapshot.SnapshotStore;

/** Say the same in every language and get the same answer: each program returns true, or what went wrong. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
final class GuestConformanceTest {
    private static final String PY = """
            import asyncio, json
            from inferlet import *
            from inferlet import runtime, chat, session, timers
            model = Model.load(runtime.models()[0])
            def fresh(text="The quick brown fox"):
                return Context(model).append_text(text)
            """;
    private static final String JS = """
            import * as p from 'inferlet';
            const { Context, Model, Sampler, Stage, Mask, Logits, Distribution, Logprob, Logprobs, Entropy, runtime, chat, session, timers } = p;
            const model = Model.load(runtime.models()[0]);
            const fresh = (text = 'The quick brown fox') => new Context(model).appendText(text);
            const same = (a, b) => JSON.stringify(Array.from(a)) === JSON.stringify(Array.from(b));
            """;

    private final List<Case> cases = List.of(
            Case.of("grammars constrain what is generated", """
                    async def main():
                        import re
                        s = Sampler.argmax()
                        schema = {"type": "object", "required": ["name", "age"], "properties": {"name": {"type": "string", "maxLength": 12}, "age": {"type": "integer", "minimum": 3, "maximum": 99}}}
                        v = await fresh("A person: ").generate(s, constrain=JsonSchema(schema), max_tokens=60, auto_flush=False).collect_json(schema=schema)
                        a = list(v) == ["name", "age"] and 3 <= v["age"] <= 99 and len(v["name"]) <= 12
                        g = fresh("The code is ").generate(s, constrain=[Regex("[A-Z]{3}-[0-9]{2}")], max_tokens=20, auto_flush=False)
                        t = await g.collect_text()
                        b = re.fullmatch("[A-Z]{3}-[0-9]{2}", t) is not None and g.finish_reason == "constraint"
                        steps = fresh("The code is ").generate(s, max_tokens=20, auto_flush=False).constrain(Ebnf('root ::= "<" [a-z]{2,4} ">"'))
                        u = ""
                        async for step in steps:
                            u += model.tokenizer().decode((await step.execute()).tokens)
                        c = re.fullmatch("<[a-z]{2,4}>", u) is not None and steps.finish_reason == "constraint"
                        tk = model.tokenizer()
                        m = Matcher(Grammar.from_regex("(yes|no)!"), tk)
                        before = m.next_token_logit_mask()
                        m.accept_tokens(tk.encode("yes"))
                        f = m.fork(); f.accept_tokens(tk.encode("!"))
                        end = f.next_token_logit_mask().contains(model.info().stop_ids[0])
                        m.rollback(len(tk.encode("yes")))
                        try:
                            m.accept_tokens(tk.encode("maybe")); d = False
                        except GrammarViolationError:
                            d = m.next_token_logit_mask() == before and end and not m.is_terminated
                        try:
                            Grammar.from_json_schema({"not": {}}); e = False
                        except UnsupportedError as x:
                            e = x.details["pointer"] == "/not" and Grammar.from_json_schema({"not": {}}, lenient=True).ignored == ["/not"]
                        try:
                            Grammar.from_regex("(a"); h = False
                        except InvalidArgumentError as x:
                            h = x.details["column"] == 1
                        k = GrammarConstraint.from_grammar(Grammar.json(), model).step([]).count() > 0
                        own = await fresh().generate(s, constrain=type("Own", (), {"build_constraint": lambda self, mo: GrammarConstraint.from_regex("[0-9]{4}", mo)})(), max_tokens=9, auto_flush=False).collect_text()
                        return [a, b, c, d, e, h, k, re.fullmatch("[0-9]{4}", own) is not None]
                    """, """
                    export async function main() {
                      const { jsonSchema, regex, ebnf, Grammar, Matcher, GrammarConstraint, GrammarViolationError, UnsupportedError, InvalidArgumentError } = p;
                      const s = Sampler.argmax();
                      const schema = { type: 'object', required: ['name', 'age'], properties: { name: { type: 'string', maxLength: 12 }, age: { type: 'integer', minimum: 3, maximum: 99 } } };
                      const v = await fresh('A person: ').generate(s, { constrain: jsonSchema(schema), maxTokens: 60, autoFlush: false }).collectJson({ schema });
                      const a = same(Object.keys(v), ['name', 'age']) && v.age >= 3 && v.age <= 99 && v.name.length <= 12;
                      const g = fresh('The code is ').generate(s, { constrain: [regex('[A-Z]{3}-[0-9]{2}')], maxTokens: 20, autoFlush: false });
                      const t = await g.collectText();
                      const b = /^[A-Z]{3}-[0-9]{2}$/.test(t) && g.finishReason === 'constraint';
                      const steps = fresh('The code is ').generate(s, { maxTokens: 20, autoFlush: false }).constrain(ebnf('root ::= "<" [a-z]{2,4} ">"'));
                      let u = '';
                      for await (const step of steps) u += model.tokenizer().decode((await step.execute()).tokens);
                      const c = /^<[a-z]{2,4}>$/.test(u) && steps.finishReason === 'constraint';
                      const tk = model.tokenizer();
                      const m = new Matcher(Grammar.fromRegex('(yes|no)!'), tk);
                      const before = m.nextTokenLogitMask();
                      m.acceptTokens(tk.encode('yes'));
                      const f = m.fork(); f.acceptTokens(tk.encode('!'));
                      const end = f.nextTokenLogitMask().contains(model.info().stopIds[0]);
                      m.rollback(tk.encode('yes').length);
                      let d = false, e = false, h = false;
                      try { m.acceptTokens(tk.encode('maybe')); } catch (x) {
                        d = x instanceof GrammarViolationError && same(m.nextTokenLogitMask(), before) && end && !m.isTerminated();
                      }
                      try { Grammar.fromJsonSchema({ not: {} }); } catch (x) {
                        e = x instanceof UnsupportedError && x.details.pointer === '/not' && same(Grammar.fromJsonSchema({ not: {} }, { lenient: true }).ignored, ['/not']);
                      }
                      try { Grammar.fromRegex('(a'); } catch (x) { h = x instanceof InvalidArgumentError && x.details.column === 1; }
                      const k = GrammarConstraint.fromGrammar(Grammar.json(), model).step([]).count() > 0;
                      const own = await fresh().generate(s, { constrain: { buildConstraint: (mo) => GrammarConstraint.fromRegex('[0-9]{4}', mo) }, maxTokens: 9, autoFlush: false }).collectText();
                      return [a, b, c, d, e, h, k, /^[0-9]{4}$/.test(own)];
                    }
                    """),
            Case.of("counters", """
                    async def main():
                        c = fresh()
                        n = len(c.buffer())
                        before = (c.seq_len, n > 0, c.tokens() == c.buffer())
                        await c.flush()
                        after = (c.seq_len == n, c.buffer() == [], c.working_page_token_count + c.committed_page_count * c.page_size == n)
                        c.append([1, 2, 3]); c.truncate(2)
                        return [before == (0, True, True), after == (True, True, True), len(c.buffer()) == 1]
                    """, """
                    export async function main() {
                      const c = fresh();
                      const n = c.buffer().length;
                      const before = c.seqLen === 0 && n > 0 && same(c.tokens(), c.buffer());
                      await c.flush();
                      const after = c.seqLen === n && c.buffer().length === 0 && c.workingPageTokenCount + c.committedPageCount * c.pageSize === n;
                      c.append([1, 2, 3]); c.truncate(2);
                      return [before, after, c.buffer().length === 1];
                    }
                    """),
            Case.of("chat headers come once and turns are sealed", """
                    def main():
                        c = Context(model).system("Be brief.").user("Hi")
                        whole = chat.render(model, [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}])
                        a = c.buffer() == whole
                        c.cue().cue()
                        b = c.buffer() == whole + chat.cue(model)
                        c.append_text("Hello").user("And?")
                        d = c.buffer() == chat.render(model, [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"},
                            {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "And?"}])
                        e = chat.system(model, "Be brief.") + chat.user(model, "Hi") == whole
                        return [a, b, d, e, len(chat.stop_tokens(model)) > 0]
                    """, """
                    export default function () {
                      const c = new Context(model).system('Be brief.').user('Hi');
                      const whole = chat.render(model, [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'Hi' }]);
                      const a = same(c.buffer(), whole);
                      c.cue().cue();
                      const b = same(c.buffer(), [...whole, ...chat.cue(model)]);
                      c.appendText('Hello').user('And?');
                      const d = same(c.buffer(), chat.render(model, [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'Hi' },
                        { role: 'assistant', content: 'Hello' }, { role: 'user', content: 'And?' }]));
                      const e = same([...chat.system(model, 'Be brief.'), ...chat.user(model, 'Hi')], whole);
                      return [a, b, d, e, chat.stopTokens(model).length > 0];
                    }
                    """),
            Case.of("steps, collectors, raw passes and next tokens agree", """
                    async def main():
                        s = Sampler.argmax()
                        a = await fresh().generate(s, max_tokens=12, auto_flush=False).collect_tokens()
                        b = []
                        g = fresh().generate(s, max_tokens=12, auto_flush=False)
                        async for step in g:
                            b += (await step.execute()).tokens
                        c, d = fresh(), []
                        while len(d) < 12:
                            f = c.forward(); h = f.sample("last", s); p = f.probe(-1, Logits())
                            out = await f.execute()
                            logits = memoryview(out.logits(p)).cast("f")
                            t = max(range(len(logits)), key=logits.__getitem__)
                            if t != out.token(h): return "argmax differs"
                            d.append(t); c.append([t])
                        g2, e = fresh().generate(s, auto_flush=False).max_tokens(12), []
                        while (t := await g2.next_token()) is not None:
                            e.append(t)
                        return [a == b, a == d, a == e, len(a) == 12, g.is_done, g.finish_reason == "length", g.tokens_generated == 12]
                    """, """
                    export async function main() {
                      const s = Sampler.argmax();
                      const a = await fresh().generate(s, { maxTokens: 12, autoFlush: false }).collectTokens();
                      const b = [];
                      const g = fresh().generate(s, { maxTokens: 12, autoFlush: false });
                      for await (const step of g) b.push(...(await step.execute()).tokens);
                      const c = fresh(), d = [];
                      while (d.length < 12) {
                        const f = c.forward(), h = f.sample('last', s), q = f.probe(-1, new Logits());
                        const out = await f.execute();
                        const bytes = out.logits(q);
                        const logits = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
                        const t = logits.indexOf(Math.max(...Array.from({ length: 8 }, (_, i) => logits.subarray(i * 8000, (i + 1) * 8000).reduce((x, y) => Math.max(x, y), -Infinity))));
                        if (t !== out.token(h)) return 'argmax differs';
                        d.push(t); c.append([t]);
                      }
                      const g2 = fresh().generate(s, { autoFlush: false }).maxTokens(12), e = [];
                      for (let t; (t = await g2.nextToken()) !== undefined;) e.push(t);
                      return [same(a, b), same(a, d), same(a, e), a.length === 12, g.isDone, g.finishReason === 'length', g.tokensGenerated === 12];
                    }
                    """),
            Case.of("a fork goes on as its parent", """
                    async def main():
                        c = fresh(); await c.flush()
                        with c.fork() as d:
                            x, y = await asyncio.gather(*[k.generate(Sampler.top_p(1.0, 0.9, seed=5), max_tokens=9, auto_flush=False).collect_tokens() for k in (c, d)])
                        return [x == y, len(x) == 9]
                    """, """
                    export async function main() {
                      const c = fresh(); await c.flush();
                      using d = c.fork();
                      const [x, y] = await Promise.all([c, d].map((k) => k.generate(Sampler.topP(1, 0.9, { seed: 5 }), { maxTokens: 9, autoFlush: false }).collectTokens()));
                      return [same(x, y), x.length === 9];
                    }
                    """),
            Case.of("probes agree with each other", """
                    import math
                    async def main():
                        f = fresh().forward()
                        h = f.sample(-1, Sampler.argmax())
                        d, e = f.probe("last", Distribution(k=5)), f.probe(-1, Entropy())
                        q, r = f.probe(-1, Logprobs([5, 7])), f.probe(-1, Logprob(7))
                        out = await f.execute()
                        ids, ps = out.distribution(d)
                        try:
                            out.logits(d); bad = False
                        except InvalidArgumentError:
                            bad = True
                        return [ids[0] == out.token(h), ps == sorted(ps, reverse=True), len(ids) == 5, sum(ps) <= 1 + 1e-5,
                            out.logprobs(q)[1] == out.logprobs(r)[0], 0 <= out.entropy(e) <= math.log(model.info().vocab_size), bad]
                    """, """
                    export async function main() {
                      const f = fresh().forward();
                      const h = f.sample(-1, Sampler.argmax());
                      const d = f.probe('last', new Distribution(1, 5)), e = f.probe(-1, new Entropy());
                      const q = f.probe(-1, new Logprobs([5, 7])), r = f.probe(-1, new Logprob(7));
                      const out = await f.execute();
                      const [ids, ps] = out.distribution(d);
                      let bad = false;
                      try { out.logits(d); } catch (x) { bad = x instanceof p.InvalidArgumentError; }
                      return [ids[0] === out.token(h), ps.every((x, i) => i === 0 || x <= ps[i - 1]), ids.length === 5, ps.reduce((x, y) => x + y) <= 1 + 1e-5,
                        out.logprobs(q)[1] === out.logprobs(r)[0], 0 <= out.entropy(e) && out.entropy(e) <= Math.log(model.info().vocabSize), bad];
                    }
                    """),
            Case.of("the program accepts its own tokens", """
                    async def main():
                        g = fresh().generate(Sampler.argmax(), max_tokens=3, auto_flush=False)
                        p = g.probe_each_step(0, Logits())
                        got = []
                        async for step in g:
                            step.clear_sampler()
                            out = await step.execute()
                            logits = memoryview(out.logits(p)).cast("f")
                            got += g.accept([max(range(len(logits)), key=logits.__getitem__)])
                        plain = await fresh().generate(Sampler.argmax(), max_tokens=3, auto_flush=False).collect_tokens()
                        return [got == plain, g.finish_reason == "length"]
                    """, """
                    export async function main() {
                      const g = fresh().generate(Sampler.argmax(), { maxTokens: 3, autoFlush: false });
                      const q = g.probeEachStep(0, new Distribution(1, 1));
                      const got = [];
                      for await (const step of g) {
                        step.clearSampler();
                        const out = await step.execute();
                        got.push(...g.accept([out.distribution(q)[0][0]]));
                      }
                      const plain = await fresh().generate(Sampler.argmax(), { maxTokens: 3, autoFlush: false }).collectTokens();
                      return [same(got, plain), g.finishReason === 'length'];
                    }
                    """),
            Case.of("errors have codes and classes", """
                    def code(f, *bases):
                        try:
                            f()
                        except PieError as e:
                            return e.code.value if isinstance(e, bases) and str(e) else "class " + repr(e)
                        return "none"
                    def main():
                        c = fresh()
                        got = [code(lambda: Model.load("x"), NotFoundError, LookupError), code(lambda: c.append([-1]), InvalidArgumentError, ValueError),
                            code(lambda: c.append([10**7]), InvalidArgumentError), code(lambda: c.append(["a"]), InvalidTypeError, TypeError),
                            code(lambda: c.truncate(99), InvalidArgumentError), code(lambda: Sampler.top_p(-1), InvalidArgumentError),
                            code(lambda: c.equip([]), UnsupportedError, NotImplementedError), code(lambda: runtime.launch("a@1.0.0", {}), UnsupportedError),
                            code(lambda: c.user(5), InvalidTypeError)]
                        want = ["NOT_FOUND"] + ["INVALID_ARGUMENT"] * 5 + ["UNSUPPORTED"] * 2 + ["INVALID_ARGUMENT"]
                        return [got == want] if got == want else got
                    """, """
                    const code = (f, cls) => { try { f(); return 'none'; } catch (e) { return e instanceof cls && e instanceof Error && e.message ? e.code : `class ${e}`; } };
                    export function main() {
                      const c = fresh();
                      const got = [code(() => Model.load('x'), p.NotFoundError), code(() => c.append([-1]), p.InvalidArgumentError),
                        code(() => c.append([1e7]), p.InvalidArgumentError), code(() => c.append(['a']), p.InvalidTypeError),
                        code(() => c.truncate(99), p.InvalidArgumentError), code(() => Sampler.topP(-1), p.InvalidArgumentError),
                        code(() => c.equip([]), p.UnsupportedError), code(() => runtime.launch('a@1.0.0', {}), p.UnsupportedError),
                        code(() => c.user(5), p.InvalidTypeError)];
                      const want = ['NOT_FOUND', ...Array(5).fill('INVALID_ARGUMENT'), 'UNSUPPORTED', 'UNSUPPORTED', 'INVALID_ARGUMENT'];
                      return same(got, want) ? [true] : got;
                    }
                    """),
            Case.of("two generations interleave", """
                    async def main():
                        order = []
                        async def one(name):
                            async for step in fresh(name).generate(Sampler.argmax(), max_tokens=6, auto_flush=False):
                                await step.execute(); order.append(name)
                        await asyncio.gather(one("a"), one("b"))
                        return [len(order) == 12, order.index("b") < 6 and order.index("a") < 6]
                    """, """
                    export async function main() {
                      const order = [];
                      const one = async (name) => {
                        for await (const step of fresh(name).generate(Sampler.argmax(), { maxTokens: 6, autoFlush: false })) {
                          await step.execute(); order.push(name);
                        }
                      };
                      await Promise.all([one('a'), one('b')]);
                      return [order.length === 12, order.indexOf('b') < 6 && order.indexOf('a') < 6];
                    }
                    """),
            Case.of("masks and biases bind", """
                    async def main():
                        m = Mask.ranges([(3, 5), (9, 10)])
                        a = await fresh().generate(Sampler.multinomial(seed=1), max_tokens=8, logit_mask=m, auto_flush=False).collect_tokens()
                        g = fresh().generate(Sampler.argmax(), max_tokens=1, auto_flush=False)
                        step = await g.next()
                        b = (await step.logit_bias({42: 1000.0}).execute()).tokens
                        return [set(a) <= {3, 4, 9}, list(m) == [3, 2, 4, 1], m.count() == 3, m.contains(9), list(m.invert(4)) == [0, 3], b == [42]]
                    """, """
                    export async function main() {
                      const m = Mask.ranges([[3, 5], [9, 10]]);
                      const a = await fresh().generate(Sampler.multinomial(1, 1, { seed: 1 }), { maxTokens: 8, logitMask: m, autoFlush: false }).collectTokens();
                      const g = fresh().generate(Sampler.argmax(), { maxTokens: 1, autoFlush: false });
                      const step = await g.next();
                      const b = (await step.logitBias({ 42: 1000 }).execute()).tokens;
                      return [a.every((t) => [3, 4, 9].includes(t)), same(m, [3, 2, 4, 1]), m.count() === 3, m.contains(9), same(m.not(4), [0, 3]), same(b, [42])];
                    }
                    """),
            Case.of("the decoder tells deltas and the end", """
                    def main():
                        d = chat.Decoder(model)
                        ids = model.tokenizer().encode("héllo ✓ wörld")
                        text = ""
                        for i in ids:
                            match d.feed([i]):
                                case chat.Event.Delta(text=t): text += t
                                case chat.Event.Idle(): pass
                        match d.feed([chat.stop_tokens(model)[0]]):
                            case chat.Event.Done(t): done = t
                        return [text == "héllo ✓ wörld", done == text]
                    """, """
                    export function main() {
                      const d = new chat.Decoder(model);
                      let text = '';
                      for (const id of model.tokenizer().encode('héllo ✓ wörld')) {
                        const e = d.feed([id]);
                        if (e.type === 'delta') text += e.text;
                      }
                      const done = d.feed([chat.stopTokens(model)[0]]);
                      return [text === 'héllo ✓ wörld', done.type === 'done' && done.text === text];
                    }
                    """),
            Case.of("the event loop is the language's own", """
                    async def main():
                        order = []
                        async with asyncio.TaskGroup() as tg:
                            tg.create_task(asyncio.sleep(0.03)).add_done_callback(lambda _: order.append("slow"))
                            tg.create_task(asyncio.sleep(0)).add_done_callback(lambda _: order.append("fast"))
                        q = asyncio.Queue(); q.put_nowait(1)
                        try:
                            await asyncio.wait_for(session.receive(), 0.02); late = False
                        except TimeoutError:
                            late = True
                        try:
                            await timers.timeout(asyncio.sleep(5), 0.01); late2 = False
                        except PieTimeoutError as e:
                            late2 = e.code == "TIMEOUT"
                        t = asyncio.create_task(session.receive()); await asyncio.sleep(0); t.cancel()
                        return [order == ["fast", "slow"], await q.get() == 1, late, late2, (await asyncio.gather(t, return_exceptions=True))[0].__class__ is asyncio.CancelledError]
                    """, """
                    export async function main() {
                      const order = [];
                      await Promise.all([timers.sleep(30).then(() => order.push('slow')), timers.sleep(0).then(() => order.push('fast'))]);
                      const late = await session.receive({ timeout: 20 }).catch((e) => e.code);
                      const late2 = await timers.timeout(timers.sleep(500), 10).catch((e) => e.code);
                      const stop = new AbortController();
                      const r = session.receive({ signal: stop.signal }).catch((e) => e.name);
                      stop.abort();
                      const plain = structuredClone({ a: [1, new Map([[1, 2]])] });
                      const url = new URL('../x?q=1#h', 'https://a.b/c/d/e');
                      return [same(order, ['fast', 'slow']), late === 'TIMEOUT', late2 === 'TIMEOUT', (await r) === 'AbortError', plain.a[1].get(1) === 2,
                        url.href === 'https://a.b/c/x?q=1#h', new TextDecoder().decode(new TextEncoder().encode('✓é')) === '✓é', atob(btoa('hi')) === 'hi'];
                    }
                    """),
            Case.of("snapshots are saved, listed, opened, taken and deleted", """
                    from inferlet import contexts
                    async def main():
                        c = fresh(); await c.flush(); c.append([5, 6])
                        c.save("conf/a"); name = c.snapshot(ttl=60)
                        try:
                            c.save("conf/a"); taken = False
                        except AlreadyExistsError:
                            taken = True
                        await c.save_async("conf/a", overwrite=True, ttl=3600)
                        one = contexts.info(model, "conf/a")
                        names = [r.name for r in await contexts.list_async(prefix="conf/")]
                        d = Context.open(model, "conf/a")
                        e = await Context.take_async(model, "conf/a")
                        same = d.tokens() == c.tokens() and e.buffer() == [5, 6] and d.seq_len == c.seq_len
                        lost = []
                        for f in (lambda: Context.open(model, "conf/a"), lambda: Context.delete(model, "conf/a"), lambda: contexts.info(model, "conf/a")):
                            try:
                                f(); lost.append(False)
                            except NotFoundError:
                                lost.append(True)
                        x, y = [await k.generate(Sampler.argmax(), max_tokens=5, auto_flush=False).collect_tokens() for k in (c, d)]
                        Context.delete(model, name)
                        return [taken, one.tokens == len(c.buffer()) + c.seq_len - 5, one.model == model.name, one.bytes > 0, 3599 < one.expires - one.created < 3601,
                            names == ["conf/a"], same, all(lost), x == y, contexts.list(model, "conf/") == [], name != ""]
                    """, """
                    export async function main() {
                      const { contexts } = p;
                      const c = fresh(); await c.flush(); c.append([5, 6]);
                      c.save('conf/b'); const name = c.snapshot({ ttl: 60000 });
                      let taken = false;
                      try { c.save('conf/b'); } catch (x) { taken = x instanceof p.AlreadyExistsError; }
                      await c.saveAsync('conf/b', { overwrite: true, ttl: 3600000 });
                      const one = contexts.info(model, 'conf/b');
                      const names = (await contexts.listAsync(undefined, 'conf/')).map((r) => r.name);
                      const d = Context.open(model, 'conf/b');
                      const e = await Context.takeAsync(model, 'conf/b');
                      const alike = same(d.tokens(), c.tokens()) && same(e.buffer(), [5, 6]) && d.seqLen === c.seqLen;
                      const lost = [() => Context.open(model, 'conf/b'), () => Context.delete(model, 'conf/b'), () => contexts.info(model, 'conf/b')].map((f) => {
                        try { f(); return false; } catch (x) { return x instanceof p.NotFoundError; }
                      });
                      const tokens = [];
                      for (const k of [c, d]) tokens.push(await k.generate(Sampler.argmax(), { maxTokens: 5, autoFlush: false }).collectTokens());
                      Context.delete(model, name);
                      return [taken, one.tokens === c.seqLen + c.buffer().length - 5, one.model === model.name, one.bytes > 0, one.expires - one.created === 3600000,
                        same(names, ['conf/b']), alike, lost.every((l) => l), same(tokens[0], tokens[1]), contexts.list(model, 'conf/').length === 0, name !== ''];
                    }
                    """),
            Case.of("drops and windows free pages", """
                    async def main():
                        c = fresh("one two three four five six seven eight nine ten " * 12); await c.flush()
                        n = c.seq_len; d = c.fork(); held = runtime.stats().pages_held
                        c.drop_prefix(n - 3, sink=2)
                        less = runtime.stats().pages_held
                        c.set_window(20, sink=2); await d.set_window_async(16); d.set_window(None)
                        bad = []
                        for f in (lambda: c.drop_prefix(n + 1), lambda: c.drop_prefix(2, sink=3)):
                            try:
                                f(); bad.append(False)
                            except InvalidArgumentError:
                                bad.append(True)
                        t = await c.generate(Sampler.argmax(), max_tokens=4, auto_flush=False).collect_tokens()
                        try:
                            c.publish(); denied = False
                        except PermissionDeniedError:
                            denied = True
                        return [c.seq_len >= n, len(c.tokens()) > n, less < held, all(bad), len(t) == 4, denied]
                    """, """
                    export async function main() {
                      const c = fresh('one two three four five six seven eight nine ten '.repeat(12)); await c.flush();
                      const n = c.seqLen, d = c.fork(), held = runtime.stats().pagesHeld;
                      c.dropPrefix(n - 3, { sink: 2 });
                      const less = runtime.stats().pagesHeld;
                      c.setWindow(20, { sink: 2 }); await d.setWindowAsync(16); d.setWindow(undefined);
                      const bad = [() => c.dropPrefix(n + 1), () => c.dropPrefix(2, { sink: 3 })].map((f) => {
                        try { f(); return false; } catch (x) { return x instanceof p.InvalidArgumentError; }
                      });
                      const t = await c.generate(Sampler.argmax(), { maxTokens: 4, autoFlush: false }).collectTokens();
                      let denied = false;
                      try { c.publish(); } catch (x) { denied = x instanceof p.PermissionDeniedError; }
                      return [c.seqLen >= n, c.tokens().length > n, less < held, bad.every((b) => b), t.length === 4, denied];
                    }
                    """),
            Case.of("what this server lacks says so", """
                    async def main():
                        return [runtime.program() == "main@0.0.0", len(runtime.instance_id()) == 36, runtime.username() == "local", runtime.stats().tokens_in == 0,
                            tools.supported(model) is False]
                    """, """
                    export async function main() {
                      const net = await fetch('http://a.b/').catch((e) => e.code);
                      return [runtime.program() === 'index@0.0.0', runtime.instanceId().length === 36, runtime.username() === 'local', runtime.stats().tokensIn === 0,
                        net === 'PERMISSION_DENIED', pie.Context === Context];
                    }
                    """));

    @TempDir
    static Path snapshots;

    private TestRuntime t;

    @BeforeAll
    void start() {
        t = new TestRuntime(
                "dummy",
                TestRuntime.config(Language.PYTHON, Language.JAVASCRIPT),
                Optional.of(SnapshotStore.open(SnapshotConfig.of(snapshots))));
        assertThat(t.runtime.processes()).isEmpty();
    }

    Stream<Arguments> programs() {
        return cases.stream()
                .flatMap(c ->
                        c.programs().entrySet().stream().map(e -> Arguments.of(c.name(), e.getKey(), e.getValue())));
    }

    @ParameterizedTest(name = "{0} ({1})")
    @MethodSource("programs")
    void holds(String name, Language language, String program) throws Exception {
        String code = Map.of(Language.PYTHON, PY, Language.JAVASCRIPT, JS).get(language) + program;
        assertThat(t.value(language, code, "{}")).as(name).matches("\\[true(, ?true|,true)*]");
    }

    @AfterEach
    void leavesNothing() {
        t.audit();
    }

    @AfterAll
    void stop() {
        t.close();
    }
}
