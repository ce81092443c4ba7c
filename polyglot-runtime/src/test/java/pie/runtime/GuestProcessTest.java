package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.EventLog;
import pie.engine.event.ProcessEvent;
import pie.engine.process.Budget;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessState;

/** Begin, feed, confine and end programs of both polyglot languages. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GuestProcessTest {
    private final TestRuntime t =
            new TestRuntime("dummy", TestRuntime.config(Language.PYTHON, Language.JAVASCRIPT, Language.TYPESCRIPT));

    private static String pick(Language language, String python, String javascript) {
        return language == Language.PYTHON ? python : javascript;
    }

    @AfterEach
    void leavesNothing() {
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(t::audit);
    }

    @AfterAll
    void stop() {
        t.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"PYTHON", "JAVASCRIPT"})
    void anUncaughtExceptionNamesItsLine(Language language) throws Exception {
        String code = pick(language, """
                import asyncio
                def deep():
                    raise ValueError("wrong ✓")
                async def main(input):
                    print("before")
                    await asyncio.sleep(0)
                    deep()
                """, """
                function deep() {
                  throw new RangeError('wrong ✓');
                }
                export async function main(input) {
                  console.log('before');
                  await null;
                  deep();
                }
                """);
        InferletProcess process = t.launch(language, code, "{}");
        var failed = (Outcome.Failed) process.outcome().get(60, TimeUnit.SECONDS);
        assertThat(failed.code()).isEqualTo(ErrorCode.GUEST_ERROR);
        assertThat(failed.message()).isEqualTo("wrong ✓");
        assertThat(failed.details().get("type")).isEqualTo(pick(language, "ValueError", "RangeError"));
        assertThat(failed.details().get("traceback").toString())
                .contains(pick(language, "line 3", "index.js:2:"))
                .contains(pick(language, "line 7", "deep();"))
                .contains("wrong ✓");
        assertThat(TestRuntime.events(process)).extracting(ProcessEvent::type).containsExactly("stdout", "error");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PYTHON|def main(:|1",
                "PYTHON|x = 1;y = = 2|1",
                "JAVASCRIPT|let x = ;|1",
                "TYPESCRIPT|enum A { B }|1",
                "TYPESCRIPT|let x: number = ;|1"
            })
    void aSyntaxErrorIsRefusedBeforeTheProcess(Language language, String code, int line) {
        var before = t.runtime.processes();
        assertThatThrownBy(() -> t.launch(language, code, "{}")).isInstanceOfSatisfying(PieException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_ERROR);
            assertThat(e.details())
                    .containsEntry("file", language.defaultFile())
                    .containsEntry("line", line);
            assertThat((int) e.details().get("column")).isPositive();
        });
        // Old ones may be forgotten meanwhile; what counts is that none is new.
        assertThat(before).containsAll(t.runtime.processes());
    }

    @ParameterizedTest
    @EnumSource(names = {"PYTHON", "JAVASCRIPT"})
    void aResultThatIsTooLargeIsNotKept(Language language) throws Exception {
        String code = pick(
                language,
                "async def main(input):\n    return 'é' * input['n']\n",
                "export function main({ n }) { return 'é'.repeat(n); }\n");
        assertThat(t.value(language, code, "{\"n\":" + (8 << 20) + "}")).hasSize(8 << 20);
        var failed = (Outcome.Failed) t.run(language, code, "{\"n\":" + ((8 << 20) + 1) + "}");
        assertThat(failed.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        assertThat(failed.details()).containsEntry("limit", "return");
    }

    @Test
    void aParserThatFailsRefusesTheFile() {
        String code = """
                async def main(input):
                    match input:
                        case {'a': [*b]}: return f"{b!r:>{10} A:
                    x: int = 1

                async def main(input):
                    match input:
                        case {'a': [*b]}: return f"{b!r:>{10}}"
                    return [y async for y ia, **k: None
                """;
        assertThatThrownBy(() -> t.launch(Language.PYTHON, code, "{}"))
                .isInstanceOfSatisfying(
                        PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_ERROR));
    }

    @Test
    void typesGoAndPlacesStay() throws Exception {
        String code = """
                import { runtime, type Options } from 'inferlet';
                interface P { x: number }
                type U<T> = T extends string ? 'a' : 'b';
                class K<T extends P> implements P {
                  private readonly v?: T; x!: number;
                  constructor(v: T) { this.v = v; this.x = v.x!; }
                  get(a?: string): number { return (this.v as unknown as P).x satisfies number; }
                }
                const f = async <T,>(a: T, ...rest: number[]): Promise<T> => a;
                export async function main(input: Record<string, unknown>): Promise<string> {
                  const k = new K<P>({ x: 2 }); const o = ['a'] as const;
                  try { null!.x; } catch { return `${k.get()} ${o[0]} ${await f<number>(7)} ${new Error('e').stack!.includes('index.ts:12:55') || new Error('e').stack}`; }
                }
                """;
        assertThat(t.value(Language.TYPESCRIPT, code, "{}"))
                .startsWith("2 a 7 ")
                .contains("index.ts:12:");
        for (String bad : List.of(
                "namespace N { export const x = 1; }",
                "class A { constructor(private x: number) {} }",
                "@d class A {}",
                "import fs = require('fs');",
                "export = 5;",
                "const x = <string>y;")) {
            assertThatThrownBy(() -> t.launch(Language.TYPESCRIPT, "\n" + bad, "{}"))
                    .as(bad)
                    .isInstanceOfSatisfying(
                            PieException.class, e -> assertThat(e.details()).containsEntry("line", 2));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PYTHON", "JAVASCRIPT"})
    void messagesComeAndGo(Language language) throws Exception {
        String code = pick(language, """
                from inferlet import session
                async def main():
                    session.set_return("done")
                    while (m := await session.receive()) != "":
                        session.send(m.upper())
                """, """
                import { session } from 'inferlet';
                export async function main() {
                  session.setReturn('done');
                  for (let m; (m = await session.receive()) !== '';) session.send(m.toUpperCase());
                }
                """);
        InferletProcess process = t.launch(language, code, "{}");
        process.deliver("a");
        process.deliver("b");
        process.deliver("");
        assertThat(process.outcome().get(60, TimeUnit.SECONDS)).isEqualTo(new Outcome.Completed("done"));
        assertThat(TestRuntime.events(process))
                .filteredOn(e -> e instanceof ProcessEvent.Message)
                .extracting(e -> ((ProcessEvent.Message) e).text())
                .containsExactly("A", "B");
        assertThatThrownBy(() -> process.deliver("late"))
                .isInstanceOfSatisfying(
                        PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    }

    @ParameterizedTest
    @EnumSource(names = {"PYTHON", "JAVASCRIPT"})
    void aWaitingProgramUnwindsWhenInterrupted(Language language) throws Exception {
        String code = pick(language, """
                from inferlet import *
                from inferlet import runtime, session
                async def main():
                    ctx = Context(Model.load(runtime.models()[0])).append_text("hello there")
                    await ctx.flush()
                    print("ready")
                    try:
                        await session.receive()
                    finally:
                        ctx.close()
                        print("unwound")
                """, """
                import { Context, Model, runtime, session } from 'inferlet';
                export async function main() {
                  const ctx = new Context(Model.load(runtime.models()[0])).appendText('hello there');
                  await ctx.flush();
                  console.log('ready');
                  try { await session.receive(); } finally { ctx.close(); console.log('unwound'); }
                }
                """);
        InferletProcess process = t.launch(language, code, "{}");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> process.log().lastId() > 0);
        process.interrupt("owner");
        var failed = (Outcome.Failed) process.outcome().get(60, TimeUnit.SECONDS);
        assertThat(failed.state()).isEqualTo(ProcessState.CANCELLED);
        assertThat(failed.code()).isEqualTo(ErrorCode.CANCELLED);
        assertThat(failed.details()).containsEntry("by", "owner");
        assertThat(TestRuntime.printed(process)).isEqualTo("ready\nunwound\n");
    }

    @ParameterizedTest
    @CsvSource({
        "PYTHON,interrupt",
        "PYTHON,kill",
        "JAVASCRIPT,interrupt",
        "JAVASCRIPT,kill",
        "PYTHON,cpu",
        "JAVASCRIPT,wall"
    })
    void anEndlessLoopEndsAndNeighboursDoNotNotice(Language language, String how) throws Exception {
        String neighbour = pick(language, """
                from inferlet import *
                from inferlet import runtime
                async def main():
                    ctx = Context(Model.load(runtime.models()[0])).append_text("a quiet neighbour")
                    return await ctx.generate(Sampler.top_p(1.0, 0.9, seed=3), max_tokens=40, auto_flush=False).collect_tokens()
                """, """
                import { Context, Model, Sampler, runtime } from 'inferlet';
                export async function main() {
                  const ctx = new Context(Model.load(runtime.models()[0])).appendText('a quiet neighbour');
                  return await ctx.generate(Sampler.topP(1, 0.9, { seed: 3 }), { maxTokens: 40, autoFlush: false }).collectTokens();
                }
                """);
        String alone = t.value(language, neighbour, "{}");
        String loop = pick(language, """
                from inferlet import *
                from inferlet import runtime
                async def main():
                    ctx = Context(Model.load(runtime.models()[0])).append_text("hello " * 40)
                    await ctx.flush()
                    print("ready")
                    while True:
                        try:
                            while True: pass
                        except BaseException: pass
                """, """
                import { Context, Model, runtime } from 'inferlet';
                export async function main() {
                  const ctx = new Context(Model.load(runtime.models()[0])).appendText('hello '.repeat(40));
                  await ctx.flush();
                  console.log('ready');
                  while (true) { try { while (true); } catch {} }
                }
                """);
        Budget budget = switch (how) {
            case "cpu" -> new Budget(OptionalLong.empty(), Optional.empty(), Optional.of(Duration.ofMillis(300)));
            case "wall" -> new Budget(OptionalLong.empty(), Optional.of(Duration.ofMillis(500)), Optional.empty());
            default -> Budget.UNLIMITED;
        };
        InferletProcess process = t.runtime.launch(new LaunchRequest(
                OwnerId.LOCAL,
                ProgramSource.of(language, language.defaultFile(), loop),
                "{}",
                Optional.empty(),
                budget,
                Map.of(),
                OptionalLong.empty(),
                true));
        InferletProcess beside = t.launch(language, neighbour, "{}");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> process.log().lastId() > 0);
        if (how.equals("interrupt")) {
            process.interrupt("owner");
        } else if (how.equals("kill")) {
            process.kill("admin");
        }
        var failed = (Outcome.Failed) process.outcome().get(60, TimeUnit.SECONDS);
        assertThat(failed.state())
                .isEqualTo(budget == Budget.UNLIMITED ? ProcessState.CANCELLED : ProcessState.EXHAUSTED);
        assertThat(beside.outcome().get(60, TimeUnit.SECONDS)).isEqualTo(new Outcome.Completed(alone));
        assertThat(t.value(language, neighbour, "{}")).isEqualTo(alone);
    }

    @ParameterizedTest
    @EnumSource(names = {"PYTHON", "JAVASCRIPT"})
    void aFloodOfOutputStaysWithinTheLog(Language language) throws Exception {
        String code = pick(language, """
                def main():
                    for i in range(20000):
                        print("line", i)
                """, """
                export function main() { for (let i = 0; i < 20000; i++) console.log('line', i); }
                """);
        InferletProcess process = t.launch(language, code, "{}");
        assertThat(process.outcome().get(60, TimeUnit.SECONDS)).isEqualTo(new Outcome.Completed(""));
        List<ProcessEvent> events = TestRuntime.events(process);
        assertThat(events).hasSizeLessThanOrEqualTo(EventLog.Limits.DEFAULT.maxCount() + 1);
        assertThat(process.log().droppedEvents()).isPositive();
        assertThat(events.get(events.size() - 2))
                .isInstanceOfSatisfying(
                        ProcessEvent.Stdout.class, e -> assertThat(e.text()).isEqualTo("line 19999\n"));
    }

    @Test
    void pythonIsConfined() throws Exception {
        String code = """
                tries = {
                    "open": lambda: open("/etc/passwd").read(), "list": lambda: __import__("os").listdir("/etc"), "write": lambda: open("/tmp/x", "w"),
                    "system": lambda: __import__("os").system("ls"), "run": lambda: __import__("subprocess").run(["ls"]), "fork": lambda: __import__("os").fork(),
                    "socket": lambda: __import__("socket").create_connection(("127.0.0.1", 1)), "thread": lambda: __import__("threading").Thread(target=print).start(),
                    "java": lambda: __import__("java").type("java.lang.System"), "polyglot": lambda: __import__("polyglot").eval(language="js", string="1"),
                    "ctypes": lambda: __import__("ctypes").CDLL("libc.so.6"), "reflect": lambda: __import__("_pie").model_load.getClass(),
                    "env": lambda: __import__("os").environ["HOME"],
                    "raise": lambda: __import__("signal").raise_signal(28), "handler": lambda: __import__("signal").signal(28, print),
                    "alarm": lambda: __import__("signal").alarm(1), "timer": lambda: __import__("_signal").setitimer(0, 1),
                    "fresh": lambda: __import__("_imp").create_builtin(__import__("importlib.machinery").machinery.ModuleSpec("_signal", None)).raise_signal(28),
                    "reload": lambda: __import__("importlib").reload(__import__("_signal")).raise_signal(28),
                    "again": lambda: (__import__("sys").modules.pop("_signal"), __import__("sys").modules.pop("signal"), __import__("signal").raise_signal(28)),
                    "parent": lambda: __import__("os").getppid(), "session": lambda: __import__("os").setsid(), "owner": lambda: __import__("os").chown("/scratch", 0, 0),
                }
                def main():
                    leaks = []
                    for name, f in tries.items():
                        try:
                            f(); leaks.append(name)
                        except BaseException: pass
                    return leaks
                """;
        assertThat(t.value(Language.PYTHON, code, "{}")).isEqualTo("[]");
    }

    @Test
    void javascriptIsConfined() throws Exception {
        String code = """
                const tries = {
                  type: () => Java.type('java.lang.System'), pkg: () => java.lang.System, load: () => load('/etc/passwd'), quit: () => quit(),
                  polyglot: () => Polyglot.eval('python', '1'), require: () => require('fs'), worker: () => new Worker('x'),
                  reflect: () => pie.Model.load('x').getClass(), wait: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1),
                  read: () => read('/etc/passwd'), graal: () => Graal.versionGraalVM,
                };
                export async function main() {
                  const leaks = [];
                  for (const [name, f] of Object.entries(tries)) try { f(); leaks.push(name); } catch {}
                  for (const file of ['/etc/passwd', 'child_process', 'node:os', '../../etc/passwd']) try { await import(file); leaks.push(file); } catch {}
                  return leaks;
                }
                """;
        assertThat(t.value(Language.JAVASCRIPT, code, "{}")).isEqualTo("[]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "''|{}",
                "[]|{}",
                "{\"a\":1.5}|{\"a\":1.5}",
                "hello|{\"input\":\"hello\"}",
                "[1,null,true]|[1,null,true]",
                "\"text\"|text"
            })
    void inputAndResultKeepTheirForm(String input, String result) throws Exception {
        assertThat(t.value(Language.PYTHON, "def main(x): return x", input).replace(" ", ""))
                .isEqualTo(result);
        assertThat(t.value(Language.JAVASCRIPT, "export const main = (x) => x;", input))
                .isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PYTHON | def main(): return 1 | the program has no function 'other', which its entry names",
                "JAVASCRIPT | export default () => 1 | the program exports no function 'other', which its entry names"
            })
    void anEntryThatIsNotThereIsNamed(Language language, String code, String message) throws Exception {
        var source = new ProgramSource(language, language.defaultFile(), code, Map.of(), "other");
        Outcome outcome =
                t.runtime.launch(LaunchRequest.of(source, "{}")).outcome().get(60, TimeUnit.SECONDS);
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.code()).isEqualTo(ErrorCode.SOURCE_ERROR);
            assertThat(failed.message()).isEqualTo(message);
        });
    }

    @Test
    void aProgramWithoutEntryIsItsBody() throws Exception {
        InferletProcess python =
                t.launch(Language.PYTHON, "import sys\nprint('é', end='', flush=True)\nsys.exit(0)", "{}");
        assertThat(python.outcome().get(60, TimeUnit.SECONDS)).isEqualTo(new Outcome.Completed(""));
        assertThat(TestRuntime.printed(python)).isEqualTo("é");
        InferletProcess js = t.launch(Language.JAVASCRIPT, "await null; console.log('a %s', { b: 1n });", "{}");
        assertThat(js.outcome().get(60, TimeUnit.SECONDS)).isEqualTo(new Outcome.Completed(""));
        assertThat(TestRuntime.printed(js)).isEqualTo("a { b: 1n }\n");
    }

    @Test
    void programsOfSeveralFilesImport() throws Exception {
        var python = new ProgramSource(
                Language.PYTHON,
                "main.py",
                "from util.deep import f\ndef main(): return f()",
                Map.of("util/__init__.py", "", "util/deep.py", "def f(): return 'ok'"),
                "main");
        assertThat(t.runtime.launch(LaunchRequest.of(python, "{}")).outcome().get(60, TimeUnit.SECONDS))
                .isEqualTo(new Outcome.Completed("ok"));
        var typescript = new ProgramSource(
                Language.TYPESCRIPT,
                "index.ts",
                "import { f } from './util';\nexport const main = (): string => f();",
                Map.of("util.ts", "export function f(): string { return 'ok'; }"),
                "main");
        assertThat(t.runtime
                        .launch(LaunchRequest.of(typescript, "{}"))
                        .outcome()
                        .get(60, TimeUnit.SECONDS))
                .isEqualTo(new Outcome.Completed("ok"));
    }
}
