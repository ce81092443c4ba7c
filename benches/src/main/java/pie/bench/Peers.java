package pie.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Open the engines that are compared: those that run are asked by their URL, the others started and stopped. */
final class Peers {
    /** Engines other than pie and llama.cpp, and what a request to them says beside the common fields. */
    private static final Map<String, Map<String, Object>> OTHERS = Map.of(
            "vllm",
            Map.of("return_token_ids", true),
            "sglang",
            Map.of("return_token_ids", true),
            "pie-original",
            Map.of());

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

    @Option(
            names = "--start",
            paramLabel = "NAME=COMMAND",
            description = {
                "Command of a peer's server, which is started and stopped. {model}, {port}, {slots} and {tokens}",
                "in it stand for the model, its port, requests at once, and tokens of all of them."
            })
    private Map<String, String> commands = new LinkedHashMap<>();

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

    @Mixin
    private LlamaServer llama = new LlamaServer();

    @Mixin
    private PieOptions pie = new PieOptions();

    /** Commands of the servers that were started, for the report. */
    private final Map<String, String> started = new LinkedHashMap<>();

    /** What engines say of themselves. */
    private final Map<String, String> versions = new LinkedHashMap<>();

    String modelName() {
        return pie.modelName();
    }

    List<String> names() {
        return names;
    }

    Map<String, Object> config() {
        var json = new LinkedHashMap<String, Object>();
        json.put("targets", names);
        json.put("api", api);
        json.put("commands", started);
        json.put("versions", versions);
        return json;
    }

    /** Open all. @param slots requests at once @param tokens of one request, prompt and answer */
    List<Peer> open(Targets opened, int slots, int tokens) throws IOException, InterruptedException {
        List<Peer> peers = new ArrayList<>();
        for (String name : names) {
            peers.addAll(open(name, opened, slots, tokens));
        }
        return peers;
    }

    /** Open one engine; pie asked through programs is one for each of their languages. */
    List<Peer> open(String name, Targets opened, int slots, int tokens) throws IOException, InterruptedException {
        return switch (name) {
            case "pie" -> openPie(opened);
            case "llamacpp" -> List.of(openLlama(opened, slots, tokens));
            default -> List.of(openOther(name, opened, slots, tokens));
        };
    }

    private List<Peer> openPie(Targets opened) throws IOException, InterruptedException {
        PieOptions.Server server = opened.keep(pie.open());
        started.put("pie", shown(pie.command()));
        versions.put("pie", server.version());
        return switch (api) {
            case "openai" ->
                List.of(new Peer("pie", completions(server, false), completions(server, true), Optional.of(server)));
            case "process" ->
                languages.stream()
                        .map(language ->
                                new ProgramAsker(new PieTarget(server.url(), server.token(), language, "generate")))
                        .map(asker -> new Peer(asker.name(), asker, asker, Optional.of(server)))
                        .toList();
            default -> throw new IOException("--api is openai or process, not " + api);
        };
    }

    private static Asker completions(PieOptions.Server server, boolean reuse) {
        Map<String, Object> more = Map.of("return_token_ids", true, "pie", Map.of("prefix_cache", reuse));
        return new CompletionsAsker("pie", server.url(), server.token(), "", more);
    }

    /** Return a command as it is reported: files by their names, since folders say something of a machine's owner and not of a run. */
    private static String shown(List<String> command) {
        return command.stream()
                .map(word -> word.startsWith("/") ? String.valueOf(Path.of(word).getFileName()) : word)
                .collect(Collectors.joining(" "));
    }

    private Peer openLlama(Targets opened, int slots, int tokens) throws IOException, InterruptedException {
        URI url = urls.get("llamacpp");
        if (url == null) {
            LlamaServer.Running running = llama.start(opened, pie.modelFile(), slots, tokens, pie.threads());
            started.put("llamacpp", shown(running.command()));
            versions.put(
                    "llamacpp",
                    Sse.get(running.url().resolve("/props")).path("build_info").asString(""));
            url = running.url();
        }
        return Peer.of(new LlamaCppAsker(url, false), new LlamaCppAsker(url, true));
    }

    /** Open one that is asked by {@code /v1/completions}; whether it reuses prefixes is a flag of its server. */
    private Peer openOther(String name, Targets opened, int slots, int tokens)
            throws IOException, InterruptedException {
        Map<String, Object> more = OTHERS.get(name);
        if (more == null) {
            throw new IOException("--target knows pie, llamacpp, vllm, sglang, pie-original, not " + name);
        }
        URI url = urls.get(name);
        String command = commands.get(name);
        if (url == null && command == null) {
            throw new IOException(
                    "--target " + name + " needs --peer-url " + name + "=URL of a running server, or --start " + name
                            + "=COMMAND; benches/README.md says how it is set up");
        }
        if (url == null) {
            int port = ServerProcess.freePort();
            List<String> words = filled(String.valueOf(command), port, slots, slots * tokens);
            started.put(name, shown(words));
            url = URI.create("http://127.0.0.1:" + port);
            opened.keep(ServerProcess.start(words)).awaitHealth(url.resolve("/v1/models"));
        }
        var asker = new CompletionsAsker(name, url, Optional.empty(), pie.modelName(), more);
        return Peer.of(asker, asker);
    }

    private List<String> filled(String command, int port, int slots, int tokens) throws IOException {
        String model = command.contains("{model}") ? pie.modelFile().toString() : "";
        return List.of(command.replace("{model}", model)
                .replace("{port}", Integer.toString(port))
                .replace("{slots}", Integer.toString(slots))
                .replace("{tokens}", Integer.toString(tokens))
                .strip()
                .split("\\s+"));
    }
}
