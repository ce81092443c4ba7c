package pie.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pie.runtime.ProgramSource;

class NewProgramTest {
    private static final Path EXAMPLES =
            Path.of(System.getProperty("pie.root", "..")).resolve("examples");

    @TempDir
    Path folder;

    /** What is written is an example, which other tests run; the folder is read as a program. */
    @ParameterizedTest
    @CsvSource({
        "python, main.py, python/hello.py, typings/inferlet/__init__.pyi",
        "js, index.js, js/hello.js, typings/inferlet.d.ts",
        "ts, index.ts, js/hello.ts, tsconfig.json",
        "java, Main.java, java/Hello.java, lib/inferlet.jar"
    })
    void aProgramOfEachLanguage(String language, String file, String example, String beside) throws Exception {
        Path made = folder.resolve("my agent");
        Output output = Output.of("new", made.toString(), "--lang", language);
        assertThat(output.code()).as(output.err()).isZero();
        assertThat(output.out()).isEqualTo(made.resolve(file) + "\n");
        assertThat(output.err()).contains("pie run " + made);
        assertThat(Files.readString(made.resolve(file))).isEqualTo(Files.readString(EXAMPLES.resolve(example)));
        assertThat(made.resolve(beside)).isNotEmptyFile();
        ProgramSource source = ProgramFile.read(made.toString(), "", InputStream.nullInputStream());
        assertThat(source.file()).isEqualTo(file);
        assertThat(source.identity()).isEqualTo("my-agent@0.1.0");
        assertThat(source.files().keySet()).noneMatch(name -> name.startsWith("typings") || name.startsWith("lib"));
    }

    @Test
    void theJarHoldsTheApiAndNoMore() throws Exception {
        Output.of("new", folder.resolve("j").toString(), "--lang", "java");
        try (var jar = new JarFile(folder.resolve("j/lib/inferlet.jar").toFile())) {
            assertThat(jar.stream().map(e -> e.getName()))
                    .contains("pie/inferlet/Context.class", "pie/inferlet/Polyglot$Module.class")
                    .contains("pie/engine/PieException.class", "pie/engine/ErrorCode.class")
                    .doesNotContain("pie/inferlet/Host.class", "pie/inferlet/Passing.class")
                    .allMatch(name -> name.startsWith("pie/inferlet/") || name.startsWith("pie/engine/"));
        }
    }

    @Test
    void anEmptyFolderIsTakenAndOneThatHoldsFilesIsLeftAlone() throws Exception {
        assertThat(Output.of("new", folder.toString()).code()).isZero();
        Files.writeString(folder.resolve("main.py"), "mine");
        Output again = Output.of("new", folder.toString());
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err()).contains("holds files").contains("new or empty");
        assertThat(folder.resolve("main.py")).hasContent("mine");
    }

    @Test
    void anUnknownLanguageIsNamedWithThoseThatAreKnown() {
        Output output = Output.of("new", folder.resolve("x").toString(), "--lang", "rust");
        assertThat(output.code()).isEqualTo(2);
        assertThat(output.err()).contains("'rust'").contains("python, javascript, typescript, java");
        assertThat(folder.resolve("x")).doesNotExist();
    }
}
