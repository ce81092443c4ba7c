package pie.runtime.java;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.inferlet.Host;
import pie.runtime.Language;
import pie.runtime.ProgramSource;

/** Run programs in tests, each on a thread of its own. */
final class Bench {
    static final JavaPrograms PROGRAMS = new JavaPrograms();
    private static final long MEMORY = 64L << 20;
    private static final long STACK = 8L << 20;

    private Bench() {}

    static ProgramSource source(String code) {
        return ProgramSource.of(Language.JAVA, "Main.java", code);
    }

    /** Name the file of the i-th program of a batch. */
    static String file(int i) {
        return "P" + i + ".java";
    }

    /** Put programs into one source, in a file each, as one compilation is much faster than many. */
    static ProgramSource batch(List<String> codes) {
        var files = new LinkedHashMap<String, String>();
        for (int i = 0; i < codes.size(); i++) {
            files.put(file(i), codes.get(i));
        }
        return new ProgramSource(
                Language.JAVA, "Main.java", "public class Main { static void main() {} }", files, "main");
    }

    /** Return programs without input, each with its entry in class {@code P0}, {@code P1}, … */
    static List<JavaProgram> admitAll(JavaPrograms programs, List<String> codes) {
        JavaProgram all = programs.admit(batch(codes));
        return IntStream.range(0, codes.size())
                .mapToObj(i -> new JavaProgram(
                        all.classes(), new JavaProgram.Entry("P" + i, "main", false, false), all.sources()))
                .toList();
    }

    /** Hold a program that runs. */
    static final class Running {
        final SmallHost host = new SmallHost();
        final JavaGuest guest = new JavaGuest(MEMORY);
        final CompletableFuture<String> result = new CompletableFuture<>();
        final Thread thread;

        Running(JavaProgram program, String input) {
            thread = new Thread(
                    null,
                    () -> {
                        Host.bind(host);
                        try {
                            result.complete(guest.run(host, program, input));
                        } catch (Throwable e) {
                            result.completeExceptionally(e);
                        }
                    },
                    "guest",
                    STACK);
            thread.setDaemon(true);
            thread.setPriority(Thread.MIN_PRIORITY);
            thread.start();
        }

        /** Wait for the end; null: not ended in time. */
        @Nullable
        Object end(Duration limit) throws InterruptedException {
            try {
                return result.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                return e.getCause();
            } catch (TimeoutException e) {
                return null;
            }
        }
    }

    static Running start(String code, String input) {
        return new Running(PROGRAMS.admit(source(code)), input);
    }

    /** Run to the end and return the result. */
    static String run(JavaProgram program, String input) throws InterruptedException {
        Object end = new Running(program, input).end(Duration.ofSeconds(20));
        switch (end) {
            case String s -> {
                return s;
            }
            case PieException p -> throw p;
            case null -> throw new AssertionError("the program does not end");
            default -> throw new AssertionError(end);
        }
    }

    static String run(String code, String input) throws InterruptedException {
        return run(PROGRAMS.admit(source(code)), input);
    }

    static String run(String code) throws InterruptedException {
        return run(code, "{}");
    }
}
