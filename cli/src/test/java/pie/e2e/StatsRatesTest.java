package pie.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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

/** Programs whose rates are known while they run: the device takes a known time a step, and each step has a row of each program. */
@Timeout(600)
class StatsRatesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final int STEP_MILLIS = 20;
    private static final int PROGRAMS = 4;

    private static final String WRITER = """
            import { Context, Model, Sampler, runtime } from 'inferlet';
            export async function main(input) {
              const ctx = new Context(Model.load(runtime.models()[0]));
              ctx.append(Array.from({ length: 32 }, (_, i) => 1000 * input.seed + i));
              await ctx.generate(Sampler.argmax(), { maxTokens: 8000, stop: [] }).collectTokens();
            }
            """;

    private PieClient client;

    private static PieServer server(Path home, int pages, int stepMillis, EngineConfig engine) {
        DriverConfig driver =
                DriverConfig.DEFAULT.withPages(pages).withOption("delay_micros", Integer.toString(1000 * stepMillis));
        var runtime = RuntimeConfig.DEFAULT.withPoolMin(2).withLanguages(EnumSet.of(Language.JAVASCRIPT));
        var config = new InstanceConfig(TestModel.NAME, TestModel.path(), "dummy", driver, engine, runtime);
        return PieServer.start(ServerConfig.loopback(home, 0), () -> Instance.open(config, line -> {}));
    }

    private String launch(String code, Map<String, Object> more) throws InterruptedException {
        Map<String, Object> body = new HashMap<>(more);
        body.put("source", Map.of("language", "javascript", "file", "writer.js", "code", code));
        return client.post("/v1/processes", body).path("id").asString();
    }

    private JsonNode stats() throws InterruptedException {
        return client.get("/v1/stats");
    }

    /** Look until a snapshot is as it must be: the windows of the rates take some seconds to be full of the load alone. */
    private static void steady(ThrowingRunnable look) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).untilAsserted(look);
    }

    @Test
    void ratesAndSharesAreThoseOfTheSteps(@TempDir Path home) throws Exception {
        try (PieServer server = server(home, 4096, STEP_MILLIS, EngineConfig.DEFAULT)) {
            client = new PieClient(server.uri(), Optional.empty());
            List<String> ids = new ArrayList<>();
            for (int i = 1; i <= PROGRAMS; i++) {
                ids.add(launch(WRITER, Map.of("input", Map.of("seed", i))));
            }
            steady(() -> rates(stats()));
            steady(() -> rows(stats()));
            steady(() -> {
                JsonNode series = client.get("/v1/stats/history?seconds=5").at("/models/0/series");
                for (JsonNode tokens : series.path("batch_tokens")) {
                    assertThat(tokens.asDouble()).isCloseTo(PROGRAMS, within(0.2));
                }
                assertThat(series.path("running"))
                        .isNotEmpty()
                        .allSatisfy(n -> assertThat(n.asInt()).isEqualTo(PROGRAMS));
                assertThat(series.path("tpot_ms"))
                        .allSatisfy(ms -> assertThat(ms.asDouble()).isGreaterThanOrEqualTo(STEP_MILLIS - 0.5));
            });
            for (String id : ids) {
                client.post("/v1/processes/" + id + "/signal", Map.of("signal", "kill"));
            }
            steady(() -> {
                JsonNode s = stats();
                assertThat(s.at("/requests/ended/cancelled").asInt()).isEqualTo(PROGRAMS);
                assertThat(s.at("/errors/CANCELLED").asInt()).isEqualTo(PROGRAMS);
                assertThat(s.at("/models/0/util").asDouble()).isZero();
                assertThat(s.at("/models/0/pages/used").asInt()).isZero();
            });
        }
    }

    private static void rates(JsonNode s) {
        JsonNode m = s.at("/models/0");
        double steps = m.at("/rates/steps_s").asDouble();
        // a step takes its time at least, however slow the machine is
        assertThat(steps).isPositive().isLessThanOrEqualTo(1000.0 / STEP_MILLIS + 0.5);
        assertThat(m.at("/rates/decode_tok_s").asDouble()).isCloseTo(PROGRAMS * steps, within(0.02 * PROGRAMS * steps));
        assertThat(m.at("/rates/prefill_tok_s").asDouble()).isZero();
        assertThat(m.path("tpot_ms").asDouble()).isGreaterThanOrEqualTo(STEP_MILLIS - 0.5);
        // time between two tokens of a program is time between two steps
        assertThat(m.path("tpot_ms").asDouble()).isCloseTo(1000 / steps, within(0.15 * 1000 / steps));
        assertThat(m.path("util").asDouble())
                .isGreaterThan(0.8 * steps * STEP_MILLIS / 1000)
                .isLessThanOrEqualTo(1);
        assertThat(m.at("/batch/tokens").asInt()).isEqualTo(PROGRAMS);
        assertThat(m.at("/batch/size").asInt()).isEqualTo(PROGRAMS);
        assertThat(m.at("/batch/mean_tokens").asDouble()).isCloseTo(PROGRAMS, within(0.2));
        assertThat(m.at("/batch/peak_size").asInt()).isEqualTo(PROGRAMS);
        assertThat(m.at("/batch/top_size").asInt()).isEqualTo(PROGRAMS);
        assertThat(m.at("/batch/hist/2").asInt())
                .as("steps of 4 to 7 sequences")
                .isPositive();
        assertThat(m.path("contexts").asInt()).isEqualTo(PROGRAMS);
        assertThat(m.at("/market/price").asDouble()).isZero();
        assertThat(m.at("/market/waiters").asInt()).isZero();
        assertThat(s.at("/requests/running").asInt()).isEqualTo(PROGRAMS);
        assertThat(s.at("/requests/ttft_ms/p50").asDouble()).isGreaterThanOrEqualTo(STEP_MILLIS);
        assertThat(s.at("/requests/ttft_ms/p95").asDouble())
                .isGreaterThanOrEqualTo(s.at("/requests/ttft_ms/p50").asDouble());
    }

    private static void rows(JsonNode s) {
        double all = 0;
        double share = 0;
        double pages = 0;
        assertThat(s.path("processes")).hasSize(PROGRAMS);
        for (JsonNode p : s.path("processes")) {
            all += p.path("tok_s").asDouble();
            share += p.path("share").asDouble();
            pages += p.path("pages").asDouble();
            assertThat(p.path("share").asDouble()).isCloseTo(1.0 / PROGRAMS, within(0.02));
            assertThat(p.path("wait").asString()).isEqualTo("forward");
            assertThat(p.path("state").asString()).isEqualTo("running");
        }
        assertThat(share).isCloseTo(1, within(0.02));
        double decode = s.at("/models/0/rates/decode_tok_s").asDouble();
        assertThat(all).isCloseTo(decode, within(0.02 * decode));
        assertThat(pages)
                .as("a step may lie between the two looks")
                .isCloseTo(s.at("/models/0/pages/used").asDouble(), within((double) PROGRAMS));
    }

    /** Return a configuration in which bids alone count, however long one waits. */
    private static EngineConfig withoutAging() {
        EngineConfig d = EngineConfig.DEFAULT;
        return new EngineConfig(
                d.prefixCache(),
                d.commandQueue(),
                d.contextsPerProcess(),
                d.prefillChunk(),
                d.itlTarget(),
                d.stepTimeout(),
                d.pipelineDepth(),
                d.speculation(),
                d.market().withAging(Duration.ofHours(1)),
                d.hostPages());
    }

    /** The programs and the pages of docs/scheduling.md, whose bids are known, at a tenth of a second a step. */
    @Test
    void theMarketIsThatOfTheBids(@TempDir Path home) throws Exception {
        try (PieServer server = server(home, 40, 100, withoutAging())) {
            client = new PieClient(server.uri(), Optional.empty());
            String patient = launch(program("patient.js"), Map.of("bid", 0.001));
            steady(() ->
                    assertThat(row(stats(), patient).path("tokens").asInt()).isGreaterThan(200));
            String urgent = launch(program("urgent.js"), Map.of());
            steady(() -> {
                JsonNode s = stats();
                JsonNode market = s.at("/models/0/market");
                assertThat(market.path("waiters").asInt()).isOne();
                assertThat(market.path("price").asDouble()).isCloseTo(0.001, within(1e-9));
                JsonNode winner = row(s, urgent);
                // it bids 0.1, which counts as far as its wallet can pay it for 64 steps
                assertThat(winner.path("bid").asDouble()).isGreaterThan(0.001).isLessThanOrEqualTo(0.1);
                JsonNode loser = row(s, patient);
                assertThat(loser.path("bid").asDouble()).isCloseTo(0.001, within(1e-9));
                assertThat(loser.path("wait").asString()).isEqualTo("allocation");
                assertThat(loser.path("pages").asDouble()).isZero();
                assertThat(s.at("/requests/suspended").asInt()).isOne();
                // who holds pages pays the price for each, and all of it goes back
                double rent = winner.path("pages").asDouble() * 0.001;
                assertThat(market.path("dividend").asDouble()).isCloseTo(rent, within(0.0011));
                assertThat(market.path("displacements").asInt()).isPositive();
                assertThat(market.path("displacements_min").asDouble()).isPositive();
                JsonNode last = market.path("recent").get(market.path("recent").size() - 1);
                assertThat(last.path("victim").asString()).isEqualTo(patient);
                assertThat(last.path("winner").asString()).isEqualTo(urgent);
                assertThat(last.path("victim_bid").asDouble()).isCloseTo(0.001, within(1e-9));
                assertThat(last.path("winner_bid").asDouble())
                        .isGreaterThan(0.001)
                        .isLessThanOrEqualTo(0.1);
            });
        }
    }

    private static String program(String name) throws java.io.IOException {
        return Files.readString(Stack.ROOT.resolve("docs/scheduling").resolve(name));
    }

    private static JsonNode row(JsonNode stats, String id) {
        for (JsonNode p : stats.path("processes")) {
            if (p.path("id").asString().equals(id)) {
                return p;
            }
        }
        throw new AssertionError("no row of " + id + " in " + stats.path("processes"));
    }
}
