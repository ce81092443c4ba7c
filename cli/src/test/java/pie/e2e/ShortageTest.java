package pie.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.runtime.Language;
import pie.runtime.LaunchRequest;
import pie.runtime.ProgramSource;

/** Give the real driver a quarter of the pages that 64 programs want: all end well, with the tokens they have when alone. */
class ShortageTest {
    private static final int PROGRAMS = 64;
    private static final int PROMPT = 56;
    private static final int TOKENS = 24;
    private static final int PAGES = PROGRAMS * ((PROMPT + TOKENS) / 16) / 4;
    private static final ProgramSource GREEDY = ProgramSource.of(Language.JAVASCRIPT, "greedy.js", """
            import { Context, Model, Sampler, runtime } from 'inferlet';

            export async function main(input) {
              const ctx = new Context(Model.load(runtime.models()[0]));
              ctx.append(input.ids);
              const g = ctx.generate(Sampler.argmax(), { maxTokens: input.n, autoFlush: false, stop: [] });
              return Array.from(await g.collectTokens());
            }
            """);

    @Test
    void sixty_four_programs_share_a_quarter_of_the_pages_they_want() throws Exception {
        Random random = new Random(64);
        List<String> inputs = new ArrayList<>();
        for (int i = 0; i < PROGRAMS; i++) {
            int[] ids = random.ints(PROMPT, 100, 40_000).toArray();
            inputs.add("{\"ids\": " + java.util.Arrays.toString(ids) + ", \"n\": " + TOKENS + "}");
        }
        List<String> alone = new ArrayList<>();
        try (Stack stack = Stack.open(EnumSet.of(Language.JAVASCRIPT), PAGES)) {
            var runtime = stack.instance().runtime();
            for (String input : inputs) {
                alone.add(value(runtime.launch(LaunchRequest.of(GREEDY, input))));
            }
            assertThat(stack.engine().stats().market().displacements()).isZero();
        }
        try (Stack stack = Stack.open(EnumSet.of(Language.JAVASCRIPT), PAGES)) {
            var runtime = stack.instance().runtime();
            List<InferletProcess> running = new ArrayList<>();
            for (String input : inputs) {
                running.add(runtime.launch(LaunchRequest.of(GREEDY, input)));
            }
            for (int i = 0; i < PROGRAMS; i++) {
                assertThat(value(running.get(i))).as("program " + i).isEqualTo(alone.get(i));
            }
            stack.engine().checkIntegrity();
            var market = stack.engine().stats().market();
            assertThat(market.exclusions()).as("some had to wait").isPositive();
            assertThat(market.displacements()).as("displaced in vain").isLessThan(8L * PROGRAMS);
            Awaitility.await().until(() -> stack.engine().stats().contexts() == 0);
            var stats = stack.engine().stats();
            assertThat(stats.pagesFree() + stats.pagesRetained()).isEqualTo(stats.pagesTotal());
        }
    }

    private static String value(InferletProcess process) throws Exception {
        Outcome outcome = process.outcome().get(300, TimeUnit.SECONDS);
        assertThat(outcome).isInstanceOf(Outcome.Completed.class);
        return ((Outcome.Completed) outcome).value();
    }
}
