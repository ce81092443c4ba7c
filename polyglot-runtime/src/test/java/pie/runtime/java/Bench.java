package pie.runtime.java;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
    static String run(JavaPrograms programs, String code, String input) throws InterruptedException {
        Object end = new Running(programs.admit(source(code)), input).end(Duration.ofSeconds(20));
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
        return run(PROGRAMS, code, input);
    }

    static String run(String code) throws InterruptedException {
        return run(code, "{}");
    }
}
