package pie.bench.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Run the public JSON Schema test suite, where {@code ./dev schema-suite} has fetched it: whatever schema is taken, no invalid instance may
 * be accepted.
 */
final class SchemaSuiteTest {
    private static final Path SUITE =
            Path.of(System.getProperty("pie.root", ".."), "benches", "target", "schema-suite", "tests");

    @ParameterizedTest
    @ValueSource(strings = {"draft3", "draft4", "draft6", "draft7", "draft2019-09", "draft2020-12"})
    void noInvalidInstanceOfASchemaThatIsTakenIsAccepted(String draft) throws IOException {
        Path directory = SUITE.resolve(draft);
        assumeTrue(Files.isDirectory(directory), "the suite is not here: run ./dev schema-suite");
        SchemaSuite suite = new SchemaSuite();
        suite.run(directory);
        System.out.println(suite.summary(draft));
        assertThat(suite.taken).as("schemas taken of %s", draft).isGreaterThan(draft.equals("draft3") ? 20 : 100);
        assertThat(suite.invalidRefused).isGreaterThan(50);
        assertThat(suite.wrong).isEmpty();
    }
}
