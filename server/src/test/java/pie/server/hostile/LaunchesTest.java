package pie.server.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import pie.runtime.Language;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Launch many programs in a row, in each language or in {@code -Dpie.launches.language=NAME}, and count what they left behind. As many as
 * {@code -Dpie.launches=N} says, 1,000 for the long run of the tests. Each takes a context, generates, writes a file, prints, and is
 * forgotten by its client.
 */
final class LaunchesTest {
    /** Launches after which caches, pools and counters have what they will have. */
    private static final int WARM = 300;
    /** Launches after which the figures are taken on the way. */
    private static final int PART = 500;

    private static final Map<Language, String> PROGRAMS =
            Map.of(Language.PYTHON, """
            async def main(input):
                with fresh(f"number {input['n']}") as ctx:
                    await ctx.generate(Sampler.argmax(), max_tokens=2, auto_flush=False).collect_tokens()
                with open("/scratch/x", "w") as f:
                    f.write("x" * 1000)
                forgotten = fresh()
                print("done")
                return {"n": input["n"]}
            """, Language.JAVASCRIPT, """
            import { writeFileSync } from 'node:fs';
            export async function main(input) {
              const ctx = fresh(`number ${input.n}`);
              await ctx.generate(Sampler.argmax(), { maxTokens: 2, autoFlush: false }).collectTokens();
              ctx.close();
              writeFileSync('/scratch/x', 'x'.repeat(1000));
              const forgotten = fresh();
              console.log('done');
              return { n: input.n };
            }
            """, Language.JAVA, """
            Object main(Map<String, Object> input) throws IOException {
                try (Context ctx = fresh("number " + input.get("n"))) {
                    ctx.generate(Sampler.argmax(), plain(2)).collectTokens();
                }
                Files.writeString(Path.of("/scratch/x"), "x".repeat(1000));
                Context forgotten = fresh();
                System.out.println("done");
                return Map.of("n", input.get("n"));
            }
            """);

    /** What may have grown at the end, whatever the number of launches: nothing of what is counted in pieces, little of memory. */
    private static final Map<String, Long> MOST_MORE = Map.of(
            "pages", 0L,
            "contexts", 0L,
            "engine_processes", 0L,
            "live", 0L,
            "stuck", 0L,
            "guest_threads", 0L,
            "threads", 8L,
            "files", 8L,
            "heap", 24L << 20,
            "resident", 160L << 20);

    @Test
    @EnabledIfSystemProperty(named = "pie.launches", matches = "\\d+")
    void leavesNothing(@TempDir Path home) throws Exception {
        int launches = Integer.getInteger("pie.launches");
        var wrong = new ArrayList<String>();
        for (Language language : languages()) {
            Path own = home.resolve(language.word());
            assertThat(own.toFile().mkdir()).isTrue();
            try (var server = ServerProcess.start(own, "dummy", Duration.ofSeconds(1), "-Xmx1g", "-XX:+UseSerialGC")) {
                launch(server, language, 0, Math.min(WARM, launches));
                JsonNode before = settled(server);
                System.out.println("launches " + language.word() + " after " + WARM + ": " + before);
                JsonNode after = before;
                long from = System.nanoTime();
                for (int done = 0; done < launches; ) {
                    int next = Math.min(done + PART, launches);
                    launch(server, language, done, next);
                    done = next;
                    after = settled(server);
                    System.out.println("launches " + language.word() + " after " + done + ": " + after);
                }
                System.out.printf(
                        "launches %s: %d launches, %.1f ms each%n",
                        language.word(), launches, (System.nanoTime() - from) / 1e6 / launches);
                List<String> left = leaked(language, before, after);
                System.out.println(
                        "launches " + language.word() + (left.isEmpty() ? ": nothing is left" : ": " + left));
                wrong.addAll(left);
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static List<Language> languages() {
        String named = System.getProperty("pie.launches.language", "");
        return HostileCase.LANGUAGES.stream()
                .filter(language -> named.isEmpty() || language.word().equals(named))
                .toList();
    }

    private static void launch(ServerProcess server, Language language, int from, int to)
            throws IOException, InterruptedException {
        var launch = JsonMapper.shared().createObjectNode();
        launch.putObject("permissions").put("files", true);
        launch.putObject("source")
                .put("language", language.word())
                .put("code", HostileCase.prelude(language) + PROGRAMS.get(language));
        for (int n = from; n < to; n++) {
            launch.putObject("input").put("n", n);
            JsonNode result = server.waitFor(launch);
            assertThat(result.path("json").path("n").asInt(-1))
                    .as(result.toString())
                    .isEqualTo(n);
        }
    }

    /** Return the figures once ended processes have been forgotten and pools are full. */
    private static JsonNode settled(ServerProcess server) throws IOException, InterruptedException {
        Thread.sleep(4_000);
        return server.figures();
    }

    private static List<String> leaked(Language language, JsonNode before, JsonNode after) {
        var wrong = new ArrayList<String>();
        MOST_MORE.forEach((figure, most) -> {
            long more = after.path(figure).asLong() - before.path(figure).asLong();
            if (more > most) {
                wrong.add(language.word() + " leaves " + more + " of " + figure + ", at most " + most + " may be");
            }
        });
        return wrong;
    }
}
