package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Call every member of the interface with every kind of nonsense in place of each argument: what is refused must be refused with an
 * error of pie's own that says something, whatever the value is, and nothing may hang or end the program.
 */
final class NonsenseTest {
    @ParameterizedTest
    @EnumSource(names = {"PYTHON", "JAVASCRIPT"})
    void endsInAnErrorOfPiesOwn(Language language) throws Exception {
        String suffix = language == Language.PYTHON ? "py" : "js";
        try (var t = new TestRuntime("dummy", TestRuntime.config(language))) {
            String code = ConformanceCase.prelude(language) + resource("sweep." + suffix);
            String value = t.value(language, code, "{}");
            assertThat(JsonMapper.shared().readValue(value, Object.class))
                    .isEqualTo(Map.of("enough", true, "wrong", Map.of()));
            t.audit();
        }
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = NonsenseTest.class.getResourceAsStream("/nonsense/" + name)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
