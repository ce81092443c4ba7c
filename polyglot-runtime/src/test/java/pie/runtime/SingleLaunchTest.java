package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** A runtime for one launch reads the program in the context that it will run in; what comes after that has a context of its own. */
final class SingleLaunchTest {
    private static final Map<Language, String> ANSWER = Map.of(
            Language.PYTHON, "def main(input):\n    return 40 + input['n']\n",
            Language.JAVASCRIPT, "export function main(input) { return 40 + input.n; }",
            Language.TYPESCRIPT, "export function main(input: { n: number }): number { return 40 + input.n; }");

    @ParameterizedTest
    @EnumSource(names = {"PYTHON", "JAVASCRIPT", "TYPESCRIPT"})
    void theProgramRunsWhereItWasRead(Language language) throws Exception {
        try (var t = new TestRuntime("dummy", TestRuntime.config(language).onceFor(language))) {
            assertThat(t.value(language, ANSWER.get(language), "{\"n\": 2}")).isEqualTo("42");
            assertThat(t.value(language, ANSWER.get(language), "{\"n\": 3}")).isEqualTo("43");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PYTHON", "JAVASCRIPT", "TYPESCRIPT"})
    void aProgramThatCannotBeReadIsRefusedAndTheNextOneRuns(Language language) throws Exception {
        try (var t = new TestRuntime("dummy", TestRuntime.config(language).onceFor(language))) {
            assertThatThrownBy(() -> t.launch(language, "\nlet x = = 1", "{}"))
                    .isInstanceOfSatisfying(PieException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_ERROR);
                        assertThat(e.details()).containsEntry("line", 2);
                    });
            assertThat(t.value(language, ANSWER.get(language), "{\"n\": 2}")).isEqualTo("42");
        }
    }

    /** Each of these takes longer to import than the library itself. */
    @Test
    void aPythonProgramWaitsForNoModuleThatItDoesNotName() throws Exception {
        try (var t =
                new TestRuntime("dummy", TestRuntime.config(Language.PYTHON).onceFor(Language.PYTHON))) {
            assertThat(t.value(Language.PYTHON, """
                    import sys
                    def main(input):
                        return sorted({"asyncio", "dataclasses", "inspect", "tokenize", "traceback", "typing"} & set(sys.modules))
                    """, "{}")).isEqualTo("[]");
        }
    }
}
