package pie.cli.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import pie.cli.Json;
import pie.cli.tui.Canvas;
import pie.engine.event.ProcessEvent;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Frames are files under src/test/resources/monitor; {@code -Dpie.goldens=write} writes them anew, for reading in the diff. */
final class FrameTest {
    private static final Path GOLDENS = Path.of(System.getProperty("pie.root", ".."), "cli/src/test/resources/monitor");

    private static void golden(String name, Canvas canvas) throws IOException {
        Path file = GOLDENS.resolve(name + ".txt");
        if (System.getProperty("pie.goldens", "").equals("write")) {
            Files.createDirectories(GOLDENS);
            Files.writeString(file, canvas.toString());
        }
        assertThat(canvas.toString()).isEqualTo(Files.readString(file));
    }

    @ParameterizedTest
    @CsvSource({"80,24", "120,36", "200,50", "60,16", "30,8"})
    void theOverviewIsAsDrawn(int width, int height) throws IOException {
        golden("overview-" + width + "x" + height, Frame.draw(Scenes.scene(Scenes.json(40)), width, height));
    }

    @ParameterizedTest
    @CsvSource({"80,24", "120,36", "200,50"})
    void oneProgramIsAsDrawn(int width, int height) throws IOException {
        golden("detail-" + width + "x" + height, Frame.draw(detail(), width, height));
    }

    private static Scene detail() {
        ObjectNode process = Json.MAPPER.createObjectNode();
        process.put("id", Scenes.id(3)).put("program", "summarise@2.0.1").put("language", "typescript");
        process.put("owner", "alice").put("state", "running");
        ObjectNode stats = process.putObject("stats");
        stats.putObject("tokens")
                .put("prefill", 5120)
                .put("decode", 830)
                .put("cached", 4096)
                .put("recomputed", 64)
                .put("draft_proposed", 200)
                .put("draft_accepted", 120);
        stats.putObject("pages").put("effective", 18);
        stats.putObject("market")
                .put("bid", 0.003)
                .put("price", 0.012)
                .put("balance", 48.2)
                .put("rent_paid", 3.1)
                .put("make_cost", 21)
                .put("dividends", 2.2)
                .put("displacements", 3)
                .put("restores", 2);
        stats.put("pages_peak", 30)
                .put("contexts", 2)
                .put("forward_passes", 840)
                .put("ttft_ms", 88.5);
        stats.put("mean_tpot_ms", 12.25)
                .put("device_ms", 5200)
                .put("guest_cpu_ms", 310)
                .put("elapsed_ms", 44_000);
        stats.putObject("waits_ms")
                .put("starting", 120.0)
                .put("guest", 880.0)
                .put("forward", 22_000.0)
                .put("queue", 4400.0)
                .put("allocation", 6600.0)
                .put("timer", 10_000.0)
                .put("stopping", 0.0);
        process.putObject("budget").putObject("tokens").put("limit", 8000).put("used", 5950);
        var transcript = new Transcript();
        var time = java.time.Instant.EPOCH;
        transcript.event(new ProcessEvent.Stdout(1, time, "reading 4 docu"));
        transcript.event(new ProcessEvent.Stdout(2, time, "ments\nfirst one is about "));
        transcript.event(new ProcessEvent.Stderr(3, time, "no cache found\n"));
        transcript.event(new ProcessEvent.Message(4, time, "{\"progress\": 0.25}"));
        transcript.event(new ProcessEvent.Stdout(5, time, "\u001b[31mtwo\u001b[0m\tdone " + "and so on ".repeat(20)));
        var detail = new Detail(
                Scenes.id(3),
                process,
                "waits 1.2 s for 12 pages: its bid 0.003 is below the price 0.012; served by 14:02:31 at the latest",
                transcript);
        return Scenes.scene(
                Scenes.json(40),
                view -> {
                    view.mode = View.Mode.DETAIL;
                    view.chosen = Scenes.id(3);
                },
                detail);
    }

    @Test
    void theBarsOfOneProgramAreSharesOfItsLife() {
        String frame = Frame.draw(detail(), 120, 36).toString();
        assertThat(frame)
                .containsPattern("forward +█+.* 50\\.0% +22\\.0 s")
                .containsPattern("timer +█+.* 22\\.7% +10\\.0 s")
                .containsPattern("allocation +█+.* 15\\.0% +6\\.6 s")
                .containsPattern("queue +█+.* 10\\.0% +4\\.4 s")
                .doesNotContain("stopping");
        assertThat(frame).contains("reading 4 documents", "two    done and so on", "tokens left 2050 of 8000");
    }

    /** What the server says at a place of its answer, and what must stand on the screen then. */
    static Stream<Arguments> numbers() {
        return Stream.of(
                Arguments.of("/uptime_s", 725, "up 12:05"),
                Arguments.of("/requests/req_s", 7.26, "req/s 7.3"),
                Arguments.of("/requests/ttft_ms/p50", 33, "ttft 33/190 ms"),
                Arguments.of("/requests/ttft_ms/p95", 1940, "ttft 41 ms/1.9 s"),
                Arguments.of("/models/0/tpot_ms", 21.3, "tpot 21 ms"),
                Arguments.of("/models/0/name", "qwen3", " qwen3"),
                Arguments.of("/models/0/driver", "cuda", "cuda f32"),
                Arguments.of("/models/0/dtype", "bf16", "cpu bf16"),
                Arguments.of("/models/0/pages/used", 819, "10% 819/8192"),
                Arguments.of("/models/0/pages/total", 10024, "50% 5012/10k"),
                Arguments.of("/models/0/pages/cached", 77, "cached 77"),
                Arguments.of("/models/0/util", 0.423, "busy 42%"),
                Arguments.of("/models/0/batch/tokens", 17, "batch 17/2048 tok"),
                Arguments.of("/models/0/batch/max_tokens", 512, "batch 220/512 tok"),
                Arguments.of("/models/0/batch/size", 9, "9/512 seq"),
                Arguments.of("/models/0/batch/max_size", 64, "34/64 seq"),
                Arguments.of("/models/0/batch/peak_tokens", 999, "peak 999"),
                Arguments.of("/models/0/rates/prefill_tok_s", 812, "prefill 812/s"),
                Arguments.of("/models/0/rates/decode_tok_s", 14200, "decode 14k/s"),
                Arguments.of("/models/0/hit_ratio", 0.17, "hit 17%"),
                Arguments.of("/models/0/market/price", 0.25, "price .250"),
                Arguments.of("/models/0/market/price_mean", 0.077, "1 min .077"),
                Arguments.of("/models/0/market/dividend", 0.66, " .660"),
                Arguments.of("/models/0/market/waiters", 11, "waiting 11"),
                Arguments.of("/models/0/market/displacements_min", 42, "lost 42/min"),
                Arguments.of("/models/0/market/restores_min", 33, "back 33/min"));
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void everyNumberIsTheServers(String place, Object value, String shown) {
        ObjectNode json = Scenes.json(12);
        for (int[] size : new int[][] {{80, 24}, {120, 36}, {200, 50}}) {
            assertThat(Frame.draw(Scenes.scene(json), size[0], size[1]).toString())
                    .as("before, at %d", size[0])
                    .doesNotContain(shown);
        }
        set(json, place, value);
        for (int[] size : new int[][] {{80, 24}, {120, 36}, {200, 50}}) {
            assertThat(Frame.draw(Scenes.scene(json), size[0], size[1]).toString())
                    .as("at %d", size[0])
                    .contains(shown);
        }
    }

    private static void set(ObjectNode json, String place, Object value) {
        int slash = place.lastIndexOf('/');
        JsonNode parent = slash == 0 ? json : json.at(place.substring(0, slash));
        ((ObjectNode) parent).set(place.substring(slash + 1), Json.MAPPER.valueToTree(value));
    }

    @Test
    void whatTheServerDoesNotKnowIsADash() {
        ObjectNode json = Scenes.json(1);
        for (String place : List.of("/models/0/tpot_ms", "/requests/ttft_ms/p50", "/requests/ttft_ms/p95")) {
            set(json, place, Json.MAPPER.nullNode());
        }
        set(json, "/models/0/hit_ratio", Json.MAPPER.nullNode());
        set(json, "/processes/0/tok_s", Json.MAPPER.nullNode());
        String frame = Frame.draw(Scenes.scene(json), 80, 24).toString();
        assertThat(frame).contains("tpot –", "ttft –/–", "hit –").containsPattern("9014? +–|9214 +–");
    }

    @Test
    void aRowSaysWhatTheServerSaysOfTheProgram() {
        ObjectNode json = Scenes.json(3);
        ObjectNode p = (ObjectNode) json.at("/processes/1");
        p.put("owner", "dave").put("program", "x@9.9.9").put("language", "java").put("state", "running");
        p.put("wait", "timer")
                .put("share", 0.1213)
                .put("bid", 0.031)
                .put("balance", 63.4)
                .put("pages", 48);
        p.put("tokens", 9214).put("tok_s", 81.26).put("elapsed_ms", 41_900);
        String row = Frame.draw(Scenes.scene(json), 80, 24)
                .toString()
                .lines()
                .filter(line -> line.contains("x@9.9.9"))
                .findFirst()
                .orElseThrow();
        assertThat(row.split(" +"))
                .containsExactly(
                        "", "7d1f0aa5", "dave", "x@9.9.9", "timer", "12.1%", ".031", "63.4", "48", "9214", "81");
    }

    @Test
    void aProgramThatDoesNotRunShowsItsState() {
        ObjectNode json = Scenes.json(2);
        ((ObjectNode) json.at("/processes/0")).put("state", "queued").put("wait", "queued");
        ((ObjectNode) json.at("/processes/1")).put("state", "stopping").put("wait", "guest");
        assertThat(Frame.draw(Scenes.scene(json), 80, 24).toString()).contains("queued", "stopping");
    }

    @Test
    void graphsEndWithTheValueOfNow() {
        String frame = Frame.draw(Scenes.scene(Scenes.json(3)), 120, 36).toString();
        assertThat(frame)
                .containsPattern("decode tok/s ─* 2\\.9k ")
                .containsPattern("batch tokens ─* 97 ")
                .containsPattern("latency per token ─* 8\\.1 ms ")
                .containsPattern("kv pages ─* 61% ");
        Scene other = Scenes.scene(Scenes.json(3), view -> view.graph = 5);
        assertThat(Frame.draw(other, 120, 36).toString())
                .containsPattern("device busy ─* 87% ")
                .containsPattern("first token p95 ─* 190 ms ")
                .containsPattern("page price ─* \\.012 ")
                .containsPattern("programs ─* 3 ");
    }

    @Test
    void theHistogramIsOfAllSteps() {
        assertThat(Frame.draw(Scenes.scene(Scenes.json(3)), 200, 50).toString())
                .containsPattern(" 1 █+.* 10\\.0%")
                .containsPattern(" 16–31 █+.* 40\\.0%")
                .containsPattern(" 32–63 █+.* 22\\.5%")
                .doesNotContain("64–127");
    }

    @Test
    void theMarkedProgramIsAlwaysInSight() {
        for (int i : new int[] {0, 13, 39}) {
            Scene scene = Scenes.scene(Scenes.json(40), view -> view.chosen = Scenes.id(i));
            String frame = Frame.draw(scene, 80, 24).toString();
            assertThat(frame).contains(Scenes.id(i).substring(0, 8));
        }
    }

    @Test
    void noFrameFailsWhateverItsSize() {
        Scene scene = Scenes.scene(Scenes.json(40));
        Scene one = detail();
        Scene empty = new Scene(null, List.of(), new Trend(), new View(), null, List.of(), "", "00:00:00", false);
        IntStream.range(0, 130).forEach(w -> {
            for (int h = 0; h < 60; h += 3) {
                Frame.draw(scene, w, h);
                Frame.draw(one, w, h);
                Frame.draw(empty, w, h);
            }
        });
    }

    @Test
    void textFromProgramsCannotDrawOnTheScreen() {
        ObjectNode json = Scenes.json(1);
        ((ObjectNode) json.at("/processes/0")).put("program", "\u001b[2Jevil\u0007@1");
        assertThat(Frame.draw(Scenes.scene(json), 80, 24).toString()).doesNotContain("\u001b", "\u0007");
    }

    @Test
    void aServerThatIsAwayIsTold() {
        Scene scene = Scenes.scene(Scenes.json(2));
        var away = new Scene(
                scene.snapshot(),
                scene.programs(),
                scene.trend(),
                scene.view(),
                null,
                List.of(),
                "reconnecting 3 s",
                "14:02:11",
                false);
        assertThat(Frame.draw(away, 80, 24).row(0)).contains("● reconnecting 3 s");
        ObjectNode silent = Scenes.json(2);
        set(silent, "/models/0/silent_ms", 42_000);
        assertThat(Frame.draw(Scenes.scene(silent), 80, 24).row(0)).contains("silent for 00:42");
    }

    @Test
    void aPipeGetsTheSameNumbersOnOneLine() {
        assertThat(PlainLine.of(Snapshot.of(Scenes.json(12)), "14:02:11"))
                .isEqualTo("14:02:11  running 12  waiting 3  kv 61.2%  batch 220/34  busy 87%  prefill 3.1k/s"
                        + "  decode 2.9k/s  tpot 8.1ms  price .012  ttft_p95 190ms  req/s 12");
    }

    @Test
    void severalModelsHaveALineEachInAPipe() {
        ObjectNode json = Scenes.json(1);
        ObjectNode second = ((ObjectNode) json.at("/models/0")).deepCopy();
        second.put("name", "other");
        ((ArrayNode) json.get("models")).add(second);
        assertThat(PlainLine.of(Snapshot.of(json), "x")).contains("  smollm2-135m-instruct  kv", "  other  kv");
        Scene scene = Scenes.scene(json, view -> view.model = 1);
        assertThat(Frame.draw(scene, 120, 36).row(1)).contains("other", "tab");
    }
}
