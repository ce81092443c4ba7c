package pie.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The defects to be planted can still be planted; {@code ./dev mutants} plants them. */
final class MutantTest {
    static Iterable<Mutant> mutants() {
        return Mutant.ALL;
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void itsPlaceIsInTheSourceOnce(Mutant mutant) throws IOException {
        String source = Files.readString(Path.of("src/main/java/pie/engine/" + mutant.file() + ".java"));
        assertThat(source).containsOnlyOnce(mutant.now());
    }
}
