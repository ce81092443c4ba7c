package pie.runtime.java;

import java.util.List;

/** Say what to use instead of a class or member that programs may not name. */
final class Hints {
    private record Hint(String prefix, String text) {}

    private static final String THREADS =
            "a program has one thread: use CompletableFuture and the …Async methods of pie.inferlet";

    private static final List<Hint> HINTS = List.of(
            new Hint("java.lang.System.exit", "return from main, or throw an exception"),
            new Hint("java.lang.Runtime", "return from main, or throw an exception"),
            new Hint("java.lang.System.getenv", "pass settings in the input"),
            new Hint("java.lang.System.getProperty", "pass settings in the input"),
            new Hint("java.lang.System.in", "use Session.receive()"),
            new Hint("java.lang.IO.readln", "use Session.receive()"),
            new Hint("java.util.Scanner", "use Session.receive(), String.split or a regular expression"),
            new Hint("java.lang.Thread", THREADS),
            new Hint("java.util.concurrent.Exec", THREADS),
            new Hint("java.util.concurrent.ForkJoin", THREADS),
            new Hint("java.util.Timer", THREADS),
            new Hint("java.util.concurrent.locks", "a program has one thread and needs no locks"),
            new Hint("java.lang.StringBuffer", "use StringBuilder"),
            new Hint("java.lang.reflect", "use records, interfaces and switch patterns"),
            new Hint("java.lang.Class.", "use records, interfaces and switch patterns"),
            new Hint("java.lang.invoke", "use lambdas"),
            new Hint("java.io", "Java programs have no files"),
            new Hint("java.nio", "Java programs have no files"),
            new Hint("java.net", "Java programs have no network"),
            new Hint("java.util.Vector", "use ArrayList"),
            new Hint("java.util.Stack", "use ArrayDeque"),
            new Hint("java.util.Hashtable", "use HashMap"));

    private Hints() {}

    /** Return a hint for a class or member in Java notation, "" if there is none. */
    static String of(String member) {
        String name = member.substring(member.lastIndexOf('.') + 1);
        if (name.startsWith("parallel")) {
            return "a program has one thread: use the sequential form";
        }
        for (Hint hint : HINTS) {
            if (member.startsWith(hint.prefix)) {
                return hint.text;
            }
        }
        return "";
    }
}
