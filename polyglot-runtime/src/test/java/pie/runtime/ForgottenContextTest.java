package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;

/** A context that the program has let go of, and the collector would take, lives until what was asked of it is done. */
final class ForgottenContextTest {
    private static final String PROGRAM = """
            import java.util.concurrent.CompletableFuture;
            import pie.inferlet.*;

            CompletableFuture<int[]> story(Context base, int i) {
                return base.fork().generate(Sampler.topP(1.0, 0.95).seed(i), GenerateOptions.of().maxTokens(100).stop(List.of(), List.of()))
                        .collectTokensAsync();
            }

            Object main() {
                var base = new Context(Model.load(PieRuntime.models().get(0))).append(1, 2, 3);
                base.flush();
                var running = new ArrayList<CompletableFuture<int[]>>();
                for (int i = 0; i < 4; i++) {
                    running.add(story(base, i));
                }
                return running.stream().map(CompletableFuture::join).map(t -> t.length).toList();
            }
            """;

    @Test
    void aGenerationWhoseContextIsForgottenGoesOn() throws Exception {
        try (TestRuntime t = new TestRuntime("dummy", TestRuntime.config(Language.JAVA))) {
            InferletProcess process = t.launch(Language.JAVA, PROGRAM, "{}");
            CompletableFuture<Outcome> outcome = process.outcome();
            while (!outcome.isDone()) {
                System.gc();
                Thread.sleep(20);
            }
            assertThat(outcome.get(1, TimeUnit.SECONDS)).isEqualTo(new Outcome.Completed("[100,100,100,100]"));
            t.audit();
        }
    }
}
