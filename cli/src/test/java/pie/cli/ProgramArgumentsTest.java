package pie.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pie.engine.ErrorCode;
import pie.engine.PieException;

final class ProgramArgumentsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--some-key v                | {\"some_key\":\"v\"}",
                "--some-key=v                | {\"some_key\":\"v\"}",
                "-k v                        | {\"k\":\"v\"}",
                "--flag                      | {\"flag\":true}",
                "--flag --other x            | {\"flag\":true,\"other\":\"x\"}",
                "--no-flag                   | {\"flag\":false}",
                "--n 3                       | {\"n\":3}",
                "--n -3                      | {\"n\":-3}",
                "--t -0.5                    | {\"t\":-0.5}",
                "--t 1e3                     | {\"t\":1000.0}",
                "--b true                    | {\"b\":true}",
                "--v 1.2.3                   | {\"v\":\"1.2.3\"}",
                "--k:=[1,{\"a\":null}]       | {\"k\":[1,{\"a\":null}]}",
                "--k 1 --k two --k 3         | {\"k\":[1,\"two\",3]}",
                "word 2 --k v                | {\"_positional\":[\"word\",2],\"k\":\"v\"}",
                "--url=http://h/?a=b         | {\"url\":\"http://h/?a=b\"}",
                "--k=                        | {\"k\":\"\"}",
                "--n 12345678901234567890    | {\"n\":1.2345678901234567E19}"
            })
    void words(String words, String json) {
        assertThat(ProgramArguments.parse(List.of(words.strip().split(" "))).toString())
                .isEqualTo(json);
    }

    @Test
    void noWordsAreAnEmptyObject() {
        assertThat(ProgramArguments.parse(List.of()).toString()).isEqualTo("{}");
    }

    @Test
    void aFileIsReadAsText(@TempDir Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("a.txt"), "12\n");
        assertThat(ProgramArguments.parse(List.of("--k", "@" + file)).path("k").asString())
                .isEqualTo("12\n");
        assertThat(ProgramArguments.parseInput("@" + file).asInt()).isEqualTo(12);
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> ProgramArguments.parse(List.of("--k=@/no/such/file")))
                .isInstanceOfSatisfying(PieException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
                    assertThat(e.message()).isEqualTo("cannot read /no/such/file: there is no such file");
                });
    }

    @Test
    void badJsonNamesItsArgument() {
        assertThatThrownBy(() -> ProgramArguments.parse(List.of("--k:={"))).hasMessageStartingWith("k is not JSON");
        assertThatThrownBy(() -> ProgramArguments.parseInput("{a")).hasMessageStartingWith("--input is not JSON");
    }
}
