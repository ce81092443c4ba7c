package pie.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MetricsTest {
    private static final Path ROOT =
            Path.of(System.getProperty("pie.root", "..")).toAbsolutePath().normalize();
    private static final Pattern LINE = Pattern.compile("^([a-z0-9_:]+)(\\{[^}]*})? (\\S+)$", Pattern.MULTILINE);
    private static final Pattern NAME = Pattern.compile("pie_[a-z0-9_]+");

    @TempDir
    static Path home;

    private static PieServer server;
    private static HttpClient client;

    @BeforeAll
    static void start() {
        server = RealServer.start(home);
        client = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.timeout(Duration.ofSeconds(240)).build(), BodyHandlers.ofString());
    }

    private static JsonNode post(String path, String body) throws Exception {
        HttpResponse<String> response =
                send(HttpRequest.newBuilder(server.uri().resolve(path)).POST(BodyPublishers.ofString(body)));
        assertThat(response.statusCode()).as(response.body()).isLessThan(500);
        return JsonMapper.shared().readTree(response.body());
    }

    private static String page() throws Exception {
        HttpResponse<String> response = send(HttpRequest.newBuilder(server.uri().resolve("/metrics")));
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
        return response.body();
    }

    private static Map<String, Double> values() throws Exception {
        var values = new TreeMap<String, Double>();
        Matcher lines = LINE.matcher(page());
        while (lines.find()) {
            String labels =
                    lines.group(2) == null ? "" : lines.group(2).replace("model=\"smollm2-135m-instruct\"", "model");
            values.put(lines.group(1) + labels, Double.parseDouble(lines.group(3)));
        }
        return values;
    }

    private static double more(Map<String, Double> before, Map<String, Double> after, String name) {
        assertThat(after.keySet()).contains(name);
        return after.getOrDefault(name, 0.0) - before.getOrDefault(name, 0.0);
    }

    @Test
    void figures_are_those_of_the_load() throws Exception {
        Map<String, Double> before = values();
        int prompt = 0;
        int generated = 0;
        for (int i = 0; i < 3; i++) {
            JsonNode usage = post(
                            "/v1/completions",
                            "{\"prompt\":\"Number " + i
                                    + " is\",\"max_tokens\":5,\"temperature\":0,\"ignore_eos\":true}")
                    .path("usage");
            prompt += usage.path("prompt_tokens").asInt();
            generated += usage.path("completion_tokens").asInt();
        }
        post("/v1/completions", "{\"prompt\":\"x\",\"n\":0}");
        JsonNode program = post(
                "/v1/processes?wait=120",
                "{\"source\":{\"language\":\"javascript\",\"file\":\"nothing.js\",\"code\":\"export function main() { return 1 }\"}}");
        assertThat(program.path("state").asString()).isEqualTo("completed");
        int promptTokens = prompt;
        assertThat(generated).isEqualTo(15);
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            Map<String, Double> after = values();
            assertThat(more(before, after, "pie_prompt_tokens_total{kind=\"openai\",model}"))
                    .isEqualTo(promptTokens);
            assertThat(more(before, after, "pie_generation_tokens_total{kind=\"openai\",model}"))
                    .isEqualTo(15);
            assertThat(more(before, after, "pie_time_to_first_token_seconds_count{kind=\"openai\",model}"))
                    .isEqualTo(3);
            assertThat(more(before, after, "pie_inter_token_latency_seconds_count{kind=\"openai\",model}"))
                    .isEqualTo(12);
            assertThat(more(
                            before,
                            after,
                            "pie_request_success_total{finished_reason=\"length\",kind=\"openai\",model}"))
                    .isEqualTo(3);
            assertThat(more(before, after, "pie_e2e_request_latency_seconds_count{kind=\"openai\",model}"))
                    .isEqualTo(3);
            assertThat(more(before, after, "pie_e2e_request_latency_seconds_count{kind=\"process\",model}"))
                    .isEqualTo(1);
            assertThat(more(
                            before,
                            after,
                            "pie_processes_ended_total{code=\"\",outcome=\"completed\",program=\"nothing@0.0.0\"}"))
                    .isEqualTo(1);
            assertThat(more(
                            before,
                            after,
                            "pie_http_requests_total{method=\"POST\",route=\"/v1/completions\",status=\"200\"}"))
                    .isEqualTo(3);
            assertThat(more(
                            before,
                            after,
                            "pie_http_requests_total{method=\"POST\",route=\"/v1/completions\",status=\"400\"}"))
                    .isEqualTo(1);
            assertThat(more(before, after, "pie_errors_total{category=\"user\",code=\"invalid_argument\"}"))
                    .isEqualTo(1);
            // the last token of each answer is never computed
            double rows = more(before, after, "pie_tokens_total{kind=\"prefill\",model}")
                    + more(before, after, "pie_tokens_total{kind=\"decode\",model}")
                    + more(before, after, "pie_tokens_total{kind=\"cached\",model}");
            assertThat(rows).isEqualTo(promptTokens + 15 - 3);
            assertThat(more(before, after, "pie_steps_total{model}")).isPositive();
            assertThat(after.get("pie_num_requests_running{kind=\"openai\"}")).isZero();
        });
    }

    @Test
    void every_metric_says_what_it_is_and_boards_name_only_what_is_there() throws Exception {
        post("/v1/completions", "{\"prompt\":\"Hello\",\"max_tokens\":3,\"temperature\":0}");
        post("/v1/completions", "{\"prompt\":\"x\",\"n\":0}");
        String page = page();
        Set<String> names = new HashSet<>();
        Matcher lines = LINE.matcher(page);
        while (lines.find()) {
            names.add(lines.group(1));
            String family = lines.group(1).replaceFirst("_(bucket|sum|count)$", "");
            assertThat(page).contains("# HELP " + family + " ").contains("# TYPE " + family + " ");
        }
        for (String board : new String[] {"docs/grafana/pie.json", "docs/grafana/alerts.yml"}) {
            Matcher used = NAME.matcher(Files.readString(ROOT.resolve(board)));
            while (used.find()) {
                assertThat(names).as(board).contains(used.group());
            }
        }
        Matcher documented =
                Pattern.compile("`(pie_[a-z0-9_]+)`").matcher(Files.readString(ROOT.resolve("docs/guide/metrics.md")));
        while (documented.find()) {
            String name = documented.group(1);
            assertThat(names).as("docs/guide/metrics.md").anyMatch(n -> n.equals(name) || n.equals(name + "_count"));
        }
        HttpResponse<String> open = send(HttpRequest.newBuilder(server.uri().resolve("/metrics"))
                .header("Accept", "application/openmetrics-text"));
        assertThat(open.headers().firstValue("Content-Type").orElse("")).startsWith("application/openmetrics-text");
        assertThat(open.body()).endsWith("# EOF\n");
    }
}
