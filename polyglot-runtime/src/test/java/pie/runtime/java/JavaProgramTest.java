package pie.runtime.java;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.Language;
import pie.runtime.ProgramSource;

/** Entries, inputs, results, output, failures and the end of Java programs. */
class JavaProgramTest {
    private static PieException failure(String code) {
        return Objects.requireNonNull(catchThrowableOfType(PieException.class, () -> Bench.run(code)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "String main() { return \"a\"; } | {} | a",
                "void main() {} | {} | ``",
                "int main() { return 3; } | {} | 3",
                "public class Main { public static String main(String s) { return s; } } | raw text | raw text",
                "Object main(Map<String,Object> m) { return m.get(\"a\"); } | {\"a\":[1,2.5,null,true]} | [1,2.5,null,true]",
                "Object main(Object o) { return o; } | plain words | {\"input\":\"plain words\"}",
                "Object main(Object o) { return o; } | [] | {}",
                "Object main(Object o) { return o; } | `` | {}",
                "Object main(Object o) { return o; } | [1] | [1]",
                "record In(String name, int n, List<Double> xs, Optional<String> o, boolean b) {} Object main(In in) "
                        + "{ return in; } | {\"name\":\"x\",\"n\":2,\"xs\":[1,2]} | {\"name\":\"x\",\"n\":2,\"xs\":[1.0,2.0],\"o\":null,\"b\":false}",
                "Object main() { return Map.of(\"k\", Double.NaN); } | {} | {\"k\":null}",
                "Object main() { return new int[]{1,2}; } | {} | [1,2]",
                "Object main() { return Optional.of(Thing.B); } enum Thing { A, B } | {} | \"B\"",
                "String main(String[] args) { return String.join(\"+\", args); } | {\"_positional\":[\"a\",1]} | a+1",
                "CompletableFuture<String> main() { return CompletableFuture.supplyAsync(() -> \"later\"); } | {} | later",
                "Object main() { return CompletableFuture.supplyAsync(() -> 20).thenApply(x -> x + 1).thenCombine("
                        + "CompletableFuture.supplyAsync(() -> 2), (a, b) -> a * b).join(); } | {} | 42",
            })
    void entriesInputsAndResults(String code, String input, String result) throws Exception {
        String imports = code.contains("class ") ? "import java.util.*;\n" : "";
        assertThat(Bench.run(imports + code, input == null ? "" : input)).isEqualTo(result);
    }

    @Test
    void printsGoToTheProcess() throws Exception {
        var running = Bench.start("""
                import pie.inferlet.*;
                void main() throws Exception {
                    IO.println("one " + PieRuntime.program());
                    System.out.print("zw\\u00f6lf ");
                    System.out.printf("%5.2f|%s%n", 3.14159, List.of(1, 2));
                    List.of("a", "b").forEach(System.out::println);
                    System.err.println("bad");
                    new IllegalStateException("trace").printStackTrace();
                    Session.send(new Point(1, 2));
                }
                record Point(int x, int y) {}
                """, "{}");
        assertThat(running.end(Duration.ofSeconds(20))).isEqualTo("");
        assertThat(running.host.out.toString()).isEqualTo("one test@0.0.0\nzw\u00f6lf  3.14|[1, 2]\na\nb\n");
        assertThat(running.host.err.toString()).startsWith("bad\njava.lang.IllegalStateException: trace\n");
        assertThat(running.host.messages).containsExactly("{\"x\":1,\"y\":2}");
    }

    @Test
    void severalFilesAndPackages() throws Exception {
        var source = new ProgramSource(
                Language.JAVA,
                "Main.java",
                "import lib.Greeter; class Main { String main() { return new Greeter(\"you\").text(); } }",
                Map.of(
                        "lib/Greeter.java",
                        "package lib; public record Greeter(String who) { public String text() { return \"hi \" + who; } }"),
                "main");
        assertThat(new Bench.Running(Bench.PROGRAMS.admit(source), "{}").end(Duration.ofSeconds(20)))
                .isEqualTo("hi you");
    }

    @Test
    void anyFileNameWillDo() throws Exception {
        var source = ProgramSource.of(
                Language.JAVA,
                "my-program 2.java",
                "public class Other { public static String main() { return \"ok\"; } }");
        assertThat(new Bench.Running(Bench.PROGRAMS.admit(source), "{}").end(Duration.ofSeconds(20)))
                .isEqualTo("ok");
    }

    @Test
    void compileErrorsHavePlaces() {
        PieException e = failure("String main() {\n    return 1;\n}\n");
        assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_ERROR);
        assertThat(e.details())
                .containsEntry("file", "Main.java")
                .containsEntry("line", 2L)
                .containsEntry("column", 12L);
        assertThat(e.message()).startsWith("Main.java:2:12: incompatible types");
    }

    @Test
    void noEntryIsRefused() {
        assertThat(failure("class Main { void run() {} }").code()).isEqualTo(ErrorCode.SOURCE_ERROR);
        assertThat(failure("class Main { void main(int x) {} }").message()).contains("must be a String, Map");
    }

    @Test
    void uncaughtExceptionsCarryGuestFramesAndLines() {
        PieException e = failure("""
                String main() {
                    return deep(3);
                }
                String deep(int n) {
                    if (n == 0) throw new Broken("too deep");
                    return deep(n - 1);
                }
                static class Broken extends RuntimeException {
                    Broken(String m) { super(m); }
                }
                """);
        assertThat(e.code()).isEqualTo(ErrorCode.GUEST_ERROR);
        assertThat(e.message()).isEqualTo("too deep");
        assertThat(e.details()).containsEntry("type", "Main.Broken");
        assertThat((String) e.details().get("traceback"))
                .startsWith(
                        "Main.Broken: too deep\n    at Main.deep (Main.java:5)\n        if (n == 0) throw new Broken(\"too deep\");\n")
                .endsWith("    at Main.main (Main.java:2)\n        return deep(3);")
                .doesNotContain("pie.runtime");
    }

    @Test
    void ownErrorsKeepTheirCode() {
        PieException e = failure("import pie.inferlet.*;\nvoid main() { Model.load(\"nope\"); }");
        assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat((String) e.details().get("traceback")).contains("Main.java:2");
    }

    @Test
    void wrongInputNamesTheField() {
        PieException e = Objects.requireNonNull(catchThrowableOfType(
                PieException.class,
                () -> Bench.run("record In(int n) {} int main(In in) { return in.n(); }", "{\"n\":\"x\"}")));
        assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(e.message()).isEqualTo("input.n: expected int, got \"x\"");
    }

    @Test
    void interruptRaisesCancelledAndCleanUpRuns() throws Exception {
        var running = Bench.start("""
                void main() {
                    try {
                        IO.println("go");
                        long i = 0;
                        while (true) i++;
                    } finally {
                        IO.println("cleaned");
                    }
                }
                """, "{}");
        org.awaitility.Awaitility.await()
                .until(() -> running.host.out.toString().contains("go"));
        running.host.end();
        running.guest.interrupt();
        Object end = running.end(Duration.ofSeconds(20));
        assertThat(end)
                .isInstanceOfSatisfying(
                        PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        assertThat(running.host.out.toString()).endsWith("cleaned\n");
    }

    @Test
    void staticsBelongToOneRun() throws Exception {
        String code = "static int n; int main() { return ++n; }";
        assertThat(Bench.run(code)).isEqualTo("1");
        assertThat(Bench.run(code)).isEqualTo("1");
    }

    @Test
    void randomnessComesFromTheProcess() throws Exception {
        String code = "String main() { return Math.random() + \" \" + new Random().nextInt() + UUID.randomUUID(); }";
        assertThat(Bench.run(code)).isEqualTo(Bench.run(code));
    }

    @Test
    void futuresRunOnTheProgramsThread() throws Exception {
        var running = Bench.start("""
                import pie.inferlet.*;
                String main() {
                    int[] steps = {0};
                    var f = Session.receiveAsync().thenApply(s -> { steps[0]++; return s + "!"; });
                    var g = Timers.sleepAsync(Duration.ofMillis(5)).thenCombine(f, (v, s) -> steps[0]);
                    return f.join() + g.join();
                }
                """, "{}");
        running.host.inbox.complete("hello");
        assertThat(running.end(Duration.ofSeconds(20))).isEqualTo("hello!1");
    }
}
