package pie.cli;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jline.utils.Signals;

/** Take Ctrl-C and SIGTERM into own hands: the first is told to a handler, the second ends the JVM at once. */
public final class Interrupts {
    /** Exit code of a command that Ctrl-C ended. */
    public static final int SIGINT = 130;

    /** Exit code of a command that SIGTERM ended. */
    public static final int SIGTERM = 143;

    private Interrupts() {}

    /** @param first called once, on a thread of the signal, with {@link #SIGINT} or {@link #SIGTERM} */
    public static void handle(IntConsumer first) {
        var count = new AtomicInteger();
        for (String signal : new String[] {"INT", "TERM"}) {
            int code = signal.equals("INT") ? SIGINT : SIGTERM;
            Signals.register(signal, () -> {
                if (count.getAndIncrement() == 0) {
                    first.accept(code);
                } else {
                    Runtime.getRuntime().halt(code);
                }
            });
        }
    }
}
