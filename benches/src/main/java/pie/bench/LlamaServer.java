package pie.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Start llama.cpp's server. */
final class LlamaServer {
    private static final int SPARE_TOKENS = 16;

    @Option(
            names = "--server-bin",
            paramLabel = "PATH",
            description = "llama.cpp's server binary; it is started and stopped.")
    private @Nullable Path binary;

    /** A server that answers, and the command that it was started with. */
    record Running(URI url, List<String> command) {}

    /**
     * Start one with a slot for each request in flight and room for all of them, and wait until it answers.
     *
     * @param tokens of one request, prompt and answer
     * @param threads 0 for what it takes by itself
     */
    Running start(Targets opened, Path model, int slots, int tokens, int threads)
            throws IOException, InterruptedException {
        if (binary == null) {
            throw new IOException("--target llamacpp needs --server-bin PATH, or --peer-url llamacpp=URL");
        }
        int port = ServerProcess.freePort();
        List<String> command = command(binary, model, port, slots, slots * (tokens + SPARE_TOKENS), threads);
        URI url = URI.create("http://127.0.0.1:" + port);
        opened.keep(ServerProcess.start(command)).awaitHealth(url.resolve("/health"));
        return new Running(url, command);
    }

    private static List<String> command(Path binary, Path model, int port, int slots, int context, int threads) {
        List<String> command = new ArrayList<>(List.of(binary.toString(), "-m", model.toString()));
        command.addAll(List.of("--port", Integer.toString(port), "-fa", "on"));
        command.addAll(List.of("-np", Integer.toString(slots), "-c", Integer.toString(context)));
        if (threads > 0) {
            command.addAll(List.of("-t", Integer.toString(threads)));
        }
        return command;
    }
}
