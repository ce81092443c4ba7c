package pie.runtime.mcp;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reach a server that is a process: one message a line, in and out. */
final class CommandPeer implements McpPeer {
    private static final Logger LOG = LoggerFactory.getLogger(CommandPeer.class);

    private final Process process;
    private final BufferedWriter in;
    private final Map<Long, CompletableFuture<String>> open = new ConcurrentHashMap<>();

    CommandPeer(McpServer.Command server) throws IOException {
        process = new ProcessBuilder(server.words())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        in = process.outputWriter(StandardCharsets.UTF_8);
        Thread.ofVirtual().name("pie-mcp-" + process.pid()).start(this::read);
    }

    private void read() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                take(line);
            }
        } catch (IOException gone) {
            LOG.debug("an MCP server closed its output", gone);
        }
        var ended = new PieException(ErrorCode.UPSTREAM_FAILURE, "the server's process has ended");
        open.values().forEach(future -> future.completeExceptionally(ended));
    }

    private void take(String line) {
        try {
            JsonNode message = JsonMapper.shared().readTree(line);
            CompletableFuture<String> asked = open.remove(message.path("id").asLong(0));
            if (asked != null && (message.has("result") || message.has("error"))) {
                asked.complete(line);
            }
        } catch (JacksonException noise) {
            LOG.debug("an MCP server wrote a line that is no message: {}", line);
        }
    }

    @Override
    public CompletableFuture<String> send(String message, long id) {
        var answer = new CompletableFuture<String>();
        if (id != 0) {
            open.put(id, answer);
        }
        try {
            synchronized (in) {
                in.write(message);
                in.write('\n');
                in.flush();
            }
        } catch (IOException e) {
            open.remove(id);
            answer.completeExceptionally(
                    new PieException(ErrorCode.UPSTREAM_FAILURE, "the server's process has ended", Map.of(), e));
        }
        if (id == 0) {
            answer.complete("");
        }
        if (!process.isAlive()) {
            answer.completeExceptionally(
                    new PieException(ErrorCode.UPSTREAM_FAILURE, "the server's process has ended"));
        }
        return answer;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
