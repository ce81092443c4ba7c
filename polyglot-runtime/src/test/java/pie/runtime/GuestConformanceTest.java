package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Say the same in Python, JavaScript and Java and get the same answer. Each page of {@code conformance/} is one behaviour: what must
 * come out, and three programs.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
final class GuestConformanceTest {
    @TempDir
    static Path snapshots;

    @TempDir
    static Path shared;

    private final List<ConformanceCase> cases = ConformanceCase.all();
    private ConformanceScene scene;

    @BeforeAll
    void start() throws IOException {
        scene = new ConformanceScene(ConformanceCase.LANGUAGES, config -> config, snapshots, shared);
    }

    Stream<Arguments> programs() {
        return cases.stream().flatMap(c -> ConformanceCase.LANGUAGES.stream().map(l -> Arguments.of(c.name(), l, c)));
    }

    @ParameterizedTest(name = "{0} ({1})")
    @MethodSource("programs")
    void holds(String name, Language language, ConformanceCase c) throws Exception {
        scene.check(language, c, Duration.ofMinutes(2));
    }

    /** Each row of the list is a member of the interface as it is written in Python, JavaScript and Java; a case must use it. */
    @Test
    void everyMemberHasACaseInEveryLanguage() {
        Assumptions.assumeTrue(System.getProperty("pie.case", "").isEmpty(), "some cases were left out");
        var missing = new ArrayList<String>();
        for (String row : ConformanceCase.members()) {
            String[] columns = row.split("\\|");
            if (row.startsWith("#") || row.isBlank()) {
                continue;
            }
            assertThat(columns).as(row).hasSize(ConformanceCase.LANGUAGES.size());
            for (int i = 0; i < columns.length; i++) {
                Language language = ConformanceCase.LANGUAGES.get(i);
                String member = columns[i].strip();
                if (cases.stream().noneMatch(c -> c.program(language).contains(member))) {
                    missing.add(language.word() + ": " + member);
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    /** What no model offers: media. */
    private static final Pattern NOT_OFFERED = Pattern.compile(
            "speak|from_bytes|fromBytes|(append|input)_?(image|audio|video)s?", Pattern.CASE_INSENSITIVE);

    /** The list of members is as long as the interface: each name that an editor offers is used by a case. */
    @ParameterizedTest
    @EnumSource(names = {"PYTHON", "JAVASCRIPT", "JAVA"})
    void everyNameHasACase(Language language) throws Exception {
        Assumptions.assumeTrue(System.getProperty("pie.case", "").isEmpty(), "some cases were left out");
        String programs = cases.stream().map(c -> c.program(language)).collect(Collectors.joining());
        Set<String> used = Pattern.compile("\\w+")
                .matcher(programs)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
        assertThat(MemberNames.of(language))
                .hasSizeGreaterThan(200)
                .filteredOn(name ->
                        !used.contains(name) && !NOT_OFFERED.matcher(name).matches())
                .isEmpty();
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
