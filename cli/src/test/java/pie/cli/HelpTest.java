package pie.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Help texts are files under src/test/resources/help; {@code -Dpie.goldens=write} writes them anew, for reading in the diff. */
final class HelpTest {
    static Stream<String> verbs() {
        return Stream.concat(
                Stream.of(
                        "pie",
                        "model pull",
                        "model list",
                        "model info",
                        "model rm",
                        "program add",
                        "program list",
                        "program info",
                        "program rm",
                        "app start",
                        "app list",
                        "app stop",
                        "snapshot list",
                        "snapshot rm"),
                Verb.ALL.stream().map(Verb::name));
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void helpIsAsWritten(String verb) throws IOException {
        Output help = help(verb);
        assertThat(help.code()).isZero();
        assertThat(help.err()).isEmpty();
        Path golden = Path.of(
                System.getProperty("pie.root", ".."), "cli/src/test/resources/help", verb.replace(' ', '-') + ".txt");
        if (System.getProperty("pie.goldens", "").equals("write")) {
            Files.writeString(golden, help.out());
        }
        assertThat(help.out()).isEqualTo(Files.readString(golden));
    }

    private static Output help(String verb) {
        List<String> words = new ArrayList<>(verb.equals("pie") ? List.of() : List.of(verb.split(" ")));
        words.add("--help");
        return Output.of(words.toArray(String[]::new));
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void everyHelpHasExamples(String verb) {
        Output help = help(verb);
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
