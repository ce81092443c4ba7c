package pie.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pie.cli.client.PieClient;
import pie.engine.EngineConfig;
import pie.engine.driver.DriverConfig;
import pie.engine.testing.TestModel;
import pie.runtime.Language;
import pie.runtime.RuntimeConfig;
import pie.server.Instance;
import pie.server.InstanceConfig;
import pie.server.PieServer;
import pie.server.ServerConfig;
import tools.jackson.databind.JsonNode;

/** Programs in three languages, each of which does a known amount of work, and what the statistics say of it. */
class StatsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private static final Map<Language, String> PROGRAMS =
            Map.of(Language.PYTHON, """
            from inferlet import Context, Model, Sampler, runtime, session
            async def main(input):
                ctx = Context(Model.load(runtime.models()[0]))
                ctx.append([100 * input["prompt"] + i for i in range(input["prompt"])])
                await ctx.generate(Sampler.argmax(), max_tokens=input["tokens"], stop=[], auto_flush=False).collect_tokens()
                await session.receive()
                return "done"
            """, Language.JAVASCRIPT, """
            import { Context, Model, Sampler, runtime, session } from 'inferlet';
            export async function main(input) {
              const ctx = new Context(Model.load(runtime.models()[0]));
              ctx.append(Array.from({ length: input.prompt }, (_, i) => 100 * input.prompt + i));
              await ctx.generate(Sampler.argmax(), { maxTokens: input.tokens, stop: [], autoFlush: false }).collectTokens();
              await session.receive();
              return 'done';
            }
            """, Language.JAVA, """
            import pie.inferlet.*;
            record Input(int prompt, int tokens) {}
            String main(Input input) {
                var ctx = new Context(Model.load(PieRuntime.models().getFirst()));
                int[] ids = new int[input.prompt()];
                for (int i = 0; i < ids.length; i++) {
                    ids[i] = 100 * input.prompt() + i;
                }
                ctx.append(ids);
                ctx.generate(Sampler.argmax(), GenerateOptions.of().maxTokens(input.tokens()).stop(new int[0]).autoFlush(false)).collectTokens();
                Session.receive();
                return "done";
            }
            """);

    private record Load(Language language, int prompt, int tokens, String id) {}

    private PieClient client;

    @Test
    void theStatisticsAreThoseOfTheLoad(@TempDir Path home) throws Exception {
        DriverConfig driver = DriverConfig.DEFAULT.withPages(256);
        var runtime = RuntimeConfig.DEFAULT.withPoolMin(1).withLanguages(EnumSet.copyOf(PROGRAMS.keySet()));
        var config =
                new InstanceConfig(TestModel.NAME, TestModel.path(), "dummy", driver, EngineConfig.DEFAULT, runtime);
        try (PieServer server =
                PieServer.start(ServerConfig.loopback(home, 0), () -> Instance.open(config, line -> {}))) {
            client = new PieClient(server.uri(), Optional.empty());
            List<Load> loads = new ArrayList<>();
            int n = 0;
            for (Language language : PROGRAMS.keySet()) {
                for (int i = 0; i < 2; i++, n++) {
                    loads.add(launch(language, 40 + 16 * n, 20 + n));
                }
            }
            await().atMost(PATIENCE).until(() -> waiting(stats()) == loads.size());
            check(stats(), loads);
            for (Load load : loads) {
                // the two clocks are not read at one moment; what that makes is soon less than a hundredth of its life
                await().atMost(PATIENCE).untilAsserted(() -> checkWaits(load));
            }
            await().atMost(PATIENCE).untilAsserted(() -> {
                JsonNode still = stats();
                assertThat(still.at("/processes/0/tok_s").asDouble(-1)).isZero();
                assertThat(still.at("/models/0/rates/decode_tok_s").asDouble(-1))
                        .isZero();
                assertThat(still.at("/models/0/rates/prefill_tok_s").asDouble(-1))
                        .isZero();
            });
            checkHistory();
            for (Load load : loads) {
                client.post("/v1/processes/" + load.id() + "/messages", Map.of("message", "end"));
            }
            await().atMost(PATIENCE)
                    .until(() -> stats().at("/requests/ended/completed").asInt() == loads.size());
            JsonNode end = stats();
            assertThat(end.at("/processes")).isEmpty();
            assertThat(end.at("/requests/running").asInt()).isZero();
            assertThat(end.at("/models/0/pages/used").asInt()).isZero();
        }
    }

    private Load launch(Language language, int prompt, int tokens) throws InterruptedException {
        JsonNode process = client.post(
                "/v1/processes",
                Map.of(
                        "source",
                        Map.of("language", language.word(), "file", "load-" + prompt, "code", PROGRAMS.get(language)),
                        "input",
                        Map.of("prompt", prompt, "tokens", tokens)));
        return new Load(language, prompt, tokens, process.path("id").asString());
    }

    private JsonNode stats() throws InterruptedException {
        return client.get("/v1/stats");
    }

    private static int waiting(JsonNode stats) {
        int n = 0;
        for (JsonNode p : stats.path("processes")) {
            n += p.path("wait").asString().equals("message") && p.path("tokens").asInt() > 0 ? 1 : 0;
        }
        return n;
    }

    private static void check(JsonNode stats, List<Load> loads) {
        JsonNode model = stats.at("/models/0");
        int generated = loads.stream().mapToInt(Load::tokens).sum();
        assertThat(model.at("/totals/tokens_generated").asInt()).isEqualTo(generated);
        assertThat(stats.at("/requests/running").asInt()).isEqualTo(loads.size());
        assertThat(stats.at("/guests/python/live").asInt()).isEqualTo(2);
        assertThat(stats.at("/guests/javascript/live").asInt()).isEqualTo(2);
        assertThat(stats.at("/guests/java/live").asInt()).isEqualTo(2);
        int pages = 0;
        for (JsonNode row : stats.path("processes")) {
            Load load = loads.stream()
                    .filter(l -> l.id().equals(row.path("id").asString()))
                    .findFirst()
                    .orElseThrow();
            assertThat(row.path("tokens").asInt()).as(load.toString()).isEqualTo(load.prompt() + load.tokens());
            assertThat(row.path("pages").asInt())
                    .as(load.toString())
                    .isEqualTo((load.prompt() + load.tokens() - 1 + 15) / 16);
            assertThat(row.path("language").asString())
                    .isEqualTo(load.language().word());
            assertThat(row.path("contexts").asInt()).isOne();
            pages += row.path("pages").asInt();
        }
        assertThat(model.at("/pages/used").asInt()).isEqualTo(pages);
        assertThat(model.at("/pages/total").asInt()).isEqualTo(256);
    }

    /** What a program's time went to adds up to its life. */
    private void checkWaits(Load load) throws InterruptedException {
        JsonNode process = client.get("/v1/processes/" + load.id());
        JsonNode stats = process.path("stats");
        assertThat(stats.at("/tokens/prefill").asInt()).isEqualTo(load.prompt());
        assertThat(stats.at("/tokens/decode").asInt()).isEqualTo(load.tokens());
        double sum = 0;
        for (JsonNode wait : stats.path("waits_ms")) {
            sum += wait.asDouble();
        }
        double elapsed = stats.path("elapsed_ms").asDouble();
        assertThat(sum).as("of %s", stats.path("waits_ms")).isCloseTo(elapsed, within(elapsed / 100));
        assertThat(stats.at("/waits_ms/message").asDouble()).isPositive();
        assertThat(stats.path("ttft_ms").asDouble()).isPositive().isLessThan(elapsed);
    }

    private void checkHistory() throws InterruptedException {
        JsonNode series = client.get("/v1/stats/history").at("/models/0/series");
        assertThat(series.path("decode_tok_s")).anyMatch(rate -> rate.asDouble(0) > 0);
        assertThat(series.path("running")).anyMatch(count -> count.asInt(0) == 6);
        assertThat(client.get("/v1/stats").at("/requests/ttft_ms/p50").asDouble())
                .isPositive();
    }
}
