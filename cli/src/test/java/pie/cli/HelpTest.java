package pie.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Help texts are files under src/test/resources/help; {@code -Dpie.goldens=write} writes them anew, for reading in the diff. */
final class HelpTest {
    static Stream<String> verbs() {
        return Stream.concat(Stream.of("pie"), Verb.ALL.stream().map(Verb::name));
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void helpIsAsWritten(String verb) throws IOException {
        Output help = verb.equals("pie") ? Output.of("--help") : Output.of(verb, "--help");
        assertThat(help.code()).isZero();
        assertThat(help.err()).isEmpty();
        Path golden = Path.of(System.getProperty("pie.root", ".."), "cli/src/test/resources/help", verb + ".txt");
        if (System.getProperty("pie.goldens", "").equals("write")) {
            Files.writeString(golden, help.out());
        }
        assertThat(help.out()).isEqualTo(Files.readString(golden));
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void everyHelpHasExamples(String verb) {
        Output help = verb.equals("pie") ? Output.of("--help") : Output.of(verb, "--help");
        assertThat(help.out()).containsPattern("Examples:\n +.*pie ");
    }

    @Test
    void theSummariesOfTheRootAreThoseOfTheCommands() {
        for (Verb verb : Verb.ALL) {
            CommandLine line = new CommandLine(verb.command().get());
            assertThat(line.getCommandName()).isEqualTo(verb.name());
            assertThat(line.getCommandSpec().usageMessage().description()[0]).isEqualTo(verb.summary() + ".%n");
        }
    }
}
