package pie.cli;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/** Run one {@code pie} command and exit with its code. */
public final class Main {
    private static final int STDERR = 2;

    private Main() {}

    public static void main(String[] args) {
        takeStderrBack();
        var out = new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), true);
        var err = new PrintWriter(new OutputStreamWriter(System.err, StandardCharsets.UTF_8), true);
        int code = Pie.run(args, out, err);
        out.flush();
        err.flush();
        System.exit(code);
    }

    /**
     * The launcher hides the JVM's first words on stderr and leaves the real one on another descriptor. It is moved back, not opened
     * again: a file opened twice has two places to write at, and stdout often shares it.
     */
    @SuppressWarnings("restricted")
    private static void takeStderrBack() {
        Integer hidden = Integer.getInteger("pie.stderr");
        if (hidden == null) {
            return;
        }
        Linker linker = Linker.nativeLinker();
        MethodHandle dup2 = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("dup2"), FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        try {
            if ((int) dup2.invokeExact((int) hidden, STDERR) != STDERR) {
                System.err.println("pie: stderr cannot be taken back from descriptor " + hidden);
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
