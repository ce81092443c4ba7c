package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pie.engine.testing.TestModel;
import tools.jackson.databind.json.JsonMapper;

/** Run the example of tools on a model that has a form of its own for calls. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ToolExampleTest {
    private final TestRuntime t = new TestRuntime(
            "dummy",
            TestRuntime.config(Language.PYTHON, Language.JAVASCRIPT, Language.JAVA),
            Optional.empty(),
            model -> List.of(ToolModel.of(model, TestModel.NAME)));

    @ParameterizedTest
    @CsvSource({"PYTHON,python/tool_use.py", "JAVASCRIPT,js/tool_use.js", "JAVA,java/ToolUse.java"})
    void theModelsOwnFormHoldsTheCall(Language language, String file) throws Exception {
        String code = Files.readString(Path.of(System.getProperty("pie.root"), "examples", file));
        var report = JsonMapper.shared().readTree(t.value(language, code, "{\"max_tokens\": 4}"));
        assertThat(report.get("tool").asString()).isIn("temperature", "capital");
        assertThat(report.get("arguments").size()).isEqualTo(1);
        assertThat(report.get("result").asString()).isIn("3", "21", "Oslo", "Rome");
        assertThat(report.get("bad_arguments").asString()).isEqualTo("INVALID_ARGUMENT");
    }

    @AfterAll
    void stop() {
        t.close();
    }
}
