package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pie.engine.ErrorCode;
import pie.engine.event.EventLog;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.runtime.replay.Recording;

/** Programs of several languages: what may go wrong between them, and how they end. That they work, conformance says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
final class PolyglotTest {
    private static final List<Language> LANGUAGES = List.of(Language.PYTHON, Language.JAVASCRIPT, Language.JAVA);
    private static final Map<Language, String> FILES =
            Map.of(Language.PYTHON, "other.py", Language.JAVASCRIPT, "other.js", Language.JAVA, "Other.java");

    @TempDir
    static Path recordings;

    private TestRuntime t;

    @BeforeAll
    void start() {
        t = new TestRuntime("dummy", TestRuntime.config(LANGUAGES.toArray(new Language[0])));
    }

    @AfterAll
    void stop() {
        t.close();
    }

    @AfterEach
    void leavesNothing() {
        t.audit();
    }

    /** Return a program that loads a file and calls one of its functions. */
    private static String caller(Language language, String file, String function) {
        return switch (language) {
            case PYTHON ->
                "from inferlet import polyglot\ndef main():\n    return polyglot.load('%s').%s()\n"
                        .formatted(file, function);
            case JAVA ->
                "import pie.inferlet.*;\nObject main() { return Polyglot.load(\"%s\").call(\"%s\"); }"
                        .formatted(file, function);
            default ->
                "import { polyglot } from 'inferlet';\nexport const main = () => polyglot.load('%s').%s();"
                        .formatted(file, function);
        };
    }

    private InferletProcess launch(Language language, String code, Map<String, String> files) {
        return t.runtime.launch(request(language, code, files));
    }

    private static LaunchRequest request(Language language, String code, Map<String, String> files) {
        return LaunchRequest.of(new ProgramSource(language, language.defaultFile(), code, files, "main"), "{}");
    }

    private Outcome run(Language language, String code, Map<String, String> files) throws Exception {
        return launch(language, code, files).outcome().get(120, TimeUnit.SECONDS);
    }

    private Outcome.Failed failure(Language language, String code, Map<String, String> files) throws Exception {
        Outcome outcome = run(language, code, files);
        assertThat(outcome).as(outcome.toString()).isInstanceOf(Outcome.Failed.class);
        return (Outcome.Failed) outcome;
    }

    private String value(Language language, String code, Map<String, String> files) throws Exception {
        Outcome outcome = run(language, code, files);
        assertThat(outcome).as(outcome.toString()).isInstanceOf(Outcome.Completed.class);
        return ((Outcome.Completed) outcome).value();
    }

    /** Each language with a file of another. */
    static Stream<Arguments> pairs() {
        return LANGUAGES.stream()
                .flatMap(a -> LANGUAGES.stream().filter(b -> a != b).map(b -> Arguments.of(a, b)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aSyntaxErrorNamesFileAndLine(Language caller, Language called) throws Exception {
        String file = FILES.get(called);
        String broken = switch (called) {
            case PYTHON -> "x = 1\ndef go(:\n    pass\n";
            case JAVA -> "int x = 1;\nvoid go( { }\n";
            default -> "const x = 1;\nexport const go = = 2;\n";
        };
        Outcome.Failed failed = failure(caller, caller(caller, file, "go"), Map.of(file, broken));
        assertThat(failed.code()).isEqualTo(ErrorCode.SOURCE_ERROR);
        assertThat(failed.details()).containsEntry("file", file).containsEntry("line", 2);
        assertThat(failed.message()).startsWith(file + ":2:");
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void whatItsTopLevelThrowsComesOutOfLoad(Language caller, Language called) throws Exception {
        String file = FILES.get(called);
        String throwing = switch (called) {
            case PYTHON -> "def go():\n    pass\nraise ValueError('not today')\n";
            case JAVA ->
                "Object go() { return 1; }\nint x = nothing();\nint nothing() { throw new IllegalStateException(\"not today\"); }";
            default -> "export const go = () => 1;\nthrow new RangeError('not today');\n";
        };
        Outcome.Failed failed = failure(caller, caller(caller, file, "go"), Map.of(file, throwing));
        assertThat(failed.code()).isEqualTo(ErrorCode.GUEST_ERROR);
        assertThat(failed.message()).isEqualTo("not today");
        assertThat(String.valueOf(failed.details().get("traceback"))).contains(called == Language.JAVA ? "" : file);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void theWallsOfItsLanguageStand(Language caller, Language called) throws Exception {
        String file = FILES.get(called);
        String trying = switch (called) {
            case PYTHON -> "import os\ndef go():\n    os.system('true')\n";
            case JAVA -> "void go() { System.exit(1); }";
            default -> "export const go = () => Java.type('java.lang.System').exit(1);";
        };
        Outcome.Failed failed = failure(caller, caller(caller, file, "go"), Map.of(file, trying));
        assertThat(failed.code()).isIn(ErrorCode.PERMISSION_DENIED, ErrorCode.GUEST_ERROR);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void anEndlessFunctionEndsWithItsProcess(Language caller, Language called) throws Exception {
        String file = FILES.get(called);
        String endless = switch (called) {
            case PYTHON -> "def go():\n    print('in', flush=True)\n    while True:\n        pass\n";
            case JAVA -> "void go() { System.out.println(\"in\"); while (true) { } }";
            default -> "export function go() { console.log('in'); for (;;) ; }";
        };
        InferletProcess process = launch(caller, caller(caller, file, "go"), Map.of(file, endless));
        Awaitility.await()
                .atMost(Duration.ofSeconds(120))
                .until(() -> process.log().lastId() > 0);
        process.interrupt("owner");
        Outcome outcome = process.outcome().get(120, TimeUnit.SECONDS);
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.code()).isEqualTo(ErrorCode.CANCELLED));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aFunctionThatWaitsEndsWithItsProcess(Language caller, Language called) throws Exception {
        String file = FILES.get(called);
        String waiting = switch (called) {
            case PYTHON ->
                "from inferlet import session\nasync def go():\n    print('in')\n    return await session.receive()\n";
            case JAVA ->
                "import pie.inferlet.*;\nObject go() { System.out.println(\"in\"); return Session.receive(); }";
            default ->
                "import { session } from 'inferlet';\nexport async function go() { console.log('in'); return await session.receive(); }";
        };
        InferletProcess heard = launch(caller, caller(caller, file, "go"), Map.of(file, waiting));
        heard.deliver("a message");
        assertThat(heard.outcome().get(120, TimeUnit.SECONDS)).isEqualTo(new Outcome.Completed("a message"));

        InferletProcess process = launch(caller, caller(caller, file, "go"), Map.of(file, waiting));
        Awaitility.await()
                .atMost(Duration.ofSeconds(120))
                .until(() -> process.log().lastId() > 0);
        process.interrupt("owner");
        assertThat(process.outcome().get(120, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.code()).isEqualTo(ErrorCode.CANCELLED));
    }

    @Test
    void filesThatLoadEachOtherAreTold() throws Exception {
        Outcome.Failed failed = failure(
                Language.PYTHON,
                caller(Language.PYTHON, "a.js", "go"),
                Map.of(
                        "a.js",
                        "import { polyglot } from 'inferlet';\nconst b = polyglot.load('b.py');\nexport const go = () => 1;",
                        "b.py",
                        "from inferlet import polyglot\na = polyglot.load('a.js')\ndef go():\n    return 2\n"));
        assertThat(failed.code()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(failed.message()).contains("'a.js' is being loaded");
    }

    @Test
    void aFunctionIsNotEnteredWhileItWaitsForTheCaller() throws Exception {
        var files = Map.of(
                "a.js",
                """
                import { polyglot } from 'inferlet';
                export const go = () => {
                  try { return polyglot.load('b.py').back(); } catch (e) { return `${e.code} ${e.details.reason}`; }
                };
                export const again = () => 'again';
                """,
                "b.py",
                "from inferlet import polyglot\ndef back():\n    return polyglot.load('a.js').again()\n");
        String code = """
                from inferlet import polyglot
                def main():
                    a = polyglot.load("a.js")
                    return [a.go(), a.again()]
                """;
        assertThat(value(Language.PYTHON, code, files)).isEqualTo("[\"CONFLICT busy\", \"again\"]");
    }

    /** A constraint of one language rules a generation that another one collects, each on the thread of the process. */
    @Test
    void constraintsRuleGenerationsOfOtherLanguages() throws Exception {
        var files = Map.of("other.js", """
                import { Context, Mask, Model, Sampler, runtime } from 'inferlet';
                export function rule(ctx, sampler, allowed) {
                  const only = { step: () => Mask.ids(allowed), fork() { return this; } };
                  return ctx.generate(sampler, { constrain: only, maxTokens: 3, autoFlush: false });
                }
                """, "Rule.java", """
                import pie.inferlet.*;
                Generator rule(Context ctx, Sampler sampler, int[] allowed) {
                    Constraint only = accepted -> Mask.ids(allowed);
                    return ctx.generate(sampler, GenerateOptions.of().constrain(only).maxTokens(3).autoFlush(false));
                }
                """);
        String code = """
                from inferlet import Context, Model, Sampler, polyglot, runtime
                async def main():
                    model = Model.load(runtime.models()[0])
                    seen = []
                    for file in ("other.js", "Rule.java"):
                        ctx = Context(model).append_text("The quick brown fox")
                        g = polyglot.load(file).rule(ctx, Sampler.argmax(), [7])
                        seen.append(await g.collect_tokens())
                        seen.append(g.context.tokens()[-3:])
                    return seen
                """;
        assertThat(value(Language.PYTHON, code, files)).isEqualTo("[[7, 7, 7], [7, 7, 7], [7, 7, 7], [7, 7, 7]]");
    }

    @Test
    void probesWorkBesideModules() throws Exception {
        String code = """
                import { Context, Entropy, Model, runtime } from 'inferlet';
                export async function main() {
                  const f = new Context(Model.load(runtime.models()[0])).appendText('Hi').forward();
                  const h = f.probe('last', new Entropy());
                  return [h.kind, (await f.execute()).entropy(h) > 0];
                }
                """;
        assertThat(value(Language.JAVASCRIPT, code, Map.of())).isEqualTo("[\"entropy\",true]");
    }

    @Test
    void aRecordedRunIsReplayedWithoutTheOtherLanguages() throws Exception {
        var files = Map.of("Other.java", "int go() { return 6 * 7; }");
        InferletProcess process =
                t.runtime.launch(request(Language.PYTHON, caller(Language.PYTHON, "Other.java", "go"), files)
                        .recordedIn(recordings));
        assertThat(process.outcome().get(120, TimeUnit.SECONDS)).isEqualTo(new Outcome.Completed("42"));
        try (Guests guests =
                Guests.prepare(RuntimeConfig.DEFAULT.withPoolMin(1).withLanguages(EnumSet.of(Language.PYTHON)))) {
            Recording recording = Recording.read(process.recording().orElseThrow());
            assertThat(Replay.run(guests, recording, 0, frame -> {}, new EventLog(EventLog.Limits.DEFAULT)))
                    .isEqualTo(new Replay.End.Returned("42"));
        }
    }

    @Test
    void aLanguageThatIsNotOfferedIsNamed() throws Exception {
        try (var narrow = new TestRuntime("dummy", TestRuntime.config(Language.PYTHON))) {
            Outcome outcome = narrow.runtime
                    .launch(request(
                            Language.PYTHON,
                            caller(Language.PYTHON, "other.js", "go"),
                            Map.of("other.js", "export const go = () => 1;")))
                    .outcome()
                    .get(120, TimeUnit.SECONDS);
            assertThat(outcome).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
                assertThat(failed.code()).isEqualTo(ErrorCode.UNSUPPORTED);
                assertThat(failed.message()).contains("javascript").contains("other.js");
            });
        }
    }

    @Test
    void oneLaunchOffersTheOtherLanguagesToo() throws Exception {
        try (var once =
                new TestRuntime("dummy", TestRuntime.config(Language.PYTHON).onceFor(Language.PYTHON))) {
            Outcome outcome = once.runtime
                    .launch(request(
                            Language.PYTHON,
                            caller(Language.PYTHON, "other.js", "go"),
                            Map.of("other.js", "export const go = () => 'it went';")))
                    .outcome()
                    .get(120, TimeUnit.SECONDS);
            assertThat(outcome).isEqualTo(new Outcome.Completed("it went"));
        }
    }
}
