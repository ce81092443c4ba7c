package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pie.engine.PieException;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.engine.trace.Entry;
import pie.engine.trace.Lane;
import pie.engine.trace.Note;
import pie.engine.trace.Pattern;
import pie.engine.trace.Place;
import pie.engine.trace.Tally;
import pie.engine.trace.Timeline;

/** A profiled process tells where its time went, moment by moment and line by line; another one has no record. */
final class ProfileTest {
    private static final String PYTHON = """
            import time
            from inferlet import Context, Model, Sampler, runtime, session
            def work(n):
                x = 0
                for i in range(n):
                    x = (x * 31 + i) % 1000003
                return x
            async def main():
                x = 0
                begun = time.perf_counter()
                while time.perf_counter() - begun < 0.5:
                    x += work(2000)
                ctx = Context(Model.load(runtime.models()[0]))
                ctx.user("Name a colour.")
                text = await ctx.generate(Sampler.argmax(), max_tokens=8).collect_text()
                session.send("ready")
                await session.receive()
                return len(text) + x * 0
            """;
    private static final String JAVASCRIPT = """
            import { Context, Model, Sampler, runtime, session } from 'inferlet';
            function work(n) {
              let x = 0;
              for (let i = 0; i < n; i++)
                x = (x * 31 + i) % 1000003;
              return x;
            }
            export async function main() {
              let x = 0;
              const begun = performance.now();
              while (performance.now() - begun < 500)
                x += work(2000);
              const ctx = new Context(Model.load(runtime.models()[0]));
              ctx.user('Name a colour.');
              const text = await ctx.generate(Sampler.argmax(), { maxTokens: 8 }).collectText();
              session.send('ready');
              await session.receive();
              return text.length + x * 0;
            }
            """;
    private static final String JAVA = """
            import pie.inferlet.*;
            int work(int n) {
                int x = 0;
                for (int i = 0; i < n; i++)
                    x = (int) ((x * 31L + i) % 1000003);
                return x;
            }
            int main() {
                int x = 0;
                long begun = System.nanoTime();
                while (System.nanoTime() - begun < 500_000_000L)
                    x += work(100000);
                Context ctx = new Context(Model.first());
                ctx.user("Name a colour.");
                String text = ctx.generate(Sampler.argmax(), GenerateOptions.of().maxTokens(8)).collectText();
                Session.send("ready");
                Session.receive();
                return text.length() + x * 0;
            }
            """;

    private static final TestRuntime T =
            new TestRuntime("dummy", TestRuntime.config(Language.PYTHON, Language.JAVASCRIPT, Language.JAVA));

    static Stream<Arguments> programs() {
        return Stream.of(
                Arguments.of(Language.PYTHON, PYTHON, "main.py", List.of(5, 6), 15, 17),
                Arguments.of(Language.JAVASCRIPT, JAVASCRIPT, "main.mjs", List.of(4, 5), 15, 17),
                Arguments.of(Language.JAVA, JAVA, "Main.java", List.of(4, 5), 15, 17));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("programs")
    void itsMomentsAddUpAndItsLinesAreNamed(
            Language language, String program, String file, List<Integer> busy, int generates, int receives)
            throws Exception {
        InferletProcess process = T.runtime.launch(LaunchRequest.of(ProgramSource.of(language, file, program), "{}")
                .profiling());
        await().atMost(Duration.ofSeconds(60))
                .until(() -> process.waitingFor().equals("message")
                        || process.state().ended());
        process.deliver("go on");
        assertThat(process.outcome().get(60, TimeUnit.SECONDS)).isInstanceOf(Outcome.Completed.class);
        Timeline timeline = process.timeline().orElseThrow();

        List<Entry> life = timeline.entries(Lane.LIFE);
        long at = timeline.begin();
        for (Entry stretch : life) {
            assertThat(stretch.begin()).isEqualTo(at);
            at = stretch.end();
        }
        assertThat(at).isEqualTo(timeline.until());
        assertThat(timeline.spent().values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(timeline.until() - timeline.begin());
        assertThat(timeline.spent()).isEqualTo(positive(process.waits()));
        assertThat(timeline.spent()).containsKeys("starting", "guest", "message");

        long sampled =
                timeline.samples().values().stream().mapToLong(Long::longValue).sum();
        assertThat(sampled).isLessThanOrEqualTo(timeline.spent().get("guest"));
        long inLoop = timeline.samples().entrySet().stream()
                .filter(e -> busy.contains(e.getKey().getLast().line())
                        && e.getKey().getLast().file().equals(file)
                        && e.getKey().size() > 1)
                .mapToLong(Map.Entry::getValue)
                .sum();
        assertThat(inLoop).as("%s", timeline.samples()).isPositive();

        Entry generate = timeline.entries(Lane.OPERATIONS).stream()
                .filter(e -> e.name().equals("generate"))
                .findFirst()
                .orElseThrow();
        assertThat(((Note.Operation) generate.note()).place()).isEqualTo(new Place("main", file, generates));
        assertThat(timeline.tally(Pattern.ASKED_CLIENT).times()).isEqualTo(1);
        assertThat(timeline.tally(Pattern.ASKED_CLIENT).place()).isEqualTo(new Place("main", file, receives));
        assertThat(timeline.entries(Lane.OUTPUT)).extracting(Entry::name).contains("first_token", "message");
        List<Entry> steps = timeline.entries(Lane.STEPS);
        assertThat(steps.stream()
                        .mapToLong(e -> ((Note.Step) e.note()).tokens())
                        .sum())
                .isEqualTo(process.totals().pace().rows());
        assertThat(steps).extracting(Entry::name).contains("prefill");
        T.audit();
    }

    private static Map<String, Long> positive(Map<String, Long> sums) {
        return sums.entrySet().stream()
                .filter(e -> e.getValue() > 0)
                .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Test
    void aRunningProcessIsRecordedFromThenOn() throws Exception {
        InferletProcess process = T.launch(Language.PYTHON, PYTHON, "{}");
        await().atMost(Duration.ofSeconds(60)).until(() -> process.waitingFor().equals("message"));
        assertThat(process.timeline()).isEmpty();
        Timeline timeline = process.profile();
        assertThat(process.profile()).isSameAs(timeline);
        process.deliver("go on");
        process.outcome().get(60, TimeUnit.SECONDS);
        assertThat(timeline.entries(Lane.LIFE).getFirst().name()).isEqualTo("message");
        assertThat(timeline.entries(Lane.LIFE).getLast().name()).isEqualTo("stopping");
        assertThat(timeline.spent().values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(timeline.until() - timeline.begin());
        T.audit();
    }

    @Test
    void whatMakesItSlowIsCountedWhereItHappens() throws Exception {
        String code = """
                from inferlet import Context, Model, Sampler, runtime
                FACTS = " ".join(f"Item {i} costs {i * 7} coins." for i in range(30))
                async def main():
                    model = Model.load(runtime.models()[0])
                    for turn in range(4):
                        ctx = Context(model)
                        ctx.append_text(f"It is {turn}{turn} o'clock. {FACTS}")
                        await ctx.generate(Sampler.argmax(), max_tokens=1).collect_text()
                    while ctx.working_page_token_count < 2:
                        ctx.append_text(" more")
                        await ctx.flush()
                    for i in range(3):
                        ctx.fork()
                """;
        InferletProcess process =
                T.runtime.launch(LaunchRequest.of(ProgramSource.of(Language.PYTHON, "turns.py", code), "{}")
                        .profiling());
        Outcome outcome = process.outcome().get(60, TimeUnit.SECONDS);
        assertThat(outcome).as("%s", outcome).isInstanceOf(Outcome.Completed.class);
        Timeline timeline = process.timeline().orElseThrow();
        Tally again = timeline.tally(Pattern.COMPUTED_AGAIN);
        assertThat(again.times()).isEqualTo(3);
        assertThat(again.amount()).isGreaterThan(process.totals().tokensIn() / 2);
        assertThat(again.other()).isEqualTo(again.amount());
        assertThat(again.place()).isEqualTo(new Place("main", "turns.py", 8));
        Tally forks = timeline.tally(Pattern.COPIED_PAGE);
        assertThat(forks.times()).isEqualTo(3);
        assertThat(forks.amount()).isGreaterThanOrEqualTo(6);
        assertThat(forks.place()).isEqualTo(new Place("main", "turns.py", 13));
        T.audit();
    }

    @Test
    void aProcessThatHasEndedIsRecordedNoMore() throws Exception {
        InferletProcess process = T.launch(Language.PYTHON, "def main(): return 1", "{}");
        process.outcome().get(60, TimeUnit.SECONDS);
        assertThat(process.timeline()).isEmpty();
        assertThatThrownBy(process::profile).isInstanceOf(PieException.class).hasMessageContaining("\"profile\": true");
    }

    @AfterAll
    static void stop() {
        T.close();
    }
}
