package pie.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void argumentsOfTheProgramWithoutTheDashesAreExplained() {
        assertThat(Output.of("run", "x.py", "--temperature", "1").err())
                .startsWith("pie: unknown option '--temperature', arguments of the program go after --");
    }

    @Test
    void aMissingProgramBeforeItsArgumentsIsToldAsSuch() {
        Output output = Output.of("run", "--", "--temperature", "1");
        assertThat(output.code()).isEqualTo(2);
        assertThat(output.err())
                .isEqualTo("pie: the program is missing: FILE goes before --, its arguments after it\n");
    }

    @Test
    void sizesOfAnEngineThatCannotBeAreNamed(@TempDir Path dir) throws IOException {
        String program = Files.writeString(dir.resolve("x.py"), "pass").toString();
        for (String option : List.of("--pages", "--threads")) {
            Output output = Output.of("run", program, option, "0");
            assertThat(output.code()).isEqualTo(2);
            assertThat(output.err()).contains(option + " is 1 or more, not 0");
        }
    }

    @Test
    void aMissingProgramFileIsNamed() {
        Output output = Output.of("run", "no-such.py");
        assertThat(output.code()).isEqualTo(3);
        assertThat(output.err()).isEqualTo("pie: cannot read no-such.py: there is no such file\n");
    }

    @Test
    void aFileOfNoKnownLanguageIsRefused() {
        assertThat(Output.of("run", "program.rb").err()).contains(".py .js .mjs .ts .java", "--lang");
        assertThat(Output.of("run", "-").err()).contains("--lang");
        assertThat(Output.of("run", "program.rb").code()).isEqualTo(2);
    }

    @Test
    void aMissingModelIsNamedWithTheCommandThatFetchesIt(@TempDir Path dir) throws IOException {
        Path program = Files.writeString(dir.resolve("p.py"), "async def main(input): return 1");
        Output output = Output.of("run", program.toString(), "--model", "no-such-model");
        assertThat(output.code()).isEqualTo(3);
        assertThat(output.err()).contains("no-such-model");
        Output hub = Output.of("run", program.toString(), "--model", "nobody/no-such-model");
        assertThat(hub.code()).isEqualTo(3);
        assertThat(hub.err()).contains("pie model pull nobody/no-such-model");
    }

    @Test
    void wrongValuesNameTheFlag() {
        assertThat(Output.of("serve", "--port", "70000").err()).startsWith("pie: --port is a number from 0 to 65535");
        assertThat(Output.of("run", "x.py", "--wall", "soon").err()).contains("--wall", "'soon' is no span of time");
        assertThat(Output.of("ps", "--url", "::").code()).isEqualTo(2);
        Output ftp = Output.of("ps", "--url", "ftp://127.0.0.1:1");
        assertThat(ftp.code()).isEqualTo(2);
        assertThat(ftp.err()).startsWith("pie: --url 'ftp://127.0.0.1:1'").contains("http://HOST:PORT");
        for (String origin : List.of("ui.example", "https://ui.example/", "https://", "*")) {
            Output output = Output.of("serve", "--origin", origin);
            assertThat(output.code()).as(origin).isEqualTo(2);
            assertThat(output.err()).startsWith("pie: --origin is SCHEME://HOST");
        }
        for (String name : List.of("http://pie.example", "pie.example:8080", "pie.example/")) {
            Output output = Output.of("serve", "--host-name", name);
            assertThat(output.code()).as(name).isEqualTo(2);
            assertThat(output.err()).startsWith("pie: --host-name is a name");
        }
    }

    @Test
    void anAbsentServerIsExit5() {
        Output output = Output.of("ps", "--url", "http://127.0.0.1:1");
        assertThat(output.code()).isEqualTo(5);
        assertThat(output.err()).startsWith("pie: no pie server answers at http://127.0.0.1:1");
    }
}
