package pie.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.PieException;

/** Set options outside of command lines. */
final class SettingsTest {
    @TempDir
    Path dir;

    private Settings file(String toml) throws IOException {
        return Settings.of(Optional.of(Files.writeString(dir.resolve("config.toml"), toml)), Map.of());
    }

    private static List<String> joined(Settings settings, String... words) {
        return List.of(settings.joined(() -> Pie.commandLine(words), words[0], words));
    }

    @Test
    void optionsOfTheCalledCommandAreJoinedToItsOwn() throws IOException {
        Settings settings = file("""
                [serve]
                port = 9000
                no_auth = true
                monitor = false
                origin = ["https://a.example", "https://b.example"]
                drain = "5s"
                [serve.adapter]
                tone = "tone.gguf"
                [run]
                model = "m"
                """);
        assertThat(joined(settings, "serve", "--host", "::1"))
                .containsExactly(
                        "serve",
                        "--port=9000",
                        "--no-auth",
                        "--origin=https://a.example",
                        "--origin=https://b.example",
                        "--drain=5s",
                        "--adapter=tone=tone.gguf",
                        "--host",
                        "::1");
        assertThat(joined(settings, "run", "x.py", "--", "--model", "y"))
                .containsExactly("run", "--model=m", "x.py", "--", "--model", "y");
        assertThat(joined(settings, "version")).containsExactly("version");
        assertThat(joined(settings, "--help")).containsExactly("--help");
    }

    @Test
    void theCommandLineWinsThenTheEnvironmentThenTheFile() throws IOException {
        Path toml = Files.writeString(
                dir.resolve("config.toml"), "[serve]\nport = 9000\npages = 10\norigin = [\"https://a.example\"]\n");
        Settings settings = Settings.of(Optional.of(toml), Map.of("PIE_SERVE__PORT", "9001", "PIE_HOME", "x"));
        assertThat(joined(settings, "serve")).contains("--port=9001", "--pages=10");
        assertThat(joined(settings, "serve", "--port", "1"))
                .doesNotContain("--port=9001")
                .contains("--pages=10");
        assertThat(joined(settings, "serve", "--origin", "https://b.example"))
                .doesNotContain("--origin=https://a.example");
    }

    @Test
    void whatIsWrongIsToldWithItsPlaceAndTheNearestName() throws IOException {
        Output typo = Output.of(file("# mine\n[serve]\nprot = 9000\nhost = \"x\"\n"), "serve");
        assertThat(typo.code()).isEqualTo(2);
        assertThat(typo.err())
                .isEqualTo("pie: " + dir.resolve("config.toml")
                        + ":3: pie serve has no option 'prot', did you mean 'port'?\n");
        assertThat(Output.of(file("[srve]\nport = 1\n"), "version").err())
                .contains("there is no command 'srve', did you mean 'serve'?");
        assertThat(Output.of(file("[serve]\nport = \"many\"\n"), "serve").err())
                .contains("config.toml:2: invalid value for option '--port'");
        assertThat(Output.of(file("[serve]\nport = [1, 2]\n"), "serve").err()).contains("takes one value");
        assertThat(Output.of(file("[serve]\nno_auth = 1\n"), "serve").err()).contains("is true or false, not '1'");
        assertThat(Output.of(file("[serve]\n"), "serve", "--prot", "1").err())
                .as("a wrong command line is told as such")
                .contains("unknown option '--prot'");
        assertThatThrownBy(() -> file("[serve]\nport = = 1\n"))
                .isInstanceOf(PieException.class)
                .hasMessageContaining("config.toml:2: ");
        assertThatThrownBy(() -> file("port = 1\n"))
                .isInstanceOf(PieException.class)
                .hasMessageContaining("config.toml:1: 'port' is in no table");
        Settings variable = Settings.of(Optional.empty(), Map.of("PIE_SERVE__PRT", "1", "PIE_GUESTS__MEMORY", "1GiB"));
        assertThat(Output.of(variable, "serve").err()).contains("PIE_SERVE__PRT: pie serve has no option 'prt'");
    }

    @Test
    void everyOptionOfEveryCommandHasAKey() throws IOException {
        Pie.whole()
                .getSubcommands()
                .forEach((name, command) -> Settings.options(command)
                        .forEach((key, option) -> assertThat(key).matches("[a-z][a-z0-9_]*")));
        file("[serve]\nport = 1\n[top]\ncolor = \"never\"\n[launch]\ntoken = \"t\"\n")
                .check(Pie.whole());
    }
}
