package pie.runtime.java.gate;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/** Send what a program prints to its own streams. */
public final class Printing {
    private Printing() {}

    @Replaces(value = IO.class, statically = true)
    public static void println(@Nullable Object o) {
        Walk.over(o);
        Gate.out().println(String.valueOf(o));
    }

    @Replaces(value = IO.class, statically = true)
    public static void println() {
        Gate.out().println();
    }

    @Replaces(value = IO.class, statically = true)
    public static void print(@Nullable Object o) {
        Walk.over(o);
        Gate.out().print(String.valueOf(o));
    }

    @Replaces(PrintStream.class)
    public static PrintStream printf(PrintStream s, String format, @Nullable Object... args) {
        s.print(Texts.format(format, args));
        return s;
    }

    @Replaces(PrintStream.class)
    public static PrintStream format(PrintStream s, String format, @Nullable Object... args) {
        return printf(s, format, args);
    }

    @Replaces(PrintStream.class)
    public static PrintStream printf(PrintStream s, java.util.Locale locale, String format, @Nullable Object... args) {
        s.print(Texts.format(locale, format, args));
        return s;
    }

    @Replaces(PrintStream.class)
    public static PrintStream format(PrintStream s, java.util.Locale locale, String format, @Nullable Object... args) {
        return printf(s, locale, format, args);
    }

    @Replaces(Throwable.class)
    public static void printStackTrace(Throwable t) {
        printStackTrace(t, Gate.err());
    }

    @Replaces(Throwable.class)
    public static void printStackTrace(Throwable t, PrintStream s) {
        var text = new StringWriter();
        t.printStackTrace(new PrintWriter(text));
        s.print(text);
    }
}
