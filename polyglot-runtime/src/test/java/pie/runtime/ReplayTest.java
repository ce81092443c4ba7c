package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.EventLog;
import pie.engine.event.ProcessEvent;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.runtime.replay.Recording;

/** Run recorded lives again, without an engine. */
final class ReplayTest {
    private static final String PYTHON = """
            import asyncio, datetime, os, random, time, uuid
            from inferlet import *

            async def main(input):
                model = Model.load(runtime.models()[0])
                print("begun", time.time(), time.time_ns(), datetime.datetime.now().isoformat(), datetime.date.today())
                print("chance", random.random(), uuid.uuid4(), os.urandom(4).hex(), runtime.instance_id())
                ctx = Context(model).append(model.tokenizer().encode(input["text"]) if input else [1, 2, 3])
                await ctx.flush()
                forks = [ctx.fork() for _ in range(3)]
                async def story(i, fork):
                    await asyncio.sleep(random.random() / 50)
                    tokens = []
                    async for step in fork.generate(Sampler.top_p(1.0, 0.9), max_tokens=5):
                        out = await step.execute()
                        tokens += out.tokens
                        print(i, tokens, round(time.perf_counter() % 1000, 6))
                    return tokens
                stories = await asyncio.gather(*(story(i, f) for i, f in enumerate(forks)))
                try:
                    Context.open(model, "nothing")
                except (NotFoundError, UnsupportedError) as e:
                    print(type(e).__name__, e.code, e)
                session.send({"stories": stories})
                first = asyncio.ensure_future(session.receive())
                timer = asyncio.create_task(asyncio.sleep(5))
                done, _ = await asyncio.wait({first, timer}, return_when=asyncio.FIRST_COMPLETED)
                print("told", first.result(), first in done, ctx.seq_len, runtime.stats().tokens_out)
                return {"stories": stories, "at": time.monotonic()}
            """;
    private static final String JS = """
            import { Context, Model, Sampler, runtime, session } from 'inferlet';

            export async function main(input) {
              const model = Model.load(runtime.models()[0]);
              console.log('begun', Date.now(), new Date().toISOString(), Date().length > 10, new Date(0).getTime(), performance.now());
              console.log('chance', Math.random(), crypto.randomUUID(), runtime.instanceId(), new Date() instanceof Date);
              const ctx = new Context(model).append([1, 2, 3]);
              await ctx.flush();
              const forks = [ctx.fork(), ctx.fork(), ctx.fork()];
              const stories = await Promise.all(forks.map(async (fork, i) => {
                await new Promise((go) => setTimeout(go, 20 * Math.random()));
                const tokens = [];
                for await (const step of fork.generate(Sampler.topP(1, 0.9), { maxTokens: 5 })) {
                  const out = await step.execute();
                  tokens.push(...out.tokens);
                  console.log(i, tokens.join(), performance.now());
                }
                return tokens;
              }));
              try { Context.open(model, 'nothing'); } catch (e) { console.log(e.name, e.code, e.message); }
              session.send({ stories });
              const told = await Promise.race([session.receive(), new Promise((go) => setTimeout(go, 5000, 'late'))]);
              console.log('told', told, ctx.seqLen, runtime.stats().tokensOut);
              return { stories, at: Date.now() };
            }
            """;

    @TempDir
    static Path recordings;

    private static TestRuntime live;
    private static Guests guests;

    @BeforeAll
    static void start() {
        live = new TestRuntime("dummy", TestRuntime.config(Language.PYTHON, Language.JAVASCRIPT, Language.JAVA));
        guests = Guests.prepare(
                RuntimeConfig.DEFAULT.withPoolMin(1).withLanguages(EnumSet.of(Language.PYTHON, Language.JAVASCRIPT)));
    }

    @AfterAll
    static void stop() {
        live.close();
        guests.close();
    }

    @Test
    void aPythonLifeRunsAgainByteForByte() throws Exception {
        runsAgain(live, Language.PYTHON, PYTHON);
    }

    @Test
    void aJavaScriptLifeRunsAgainByteForByte() throws Exception {
        runsAgain(live, Language.JAVASCRIPT, JS);
    }

    /** A recording does not tell where its program ran. */
    @Test
    void aLifeInAWorkerRunsAgainInAThread() throws Exception {
        RuntimeConfig config = TestRuntime.config(Language.PYTHON, Language.JAVASCRIPT);
        try (var workers = new TestRuntime("dummy", config.isolated(Isolation.PROCESS, 64L << 20, 0))) {
            runsAgain(workers, Language.PYTHON, PYTHON);
            runsAgain(workers, Language.JAVASCRIPT, JS);
        }
    }

    /** What the host asks of a program's own constraint and drafter is asked again, though nothing is generated. */
    @Test
    void ownConstraintsAndDraftersAreAskedAgain() throws Exception {
        asksAgain(Language.PYTHON, """
                from inferlet import *

                class Low:
                    def __init__(self, n=0):
                        self.n = n
                    def step(self, accepted):
                        self.n += len(accepted)
                        print("step", self.n, list(accepted))
                        return Mask.range(0, 1000 + self.n)
                    def fork(self):
                        return Low(self.n)

                class Guess:
                    def draft(self):
                        return [1, 2, 3], [0, 0, 0]
                    def accept(self, tokens):
                        print("accept", list(tokens))
                    def rollback(self, n):
                        print("rollback", n)

                async def main():
                    ctx = Context(Model.load(runtime.models()[0])).append([1, 2, 3])
                    g = ctx.generate(Sampler.argmax(), constrain=Low(), speculator=Guess(), max_tokens=6, auto_flush=False)
                    tokens = await g.collect_tokens()
                    session.send("done")
                    class Bad:
                        def step(self, accepted):
                            raise KeyError("no")
                    try:
                        await ctx.generate(Sampler.argmax(), constrain=Bad(), max_tokens=6, auto_flush=False).collect_tokens()
                    except KeyError as e:
                        print("threw", e)
                    return {"tokens": tokens}
                """);
        asksAgain(Language.JAVASCRIPT, """
                import { Context, Mask, Model, Sampler, runtime, session } from 'inferlet';
                class Low {
                  constructor(n = 0) { this.n = n; }
                  step(accepted) {
                    this.n += accepted.length;
                    console.log('step', this.n, accepted.join());
                    return Mask.range(0, 1000 + this.n);
                  }
                  fork() { return new Low(this.n); }
                }
                const guess = {
                  draft: () => [[1, 2, 3], [0, 0, 0]],
                  accept(tokens) { console.log('accept', tokens.join()); },
                  rollback(n) { console.log('rollback', n); },
                };
                export async function main() {
                  const ctx = new Context(Model.load(runtime.models()[0])).append([1, 2, 3]);
                  const g = ctx.generate(Sampler.argmax(), { constrain: new Low(), speculator: guess, maxTokens: 6, autoFlush: false });
                  const tokens = [...await g.collectTokens()];
                  session.send('done');
                  try {
                    const bad = { step() { throw new RangeError('no'); } };
                    await ctx.generate(Sampler.argmax(), { constrain: bad, maxTokens: 6, autoFlush: false }).collectTokens();
                  } catch (e) { console.log('threw', e.message); }
                  return { tokens };
                }
                """);
    }

    /** Adapters, their absence and what refuses them come from the recording: nothing is loaded or computed. */
    @Test
    void adaptersAnswerAgain() throws Exception {
        String python = """
                from inferlet import *

                async def main():
                    model = Model.load(runtime.models()[0])
                    a = Adapter.create(model, "replayed")
                    zo.initialize(a, 2, 4.0, 2, 0.5, 0.5)
                    await zo.update_async(a, [1.0, 2.0], [3, 2**63], 0.5)
                    print("named", a.name, a.shared, Adapter.open(model, "nothing"), Adapter.open(model, a.name).name)
                    try:
                        a.load("/scratch/a")
                    except PermissionDeniedError as e:
                        print("refused", e.code.value)
                    ctx = Context(model).append([1, 2, 3])
                    tokens = await ctx.generate(Sampler.argmax(), adapter=a, zo_seed=5, max_tokens=6, auto_flush=False).collect_tokens()
                    a.destroy()
                    return {"tokens": tokens}
                """;
        String js = """
                import { Adapter, Context, Model, Sampler, runtime, zo } from 'inferlet';
                export async function main() {
                  const model = Model.load(runtime.models()[0]);
                  using a = Adapter.create(model, 'replayed');
                  zo.initialize(a, 2, 4, 2, 0.5, 0.5);
                  await zo.updateAsync(a, [1, 2], [3, 2n ** 63n], 0.5);
                  console.log('named', a.name, a.shared, Adapter.open(model, 'nothing'), Adapter.open(model, a.name).name);
                  try { a.load('/scratch/a'); } catch (e) { console.log('refused', e.code); }
                  const ctx = new Context(model).append([1, 2, 3]);
                  return { tokens: [...await ctx.generate(Sampler.argmax(), { adapter: a, zoSeed: 5, maxTokens: 6, autoFlush: false }).collectTokens()] };
                }
                """;
        for (String said : List.of(saysAgain(Language.PYTHON, python), saysAgain(Language.JAVASCRIPT, js))) {
            assertThat(said).contains("named replayed").contains("refused PERMISSION_DENIED");
        }
    }

    private static void asksAgain(Language language, String program) throws Exception {
        assertThat(saysAgain(language, program)).contains("step 1", "accept", "threw");
    }

    private static String saysAgain(Language language, String program) throws Exception {
        InferletProcess process = launch(language, program);
        Outcome outcome = process.outcome().get();
        assertThat(outcome).as(outcome.toString()).isInstanceOf(Outcome.Completed.class);
        var log = new EventLog(EventLog.Limits.DEFAULT);
        Replay.End end = Replay.run(guests, recording(process), 0, frame -> {}, log);
        assertThat(end).isEqualTo(new Replay.End.Returned(((Outcome.Completed) outcome).value()));
        assertThat(said(log, "stdout")).isEqualTo(said(process.log(), "stdout"));
        return String.join("", said(log, "stdout"));
    }

    private static void runsAgain(TestRuntime t, Language language, String program) throws Exception {
        InferletProcess process = launch(t, language, program);
        awaitSaid(process, "message", "stories");
        process.deliver("the news");
        Outcome outcome = process.outcome().get();
        assertThat(outcome).isInstanceOf(Outcome.Completed.class);
        String value = ((Outcome.Completed) outcome).value();
        Recording recording = recording(process);
        var log = new EventLog(EventLog.Limits.DEFAULT);
        var calls = new AtomicInteger();
        Replay.End end = Replay.run(guests, recording, 0, frame -> calls.incrementAndGet(), log);
        assertThat(end).isEqualTo(new Replay.End.Returned(value));
        for (String channel : List.of("stdout", "stderr", "message")) {
            assertThat(said(log, channel)).as(channel).isEqualTo(said(process.log(), channel));
        }
        assertThat(said(log, "stdout")).contains("told the news", "begun", "chance");
        assertThat(calls.get()).isEqualTo(recording.frames().size()).isGreaterThan(50);
        assertThat(recording.end().orElseThrow().value()).isEqualTo(value);

        long until = process.log().held(0).stream()
                .filter(e -> e instanceof ProcessEvent.Stdout s && s.text().contains("chance"))
                .findFirst()
                .orElseThrow()
                .id();
        var half = new EventLog(EventLog.Limits.DEFAULT);
        assertThat(Replay.run(guests, recording, until, frame -> {}, half)).isInstanceOf(Replay.End.Reached.class);
        assertThat(said(half, "stdout")).contains("chance").doesNotContain("told");
    }

    @Test
    void aFailureIsTheSameFailure() throws Exception {
        InferletProcess process = launch(Language.PYTHON, "def main():\n    print('on')\n    raise ValueError('no')\n");
        process.outcome().get();
        var log = new EventLog(EventLog.Limits.DEFAULT);
        Replay.End end = Replay.run(guests, recording(process), 0, frame -> {}, log);
        assertThat(end).isInstanceOfSatisfying(Replay.End.Failed.class, failed -> {
            assertThat(failed.failure().code()).isEqualTo(ErrorCode.GUEST_ERROR);
            assertThat(failed.failure().message()).contains("no");
        });
        assertThat(said(log, "stdout")).isEqualTo("on\n");
    }

    @Test
    void aRunThatWasEndedFromOutsideIsReplayedUpToThere() throws Exception {
        for (String loop : List.of("while True: pass", "import asyncio\n    await asyncio.sleep(1e6)")) {
            InferletProcess process =
                    launch(Language.PYTHON, "async def main():\n    print('on', flush=True)\n    " + loop + "\n");
            awaitSaid(process, "stdout", "on\n");
            process.kill("owner");
            process.outcome().get();
            var log = new EventLog(EventLog.Limits.DEFAULT);
            Replay.End end = Replay.run(guests, recording(process), 0, frame -> {}, log);
            assertThat(end).isInstanceOfAny(Replay.End.Interrupted.class, Replay.End.Failed.class);
            assertThat(said(log, "stdout")).isEqualTo("on\n");
        }
    }

    @Test
    void aProgramThatDoesSomethingElseIsTold() throws Exception {
        InferletProcess process =
                launch(Language.JAVASCRIPT, "export function main() { console.log('one'); return 1; }");
        process.outcome().get();
        Recording r = recording(process);
        var h = r.header();
        for (String other : List.of(
                "export function main() { console.log('two'); return 1; }",
                "export function main() { console.error('one'); return 1; }",
                "export function main() { console.log('one'); return 2; }")) {
            var header = new pie.runtime.replay.RecordingHeader(
                    h.process(),
                    h.owner(),
                    h.language(),
                    h.file(),
                    other,
                    h.files(),
                    h.entry(),
                    h.input(),
                    h.seed(),
                    h.model(),
                    h.created());
            assertThatThrownBy(() -> Replay.run(
                            guests,
                            new Recording(header, r.frames(), r.end()),
                            0,
                            frame -> {},
                            new EventLog(EventLog.Limits.DEFAULT)))
                    .isInstanceOfSatisfying(
                            PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT))
                    .hasMessageContaining("strays from its recording");
        }
    }

    @Test
    void aRecordingCutOffAnywhereIsReadAsFarAsItIsWhole() throws Exception {
        InferletProcess process = launch(Language.PYTHON, "def main():\n    for i in range(20): print(i)\n");
        process.outcome().get();
        byte[] whole = Files.readAllBytes(process.recording().orElseThrow());
        int frames = recording(process).frames().size();
        Path cut = recordings.resolve("cut.pierec");
        int most = 0;
        int readable = 0;
        for (int length = 0; length < whole.length; length += 7) {
            Files.write(cut, java.util.Arrays.copyOf(whole, length));
            try {
                int n = Recording.read(cut).frames().size();
                assertThat(n).isBetween(most, frames);
                most = n;
                readable++;
            } catch (PieException e) {
                assertThat(readable).as("only a cut header cannot be read").isZero();
            }
        }
        for (int at = 0; at < whole.length; at++) {
            whole[at] ^= 4;
            Files.write(cut, whole);
            assertThatThrownBy(() -> Recording.read(cut))
                    .as("byte %s of %s", at, whole.length)
                    .hasMessageContaining("cannot be read as a recording");
            whole[at] ^= 4;
        }
    }

    @Test
    void javaIsRefusedAndPurgedProcessesTakeTheirRecordingsAlong() throws Exception {
        assertThatThrownBy(() -> launch(Language.JAVA, "void main() {}"))
                .isInstanceOfSatisfying(
                        PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
        InferletProcess process = launch(Language.JAVASCRIPT, "export function main() {}");
        process.outcome().get();
        Path file = process.recording().orElseThrow();
        assertThat(file).exists();
        live.runtime.purge(process.id());
        assertThat(file).doesNotExist();
    }

    private static InferletProcess launch(Language language, String program) {
        return launch(live, language, program);
    }

    private static InferletProcess launch(TestRuntime t, Language language, String program) {
        var source = ProgramSource.of(language, language.defaultFile(), program);
        return t.runtime.launch(LaunchRequest.of(source, "{}").recordedIn(recordings));
    }

    private static void awaitSaid(InferletProcess process, String channel, String text) {
        Awaitility.await().atMost(Duration.ofSeconds(45)).until(() -> {
            boolean there = said(process.log(), channel).contains(text);
            assertThat(there || !process.outcome().isDone())
                    .as(() -> said(process.log(), "stdout") + said(process.log(), "stderr") + "it ended with "
                            + process.outcome().join())
                    .isTrue();
            return there;
        });
    }

    private static Recording recording(InferletProcess process) {
        return Recording.read(process.recording().orElseThrow());
    }

    private static String said(EventLog log, String channel) {
        var all = new StringBuilder();
        for (ProcessEvent event : new ArrayList<>(log.held(0))) {
            switch (event) {
                case ProcessEvent.Stdout s when channel.equals("stdout") -> all.append(s.text());
                case ProcessEvent.Stderr s when channel.equals("stderr") -> all.append(s.text());
                case ProcessEvent.Message m
                when channel.equals("message") -> all.append(m.text()).append('\n');
                default -> {}
            }
        }
        return all.toString();
    }
}
