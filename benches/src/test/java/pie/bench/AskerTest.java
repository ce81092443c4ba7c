package pie.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The engine here answers what it is told to; counts must be those of the answer, and clocks in order. */
final class AskerTest {
    private HttpServer http;
    private URI url;
    private String answer = "";
    private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void start() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        http.start();
        url = URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        http.stop(0);
    }

    private Asker asker() {
        return new CompletionsAsker("fake", url, Optional.empty(), "m", Map.of("return_token_ids", true));
    }

    private static String chunk(String text, String ids) {
        return "data: {\"choices\":[{\"text\":\"" + text + "\",\"token_ids\":" + ids + ",\"finish_reason\":null}]}\n\n";
    }

    @Test
    void chunks_are_clocked_and_tokens_counted_by_server_and_client() throws Exception {
        answer = chunk("a", "[1]") + chunk("bc", "[2,3]")
                + "data: {\"choices\":[{\"text\":\"\",\"finish_reason\":\"length\"}]}\n\n"
                + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":2}}}\n\ndata: [DONE]\n\n";
        Answer got = asker().ask(new Prompt(new int[] {5, 6}, 3));
        assertThat(got.ok()).isTrue();
        assertThat(got.chunks()).hasSize(2);
        assertThat(got.chunks()[0]).isPositive().isLessThanOrEqualTo(got.chunks()[1]);
        assertThat(got.chunks()[1]).isLessThanOrEqualTo(got.end());
        assertThat(List.of(got.promptTokens(), got.outputTokens(), got.cachedTokens()))
                .containsExactly(7, 3, 2);
        assertThat(got.ids()).containsExactly(1, 2, 3);
        assertThat(got.mismatch()).isFalse();
        assertThat(got.finish()).isEqualTo("length");
        JsonNode body = JsonMapper.shared().readTree(bodies.getFirst());
        assertThat(body.path("prompt").toString()).isEqualTo("[5,6]");
        assertThat(body.path("ignore_eos").asBoolean()).isTrue();
        assertThat(body.path("temperature").asInt(1)).isZero();
    }

    @Test
    void a_count_that_differs_is_a_mismatch() throws Exception {
        answer = chunk("a", "[1]")
                + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}\n\n";
        assertThat(asker().ask(new Prompt(new int[] {5}, 2)).mismatch()).isTrue();
    }

    @Test
    void an_error_in_the_stream_is_a_failure() throws Exception {
        answer = chunk("a", "[1]") + "data: {\"error\":{\"message\":\"device lost\"}}\n\ndata: [DONE]\n\n";
        assertThat(asker().ask(new Prompt(new int[] {5}, 2)).error()).isEqualTo("device lost");
        answer = "";
        assertThat(asker().ask(new Prompt(new int[] {5}, 2)).ok()).isFalse();
    }

    @Test
    void llama_cpp_tells_its_counts_at_the_end() throws Exception {
        answer = "data: {\"content\":\"a\",\"tokens\":[1],\"stop\":false}\n\n"
                + "data: {\"content\":\"b\",\"tokens\":[2],\"stop\":false}\n\n"
                + "data: {\"content\":\"\",\"tokens\":[],\"stop\":true,\"tokens_predicted\":2,\"tokens_evaluated\":9,"
                + "\"stop_type\":\"limit\",\"timings\":{\"cache_n\":0}}\n\n";
        Answer got = new LlamaCppAsker(url, false).ask(new Prompt(new int[] {5}, 2));
        assertThat(List.of(got.promptTokens(), got.outputTokens())).containsExactly(9, 2);
        assertThat(got.ids()).containsExactly(1, 2);
        assertThat(got.chunks()).hasSize(2);
        assertThat(JsonMapper.shared()
                        .readTree(bodies.getFirst())
                        .path("cache_prompt")
                        .asBoolean(true))
                .isFalse();
    }

    @Test
    void llama_cpp_leaves_out_ids_of_parts_of_characters_which_is_no_mismatch() throws Exception {
        answer = "data: {\"content\":\"a\",\"tokens\":[1],\"stop\":false}\n\n"
                + "data: {\"content\":\"\",\"tokens\":[],\"stop\":true,\"tokens_predicted\":3,\"tokens_evaluated\":9}\n\n";
        Answer got = new LlamaCppAsker(url, false).ask(new Prompt(new int[] {5}, 3));
        assertThat(got.outputTokens()).isEqualTo(3);
        assertThat(got.ids()).isEmpty();
        assertThat(got.mismatch()).isFalse();
        answer = "{\"tokens\":[1,2,3],\"tokens_predicted\":3}";
        assertThat(new LlamaCppAsker(url, false).tokens(new Prompt(new int[] {5}, 3)))
                .containsExactly(1, 2, 3);
    }

    @Test
    void a_closed_loop_asks_each_prompt_once_and_an_open_one_in_the_order_of_its_times() throws Exception {
        answer = chunk("a", "[1]")
                + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n";
        List<Prompt> prompts = Prompt.draw(20, 4, 1, 3);
        Load.Round closed = Load.closed(asker(), prompts, 3);
        assertThat(closed.failed()).isZero();
        assertThat(closed.outputTokens()).isEqualTo(20);
        assertThat(bodies).hasSize(20).doesNotHaveDuplicates();
        bodies.clear();
        Load.Round open = Load.open(asker(), prompts, Arrivals.draw(20, Double.POSITIVE_INFINITY, 1, 3));
        assertThat(open.answers()).hasSize(20).allMatch(a -> a.ok() && a.late() >= 0);
        assertThat(bodies).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void arrivals_have_the_rate_and_the_burstiness_asked_for() {
        int count = 20_000;
        for (double shape : new double[] {0.25, 1, 4, Double.POSITIVE_INFINITY}) {
            long[] times = Arrivals.draw(count, 50, shape, 11);
            assertThat(times).isSorted();
            assertThat(times[count - 1] / 1e9).isBetween(count / 50.0 * 0.95, count / 50.0 * 1.05);
            double[] gaps = new double[count - 1];
            for (int i = 0; i < gaps.length; i++) {
                gaps[i] = (times[i + 1] - times[i]) / 1e9 * 50;
            }
            double variance =
                    Arrays.stream(gaps).map(g -> (g - 1) * (g - 1)).average().orElseThrow();
            double wanted = Double.isInfinite(shape) ? 0 : 1 / shape;
            assertThat(variance).as("shape " + shape).isBetween(wanted * 0.85, wanted * 1.15 + 1e-6);
        }
        assertThat(Arrivals.draw(5, 10, 1, 7)).isEqualTo(Arrivals.draw(5, 10, 1, 7));
    }
}
