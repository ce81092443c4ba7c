package pie.server.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pie.runtime.Language;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Launch programs that mean harm, one after the other, and see that each ends as its page says, in time, while a canary beside them
 * goes on as if nothing were there. Some in every run of the tests, all with {@code -Dpie.hostile=all}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
final class HostileTest {
    private static final boolean ALL = System.getProperty("pie.hostile", "").equals("all");
    private static final Duration PAUSE = Duration.ofMillis(100);
    /** The canary's time for a token beside all others, in times of that alone: told, and bounded far above what is promised. */
    private static final double MOST_SLOWER = 6;

    /** Files that a server may come to hold open: classes and libraries that were needed for the first time. */
    private static final int MOST_FILES = 32;

    private final List<HostileCase> cases = HostileCase.all();
    private final List<String> report = new ArrayList<>();
    private ServerProcess server;
    private Canary canary;
    private JsonNode before;

    @BeforeAll
    void start(@TempDir Path home) throws Exception {
        server = ServerProcess.start(home, "cpu", Duration.ofMinutes(15), "-Xmx1g");
        canary = Canary.start(server, ALL ? 20 : 3, PAUSE);
        before = server.figures();
    }

    Stream<Arguments> programs() {
        return cases.stream()
                .filter(c -> ALL || c.quick())
                .flatMap(c -> c.programs().keySet().stream().map(l -> Arguments.of(c.name(), l, c)));
    }

    @ParameterizedTest(name = "{0} ({1})")
    @MethodSource("programs")
    void ends(String name, Language language, HostileCase c) throws Exception {
        for (int i = 0; i < c.launches(); i++) {
            Optional<JsonNode> result = server.run(c.body(language), c.within());
            assertThat(result)
                    .as(name + " in " + language + " goes on after " + c.within())
                    .isPresent();
            report.add(name + " (" + language.word() + "): " + end(result.get()) + " after "
                    + result.get().path("elapsed_ms").asLong() + " ms");
            assertThat(c.ends().get(language))
                    .as(name + " in " + language + " ended with " + result.get())
                    .anyMatch(end -> same(end, result.get()));
        }
    }

    /** Say how a result ended: an error code, or the returned value. */
    private static String end(JsonNode result) {
        String code = result.path("error").path("code").asString("");
        return code.isEmpty() ? result.path("value").asString("") : code;
    }

    private static boolean same(String expected, JsonNode result) {
        if (expected.matches("[A-Z_]+")) {
            return result.path("error").path("code").asString("").equals(expected);
        }
        if (!result.path("error").isNull()) {
            return false;
        }
        JsonNode wanted = JsonMapper.shared().readTree(expected);
        // A program returns a text as it is, and anything else, or a text within an object, as JSON.
        String value = result.path("value").asString("");
        return wanted.isContainer()
                ? wanted.equals(result.path("json"))
                : value.equals(expected) || wanted.isString() && value.equals(wanted.asString());
    }

    @Test
    void everyCaseIsThereInEveryLanguage() {
        assertThat(HostileCase.twice(cases)).isEmpty();
        assertThat(cases)
                .allSatisfy(c -> assertThat(c.programs().keySet())
                        .as(c.name())
                        .containsExactlyElementsOf(HostileCase.LANGUAGES));
    }

    @AfterAll
    void stop() throws Exception {
        try {
            JsonNode seen = canary.end();
            report.add("canary: " + seen);
            JsonNode after = server.figures();
            report.add("before: " + before);
            report.add("after: " + after);
            if (ALL) {
                report.forEach(System.out::println);
            }
            assertThat(seen.path("inexact").asInt(-1))
                    .as("the canary saw " + seen)
                    .isZero();
            assertThat(seen.path("rounds").asInt()).isPositive();
            if (ALL) {
                assertThat(seen.path("beside").asDouble())
                        .isLessThan(MOST_SLOWER * seen.path("alone").asDouble());
            }
            assertThat(after.path("files").asInt() - before.path("files").asInt())
                    .as("open files")
                    .isLessThan(MOST_FILES);
            for (String none : List.of("pages", "contexts", "engine_processes", "live", "stuck", "guest_threads")) {
                assertThat(after.path(none).asInt(-1)).as(none).isZero();
            }
        } finally {
            server.close();
        }
    }
}
