package pie.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class UsageTest {
    @Test
    void aWrongFlagIsOneLineWithTheNearestOneAndExit2() {
        Output output = Output.of("version", "--jsn");
        assertThat(output.code()).isEqualTo(2);
        assertThat(output.out()).isEmpty();
        assertThat(output.err().lines())
                .containsExactly(
                        "pie: unknown option '--jsn', did you mean '--json'?",
                        "     pie version --help shows what is possible");
    }

    @Test
    void aWrongVerbIsOneLineWithTheNearestOne() {
        assertThat(Output.of("versoin").err()).startsWith("pie: unknown command 'versoin', did you mean 'version'?");
        assertThat(Output.of("versoin").code()).isEqualTo(2);
    }

    @Test
    void aFarWordGetsNoSuggestion() {
        assertThat(Suggestions.nearest("xyzzy", List.of("version", "doctor"))).isEmpty();
    }

    @Test
    void aMissingArgumentIsNamed() {
        Output output = Output.of("completion");
        assertThat(output.code()).isEqualTo(2);
        assertThat(output.err()).contains("SHELL");
    }

    @Test
    void nothingAtAllPrintsTheHelp() {
        assertThat(Output.of()).isEqualTo(Output.of("--help"));
    }

    @Test
    void versionIsOneJsonDocument() {
        var json = Json.parse(Output.of("version", "--json").out());
        assertThat(json.path("version").asString()).isEqualTo(Build.load().version());
        assertThat(json.path("java").asString()).startsWith("25");
    }

    @Test
    void completionKnowsEveryVerb() {
        for (String shell : List.of("bash", "zsh", "fish")) {
            Output output = Output.of("completion", shell);
            assertThat(output.code()).isZero();
            assertThat(output.out()).contains(Verb.ALL.stream().map(Verb::name).toList());
        }
        assertThat(Output.of("completion", "tcsh").code()).isEqualTo(2);
    }
}
