package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import pie.inferlet.Adapter;
import pie.inferlet.Chat;
import pie.inferlet.Context;
import pie.inferlet.ContextOptions;
import pie.inferlet.FetchOptions;
import pie.inferlet.FileSpace;
import pie.inferlet.Forward;
import pie.inferlet.GenStep;
import pie.inferlet.GenerateOptions;
import pie.inferlet.Generator;
import pie.inferlet.Grammar;
import pie.inferlet.GrammarConstraint;
import pie.inferlet.LaunchOptions;
import pie.inferlet.Mask;
import pie.inferlet.Matcher;
import pie.inferlet.Model;
import pie.inferlet.Output;
import pie.inferlet.Probe;
import pie.inferlet.ProbeHandle;
import pie.inferlet.Reasoning;
import pie.inferlet.SampleHandle;
import pie.inferlet.Sampler;
import pie.inferlet.SaveOptions;
import pie.inferlet.Schema;
import pie.inferlet.Stage;
import pie.inferlet.Tokenizer;
import pie.inferlet.Tools;
import tools.jackson.databind.json.JsonMapper;

/** Null, and numbers out of any range, as an argument of each public member of the interface in Java. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
final class JavaNonsenseTest {
    /** Public for the runtime alone. */
    private static final Set<String> OF_THE_RUNTIME = Set.of("Host", "JsonBinding", "Passing", "Serving");

    /** How a Java program makes a value of each type. */
    private static final Map<Class<?>, String> VALUES = Map.ofEntries(
            Map.entry(int.class, "1"),
            Map.entry(long.class, "1L"),
            Map.entry(double.class, "0.5"),
            Map.entry(boolean.class, "false"),
            Map.entry(String.class, "\"x\""),
            Map.entry(Object.class, "\"x\""),
            Map.entry(int[].class, "new int[] {1}"),
            Map.entry(long[].class, "new long[] {1}"),
            Map.entry(float[].class, "new float[] {1}"),
            Map.entry(byte[].class, "new byte[] {1}"),
            Map.entry(Object[].class, "new Object[0]"),
            Map.entry(String[].class, "new String[0]"),
            Map.entry(byte[][].class, "new byte[0][]"),
            Map.entry(Stage[].class, "new Stage[0]"),
            Map.entry(List.class, "List.of()"),
            Map.entry(Map.class, "Map.of()"),
            Map.entry(Class.class, "String.class"),
            Map.entry(Instant.class, "java.time.Instant.EPOCH"),
            Map.entry(Optional.class, "java.util.Optional.empty()"),
            Map.entry(OptionalLong.class, "java.util.OptionalLong.empty()"),
            Map.entry(FileSpace.Root.class, "new pie.inferlet.FileSpace.Root(1, 1, 1, 1)"),
            Map.entry(Duration.class, "Duration.ofMillis(1)"),
            Map.entry(Path.class, "Path.of(\"x\")"),
            Map.entry(CompletableFuture.class, "CompletableFuture.completedFuture(1)"),
            Map.entry(IntFunction.class, "(java.util.function.IntFunction<Mask>) Mask::all"),
            Map.entry(Model.class, "model"),
            Map.entry(Tokenizer.class, "tk"),
            Map.entry(Context.class, "ctx"),
            Map.entry(ContextOptions.class, "ContextOptions.of()"),
            Map.entry(SaveOptions.class, "SaveOptions.of()"),
            Map.entry(LaunchOptions.class, "LaunchOptions.of()"),
            Map.entry(FetchOptions.class, "FetchOptions.of()"),
            Map.entry(GenerateOptions.class, "GenerateOptions.of()"),
            Map.entry(Grammar.Options.class, "Grammar.Options.of()"),
            Map.entry(Forward.class, "ctx.forward()"),
            Map.entry(Output.class, "out"),
            Map.entry(SampleHandle.class, "sampled"),
            Map.entry(ProbeHandle.class, "probed"),
            Map.entry(Generator.class, "g"),
            Map.entry(GenStep.class, "step"),
            Map.entry(Sampler.class, "Sampler.argmax()"),
            Map.entry(Stage.class, "Stage.topK(1)"),
            Map.entry(Probe.class, "Probe.entropy()"),
            Map.entry(Mask.class, "Mask.all(3)"),
            Map.entry(Grammar.class, "Grammar.json()"),
            Map.entry(Matcher.class, "new Matcher(Grammar.json(), tk)"),
            Map.entry(GrammarConstraint.class, "GrammarConstraint.json(model)"),
            Map.entry(Schema.class, "Schema.anyJson()"),
            Map.entry(Chat.Decoder.class, "new Chat.Decoder(model)"),
            Map.entry(Reasoning.Decoder.class, "new Reasoning.Decoder(model)"),
            Map.entry(Tools.Decoder.class, "new Tools.Decoder(model)"),
            Map.entry(Adapter.class, "adapter"));

    private static final Map<Class<?>, List<String>> NUMBERS = Map.of(
            int.class, List.of("-1", "0", "Integer.MIN_VALUE", "Integer.MAX_VALUE"),
            long.class, List.of("-1L", "Long.MIN_VALUE", "Long.MAX_VALUE"),
            double.class, List.of("-1.0", "Double.NaN", "Double.POSITIVE_INFINITY", "Double.MAX_VALUE"));

    private TestRuntime t;

    @BeforeAll
    void start() {
        t = new TestRuntime("dummy", TestRuntime.config(Language.JAVA));
    }

    @Test
    void endsInATypedErrorOrIsTaken() throws Exception {
        List<String> rows = rows();
        assertThat(rows).hasSizeGreaterThan(300);
        String program = ConformanceCase.prelude(Language.JAVA)
                + text("sweep.java").replace("// rows", String.join("\n    ", rows));
        var said = JsonMapper.shared().readTree(t.value(Language.JAVA, program, "{}"));
        assertThat(said.get("wrong").valueStream().map(w -> w.asString())).isEmpty();
    }

    private static String text(String name) throws IOException {
        try (InputStream in = JavaNonsenseTest.class.getResourceAsStream("/nonsense/" + name)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    // ---- rows, of all public members

    private static List<String> rows() throws Exception {
        var rows = new ArrayList<String>();
        for (Class<?> type : classes()) {
            for (Constructor<?> made : type.getConstructors()) {
                add(rows, type, made);
            }
            for (Method method : type.getDeclaredMethods()) {
                if (Modifier.isPublic(method.getModifiers())
                        && !method.isSynthetic()
                        && !method.getName().equals("equals")
                        && !(type.isEnum() || type.isInterface() && !Modifier.isStatic(method.getModifiers()))) {
                    add(rows, type, method);
                }
            }
        }
        return rows;
    }

    private static List<Class<?>> classes() throws Exception {
        Path root = Path.of(Context.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        var classes = new ArrayList<Class<?>>();
        try (Stream<Path> files = Files.list(root.resolve("pie/inferlet"))) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString().replace(".class", "");
                if (OF_THE_RUNTIME.contains(name.replaceFirst("\\$.*", "")) || name.equals("package-info")) {
                    continue;
                }
                Class<?> type = Class.forName("pie.inferlet." + name);
                boolean open = !type.isAnonymousClass() && !type.isAnnotation();
                for (Class<?> c = type; c != null; c = c.getEnclosingClass()) {
                    open = open && Modifier.isPublic(c.getModifiers());
                }
                if (open) {
                    classes.add(type);
                }
            }
        }
        return classes;
    }

    private static void add(List<String> rows, Class<?> type, Executable member) {
        boolean receives = member instanceof Method && !Modifier.isStatic(member.getModifiers());
        if (receives && !VALUES.containsKey(type)) {
            return;
        }
        String callee = member instanceof Constructor<?>
                ? "new " + type.getCanonicalName()
                : (receives ? VALUES.get(type) : type.getCanonicalName()) + "." + member.getName();
        Parameter[] parameters = member.getParameters();
        for (int i = 0; i < parameters.length; i++) {
            int at = i;
            Class<?> of = parameters[i].getType();
            List<String> nonsense = of.isPrimitive() ? NUMBERS.getOrDefault(of, List.of()) : List.of(nothing(of));
            for (String value : nonsense) {
                String call = callee
                        + IntStream.range(0, parameters.length)
                                .mapToObj(k -> k == at
                                        ? value
                                        : VALUES.getOrDefault(
                                                parameters[k].getType(), nothing(parameters[k].getType())))
                                .collect(Collectors.joining(", ", "(", ")"));
                String named =
                        of.isPrimitive() || mayBeNull(parameters[i].getAnnotatedType()) ? "" : parameters[i].getName();
                rows.add("row(\"" + call.replace("\\", "\\\\").replace("\"", "\\\"") + "\", \"" + named + "\", () -> "
                        + call + ");");
            }
        }
    }

    private static String nothing(Class<?> type) {
        return "(" + type.getCanonicalName() + ") null";
    }

    private static boolean mayBeNull(AnnotatedType type) {
        return type.isAnnotationPresent(Nullable.class);
    }

    @AfterAll
    void stop() {
        t.audit();
        t.close();
    }
}
