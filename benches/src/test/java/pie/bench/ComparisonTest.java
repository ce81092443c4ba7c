package pie.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Figures of answers whose clocks are known, and what is made of them. */
final class ComparisonTest {
    private static final long MS = 1_000_000;

    /** Make an answer whose first chunk came after {@code first} ms and the others every {@code gap} ms. */
    private static Answer answer(int tokens, long first, long gap) {
        long[] chunks = new long[tokens];
        for (int i = 0; i < tokens; i++) {
            chunks[i] = (first + i * gap) * MS;
        }
        return new Answer(0, chunks, (first + tokens * gap) * MS, 10, tokens, new int[tokens], 0, "length", "");
    }

    private static JsonNode summary(String engine, long gap) {
        var rounds = List.of(
                new Load.Round(List.of(answer(5, 100, gap), answer(5, 200, gap)), 1000 * MS),
                new Load.Round(List.of(answer(5, 100, gap), answer(5, 300, gap)), 2000 * MS));
        return JsonMapper.shared()
                .valueToTree(Map.of(
                        "schema",
                        "pie-bench/1",
                        "summary",
                        Figures.summary(
                                "tput", engine, "m", rounds, Goal.of(Map.of("ttft", 150.0)), Map.of("output_len", 5)),
                        "requests",
                        rounds.stream()
                                .flatMap(r -> r.answers().stream())
                                .map(a -> a.json(0))
                                .toList(),
                        "env",
                        Map.of("processor", "p")));
    }

    @Test
    void figures_are_exact_for_known_clocks() {
        JsonNode s = summary("pie", 10).path("summary");
        assertThat(s.path("requests").asInt()).isEqualTo(4);
        assertThat(s.path("output_tokens").asInt()).isEqualTo(20);
        assertThat(s.path("prompt_tokens").asInt()).isEqualTo(40);
        assertThat(s.path("wall_s").asDouble()).isEqualTo(3);
        assertThat(s.path("output_tok_per_s").asDouble()).isEqualTo(7.5);
        assertThat(s.path("req_per_s").asDouble()).isEqualTo(1.5);
        assertThat(s.path("goodput_req_s").asDouble()).isEqualTo(0.75);
        assertThat(s.path("ttft_ms").path("p50").asDouble()).isEqualTo(150);
        assertThat(s.path("ttft_ms").path("max").asDouble()).isEqualTo(300);
        assertThat(s.path("ttft_ms").path("p90").asDouble()).isEqualTo(270, within(1e-9));
        assertThat(s.path("tpot_ms").path("mean").asDouble()).isEqualTo(10);
        assertThat(s.path("itl_ms").path("p99").asDouble()).isEqualTo(10);
        assertThat(s.path("latency_mean_ms").asDouble()).isEqualTo(225);
        assertThat(s.path("spread").path("output_tok_per_s").path("max").asDouble())
                .isEqualTo(10);
        assertThat(s.path("count_mismatch").asBoolean()).isFalse();
    }

    @Test
    void a_verdict_is_given_only_where_ranges_do_not_overlap() {
        Result slow = Result.of("slow", summary("slow", 20));
        Result fast = Result.of("fast", summary("fast", 10));
        var comparison = new Comparison(List.of(slow, fast), "slow");
        String text = comparison.text();
        assertThat(text.lines()
                        .filter(l -> l.startsWith("tpot p50"))
                        .findFirst()
                        .orElseThrow())
                .contains("0.50x better");
        assertThat(text.lines()
                        .filter(l -> l.startsWith("output tokens/s"))
                        .findFirst()
                        .orElseThrow())
                .contains("1.00x")
                .doesNotContain("better")
                .doesNotContain("worse");
        assertThat(comparison.warnings()).isEmpty();
        assertThat(comparison.worse(fast)).isEmpty();
        assertThat(new Comparison(List.of(fast, slow), "fast").worse(slow))
                .singleElement()
                .asString()
                .startsWith("tpot p50 ms slow 20.0 (20.0-20.0) 2.00x, fast 10.0 (10.0-10.0)");
        assertThat(comparison.markdown()).startsWith("|  | slow | fast |\n|---|---|---|\n");
    }

    @Test
    void what_is_not_comparable_is_said_first() {
        var other = (tools.jackson.databind.node.ObjectNode) summary("other", 10);
        ((tools.jackson.databind.node.ObjectNode) other.path("summary").path("config")).put("output_len", 6);
        ((tools.jackson.databind.node.ObjectNode) other.path("summary")).put("count_mismatch", true);
        ((tools.jackson.databind.node.ObjectNode) other.path("env")).put("processor", "q");
        var comparison =
                new Comparison(List.of(Result.of("base", summary("pie", 10)), Result.of("other", other)), "base");
        assertThat(comparison.warnings())
                .anyMatch(w -> w.contains("count different tokens"))
                .anyMatch(w -> w.contains("output_len is 6, and 5 in base"))
                .anyMatch(w -> w.contains("env processor"));
    }

    @Test
    void files_of_the_original_load_and_gates_break(@TempDir Path dir) throws IOException {
        Path pie = dir.resolve("pie.json");
        Files.writeString(
                pie,
                "{\"mode\":\"tput\",\"engine\":\"pie\",\"model\":\"m\",\"requests\":8,\"completed\":8,\"failed\":0,"
                        + "\"wall_s\":2.0,\"output_tokens\":80,\"prompt_tokens\":80,\"req_per_s\":4.0,"
                        + "\"output_tok_per_s\":40.0,\"latency_p50_ms\":500.0,\"latency_p99_ms\":900.0}");
        Path own = dir.resolve("own.json");
        Files.writeString(own, summary("pie", 10).toString());
        assertThat(Result.read(pie).figure("output_tok_per_s")).isEqualTo(40);
        Path page = dir.resolve("page.html");
        assertThat(run("compare", pie.toString(), own.toString(), "--html", page.toString()))
                .isZero();
        assertThat(Files.readString(page)).contains("<svg").contains("output tokens/s");
        assertThat(run("compare", pie.toString(), own.toString(), "--fail-on", "output_tok_per_s:-5"))
                .isEqualTo(1);
        assertThat(run("compare", own.toString(), pie.toString(), "--fail-on", "output_tok_per_s:-5"))
                .isZero();
        assertThat(run("plot", own.toString(), "--out", dir.toString())).isZero();
        assertThat(Files.readString(dir.resolve("ttft.svg"))).startsWith("<svg").endsWith("</svg>\n");
        Files.writeString(dir.resolve("no.json"), "{}");
        assertThatThrownBy(() -> Result.read(dir.resolve("no.json"))).hasMessageContaining("no result of a bench");
    }

    private static int run(String... args) {
        return new CommandLine(new Bench()).execute(args);
    }
}
