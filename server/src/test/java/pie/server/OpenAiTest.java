package pie.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class OpenAiTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String COMPLETIONS = "/v1/completions";

    @TempDir
    static Path home;

    private static PieServer server;
    private static HttpClient client;

    @BeforeAll
    static void start() {
        server = RealServer.start(home);
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    private static HttpRequest request(String path, String body) {
        return HttpRequest.newBuilder(server.uri().resolve(path))
                .timeout(Duration.ofSeconds(240))
                .POST(BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .build();
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        return client.send(request(path, body), BodyHandlers.ofString());
    }

    private static JsonNode get(String path) throws Exception {
        var request = HttpRequest.newBuilder(server.uri().resolve(path)).build();
        return JsonMapper.shared()
                .readTree(client.send(request, BodyHandlers.ofString()).body());
    }

    private static JsonNode ok(String path, String body) throws Exception {
        HttpResponse<String> response = post(path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }

    private static List<JsonNode> chunks(String path, String body) throws Exception {
        HttpResponse<String> response = post(path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        var chunks = new ArrayList<JsonNode>();
        String[] records = response.body().split("\n\n");
        assertThat(records[records.length - 1]).isEqualTo("data: [DONE]");
        for (int i = 0; i < records.length - 1; i++) {
            assertThat(records[i]).startsWith("data: ");
            chunks.add(JsonMapper.shared().readTree(records[i].substring(6)));
        }
        return chunks;
    }

    private static String chat(String prompt, String more) {
        return "{\"model\":\"smollm2-135m-instruct\",\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}],"
                + "\"temperature\":0" + more + "}";
    }

    private static String text(JsonNode answer) {
        return answer.path("choices").path(0).path("message").path("content").asString("");
    }

    @Test
    void greedy_tokens_equal_those_of_a_program() throws Exception {
        ObjectNode launch = Json.object();
        launch.putObject("source")
                .put("language", "javascript")
                .put("file", "greedy.js")
                .put("code", """
                import { Context, Model, Sampler, runtime } from 'inferlet';
                export async function main() {
                  const ctx = new Context(Model.load(runtime.models()[0]));
                  ctx.user('Name three rivers of Europe.');
                  return Array.from(await ctx.generate(Sampler.argmax(), { maxTokens: 32 }).collectTokens());
                }
                """);
        JsonNode program = ok("/v1/processes?wait=240", Json.text(launch));
        assertThat(program.path("state").asString()).as(program.toString()).isEqualTo("completed");
        JsonNode answer =
                ok(CHAT, chat("Name three rivers of Europe.", ",\"max_tokens\":32,\"return_token_ids\":true"));
        assertThat(answer.path("choices").path(0).path("token_ids")).isEqualTo(program.path("json"));
        var streamed = new ArrayList<Integer>();
        for (JsonNode chunk : chunks(
                CHAT,
                chat("Name three rivers of Europe.", ",\"max_tokens\":32,\"return_token_ids\":true,\"stream\":true"))) {
            chunk.path("choices").path(0).path("token_ids").forEach(id -> streamed.add(id.asInt()));
        }
        assertThat(Json.tree(streamed)).isEqualTo(program.path("json"));
    }

    @Test
    void answers_in_the_form_of_the_api() throws Exception {
        JsonNode answer = ok(CHAT, chat("Say hello.", ",\"max_completion_tokens\":8"));
        assertThat(answer.path("id").asString()).matches("chatcmpl-[0-9a-f]{32}");
        assertThat(answer.path("object").asString()).isEqualTo("chat.completion");
        assertThat(answer.path("created").asLong()).isPositive();
        assertThat(answer.path("model").asString()).isEqualTo("smollm2-135m-instruct");
        assertThat(answer.path("system_fingerprint").asString()).matches("pie-[0-9a-f]{10}");
        JsonNode choice = answer.path("choices").path(0);
        assertThat(choice.path("message").path("role").asString()).isEqualTo("assistant");
        assertThat(choice.path("message").path("refusal").isNull()).isTrue();
        assertThat(choice.path("logprobs").isNull()).isTrue();
        assertThat(choice.path("finish_reason").asString()).isIn("length", "stop");
        JsonNode usage = answer.path("usage");
        assertThat(usage.path("total_tokens").asInt())
                .isEqualTo(usage.path("prompt_tokens").asInt()
                        + usage.path("completion_tokens").asInt());
        assertThat(usage.path("completion_tokens").asInt()).isBetween(1, 8);
    }

    @Test
    void deltas_joined_are_the_whole_text_and_chunks_come_in_order() throws Exception {
        String more = ",\"max_tokens\":24,\"stream_options\":{\"include_usage\":true},\"n\":2";
        JsonNode whole = ok(CHAT, chat("Count to five.", ",\"max_tokens\":24,\"n\":2"));
        List<JsonNode> chunks = chunks(CHAT, chat("Count to five.", more + ",\"stream\":true"));
        for (int i = 0; i < 2; i++) {
            int index = i;
            List<JsonNode> own = chunks.stream()
                    .map(c -> c.path("choices").path(0))
                    .filter(c -> c.path("index").asInt(-1) == index)
                    .toList();
            assertThat(own.getFirst().path("delta").path("role").asString()).isEqualTo("assistant");
            assertThat(own.getLast().path("finish_reason").asString())
                    .isEqualTo(
                            whole.path("choices").path(i).path("finish_reason").asString());
            var text = new StringBuilder();
            own.forEach(c -> text.append(c.path("delta").path("content").asString("")));
            assertThat(text.toString())
                    .isEqualTo(whole.path("choices")
                            .path(i)
                            .path("message")
                            .path("content")
                            .asString());
        }
        assertThat(chunks.stream().map(c -> c.path("id").asString()).distinct()).hasSize(1);
        JsonNode last = chunks.getLast();
        assertThat(last.path("choices").isEmpty()).isTrue();
        assertThat(last.path("usage").path("completion_tokens"))
                .isEqualTo(whole.path("usage").path("completion_tokens"));
        assertThat(chunks.subList(0, chunks.size() - 1))
                .allMatch(c -> c.has("usage") && c.path("usage").isNull());
    }

    @Test
    void a_seed_gives_the_same_text_again_and_choice_i_that_of_seed_plus_i() throws Exception {
        String prompt = "{\"prompt\":\"Once upon a time\",\"max_tokens\":16,\"temperature\":1.0,\"top_p\":0.9";
        JsonNode three = ok(COMPLETIONS, prompt + ",\"seed\":11,\"n\":3}");
        for (int i = 0; i < 3; i++) {
            JsonNode one = ok(COMPLETIONS, prompt + ",\"seed\":" + (11 + i) + "}");
            assertThat(one.path("choices").path(0).path("text"))
                    .isEqualTo(three.path("choices").path(i).path("text"));
        }
        assertThat(three.path("choices").path(0).path("text"))
                .isNotEqualTo(three.path("choices").path(1).path("text"));
        assertThat(three.path("usage").path("prompt_tokens").asInt()).isEqualTo(4);
    }

    @Test
    void a_stop_string_ends_the_text_where_it_begins() throws Exception {
        String whole = text(ok(CHAT, chat("Name three rivers of Europe.", ",\"max_tokens\":24")));
        String stop = whole.substring(9, 13);
        String expected = whole.substring(0, whole.indexOf(stop));
        String quoted = Json.text(stop);
        JsonNode cut = ok(CHAT, chat("Name three rivers of Europe.", ",\"max_tokens\":24,\"stop\":[" + quoted + "]"));
        assertThat(text(cut)).isEqualTo(expected);
        assertThat(cut.path("choices").path(0).path("finish_reason").asString()).isEqualTo("stop");
        JsonNode kept = ok(
                CHAT,
                chat(
                        "Name three rivers of Europe.",
                        ",\"max_tokens\":24,\"include_stop_str_in_output\":true,\"stop\":" + quoted));
        assertThat(text(kept)).isEqualTo(expected + stop);
    }

    @Test
    void nothing_stops_the_text_before_the_least_of_its_tokens() throws Exception {
        JsonNode plain = ok(CHAT, chat("Say hello.", ",\"max_tokens\":64,\"return_token_ids\":true"));
        assertThat(plain.path("choices").path(0).path("finish_reason").asString())
                .isEqualTo("stop");
        JsonNode ids = plain.path("choices").path(0).path("token_ids");
        int least = ids.size() + 8;
        JsonNode longer =
                ok(CHAT, chat("Say hello.", ",\"max_tokens\":64,\"return_token_ids\":true,\"min_tokens\":" + least));
        JsonNode more = longer.path("choices").path(0).path("token_ids");
        assertThat(more.size()).isGreaterThanOrEqualTo(least);
        for (int i = 0; i < ids.size() - 1; i++) {
            assertThat(more.path(i)).isEqualTo(ids.path(i));
        }
        String whole = text(ok(CHAT, chat("Name three rivers of Europe.", ",\"max_tokens\":24")));
        String stop = Json.text(whole.substring(9, 13));
        JsonNode through = ok(
                CHAT,
                chat("Name three rivers of Europe.", ",\"max_tokens\":24,\"min_tokens\":24,\"stop\":[" + stop + "]"));
        assertThat(text(through)).isEqualTo(whole);
        refused(CHAT, chat("Say hello.", ",\"max_tokens\":4,\"min_tokens\":5"), 400, "invalid_argument", "min_tokens");
    }

    @Test
    void logprobs_name_the_likeliest_tokens() throws Exception {
        JsonNode answer = ok(CHAT, chat("Say hello.", ",\"max_tokens\":6,\"logprobs\":true,\"top_logprobs\":3"));
        JsonNode content = answer.path("choices").path(0).path("logprobs").path("content");
        var joined = new StringBuilder();
        for (JsonNode token : content) {
            JsonNode top = token.path("top_logprobs");
            assertThat(top.size()).isEqualTo(3);
            assertThat(top.path(0).path("token")).isEqualTo(token.path("token"));
            assertThat(top.path(0).path("logprob")).isEqualTo(token.path("logprob"));
            assertThat(token.path("logprob").asDouble()).isNotPositive();
            assertThat(top.path(1).path("logprob").asDouble())
                    .isLessThanOrEqualTo(top.path(0).path("logprob").asDouble());
            assertThat(token.path("bytes").isArray()).isTrue();
            joined.append(token.path("token").asString());
        }
        assertThat(joined.toString()).isEqualTo(text(answer));
        JsonNode older = ok(
                COMPLETIONS,
                "{\"prompt\":\"The capital of France is\",\"max_tokens\":4,\"temperature\":0,"
                        + "\"logprobs\":2,\"echo\":false}");
        JsonNode logprobs = older.path("choices").path(0).path("logprobs");
        assertThat(logprobs.path("tokens").size()).isEqualTo(4);
        assertThat(logprobs.path("token_logprobs").size()).isEqualTo(4);
        assertThat(logprobs.path("top_logprobs").path(0).size()).isEqualTo(2);
        assertThat(logprobs.path("text_offset").path(0).asInt()).isZero();
    }

    /** What is generated without a choice, measured again as a prompt, is as likely as it was when it was drawn. */
    @Test
    void an_echoed_prompt_is_measured() throws Exception {
        JsonNode drawn = ok(
                        COMPLETIONS,
                        "{\"prompt\":[504,3575,282,4649,314],\"max_tokens\":4,\"temperature\":0,\"logprobs\":2,"
                                + "\"return_token_ids\":true}")
                .path("choices")
                .path(0);
        var ids = new ArrayList<Integer>(List.of(504, 3575, 282, 4649, 314));
        drawn.path("token_ids").forEach(id -> ids.add(id.asInt()));
        JsonNode echoed = ok(
                        COMPLETIONS,
                        "{\"prompt\":" + ids + ",\"max_tokens\":1,\"temperature\":0,\"logprobs\":2,\"echo\":true}")
                .path("choices")
                .path(0);
        JsonNode logprobs = echoed.path("logprobs");
        assertThat(logprobs.path("tokens").size()).isEqualTo(10);
        assertThat(logprobs.path("token_logprobs").path(0).isNull()).isTrue();
        assertThat(logprobs.path("top_logprobs").path(0).isNull()).isTrue();
        for (int i = 0; i < 4; i++) {
            assertThat(logprobs.path("tokens").path(5 + i))
                    .isEqualTo(drawn.path("logprobs").path("tokens").path(i));
            assertThat(logprobs.path("token_logprobs").path(5 + i).asDouble())
                    .isCloseTo(
                            drawn.path("logprobs")
                                    .path("token_logprobs")
                                    .path(i)
                                    .asDouble(),
                            org.assertj.core.api.Assertions.within(1e-2));
            assertThat(logprobs.path("top_logprobs").path(5 + i).size()).isEqualTo(2);
        }
        var joined = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            assertThat(logprobs.path("text_offset").path(i).asInt()).isEqualTo(joined.length());
            joined.append(logprobs.path("tokens").path(i).asString());
        }
        assertThat(joined.toString()).isEqualTo(echoed.path("text").asString());
    }

    @Test
    void a_json_schema_is_kept() throws Exception {
        String schema = "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\",\"maxLength\":12},"
                + "\"people\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":99}},\"required\":[\"city\",\"people\"],"
                + "\"additionalProperties\":false}";
        JsonNode answer = ok(
                CHAT,
                chat(
                        "A city as JSON.",
                        ",\"max_tokens\":80,\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"city\","
                                + "\"strict\":true,\"schema\":" + schema + "}}"));
        JsonNode city = JsonMapper.shared().readTree(text(answer));
        assertThat(city.path("city").isString()).isTrue();
        assertThat(city.path("people").asInt()).isBetween(1, 99);
        assertThat(answer.path("choices").path(0).path("finish_reason").asString())
                .isEqualTo("stop");
        JsonNode one = ok(CHAT, chat("Yes or no?", ",\"guided_choice\":[\"yes\",\"no\"]"));
        assertThat(text(one)).isIn("yes", "no");
    }

    @Test
    void a_function_without_parameters_takes_none() throws Exception {
        for (String choice : List.of("\"required\"", "{\"type\":\"function\",\"function\":{\"name\":\"now\"}}")) {
            JsonNode call = ok(
                            CHAT,
                            chat(
                                    "What time is it?",
                                    ",\"max_tokens\":64,\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"now\"}}],"
                                            + "\"tool_choice\":" + choice))
                    .path("choices")
                    .path(0)
                    .path("message")
                    .path("tool_calls")
                    .path(0)
                    .path("function");
            assertThat(call.path("name").asString()).as(choice).isEqualTo("now");
            assertThat(JsonMapper.shared()
                            .readTree(call.path("arguments").asString())
                            .isEmpty())
                    .as(choice)
                    .isTrue();
        }
    }

    @Test
    void a_function_that_is_named_is_called() throws Exception {
        String tools =
                ",\"max_tokens\":64,\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"parameters\":"
                        + "{\"type\":\"object\",\"properties\":{\"days\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":9}},"
                        + "\"required\":[\"days\"],\"additionalProperties\":false}}}],\"tool_choice\":";
        String named = tools + "{\"type\":\"function\",\"function\":{\"name\":\"weather\"}}";
        JsonNode choice = ok(CHAT, chat("Weather?", named)).path("choices").path(0);
        assertThat(choice.path("finish_reason").asString()).isEqualTo("tool_calls");
        assertThat(choice.path("message").path("content").isNull()).isTrue();
        JsonNode call = choice.path("message").path("tool_calls").path(0);
        assertThat(call.path("type").asString()).isEqualTo("function");
        assertThat(call.path("function").path("name").asString()).isEqualTo("weather");
        String arguments = call.path("function").path("arguments").asString();
        assertThat(JsonMapper.shared().readTree(arguments).path("days").asInt()).isBetween(1, 9);
        var streamed = new StringBuilder();
        var names = new ArrayList<String>();
        for (JsonNode chunk : chunks(CHAT, chat("Weather?", named + ",\"stream\":true"))) {
            for (JsonNode part : chunk.path("choices").path(0).path("delta").path("tool_calls")) {
                streamed.append(part.path("function").path("arguments").asString(""));
                if (part.path("function").has("name")) {
                    names.add(part.path("function").path("name").asString());
                }
            }
        }
        assertThat(streamed.toString()).isEqualTo(arguments);
        assertThat(names).containsExactly("weather");
        JsonNode required = ok(CHAT, chat("Weather?", tools + "\"required\""));
        assertThat(required.path("choices")
                        .path(0)
                        .path("message")
                        .path("tool_calls")
                        .path(0)
                        .path("function")
                        .path("name")
                        .asString())
                .isEqualTo("weather");
    }

    @Test
    void completions_take_texts_and_ids() throws Exception {
        JsonNode two = ok(
                COMPLETIONS,
                "{\"prompt\":[\"One, two,\",\"Red, green,\"],\"max_tokens\":5,\"temperature\":0,\"n\":2,\"echo\":true}");
        JsonNode choices = two.path("choices");
        assertThat(choices.size()).isEqualTo(4);
        assertThat(choices.path(0).path("text")).isEqualTo(choices.path(1).path("text"));
        assertThat(choices.path(2).path("text").asString()).startsWith("Red, green,");
        assertThat(choices.path(3).path("index").asInt()).isEqualTo(3);
        JsonNode ids = ok(COMPLETIONS, "{\"prompt\":[504,3575,282,4649,314],\"max_tokens\":3,\"temperature\":0}");
        assertThat(ids.path("usage").path("prompt_tokens").asInt()).isEqualTo(5);
        assertThat(ids.path("object").asString()).isEqualTo("text_completion");
        JsonNode best = ok(
                COMPLETIONS,
                "{\"prompt\":\"The\",\"max_tokens\":4,\"temperature\":1,\"seed\":3,\"n\":1,\"best_of\":4}");
        assertThat(best.path("choices").size()).isEqualTo(1);
        assertThat(best.path("choices").path(0).path("logprobs").isNull()).isTrue();
        assertThat(best.path("usage").path("completion_tokens").asInt()).isGreaterThan(4);
    }

    @Test
    void a_prompt_of_before_is_found_in_the_cache() throws Exception {
        String body = chat(
                "Tell me in one long sentence why the sea is salt and the rivers that feed it are not.",
                ",\"max_tokens\":2");
        ok(CHAT, body);
        JsonNode usage = ok(CHAT, body).path("usage");
        assertThat(usage.path("prompt_tokens_details").path("cached_tokens").asInt())
                .isBetween(16, usage.path("prompt_tokens").asInt());
        String off = body.substring(0, body.length() - 1) + ",\"pie\":{\"prefix_cache\":false}}";
        assertThat(ok(CHAT, off)
                        .path("usage")
                        .path("prompt_tokens_details")
                        .path("cached_tokens")
                        .asInt())
                .isZero();
    }

    private static void refused(String path, String body, int status, String code, String param) throws Exception {
        HttpResponse<String> response = post(path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        JsonNode error = JsonMapper.shared().readTree(response.body()).path("error");
        assertThat(error.path("code").asString()).isEqualTo(code);
        assertThat(error.path("param").asString("")).isEqualTo(param);
        assertThat(error.path("message").asString()).isNotBlank();
        assertThat(error.path("type").asString()).endsWith("_error");
    }

    @Test
    void errors_have_the_form_of_the_api() throws Exception {
        refused(CHAT, "{\"model\":\"gpt-4\",\"messages\":[]}", 404, "model_not_found", "model");
        refused(CHAT, chat("x", ",\"n\":0"), 400, "invalid_argument", "n");
        refused(CHAT, chat("x", ",\"top_p\":\"much\""), 400, "invalid_argument", "top_p");
        refused(
                CHAT,
                "{\"messages\":[{\"role\":\"pirate\",\"content\":\"x\"}]}",
                400,
                "invalid_argument",
                "messages[0].role");
        refused(CHAT, "{\"messages\":", 400, "bad_request", "");
        refused(CHAT, "{}", 400, "invalid_argument", "messages");
        refused(CHAT, chat("x", ",\"max_tokens\":100000"), 400, "context_length_exceeded", "max_tokens");
        refused(CHAT, chat("x", ",\"functions\":[]"), 422, "unsupported", "functions");
        refused(
                CHAT,
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"x\"}}]}]}",
                422,
                "unsupported",
                "messages[0].content[0].type");
        refused(COMPLETIONS, "{\"prompt\":\"x\",\"best_of\":2,\"n\":3}", 400, "invalid_argument", "best_of");
        var get = HttpRequest.newBuilder(server.uri().resolve(CHAT)).build();
        HttpResponse<String> response = client.send(get, BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(JsonMapper.shared()
                        .readTree(response.body())
                        .path("error")
                        .path("type")
                        .asString())
                .isEqualTo("invalid_request_error");
    }

    @Test
    void a_request_is_a_process_and_ends_when_its_client_leaves() throws Exception {
        String id;
        HttpResponse<InputStream> response = client.send(
                request(
                        CHAT,
                        chat("Tell a very long story.", ",\"ignore_eos\":true,\"max_tokens\":4000,\"stream\":true")),
                BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            id = response.headers().firstValue("X-Pie-Process-Id").orElseThrow();
            assertThat(in.read()).isEqualTo('d');
            JsonNode process = get("/v1/processes/" + id);
            assertThat(process.path("kind").asString()).isEqualTo("openai");
            assertThat(process.path("state").asString()).isEqualTo("running");
            assertThat(process.path("program").asString()).startsWith("pie-chat@");
            assertThat(get("/v1/processes?kind=openai&state=running")
                            .path("items")
                            .toString())
                    .contains(id);
            assertThat(get("/v1/processes?kind=process").path("items").toString())
                    .doesNotContain(id);
        } catch (IOException closed) {
            throw new AssertionError(closed);
        }
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(get("/v1/processes/" + id).path("state").asString()).isEqualTo("cancelled");
            assertThat(get("/v1/stats").path("models").path(0).path("contexts").asInt())
                    .isZero();
        });
    }
}
