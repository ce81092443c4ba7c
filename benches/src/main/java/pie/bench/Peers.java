package pie.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Open the engines that are compared. */
final class Peers {
    private static final int SPARE_TOKENS = 16;

    @Option(
            names = "--target",
            split = ",",
            description = "Engines: pie, llamacpp, vllm, sglang, pie-original. Default: ${DEFAULT-VALUE}.")
    private List<String> names = List.of("pie");

    @Option(
            names = "--peer-url",
            paramLabel = "NAME=URL",
            description = "A running server of a peer; its /v1/completions is asked.")
    private Map<String, URI> urls = new LinkedHashMap<>();

    @Option(names = "--server-bin", description = "llama.cpp's server binary; it is started and stopped.")
    private @Nullable Path binary;

    @Option(
            names = "--api",
            description =
                    "How pie is asked: openai (its completions route), or process (a program a request). Default: ${DEFAULT-VALUE}.")
    private String api = "openai";

    @Option(
            names = "--languages",
            split = ",",
            description = "Languages of the programs of --api process. Default: ${DEFAULT-VALUE}.")
    private List<String> languages = List.of("python");

    @Option(
            names = "--cache",
            description = "Whether computed prefixes may be used: off or on. Default: ${DEFAULT-VALUE}.")
    private String cache = "off";

    @Mixin
    private PieOptions pie = new PieOptions();

    /** Commands of the servers that were started, for the report. */
    private final Map<String, String> started = new LinkedHashMap<>();

    boolean cached() {
        return cache.equals("on");
    }

    PieOptions pie() {
        return pie;
    }

    Map<String, Object> config() {
        var json = new LinkedHashMap<String, Object>();
        json.put("targets", names);
        json.put("api", api);
        json.put("cache", cache);
        json.put("commands", started);
        return json;
    }

    /** Open all. @param concurrency requests at once @param tokens of one request, prompt and answer */
    List<Asker> open(Targets opened, int concurrency, int tokens) throws IOException, InterruptedException {
        if (!cache.equals("on") && !cache.equals("off")) {
            throw new IOException("--cache is on or off, not " + cache);
        }
        List<Asker> askers = new ArrayList<>();
        for (String name : names) {
            switch (name) {
                case "pie" -> openPie(opened, askers);
                case "llamacpp" -> askers.add(openLlama(opened, concurrency, tokens));
                case "vllm", "sglang" -> askers.add(peer(name, Map.of("return_token_ids", true)));
                case "pie-original" -> askers.add(peer(name, Map.of()));
                default ->
                    throw new IOException("--target knows pie, llamacpp, vllm, sglang, pie-original, not " + name);
            }
        }
        return askers;
    }

    private void openPie(Targets opened, List<Asker> askers) throws IOException, InterruptedException {
        PieOptions.Server server = opened.keep(pie.open());
        started.put("pie", shown(pie.command()));
        switch (api) {
            case "openai" ->
                askers.add(new CompletionsAsker(
                        "pie",
                        server.url(),
                        server.token(),
                        "",
                        Map.of("return_token_ids", true, "pie", Map.of("prefix_cache", cached()))));
            case "process" -> {
                for (String language : languages) {
                    askers.add(new ProgramAsker(new PieTarget(server.url(), server.token(), language, "generate")));
                }
            }
            default -> throw new IOException("--api is openai or process, not " + api);
        }
    }

    /** Return a command as it is reported: files by their names, since folders say something of a machine's owner and not of a run. */
    private static String shown(List<String> command) {
        return command.stream()
                .map(word -> word.startsWith("/") ? String.valueOf(Path.of(word).getFileName()) : word)
                .collect(Collectors.joining(" "));
    }

    private Asker openLlama(Targets opened, int concurrency, int tokens) throws IOException, InterruptedException {
        URI url = urls.get("llamacpp");
        if (url != null) {
            return new LlamaCppAsker(url, cached());
        }
        if (binary == null) {
            throw new IOException("--target llamacpp needs --server-bin PATH, or --peer-url llamacpp=URL");
        }
        List<String> command = LlamaCppTarget.command(
                binary, pie.modelFile(), concurrency, concurrency * (tokens + SPARE_TOKENS), pie.threads());
        started.put("llamacpp", shown(command));
        ServerProcess process = opened.keep(ServerProcess.start(command));
        process.awaitHealth(LlamaCppTarget.URL.resolve("/health"));
        return new LlamaCppAsker(LlamaCppTarget.URL, cached());
    }

    private Asker peer(String name, Map<String, Object> more) throws IOException {
        URI url = urls.get(name);
        if (url == null) {
            throw new IOException("--target " + name + " needs --peer-url " + name
                    + "=URL of a running server; benches/README.md says how it is set up");
        }
        return new CompletionsAsker(name, url, java.util.Optional.empty(), pie.modelName(), more);
    }
}
