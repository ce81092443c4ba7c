package pie.runtime.java;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Write the stack of an uncaught exception as a program's author wants it: own frames, with their source lines. */
final class GuestTrace {
    private static final int FRAMES = 50;
    private static final int CAUSES = 5;

    private GuestTrace() {}

    static String of(Throwable thrown, JavaProgram program) {
        var lines = new ArrayList<String>();
        Throwable t = thrown;
        for (int i = 0; t != null && i < CAUSES; i++) {
            String message = message(t);
            lines.add((i == 0 ? "" : "Caused by: ") + name(t) + (message == null ? "" : ": " + message));
            frames(t, program, lines);
            Throwable cause = asked(t, Throwable::getCause);
            t = cause == t ? null : cause;
        }
        return String.join("\n", lines);
    }

    private static void frames(Throwable t, JavaProgram program, List<String> lines) {
        int shown = 0;
        StackTraceElement[] stack = asked(t, Throwable::getStackTrace);
        for (StackTraceElement f : stack == null ? new StackTraceElement[0] : stack) {
            if (!program.classes().containsKey(f.getClassName())) {
                continue;
            }
            if (++shown > FRAMES) {
                lines.add("    …");
                return;
            }
            String file = f.getFileName() == null ? "" : f.getFileName();
            JavaProgram.Source source = program.sources().get(file);
            lines.add("    at " + f.getClassName() + "." + f.getMethodName() + " ("
                    + (source == null ? file : source.path()) + ":" + f.getLineNumber() + ")");
            if (source != null && f.getLineNumber() > 0 && f.getLineNumber() <= source.lines().length) {
                lines.add("        " + source.lines()[f.getLineNumber() - 1].strip());
            }
        }
    }

    /** Return the message of an exception, null for none. */
    static @Nullable String message(Throwable t) {
        return asked(t, Throwable::getMessage);
    }

    /** Ask an exception, which may be of a class of the program that answers by throwing another. */
    private static <T> @Nullable T asked(Throwable t, Function<Throwable, @Nullable T> question) {
        try {
            return question.apply(t);
        } catch (Throwable mute) {
            return null;
        }
    }

    /** Return the name of an exception's class as the program would write it. */
    static String name(Throwable t) {
        String name = t.getClass().getName();
        return t.getClass().getClassLoader() instanceof ProgramLoader ? name.replace('$', '.') : name;
    }
}
