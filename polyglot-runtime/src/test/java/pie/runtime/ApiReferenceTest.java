package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The reference in the guide is that of the API; {@code ./dev reference} writes it anew. */
final class ApiReferenceTest {
    private static final Path ROOT =
            Path.of(System.getProperty("pie.root", "..")).toAbsolutePath().normalize();

    private static void check(String page, String expected) throws IOException {
        Path file = ROOT.resolve("docs/guide/api").resolve(page);
        if (System.getProperty("pie.goldens", "").equals("write")) {
            Files.writeString(file, expected);
        }
        assertThat(Files.readString(file)).as("%s: run ./dev reference", page).isEqualTo(expected);
    }

    @Test
    void that_of_python_is_up_to_date() throws IOException {
        String page = ApiReference.python(Stubs.of(Language.PYTHON));
        assertThat(page)
                .contains("## inferlet.http", "- `async def get(url: str", "- `seq_len: int`: ", "### `Context");
        check("python.md", page);
    }

    @Test
    void that_of_javascript_is_up_to_date() throws IOException {
        String page = ApiReference.javaScript(
                Objects.requireNonNull(Stubs.of(Language.JAVASCRIPT).get("inferlet.d.ts")));
        assertThat(page).contains("## `namespace http`", "- `function sse(", "## `class Context", "seqLen");
        check("javascript.md", page);
    }

    @Test
    void that_of_java_is_up_to_date() throws IOException {
        String page = ApiReference.java(ROOT.resolve("polyglot-runtime/src/main/java/pie/inferlet"));
        assertThat(page)
                .contains("## `final class Response", "- `static Response of(Object body)`: Answer a request")
                .doesNotContain("interface Host");
        check("java.md", page);
    }
}
