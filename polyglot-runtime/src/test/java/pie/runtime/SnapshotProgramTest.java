package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.snapshot.SnapshotConfig;
import pie.engine.snapshot.SnapshotStore;

/** Go on with a conversation that a program of another language saved, on an engine that has ended since. */
final class SnapshotProgramTest {
    @TempDir
    Path snapshots;

    private static final String PYTHON = """
            from inferlet import *
            async def main():
                model = Model.load(runtime.models()[0])
                try:
                    ctx = Context.open(model, "talk/1")
                except NotFoundError:
                    ctx = Context(model).append_text("Once upon a time there was a fox")
                await ctx.flush()
                fork = ctx.fork()
                said = await fork.generate(Sampler.argmax(), max_tokens=6, auto_flush=False).collect_tokens()
                ctx.save("talk/1", overwrite=True)
                return said
            """;
    private static final String JS = """
            import { Context, Model, Sampler, runtime } from 'inferlet';
            export async function main() {
              const ctx = await Context.openAsync(Model.load(runtime.models()[0]), 'talk/1');
              const said = await ctx.fork().generate(Sampler.argmax(), { maxTokens: 6, autoFlush: false }).collectTokens();
              ctx.save('talk/1', { overwrite: true, ttl: 60000 });
              return Array.from(said);
            }
            """;
    private static final String JAVA = """
            import java.time.Duration;
            import java.util.Arrays;
            import pie.inferlet.*;
            Object main() {
                Model model = Model.load(PieRuntime.models().get(0));
                Context ctx = Context.take(model, "talk/1");
                int[] said = ctx.fork().generate(Sampler.argmax(), GenerateOptions.of().maxTokens(6).autoFlush(false)).collectTokens();
                ctx.save("talk/1", SaveOptions.of().overwrite(true).ttl(Duration.ofMinutes(1)));
                if (Contexts.list("talk/").size() != 1 || Contexts.info(model, "talk/1").tokens() != ctx.seqLen()) {
                    throw new IllegalStateException("not listed");
                }
                Context other = Context.open(model, ctx.snapshot());
                other.dropPrefix(4, 1);
                other.setWindow(3);
                return Arrays.stream(said).boxed().toList();
            }
            """;

    @Test
    void aConversationOutlivesItsLanguageAndItsEngine() throws Exception {
        String first = run(Language.PYTHON, PYTHON);
        assertThat(first).matches("\\[\\d+(, ?\\d+|,\\d+){5}]");
        assertThat(run(Language.JAVASCRIPT, JS)).isEqualTo(first);
        assertThat(run(Language.JAVA, JAVA)).isEqualTo(first);
        assertThat(run(Language.PYTHON, PYTHON)).isEqualTo(first);
    }

    private String run(Language language, String program) throws Exception {
        SnapshotStore store = SnapshotStore.open(SnapshotConfig.of(snapshots));
        try (TestRuntime t = new TestRuntime("dummy", TestRuntime.config(language), Optional.of(store))) {
            String said = t.value(language, program, "{}").replace(" ", "");
            t.audit();
            return said;
        }
    }
}
