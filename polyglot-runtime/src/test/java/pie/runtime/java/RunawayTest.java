package pie.runtime.java;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Programs that would never end, or take all memory: each must be gone soon after the kill, or end by a limit of its own. */
class RunawayTest {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Lists with 2^60 paths in 60 objects. */
    private static final String BOMBS = """
            static List<Object> bomb(int n) {
                List<Object> l = List.of(1);
                for (int i = 0; i < n; i++) l = List.of(l, l);
                return l;
            }
            static List<Object> mutable(int n) {
                List<Object> l = new ArrayList<>(List.of(1));
                for (int i = 0; i < n; i++) l = new ArrayList<>(Arrays.asList(l, l));
                return l;
            }
            """;

    private static final long CPU = Duration.ofMillis(60).toNanos();
    private static final long BYTES = 400L << 20;
    private static final Duration AFTER_KILL = Duration.ofSeconds(10);

    private static String program(String name, String line) {
        String[] parts = line.split(" ## ");
        return """
                import java.math.*;
                import java.util.*;
                import java.util.concurrent.*;
                import java.util.function.*;
                import java.util.regex.*;
                import java.util.stream.*;
                public class %s {
                    %s
                    %s
                    public static Object main() throws Throwable { %s }
                }
                """.formatted(name, BOMBS, parts.length > 1 ? parts[1] : "", parts[0]);
    }

    /** Kill beyond a budget, as the runtime's watchdog does; return how the program ended. */
    private static Object end(int i, String line) throws InterruptedException {
        var running = new Bench.Running(endless.get(i), "{}");
        long begin = System.nanoTime();
        while (running.thread.isAlive()
                && THREADS.getThreadCpuTime(running.thread.threadId()) < CPU
                && THREADS.getThreadAllocatedBytes(running.thread.threadId()) < BYTES
                && System.nanoTime() - begin < 3_000_000_000L) {
            Thread.sleep(5);
        }
        running.guest.kill();
        Object end = running.end(AFTER_KILL);
        assertThat(end)
                .as("still running %s after the kill: %s", AFTER_KILL, line)
                .isNotNull();
        return end;
    }

    private static final List<String> ENDLESS = List.of(
            "while (true) {}",
            "long i = 0; for (;;) i++;",
            "while (true) { try { while (true) {} } catch (Throwable t) {} }",
            "while (true) { try { while (true) {} } finally { continue; } }",
            "try { while (true); } finally { try { while (true); } finally { while (true); } }",
            "while (true) try { throw new Error(); } catch (Error e) {}",
            "return Z.x; ## static class Z { static int x; static { while (x >= 0); } }",
            "while (true) try { return Z.x; } catch (Throwable t) {} ## static class Z { static int x; static { while (x >= 0); } }",
            "return f(90); ## static long f(int n) { return n < 2 ? n : f(n - 1) + f(n - 2); }",
            "int n = 0; while (true) try { g(0); } catch (StackOverflowError e) { n++; } ## static int g(int n) { return g(n + 1) + 1; }",
            "F f = new F(); f.r = x -> f.r.apply(x) + 0; while (true) try { f.r.apply(1); } catch (StackOverflowError e) {} ## static class F { Function<Integer, Integer> r; }",
            "for (int i = 0; ; i = switch (i) { case 1 -> 0; default -> 1; });",
            "do { String s = \"a\"; switch (s) { case \"a\": continue; } } while (true);",
            "try (AutoCloseable c = () -> { while (true); }) { while (true); }",
            "var l = new ArrayList<Object>(); while (true) l.add(new Object());",
            "var m = new HashMap<Object, Object>(); while (true) m.put(new Object(), new Object());",
            "var l = new LinkedList<long[]>(); while (true) l.add(new long[100]);",
            "String s = \"xx\"; while (true) s = s.substring(1) + s.charAt(0);",
            "return \"a\".repeat(40).matches(\"(a+)+\\\\1b\");",
            "return (\"a\".repeat(40) + \"c\").matches(\"(a+)+(a+)\\\\2b\");",
            "return Pattern.compile(\"(a+)+\\\\1b\").matcher(\"a\".repeat(40)).find();",
            "return \"a\".repeat(40).replaceAll(\"(a+)+\\\\1b\", \"\");",
            "return \"a\".repeat(40).split(\"(a+)+\\\\1b\");",
            "Matcher m = Pattern.compile(\"(a+)+\\\\1b\").matcher(\"\"); return m.reset(\"a\".repeat(40)).find();",
            "BiPredicate<String, String> p = String::matches; return p.test(\"a\".repeat(40), \"(a+)+\\\\1b\");",
            "return LongStream.range(0, Long.MAX_VALUE).sum();",
            "return LongStream.rangeClosed(0, Long.MAX_VALUE - 1).filter(x -> x < 0).count();",
            "return IntStream.iterate(1, x -> x).filter(x -> x > 1).findFirst();",
            "return Stream.generate(() -> 1).filter(x -> x > 1).findFirst();",
            "return Stream.generate(String::new).filter(\"x\"::equals).count();",
            "return Stream.iterate(1, UnaryOperator.identity()).allMatch(Integer.valueOf(1)::equals);",
            "return new Random().ints().filter(x -> false).findFirst();",
            "var l = Collections.nCopies(1 << 22, 1); return l.stream().flatMap(x -> l.stream()).flatMap(x -> l.stream()).filter(Integer.valueOf(2)::equals).count();",
            "List<Integer> l = new ArrayList<>(); for (int i = 0; i < 200000; i++) l.add(i * 7919 % 200000); while (true) l.sort((x, y) -> x % 1000 - y % 1000);",
            "var b = BigInteger.ONE; while (true) b = b.add(b.shiftRight(1)).add(BigInteger.ONE).mod(BigInteger.TWO.pow(9999));",
            // what the library composes by itself
            "Function<Integer, Integer> f = Function.identity(); for (int i = 0; i < 60; i++) f = f.andThen(f); return f.apply(1);",
            "Comparator<Integer> c = Comparator.naturalOrder(); for (int i = 0; i < 60; i++) c = c.thenComparing(c); return c.compare(1, 1);",
            "Predicate<Object> p = Predicate.isEqual(1); for (int i = 0; i < 60; i++) p = p.and(p); return p.test(1);",
            "IntUnaryOperator f = IntUnaryOperator.identity(); for (int i = 0; i < 60; i++) f = f.compose(f); return f.applyAsInt(1);",
            "Collector<Object, ?, Object> c = Collectors.collectingAndThen(Collectors.counting(), x -> x); for (int i = 0; i < 60; i++) c = Collectors.teeing(c, c, (a, b) -> a); return Stream.of(1).collect(c);",
            "String a = \"a\".repeat(1 << 24); return a.indexOf(\"a\".repeat(1 << 22) + \"b\");",
            "String a = \"a\".repeat(1 << 24); return a.contains(\"a\".repeat(1 << 22) + \"b\");",
            // of two strings: that a string equals itself is known at once
            "List<String> l = new ArrayList<>(Collections.nCopies(1 << 20, \"a\".repeat(1 << 24))); String b = \"a\".repeat(1 << 24); for (int i = 0; i < l.size(); i += 2) l.set(i, b); Collections.sort(l); return l.size();",
            // walks of the library through nested containers
            "return bomb(60).hashCode();",
            "return bomb(60).toString();",
            "return mutable(60).equals(mutable(60));",
            "return \"\" + bomb(60);",
            "return String.valueOf(bomb(60));",
            "return String.format(\"%s\", bomb(60));",
            "System.out.println(bomb(60)); return 0;",
            "return new StringBuilder().append(bomb(60));",
            "return Objects.hash(1, bomb(60));",
            "return new HashMap<Object, Object>().put(bomb(60), 1);",
            "return new HashSet<Object>().add(bomb(60));",
            "return new R(bomb(60)).hashCode(); ## record R(Object o) {}",
            "return Stream.of(bomb(60)).map(Object::hashCode).toList();",
            "return Arrays.deepHashCode(new Object[] {bomb(60)});",
            "return Optional.of(bomb(60)).hashCode();",
            "return bomb(60);",
            "pie.inferlet.Session.send(bomb(60)); return 0;",
            // waiting
            "Thread.sleep(1 << 30); return 0;",
            "return new CompletableFuture<String>().join();",
            "CompletableFuture<String> f = new CompletableFuture<>(); Runnable[] r = new Runnable[1]; r[0] = () -> CompletableFuture.runAsync(r[0]); r[0].run(); return f.get();",
            "var f = CompletableFuture.supplyAsync(() -> 1); while (true) f = f.thenApply(x -> x + 1);");

    private static final List<String> GREEDY = List.of(
            "return new byte[1 << 30].length;",
            "return new long[4000][4000].length;",
            "return new int[300][300][300].length;",
            "List<byte[]> l = new ArrayList<>(); while (true) l.add(new byte[1 << 20]);",
            "List<int[]> l = new ArrayList<>(); int[] a = new int[1 << 20]; while (true) l.add(a.clone());",
            "List<int[]> l = new ArrayList<>(); int[] a = new int[1 << 20]; while (true) l.add(Arrays.copyOf(a, 1 << 20));",
            "IntFunction<byte[]> f = byte[]::new; return f.apply(1 << 30);",
            "StringBuilder b = new StringBuilder(\"xx\"); while (true) b.append(b);",
            "StringBuilder b = new StringBuilder(\"xx\"); while (true) b.insert(0, b.toString());",
            "String s = \"xx\"; while (true) s = s + s;",
            "String s = \"xx\"; while (true) s = s.concat(s);",
            "return \"x\".repeat(1 << 30).length();",
            "BiFunction<String, Integer, String> f = String::repeat; return f.apply(\"x\", 1 << 30);",
            "return \"a\".repeat(10000).replace(\"a\", \"b\".repeat(100000)).length();",
            "return String.join(\"x\".repeat(1 << 20), Collections.nCopies(1000, \"y\"));",
            "return Stream.generate(() -> \"y\".repeat(1 << 20)).limit(1000).collect(Collectors.joining());",
            "return \"a\\nb\".indent(1 << 30);",
            "return new StringBuilder(1 << 30).length();",
            "new StringBuilder().setLength(1 << 30); return 0;",
            "return new StringBuilder().repeat('x', 1 << 30).length();",
            "return String.format(\"%200000000d\", 1).length();",
            "return \"%.200000000f\".formatted(1.0).length();",
            "System.out.printf(\"%,0200000000d\", 1); return 0;",
            "return new ArrayList<Object>(1 << 28).size();",
            "return new HashMap<Object, Object>(1 << 28).put(1, 1);",
            "IntFunction<Object> f = ArrayList::new; return f.apply(1 << 28);",
            "return Collections.nCopies(1 << 30, 1).hashCode();",
            "List<Object> l = new ArrayList<>(List.of(1, 2)); while (true) l.addAll(l);",
            "var b = new BitSet(); b.set(Integer.MAX_VALUE - 1); return b;",
            "return BigInteger.TWO.pow(1 << 30);",
            "return BigInteger.ONE.shiftLeft(1 << 30);",
            "return BigInteger.ZERO.setBit(Integer.MAX_VALUE);",
            "var b = BigInteger.TEN; while (true) b = b.multiply(b);",
            "return Collections.nCopies(64, BigInteger.TEN.pow(100000)).stream().reduce(BigInteger::multiply);",
            "return BigInteger.TWO.pow(1 << 19).modPow(BigInteger.TWO.pow(1 << 19), BigInteger.TEN.pow(9999));",
            "return new BigDecimal(\"1e1000000000\").toPlainString();",
            "return new BigDecimal(\"1e9999\").pow(9999);",
            "return BigDecimal.ONE.setScale(1 << 30);",
            "return BigDecimal.ONE.divide(BigDecimal.valueOf(3), 1 << 30, RoundingMode.DOWN);",
            "return BigDecimal.ONE.scaleByPowerOfTen(1 << 30).add(BigDecimal.ONE);",
            "return new MathContext(1 << 30);",
            "return Pattern.compile(\"x\", Pattern.CANON_EQ);",
            "String a = \"a\".repeat(1 << 24); return a.lastIndexOf(\"b\" + \"a\".repeat(1 << 22));",
            "List<Integer> l = Collections.nCopies(1 << 20, 1); return l.containsAll(Collections.nCopies(1 << 20, 2));",
            "return new Random().ints(1L << 31).toArray();",
            "return IntStream.range(0, 1 << 30).mapToObj(i -> new int[9]).toList();");

    private static List<JavaProgram> endless = List.of();
    private static List<JavaProgram> greedy = List.of();

    @BeforeAll
    static void compile() {
        endless = compiled(ENDLESS);
        greedy = compiled(GREEDY);
    }

    private static List<JavaProgram> compiled(List<String> lines) {
        return Bench.admitAll(
                Bench.PROGRAMS,
                IntStream.range(0, lines.size())
                        .mapToObj(i -> program("P" + i, lines.get(i)))
                        .toList());
    }

    static IntStream endless() {
        return IntStream.range(0, ENDLESS.size());
    }

    static IntStream greedy() {
        return IntStream.range(0, GREEDY.size());
    }

    @ParameterizedTest
    @MethodSource("endless")
    void isStopped(int i) throws Exception {
        String line = ENDLESS.get(i);
        if (line.startsWith("Thread.sleep") || line.contains("<String>().join")) {
            var running = new Bench.Running(endless.get(i), "{}");
            org.awaitility.Awaitility.await()
                    .until(() -> running.thread.getState() == Thread.State.WAITING
                            || running.thread.getState() == Thread.State.TIMED_WAITING);
            running.host.end();
            assertThat(running.end(AFTER_KILL)).isInstanceOf(PieException.class);
            return;
        }
        Object end = end(i, line);
        assertThat(end).isInstanceOf(PieException.class);
        assertThat(((PieException) end).code())
                .isIn(ErrorCode.CANCELLED, ErrorCode.LIMIT_EXCEEDED, ErrorCode.INVALID_ARGUMENT);
    }

    /** What asks for too much at one stroke fails by a limit, without help from outside and without the memory. */
    @ParameterizedTest
    @MethodSource("greedy")
    void endsByALimit(int i) throws Exception {
        String line = GREEDY.get(i);
        var running = new Bench.Running(greedy.get(i), "{}");
        long begin = System.nanoTime();
        while (running.thread.isAlive()
                && THREADS.getThreadAllocatedBytes(running.thread.threadId()) < 2 * BYTES
                && System.nanoTime() - begin < 15_000_000_000L) {
            Thread.sleep(1);
        }
        if (running.thread.isAlive()) {
            // only sources that fill memory bit by bit need the watchdog
            assertThat(line).containsAnyOf("ints(1L", "IntStream.range");
            running.guest.kill();
        }
        Object end = running.end(AFTER_KILL);
        assertThat(end).as(line).isInstanceOf(PieException.class);
        assertThat(((PieException) end).code())
                .isIn(ErrorCode.LIMIT_EXCEEDED, ErrorCode.CANCELLED, ErrorCode.UNSUPPORTED);
    }
}
