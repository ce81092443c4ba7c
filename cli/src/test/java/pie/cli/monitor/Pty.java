package pie.cli.monitor;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Run a shell command in a terminal of its own, made by {@code script}: keys go in, the screen comes out. */
final class Pty implements AutoCloseable {
    private static final String DEFAULT_SIGNALS = "--default-signal=INT,QUIT";

    private final Process process;
    private final OutputStream keys;
    private final Vt screen;
    private final Path device;
    private volatile boolean closed;

    /** @param dir a folder in which the terminal leaves its name */
    Pty(int width, int height, Path dir, Map<String, String> environment, String command) throws IOException {
        device = dir.resolve("tty");
        screen = new Vt(width, height);
        String prepared = "stty cols %d rows %d; tty > '%s'; %s".formatted(width, height, device, command);
        // whoever runs the tests in the background has the signals ignored, and so would all that runs in here
        var builder = new ProcessBuilder("env", DEFAULT_SIGNALS, "script", "-qfec", prepared, "/dev/null")
                .redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("NO_COLOR", "COLUMNS", "LINES"));
        builder.environment().putAll(Map.of("SHELL", "/bin/sh", "TERM", "xterm-256color", "LC_ALL", "C.UTF-8"));
        builder.environment().putAll(environment);
        process = builder.start();
        keys = process.getOutputStream();
        Thread.ofVirtual().name("pty").start(this::read);
    }

    /** Say whether this machine has a {@code script} that can do it. */
    static boolean isThere() {
        try {
            Process version = new ProcessBuilder("env", DEFAULT_SIGNALS, "script", "--version")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return version.waitFor() == 0 && said.contains("util-linux");
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        try (Reader in = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)) {
            for (int c = in.read(); c >= 0; c = in.read()) {
                screen.feed(
                        Character.isHighSurrogate((char) c) ? Character.toCodePoint((char) c, (char) in.read()) : c);
            }
        } catch (IOException e) {
            if (!closed && process.isAlive()) { // else what it still says is of no use
                throw new UncheckedIOException(e);
            }
        }
    }

    void type(String text) throws IOException {
        keys.write(text.getBytes(StandardCharsets.UTF_8));
        keys.flush();
    }

    void resize(int width, int height) throws IOException, InterruptedException {
        screen.resize(width, height);
        String name = java.nio.file.Files.readString(device).strip();
        new ProcessBuilder("stty", "-F", name, "cols", "" + width, "rows", "" + height)
                .inheritIO()
                .start()
                .waitFor();
    }

    Vt screen() {
        return screen;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        List<ProcessHandle> all = process.descendants().toList();
        process.destroy();
        all.forEach(ProcessHandle::destroyForcibly);
        keys.close();
        try {
            process.waitFor(60, TimeUnit.SECONDS);
            for (ProcessHandle each : all) {
                each.onExit().get(60, TimeUnit.SECONDS);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("a process of the terminal does not end", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
