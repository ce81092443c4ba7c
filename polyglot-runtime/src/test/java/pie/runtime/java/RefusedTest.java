package pie.runtime.java;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Ways out that must be refused before anything runs. */
class RefusedTest {
    private static PieException refusal(String code) {
        return Objects.requireNonNull(
                catchThrowableOfType(PieException.class, () -> Bench.PROGRAMS.admit(Bench.source(code))),
                "was admitted");
    }

    /** Bodies of {@code main}; after {@code ##} further members of the class. */
    private static final List<String> KNOWN_TO_JAVAC = List.of(
            // the process and its settings
            "System.exit(1); return 0;",
            "Runtime.getRuntime().halt(1); return 0;",
            "return System.getenv();",
            "return System.getProperty(\"user.home\");",
            "return Integer.getInteger(\"x\");",
            "return Boolean.getBoolean(\"x\");",
            "System.setOut(null); return 0;",
            "System.setProperty(\"a\", \"b\"); return 0;",
            "return System.in.read();",
            "return IO.readln();",
            "Locale.setDefault(Locale.ROOT); return 0;",
            "TimeZone.setDefault(null); return 0;",
            "System.load(\"/x\"); return 0;",
            "System.gc(); return 0;",
            // reflection and class loading
            "return Object.class.getDeclaredMethods()[0];",
            "return Class.forName(\"java.lang.System\");",
            "return Object.class.getClassLoader();",
            "return Object.class.getModule();",
            "return Object.class.getResourceAsStream(\"/x\");",
            "return java.lang.invoke.MethodHandles.lookup();",
            "return new Object(){}.getClass().getEnclosingClass();",
            "return java.lang.reflect.Proxy.newProxyInstance(null, null, null);",
            "return ServiceLoader.load(Runnable.class);",
            "return StackWalker.getInstance();",
            "return null; ## static class C extends ClassLoader {}",
            "return javax.tools.ToolProvider.getSystemJavaCompiler();",
            "return Object.class.getRecordComponents();",
            "return ((Enum<?>) Thread.State.NEW).describeConstable();",
            // threads and locks
            "new Thread(() -> {}).start(); return 0;",
            "Thread.ofVirtual().start(() -> {}); return 0;",
            "return Thread.currentThread();",
            "return 0; ## static class T extends Thread {}",
            "return Executors.newCachedThreadPool();",
            "return ForkJoinPool.commonPool();",
            "return List.of(1).parallelStream().count();",
            "return IntStream.range(0, 9).parallel().sum();",
            "Arrays.parallelSort(new int[3]); return 0;",
            "return new Timer();",
            "return CompletableFuture.supplyAsync(() -> 1, r -> r.run());",
            "return CompletableFuture.supplyAsync(() -> 1).thenApplyAsync(x -> x);",
            "return CompletableFuture.delayedExecutor(1, TimeUnit.DAYS);",
            "synchronized (String.class) { while (true); }",
            "return f(); ## static synchronized int f() { return 1; }",
            "new Object().wait(); return 0;",
            "\"\".notifyAll(); return 0;",
            "return new ThreadLocal<String>();",
            "new ConcurrentHashMap<Integer, Integer>().forEach(1, (a, b) -> {}); return 0;",
            "return new java.util.concurrent.locks.ReentrantLock();",
            "return 0; ## static class F extends CompletableFuture<String> {}",
            // files, network, processes
            "return new java.io.FileInputStream(\"/etc/passwd\").read();",
            "return java.nio.file.Files.newInputStream(java.nio.file.Path.of(\"/etc/passwd\"));",
            "new java.io.PrintStream(\"/tmp/x\").println(1); return 0;",
            "return new Scanner(java.nio.file.Path.of(\"/etc/passwd\")).next();",
            "return new Formatter(\"/tmp/x\");",
            "return new java.net.Socket(\"localhost\", 1);",
            "return java.net.http.HttpClient.newHttpClient();",
            "return new java.net.URI(\"http://x\").toURL().openStream();",
            "return new ProcessBuilder(\"id\").start();",
            "return ProcessHandle.current();",
            "return new java.io.ObjectInputStream(null);",
            "return new java.util.jar.JarFile(\"x\");",
            "return java.lang.management.ManagementFactory.getRuntimeMXBean();",
            "return java.sql.DriverManager.getDrivers();",
            "return java.util.logging.Logger.getGlobal();",
            "return ResourceBundle.getBundle(\"x\");",
            "return Currency.getInstance(\"EUR\");",
            // method references and other ways to name a member
            "IntConsumer c = System::exit; c.accept(3); return 0;",
            "Supplier<Thread> s = Thread::new; return s.get();",
            "Function<String, Class<?>> f = s -> { try { return Class.forName(s); } catch (Exception e) { return null; } }; return f;",
            "Consumer<Object> c = Object::notify; c.accept(1); return 0;",
            "Runnable r = (Runnable & java.io.Serializable) () -> {}; return r;",
            "return switch ((Object) 1) { case Process t -> 1; default -> 0; };",
            "return ((Object) 1) instanceof ClassLoader;",
            "return Process[].class;",
            "try { return 0; } catch (SecurityException | LinkageError e) { return e; }",
            "return 0; ## static Process p;",
            "return 0; ## static <T extends Process> void f(T t) {}",
            "return 0; ## record R(Process t) {}",
            "return 0; ## interface I { java.io.File f(); }",
            // shapes of classes
            "return 0; ## protected void finalize() { while (true); }",
            "return 0; ## static native void n();",
            "return \"a\".intern();",
            "return 0; ## static class P extends java.io.PrintStream { P() { super((java.io.OutputStream) null); } }",
            "return new java.util.concurrent.atomic.AtomicIntegerFieldUpdater<?>[0];",
            "return java.lang.invoke.VarHandle.class;",
            "return java.lang.foreign.Arena.global();",
            "return java.lang.ref.Cleaner.create();",
            "return new java.lang.ref.WeakReference<>(\"\");",
            "return java.time.Clock.systemUTC();",
            "return java.security.MessageDigest.getInstance(\"MD5\");",
            "return ScopedValue.newInstance();",
            "return new java.util.concurrent.Exchanger<String>();",
            "return StackTraceElement.class.getMethods();");

    private static final Set<String> REFUSED_FILES = new HashSet<>();

    private static String program(String name, String line) {
        String[] parts = line.split(" ## ");
        return """
                import java.util.*;
                import java.util.concurrent.*;
                import java.util.function.*;
                import java.util.stream.*;
                public class %s {
                    %s
                    public static Object main() throws Throwable { %s }
                }
                """.formatted(name, parts.length > 1 ? parts[1] : "", parts[0]);
    }

    @BeforeAll
    static void check() {
        var codes = IntStream.range(0, KNOWN_TO_JAVAC.size())
                .mapToObj(i -> program("P" + i, KNOWN_TO_JAVAC.get(i)))
                .toList();
        PieException e = Objects.requireNonNull(
                catchThrowableOfType(PieException.class, () -> Bench.PROGRAMS.admit(Bench.batch(codes))));
        assertThat(e.code()).as(e.message()).isEqualTo(ErrorCode.PERMISSION_DENIED);
        for (Object problem : (List<?>) Objects.requireNonNull(e.details().get("problems"))) {
            String path = String.valueOf(((Map<?, ?>) problem).get("path"));
            REFUSED_FILES.add(path.substring(0, path.indexOf(':')));
        }
    }

    static IntStream known() {
        return IntStream.range(0, KNOWN_TO_JAVAC.size());
    }

    @ParameterizedTest
    @MethodSource("known")
    void isRefused(int i) {
        assertThat(REFUSED_FILES).as("admitted: " + KNOWN_TO_JAVAC.get(i)).contains(Bench.file(i));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "return sun.misc.Unsafe.getUnsafe();",
                // the engine and the gate
                "pie.runtime.java.gate.Gate.interrupt(); return 0;",
                "try { return 0; } catch (pie.runtime.java.Stop s) { return 1; }",
                "return pie.inferlet.Host.current();",
                "pie.inferlet.Host.bind(null); return 0;",
                "return pie.engine.Engine.class;",
                "return new pie.engine.process.Budget[0];",
                "return tools.jackson.databind.json.JsonMapper.builder();",
                "return org.slf4j.LoggerFactory.getLogger(\"x\");"
            })
    void isHidden(String line) {
        PieException e = refusal(program("Main", line));
        assertThat(e.code()).isIn(ErrorCode.PERMISSION_DENIED, ErrorCode.SOURCE_ERROR);
        assertThat(e.details()).containsEntry("file", "Main.java").containsKey("line");
    }

    @Test
    void aRefusalNamesPlaceMemberAndWayOut() {
        PieException e = refusal("void main() {\n    IO.println(1);\n    System.exit(0);\n}\n");
        assertThat(e.message())
                .isEqualTo(
                        "Main.java:3: java.lang.System.exit is not available to inferlets; return from main, or throw an exception");
        assertThat(e.details())
                .containsEntry("line", 3)
                .containsEntry("member", "java.lang.System.exit")
                .containsEntry("hint", "return from main, or throw an exception");
    }

    @Test
    void reservedPackages() {
        assertThat(refusal("package pie.inferlet; public class Main { public static int main() { return 1; } }")
                        .message())
                .contains("reserved");
    }
}
