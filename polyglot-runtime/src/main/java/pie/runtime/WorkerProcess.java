package pie.runtime;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.wire.Link;

/** Start and end one worker: a JVM of its own, with bounded memory, that runs one program and ends when its standard input does. */
final class WorkerProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);

    /** What the JVM exits with where {@code ExitOnOutOfMemoryError} ends it. */
    private static final int OUT_OF_MEMORY = 3;
    /** What a process that a signal ended is said to exit with, less the number of the signal. */
    private static final int SIGNALLED = 128;
    /** Heap that the language itself takes, beside what the program may hold. */
    private static final long OVERHEAD = 64L << 20;

    private static final Duration DYING = Duration.ofSeconds(2);

    private final Process process;
    private final Link link;
    private final long memory;
    private volatile String lastWords = "";

    /** @param memory what the program may hold, in bytes */
    WorkerProcess(Language language, long memory) {
        this.memory = memory;
        var builder = new ProcessBuilder(command(language, memory)).directory(new File(temporary()));
        builder.environment().clear();
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new PieException(
                    ErrorCode.INTERNAL, "a worker process cannot be started: " + e.getMessage(), Map.of(), e);
        }
        link = new Link(process.getInputStream(), process.getOutputStream());
        Thread.ofPlatform().name("pie-worker-log").daemon().stackSize(1 << 18).start(this::log);
        preferToEnd();
    }

    private static String temporary() {
        return System.getProperty("java.io.tmpdir");
    }

    private static List<String> command(Language language, long memory) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + (memory + OVERHEAD));
        command.addAll(List.of(
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:MaxMetaspaceSize=256m",
                "-XX:CompressedClassSpaceSize=128m",
                "-XX:MaxDirectMemorySize=64m",
                "-XX:ReservedCodeCacheSize=96m",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:+DisplayVMOutputToStderr",
                "-XX:ErrorFile=/dev/null",
                "-XX:-UsePerfData",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", // C2 takes as long again until the worker is ready, and a third more memory
                "-Xlog:disable",
                "-Xlog:all=error,aot*=off,cds*=off:stderr",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider"));
        command.addAll(inherited());
        command.addAll(List.of("-cp", classPath(), Worker.class.getName(), language.word()));
        return command;
    }

    /** Return what the server was started with and a worker starts sooner with: a start-up cache, and the modules that it was made with. */
    private static List<String> inherited() {
        var all = new ArrayList<String>();
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("-XX:AOTCache=")
                        || flag.startsWith("--add-modules")
                        || flag.startsWith("-Dpolyglot.engine.")
                        || flag.startsWith("-Duser.home="))
                .forEach(all::add);
        return all;
    }

    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(part -> Path.of(part).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Where the machine runs out of memory, its system is to end a worker before the server. */
    private void preferToEnd() {
        Path score = Path.of("/proc", Long.toString(process.pid()), "oom_score_adj");
        try {
            if (Files.isWritable(score)) {
                Files.writeString(score, "1000");
            }
        } catch (IOException gone) {
            LOG.debug("worker {} keeps its score", process.pid(), gone);
        }
    }

    private void log() {
        try (var lines = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                LOG.debug("worker {}: {}", process.pid(), line);
                lastWords = line;
            }
        } catch (IOException closed) {
            LOG.debug("worker {} is gone", process.pid());
        }
    }

    Link link() {
        return link;
    }

    boolean lives() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** Run something once the worker has ended, for whatever reason; on any thread. */
    void onExit(Runnable task) {
        var unused = process.onExit().thenRun(task);
    }

    /** Return the processor time of all that the worker does; 0 if it cannot be told. */
    long cpuNanos() {
        return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }

    /** Say what became of a worker that no longer answers, and see that it is gone. */
    PieException ended(IOException sign) {
        Integer exit = exit();
        process.destroyForcibly();
        if (exit != null && exit == OUT_OF_MEMORY) {
            return new PieException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "the program ran out of heap: its worker process may hold " + (memory >> 20)
                            + " MiB; --guest-memory gives more",
                    Map.of("limit", "heap", "bytes", memory),
                    sign);
        }
        String end = exit == null
                ? "sent what is no answer: " + sign.getMessage()
                : exit > SIGNALLED
                        ? "was ended by signal " + (exit - SIGNALLED)
                        : "ended with exit status " + exit + (lastWords.isEmpty() ? "" : ": " + lastWords);
        return new PieException(
                ErrorCode.GUEST_ERROR,
                "the worker process of the program " + end,
                Map.of("type", "WorkerDied", "exit", exit == null ? -1 : exit, "traceback", ""),
                sign);
    }

    /** Return the exit status, null for a worker that lives on. */
    private @Nullable Integer exit() {
        var unused = Thread.interrupted(); // the end of the worker may have interrupted what waited for it
        try {
            return process.waitFor(DYING.toMillis(), TimeUnit.MILLISECONDS) ? process.exitValue() : null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
