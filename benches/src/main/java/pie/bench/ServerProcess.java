package pie.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Start an engine as a child process, wait until it serves, stop it at the end; its output is kept in a file. */
final class ServerProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(5);
    private static final int LAST_LINES = 20;
    private static final long STOP_SECONDS = 15;
    /** When this JVM is being ended itself. */
    private static final long EXIT_SECONDS = 3;

    private static final Pattern READY = Pattern.compile("^ready (\\S+)", Pattern.MULTILINE);

    private final Process process;
    private final Path log;

    private ServerProcess(List<String> command, Path log) throws IOException {
        this.log = log;
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(EXIT_SECONDS)));
    }

    static ServerProcess start(List<String> command) throws IOException {
        return new ServerProcess(command, Files.createTempFile("pie-bench", ".log"));
    }

    /** Return a port that nothing listens on just now. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Wait for pie's ready line and return the URL in it. */
    URI awaitReadyLine() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            Matcher m = READY.matcher(Files.readString(log));
            if (m.find()) {
                return URI.create(m.group(1));
            }
            failIfDead();
            Thread.sleep(50);
        }
        throw new IOException("the server was not ready in time; its output is in " + log);
    }

    /** Wait until {@code url} answers 200. */
    void awaitHealth(URI url) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        try (HttpClient http = HttpClient.newHttpClient()) {
            while (System.nanoTime() < deadline) {
                failIfDead();
                try {
                    int status = http.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.discarding())
                            .statusCode();
                    if (status == 200) {
                        return;
                    }
                } catch (IOException e) {
                    // not listening yet
                }
                Thread.sleep(100);
            }
        }
        throw new IOException("the server was not ready in time; its output is in " + log);
    }

    private void failIfDead() throws IOException {
        if (!process.isAlive()) {
            List<String> said = Files.readAllLines(log);
            throw new IOException("the server ended with " + process.exitValue() + ", its output is in " + log + ":\n"
                    + String.join("\n", said.subList(Math.max(0, said.size() - LAST_LINES), said.size())));
        }
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        stop(STOP_SECONDS);
    }

    /** Ask it and what it started to end, and end by force what has not done so in time. */
    private void stop(long seconds) {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroy);
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                System.err.println(
                        "a server did not end when asked to, and is ended by force; its output is in " + log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }
}
