package pie.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Run llama.cpp's own benchmarks once and read their figures, tokens/s by the names of {@link DecodeRun}.
 *
 * @param onDevice whether all layers go to the GPU
 */
record LlamaBench(Path model, int threads, boolean onDevice) {
    Map<String, Double> prefill(Path binary, int tokens) throws IOException, InterruptedException {
        return readBench(output(binary, "-p", "" + tokens, "-n", "0", "-r", "1", "-o", "json"));
    }

    Map<String, Double> streams(Path binary, int promptTokens, int maxTokens, List<Integer> streams)
            throws IOException, InterruptedException {
        int most = streams.stream().mapToInt(Integer::intValue).max().orElse(1);
        return readBatchedBench(output(
                binary,
                "-npp",
                "" + promptTokens,
                "-ntg",
                "" + maxTokens,
                "-npl",
                streams.stream().map(String::valueOf).collect(Collectors.joining(",")),
                "-c",
                "" + most * (promptTokens + maxTokens),
                "--output-format",
                "jsonl"));
    }

    static Map<String, Double> readBench(String json) {
        Map<String, Double> figures = new LinkedHashMap<>();
        for (JsonNode run : JsonMapper.shared().readTree(json)) {
            figures.put(
                    DecodeRun.prefillName(run.path("n_prompt").asInt()),
                    run.path("avg_ts").asDouble());
        }
        return figures;
    }

    static Map<String, Double> readBatchedBench(String lines) {
        Map<String, Double> figures = new LinkedHashMap<>();
        lines.lines().filter(l -> l.startsWith("{")).forEach(l -> {
            JsonNode run = JsonMapper.shared().readTree(l);
            figures.put(
                    DecodeRun.streamsName(run.path("pl").asInt()),
                    run.path("speed_tg").asDouble());
        });
        return figures;
    }

    private String output(Path binary, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(binary.toString(), "-m", model.toString(), "-t", "" + threads, "-ngl", onDevice ? "99" : "0"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(
                    "exit code " + process.exitValue() + " of " + String.join(" ", command) + ": run it by hand");
        }
        return text;
    }
}
