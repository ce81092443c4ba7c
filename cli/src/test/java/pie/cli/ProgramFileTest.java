package pie.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pie.runtime.Language;
import pie.runtime.ProgramSource;

class ProgramFileTest {
    @TempDir
    Path folder;

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private ProgramSource read() {
        return ProgramFile.read(folder.toString(), "", InputStream.nullInputStream());
    }

    @Test
    void aFolderBeginsWithTheFileOfThatName() throws IOException {
        write("main.py", "def main(): pass\n");
        write("score.js", "export const f = 1;\n");
        write("Rank.java", "int rank() { return 1; }\n");
        write("words/list.txt", "a\nb\n");
        ProgramSource source = read();
        assertThat(source.language()).isEqualTo(Language.PYTHON);
        assertThat(source.file()).isEqualTo("main.py");
        assertThat(source.files()).containsOnlyKeys("score.js", "Rank.java", "words/list.txt");
    }

    @Test
    void whatIsHiddenBinaryOrForEditorsStaysBehind() throws IOException {
        write("index.ts", "export const main = () => 1;\n");
        write(".git/config", "x");
        write("__pycache__/a.pyc", "x");
        write("typings/inferlet.d.ts", "export {};");
        Files.write(folder.resolve("picture.png"), new byte[] {(byte) 0x89, 0, 1});
        assertThat(read().texts()).containsOnlyKeys("index.ts");
    }

    @Test
    void theManifestDecides() throws IOException {
        write("Pie.toml", """
                [package]
                name = "two"
                version = "1.2.3"
                [runtime]
                file = "second.js"
                entry = "go"
                """);
        write("main.py", "def main(): pass\n");
        write("second.js", "export const go = () => 1;\n");
        ProgramSource source = read();
        assertThat(source.file()).isEqualTo("second.js");
        assertThat(source.entry()).isEqualTo("go");
        assertThat(source.identity()).isEqualTo("two@1.2.3");
    }

    @Test
    void packageJsonNamesItsMain() throws IOException {
        write("package.json", "{\"main\": \"./src/start.js\"}");
        write("src/start.js", "export const main = () => 1;\n");
        assertThat(read().file()).isEqualTo("src/start.js");
    }

    @Test
    void theOnlyJavaFileWithAMainBegins() throws IOException {
        write("Help.java", "class Help { }\n");
        write("Work.java", "String main() { return \"\"; }\n");
        assertThat(read().file()).isEqualTo("Work.java");
    }

    @Test
    void doubtIsTold() throws IOException {
        write("main.py", "def main(): pass\n");
        write("index.js", "export const main = () => 1;\n");
        assertThatThrownBy(this::read)
                .hasMessageContaining("main.py, index.js")
                .hasMessageContaining("[runtime] file = \"main.py\"");
    }

    @Test
    void anEmptyFolderHoldsNoProgram() {
        assertThatThrownBy(this::read).hasMessageContaining("holds no program").hasMessageContaining("Main.java");
    }
}
