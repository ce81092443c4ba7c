package pie.runtime.java;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pie.runtime.Language;
import pie.runtime.ProgramSource;

/** The examples pass the check. */
class ExamplesTest {
    static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("pie.root"), "examples", "java"))) {
            return files.filter(f -> f.toString().endsWith(".java")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void isAdmitted(Path file) throws IOException {
        var source = ProgramSource.of(Language.JAVA, file.getFileName().toString(), Files.readString(file));
        String entry = file.endsWith("WebServer.java") ? "handle" : "main";
        assertThat(Bench.PROGRAMS.admit(source).entry().method()).isEqualTo(entry);
    }
}
