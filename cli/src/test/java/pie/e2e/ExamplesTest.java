package pie.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pie.cli.ProgramFile;
import pie.engine.event.EventLog;
import pie.engine.event.ProcessEvent;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.runtime.Language;
import pie.runtime.LaunchRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Run every example in every language on the real model, and hold the languages against each other. */
class ExamplesTest {
    private static Stack stack;

    @BeforeAll
    static void open() {
        stack = Stack.open(EnumSet.allOf(Language.class));
    }

    @AfterAll
    static void close() {
        stack.close();
    }

    private static InferletProcess launch(String path, String input) throws Exception {
        return stack.instance().runtime().launch(LaunchRequest.of(Stack.program(path), input));
    }

    private static String run(String path, String input) throws Exception {
        Outcome outcome = launch(path, input).outcome().get(120, TimeUnit.SECONDS);
        assertThat(outcome).as(path).isInstanceOf(Outcome.Completed.class);
        return ((Outcome.Completed) outcome).value();
    }

    private static List<String> messages(InferletProcess process) throws Exception {
        var texts = new ArrayList<String>();
        try (var watcher = process.log().watch(0, false)) {
            while (watcher.next(java.time.Duration.ofSeconds(60)) instanceof EventLog.Next.Event(ProcessEvent event)) {
                if (event instanceof ProcessEvent.Message message) {
                    texts.add(message.text());
                }
            }
        }
        return texts;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "examples/python/hello.py",
                "examples/js/hello.js",
                "examples/js/hello.ts",
                "examples/java/Hello.java"
            })
    void hello_gives_a_true_answer(String path) throws Exception {
        assertThat(run(path, "{}")).contains("Paris");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "examples/python/streaming_chat.py",
                "examples/js/streaming_chat.js",
                "examples/java/StreamingChat.java"
            })
    void streaming_chat_streams_pieces_and_takes_messages(String path) throws Exception {
        InferletProcess process =
                launch(path, "{\"messages\": [\"Say hello.\"], \"interactive\": true, \"max_tokens\": 16}");
        process.deliver("Name one colour.");
        process.deliver("");
        Outcome outcome = process.outcome().get(120, TimeUnit.SECONDS);
        assertThat(outcome).isInstanceOf(Outcome.Completed.class);
        JsonNode report = JsonMapper.shared().readTree(((Outcome.Completed) outcome).value());
        assertThat(report.get("turns").asInt()).isEqualTo(2);
        List<String> pieces = messages(process);
        assertThat(pieces).filteredOn("\n[done]\n"::equals).hasSize(2);
        assertThat(pieces.size()).isGreaterThan(6);
        assertThat(String.join("", pieces)).doesNotContain("<|im_end|>");
    }

    @Test
    void streaming_chat_says_the_same_in_every_language() throws Exception {
        var texts = new ArrayList<String>();
        for (String path : List.of(
                "examples/python/streaming_chat.py",
                "examples/js/streaming_chat.js",
                "examples/java/StreamingChat.java")) {
            InferletProcess process = launch(path, "{\"messages\": [\"Say hello.\"], \"max_tokens\": 16}");
            process.outcome().get(120, TimeUnit.SECONDS);
            texts.add(String.join("", messages(process)));
        }
        assertThat(texts.stream().distinct()).hasSize(1);
    }

    @Test
    void best_of_n_chooses_the_likeliest_and_agrees_between_languages() throws Exception {
        var results = new ArrayList<JsonNode>();
        for (String path :
                List.of("examples/python/best_of_n.py", "examples/js/best_of_n.js", "examples/java/BestOfN.java")) {
            results.add(JsonMapper.shared().readTree(run(path, "{\"n\": 3, \"max_tokens\": 12}")));
        }
        for (JsonNode result : results) {
            assertThat(result.get("answers").size()).isEqualTo(3);
            int best = 0;
            for (int i = 1; i < 3; i++) {
                if (result.get("scores").get(i).asDouble()
                        > result.get("scores").get(best).asDouble()) {
                    best = i;
                }
            }
            assertThat(result.get("best").asString())
                    .isEqualTo(result.get("answers").get(best).asString());
            assertThat(result.get("answers").toString())
                    .isEqualTo(results.getFirst().get("answers").toString());
            assertThat(result.get("scores").toString())
                    .isEqualTo(results.getFirst().get("scores").toString());
        }
    }

    @Test
    void own_decode_loop_without_its_rule_equals_the_engine() throws Exception {
        String prompt = "\"prompt\": \"List words about the sea.\", \"max_tokens\": 8";
        var plain = new ArrayList<String>();
        var ruled = new ArrayList<String>();
        for (String path : List.of(
                "examples/python/decode_loop.py", "examples/js/decode_loop.js", "examples/java/DecodeLoop.java")) {
            plain.add(run(path, "{" + prompt + ", \"repeat\": true}"));
            ruled.add(run(path, "{" + prompt + "}"));
        }
        assertThat(plain.stream().distinct()).hasSize(1);
        assertThat(ruled.stream().distinct()).hasSize(1);
        String greedy = """
                from inferlet import Context, Model, Sampler, runtime

                async def main(input):
                    ctx = Context(Model.load(runtime.models()[0]))
                    ctx.user(input["prompt"])
                    return await ctx.generate(Sampler.argmax(), max_tokens=input["max_tokens"]).collect_text()
                """;
        var source = pie.runtime.ProgramSource.of(Language.PYTHON, "greedy.py", greedy);
        Outcome outcome = stack.instance()
                .runtime()
                .launch(LaunchRequest.of(source, "{" + prompt + "}"))
                .outcome()
                .get(120, TimeUnit.SECONDS);
        assertThat(((Outcome.Completed) outcome).value()).isEqualTo(plain.getFirst());
    }

    @Test
    void a_program_of_three_languages_shares_one_context() throws Exception {
        var source =
                ProgramFile.read(Stack.ROOT.resolve("examples/mixed").toString(), "", InputStream.nullInputStream());
        assertThat(source.file()).isEqualTo("main.py");
        assertThat(source.files()).containsOnlyKeys("draw.js", "Compare.java");
        Outcome outcome = stack.instance()
                .runtime()
                .launch(LaunchRequest.of(source, "{\"n\": 3, \"max_tokens\": 12}"))
                .outcome()
                .get(120, TimeUnit.SECONDS);
        assertThat(outcome).as(outcome.toString()).isInstanceOf(Outcome.Completed.class);
        JsonNode found = JsonMapper.shared().readTree(((Outcome.Completed) outcome).value());
        assertThat(found.get("answers").size()).isEqualTo(3);
        assertThat(found.get("answers").valueStream()).contains(found.get("answer"));
        assertThat(found.get("distance").asDouble()).isBetween(0.0, 12.0);
    }
}
