package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.Budget;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.engine.process.OwnerId;

/** End what programs in worker processes do to their worker, and nothing else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
final class WorkerTest {
    private static final long MEMORY = 64L << 20;

    /** JavaScript, of which a worker starts sooner. */
    private static final String CANARY = """
            import { Context, Model, Sampler, runtime, session } from 'inferlet';

            export async function main() {
              const ctx = new Context(Model.load(runtime.models()[0]));
              ctx.user('hello');
              await session.receive();
              return await ctx.generate(Sampler.argmax(), { maxTokens: 8 }).collectText();
            }
            """;

    private static final String MISTAKES = """
            import sys
            from inferlet import Context, Model, PieError, Sampler, runtime

            def inner(n):
                if n == 0:
                    raise KeyError("lost")
                inner(n - 1)

            async def main(input):
                ctx = Context(Model.load(runtime.models()[0]))
                for given in (None, "text", 1.5, True, 7, 2**70, [1, "x"], {"a": 1}, b"x", object(), len):
                    for call in (ctx.append, ctx.user, ctx.truncate, lambda n: ctx.generate(Sampler.argmax(), max_tokens=n)):
                        try:
                            call(given)
                        except PieError as e:
                            print(type(e).__name__, e.code, e, e.details)
                print("and now", file=sys.stderr)
                inner(2)
            """;

    private TestRuntime t;
    private TestRuntime threads;

    @BeforeAll
    void start() {
        RuntimeConfig config = TestRuntime.config(Language.JAVASCRIPT, Language.PYTHON, Language.JAVA);
        t = new TestRuntime("dummy", config.isolated(Isolation.PROCESS, MEMORY, 1));
        threads = new TestRuntime("dummy", TestRuntime.config(Language.PYTHON, Language.JAVASCRIPT));
    }

    private InferletProcess launchFor(Language language, String code, Duration wall) {
        return t.runtime.launch(new LaunchRequest(
                OwnerId.LOCAL,
                ProgramSource.of(language, language.defaultFile(), code),
                "{}",
                Optional.empty(),
                new Budget(OptionalLong.empty(), Optional.of(wall), Optional.empty()),
                Map.of(),
                OptionalLong.empty(),
                true));
    }

    /** Return the worker of a process that is in its program. */
    private static ProcessHandle worker(InferletProcess process) {
        WorkerGuest<?> guest = Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> (WorkerGuest<?>) ((GuestProcess<?>) process).guest(), taken -> taken != null);
        return ProcessHandle.of(guest.pid()).orElseThrow();
    }

    private static void awaitGone(ProcessHandle worker) {
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !worker.isAlive());
    }

    private static Outcome.Failed failed(InferletProcess process) throws Exception {
        return (Outcome.Failed) process.outcome().get(60, TimeUnit.SECONDS);
    }

    /** Each is one long call inside the runtime, which has no safepoint of the language's. */
    static Stream<Arguments> endless() {
        String js = "export function main() { console.log('before'); %s }";
        return Stream.of(
                Arguments.of(Language.PYTHON, "def main(input):\n    print('before')\n    return sum(range(10**12))\n"),
                Arguments.of(Language.JAVASCRIPT, js.formatted("for (;;) 7n ** 30000000n;")),
                Arguments.of(Language.JAVASCRIPT, js.formatted("return /(x+x+)+\\1y/.test('x'.repeat(60));")));
    }

    @ParameterizedTest
    @MethodSource("endless")
    void anEndlessCallEndsWithItsWorker(Language language, String code) throws Exception {
        InferletProcess process = launchFor(language, code, Duration.ofSeconds(2));
        ProcessHandle worker = worker(process);
        Outcome.Failed failed = failed(process);
        assertThat(failed.code()).as(failed.toString()).isEqualTo(ErrorCode.BUDGET_EXHAUSTED);
        assertThat(TestRuntime.printed(process)).isEqualTo("before\n");
        awaitGone(worker);
    }

    @Test
    void aMemoryBombEndsItsWorkerAloneAndItsNeighbourDrawsOn() throws Exception {
        InferletProcess canary = t.launch(Language.JAVASCRIPT, CANARY, "{}");
        Outcome.Failed failed = t.failure(Language.JAVASCRIPT, """
                export function main() {
                  const all = [];
                  for (;;) all.push('x'.repeat(100000) + all.length);
                }
                """);
        assertThat(failed.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        assertThat(failed.details()).containsEntry("limit", "heap").containsEntry("bytes", MEMORY);
        canary.deliver("go on");
        InferletProcess same = threads.launch(Language.JAVASCRIPT, CANARY, "{}");
        same.deliver("go on");
        assertThat(canary.outcome().get(60, TimeUnit.SECONDS))
                .isInstanceOf(Outcome.Completed.class)
                .isEqualTo(same.outcome().get(60, TimeUnit.SECONDS));
    }

    @Test
    void aWorkerThatIsKilledFailsItsProgramWhereverThatWaits() throws Exception {
        InferletProcess process = t.launch(Language.JAVASCRIPT, CANARY, "{}");
        ProcessHandle worker = worker(process);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> process.waitingFor().equals("message"));
        worker.destroyForcibly();
        Outcome.Failed failed = failed(process);
        assertThat(failed.code()).isEqualTo(ErrorCode.GUEST_ERROR);
        assertThat(failed.message()).isEqualTo("the worker process of the program was ended by signal 9");
    }

    /** The system may take what is idle: the next program gets one that lives. */
    @Test
    void aSpareThatIsKilledIsNotUsed() throws Exception {
        assertThat(t.runtime.awaitWarm(List.of(Language.JAVASCRIPT), Duration.ofSeconds(60)))
                .isTrue();
        ProcessHandle.current().children().forEach(child -> {
            child.destroyForcibly();
            awaitGone(child);
        });
        assertThat(t.value(Language.JAVASCRIPT, "export const main = () => 42", "{}"))
                .isEqualTo("42");
    }

    /** A burst of launches must not start as many workers at once. */
    @Test
    void aWorkerStartsWhenItIsItsTurn() throws Exception {
        GuestLanguageProvider provider = ServiceLoader.load(GuestLanguageProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.languages().contains(Language.JAVASCRIPT))
                .findFirst()
                .orElseThrow();
        var starts = new Semaphore(0);
        try (var language = isolated(provider.create(RuntimeConfig.DEFAULT), starts)) {
            var refused = new CompletableFuture<PieException>();
            Thread waiting = Thread.ofPlatform().start(() -> {
                try {
                    language.prepare().close();
                } catch (PieException e) {
                    refused.complete(e);
                }
            });
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(starts::hasQueuedThreads);
            waiting.interrupt();
            assertThat(refused.get(60, TimeUnit.SECONDS).code()).isEqualTo(ErrorCode.CANCELLED);
            starts.release();
            for (int i = 0; i < 2; i++) {
                try (var guest = language.prepare()) {
                    assertThat(guest.usable()).isTrue();
                }
            }
        }
    }

    private static <P> WorkerLanguage<P> isolated(GuestLanguage<P> language, Semaphore starts) {
        return new WorkerLanguage<>(language, language.portable().orElseThrow(), MEMORY, starts);
    }

    @Test
    void mistakesReadAsTheyDoInAThread() throws Exception {
        InferletProcess isolated = t.launch(Language.PYTHON, MISTAKES, "{}");
        InferletProcess thread = threads.launch(Language.PYTHON, MISTAKES, "{}");
        Outcome.Failed failed = failed(isolated);
        assertThat(failed).isEqualTo(failed(thread));
        assertThat(TestRuntime.printed(isolated).lines())
                .containsExactlyElementsOf(TestRuntime.printed(thread).lines().toList());
        assertThat(failed.details().get("traceback").toString()).contains("main.py\", line 7, in inner");
    }

    @Test
    void aProgramIsCancelledWhereItWaits() throws Exception {
        InferletProcess process = t.launch(Language.JAVASCRIPT, CANARY, "{}");
        ProcessHandle worker = worker(process);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> process.waitingFor().equals("message"));
        process.interrupt("owner");
        assertThat(failed(process).code()).isEqualTo(ErrorCode.CANCELLED);
        awaitGone(worker);
    }

    /** What the worker computes is the program's. */
    @Test
    void theProcessorTimeOfAWorkerCounts() throws Exception {
        InferletProcess process = t.launch(
                Language.JAVASCRIPT,
                "export function main() { const end = Date.now() + 1000; while (Date.now() < end); }",
                "{}");
        var unused = process.outcome().get(60, TimeUnit.SECONDS);
        assertThat(process.guestCpuNanos()).isGreaterThan(100_000_000L);
    }

    @Test
    void javaIsRefusedAndToldWhy() {
        assertThatThrownBy(() -> t.launch(
                        Language.JAVA, "public class Main { public static String main() { return \"\"; } }", "{}"))
                .isInstanceOfSatisfying(
                        PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                .hasMessageContaining("--isolation thread");
    }

    @Test
    void aServerThatIsKilledLeavesNoWorker() throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(System.getProperty("pie.jvm.flags", "").split(" ")));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), IsolatedServer.class.getName()));
        Process server = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var lines = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
            ProcessHandle worker =
                    ProcessHandle.of(Long.parseLong(lines.readLine())).orElseThrow();
            assertThat(worker.isAlive()).isTrue();
            server.destroyForcibly();
            awaitGone(worker);
        } finally {
            server.destroyForcibly();
        }
    }

    /** Runs a program that computes without end, and tells the worker that it is in. */
    static final class IsolatedServer {
        public static void main(String[] args) throws Exception {
            var t = new TestRuntime(
                    "dummy", TestRuntime.config(Language.JAVASCRIPT).isolated(Isolation.PROCESS, MEMORY, 0));
            InferletProcess process =
                    t.launch(Language.JAVASCRIPT, "export function main() { console.log('in'); for (;;); }", "{}");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> process.log().lastId() > 0);
            System.out.println(worker(process).pid());
        }
    }

    @AfterEach
    void leavesNothing() {
        t.audit();
    }

    @AfterAll
    void stop() {
        t.close();
        threads.close();
        assertThat(ProcessHandle.current().children())
                .as("workers that are left")
                .allMatch(child -> !child.isAlive());
    }
}
