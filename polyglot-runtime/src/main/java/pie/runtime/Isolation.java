package pie.runtime;

import java.util.Locale;

/** Say what keeps programs apart: {@code guests.isolation}. */
public enum Isolation {
    /** The walls of the language runtimes: each program has a thread of the server's process. */
    THREAD,
    /** The operating system: each program has a worker, a JVM of its own. */
    PROCESS;

    /** Return the word for it in configuration. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
