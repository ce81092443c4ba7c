package pie.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pie.cpu.Reference;
import pie.cuda.emulator.Emulator;
import pie.engine.EngineConfig;
import pie.engine.driver.DriverConfig;
import pie.runtime.Language;
import pie.runtime.RuntimeConfig;
import pie.server.Instance;
import pie.server.InstanceConfig;
import pie.server.PieServer;
import pie.server.ServerConfig;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A program over HTTP, on the CUDA driver on an emulated device, generates what it generates on the CPU driver. */
@ExtendWith(Emulator.class)
final class CudaServerTest {
    private static final String PROGRAM = """
            import { Context, Model, Sampler, runtime } from 'inferlet';

            export async function main(input) {
              const ctx = new Context(Model.load(runtime.models()[0]));
              ctx.append(input.prompt);
              const tokens = [];
              const plan = { maxTokens: 64, stop: [], autoFlush: false };
              for await (const step of ctx.generate(Sampler.argmax(), plan)) tokens.push(...(await step.execute()).tokens);
              return tokens;
            }
            """;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"tiny-llama, 40", "tiny-qwen2, 43"})
    void sixtyFourTokensAreThoseOfTheCpuDriver(String model, int first) throws Exception {
        for (String file : List.of("config.json", "tokenizer.json", "model.safetensors")) {
            try (InputStream in = Reference.class.getResourceAsStream("/reference/" + model + "/" + file)) {
                Files.write(folder.resolve(file), Objects.requireNonNull(in).readAllBytes());
            }
        }
        decodeBytes(folder.resolve("tokenizer.json"));
        List<Integer> prompt = List.of(26, 61, 23, first, 59, 41, 7);
        List<Integer> cpu = generate("cpu", prompt);
        assertThat(cpu).hasSize(64);
        assertThat(generate("cuda", prompt)).isEqualTo(cpu);
        assertThat(Emulator.count("launches")).isPositive();
    }

    /** The checkpoints are made for drivers and do not say how tokens become text. */
    private static void decodeBytes(Path tokenizer) throws IOException {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(Files.readString(tokenizer));
        json.putObject("decoder")
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
        Files.writeString(tokenizer, json.toString());
    }

    private List<Integer> generate(String driver, List<Integer> prompt) throws IOException, InterruptedException {
        InstanceConfig config = new InstanceConfig(
                "tiny",
                folder,
                driver,
                new DriverConfig("auto", 16, 64, 0, 64, 16, Map.of()),
                EngineConfig.DEFAULT,
                RuntimeConfig.DEFAULT.withPoolMin(1).withLanguages(Set.of(Language.JAVASCRIPT)));
        try (PieServer server = PieServer.start(
                        ServerConfig.loopback(folder.resolve("home"), 0), () -> Instance.open(config, line -> {}));
                HttpClient client = HttpClient.newHttpClient()) {
            JsonMapper json = JsonMapper.shared();
            String body = json.writeValueAsString(Map.of(
                    "source",
                    Map.of("language", "javascript", "file", "main.js", "code", PROGRAM),
                    "input",
                    Map.of("prompt", prompt)));
            HttpRequest request = HttpRequest.newBuilder(server.uri().resolve("/v1/processes?wait=60s"))
                    .timeout(Duration.ofSeconds(90))
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .header("Content-Type", "application/json")
                    .build();
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            JsonNode result = json.readTree(response.body());
            assertThat(result.path("state").asString("")).as(response.body()).isEqualTo("completed");
            return result.get("json").valueStream().map(JsonNode::asInt).toList();
        }
    }
}
