package pie.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Say in a worker what is said in the server's process, and get the same answer: pages of {@code conformance/} that hand over values of
 * each kind. With {@code -Dpie.isolated=all} all pages run so, with {@code -Dpie.isolated=python} all of that language;
 * {@code -Dpie.case} takes a part of them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
final class IsolatedConformanceTest {
    private static final List<Language> LANGUAGES = List.of(Language.PYTHON, Language.JAVASCRIPT);
    /** A worker takes seconds of processor time to start, in Python three times as many, so that not all pages do. */
    private static final Map<Language, Set<String>> SOME = Map.of(
            Language.PYTHON,
            Set.of("Constraints that a program writes itself", "A program keeps files where it may, and nowhere else"),
            Language.JAVASCRIPT,
            Set.of(
                    "Constraints that a program writes itself",
                    "Drafters that a program writes itself",
                    "A program keeps files where it may, and nowhere else",
                    "A program calls files in other languages with plain values, and shares its contexts with them",
                    "A program starts others, waits for them, and ends them",
                    "The raw output holds every slot, in the order of the calls",
                    "Snapshots are saved, listed, opened, taken and deleted"));

    /** One page starts thirty workers. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @TempDir
    static Path snapshots;

    @TempDir
    static Path shared;

    private ConformanceScene scene;

    @BeforeAll
    void start() throws IOException {
        scene = new ConformanceScene(
                ConformanceCase.LANGUAGES,
                config -> config.isolated(Isolation.PROCESS, 128L << 20, 1),
                snapshots,
                shared);
    }

    Stream<Arguments> programs() {
        String whole = System.getProperty("pie.isolated", "");
        return ConformanceCase.all().stream()
                .map(IsolatedConformanceTest::withoutJava)
                .flatMap(c -> LANGUAGES.stream()
                        .filter(l -> whole.equals("all")
                                || whole.equals(l.word())
                                || whole.isEmpty() && SOME.get(l).contains(c.name()))
                        .map(l -> Arguments.of(c.name(), l, c)));
    }

    /** Have a file in Java refused instead of called. */
    private static ConformanceCase withoutJava(ConformanceCase c) {
        if (c.files().keySet().stream().noneMatch(file -> file.endsWith(".java"))) {
            return c;
        }
        var programs = new EnumMap<Language, String>(Language.class);
        c.programs().forEach((language, text) -> programs.put(language, text.replaceAll("['\"]Other.java['\"], ", "")));
        String expected = c.expected().replace("\"unfit\": \"INVALID_ARGUMENT\"", "\"unfit\": \"UNSUPPORTED\"");
        return new ConformanceCase(
                c.name(), programs, c.files(), expected, c.model(), c.receives(), c.sends(), c.needs());
    }

    @ParameterizedTest(name = "{0} ({1})")
    @MethodSource("programs")
    void holds(String name, Language language, ConformanceCase c) throws Exception {
        scene.check(language, c, PATIENCE);
    }

    @AfterEach
    void leavesNothing() {
        scene.audit();
    }

    @AfterAll
    void stop() {
        scene.close();
    }
}
