package pie.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages say of files: links lead somewhere, shown programs are the programs. */
class DocumentsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:|#|mailto:)([^)#\\s]+)");
    private static final Pattern SHOWN = Pattern.compile("```\\w+ file=(\\S+)\\n(.*?)\\n```", Pattern.DOTALL);

    @Test
    void relative_links_lead_to_files() throws IOException {
        List<String> broken = new ArrayList<>();
        List<Path> pages = pages();
        for (Path page : pages) {
            var links = LINK.matcher(Files.readString(page));
            while (links.find()) {
                if (!Files.exists(page.resolveSibling(links.group(1)))) {
                    broken.add(ROOT.relativize(page) + " -> " + links.group(1));
                }
            }
        }
        assertThat(pages).contains(ROOT.resolve("README.md"));
        assertThat(broken).isEmpty();
    }

    @Test
    void programs_shown_are_the_files_named() throws IOException {
        int shown = 0;
        for (Path page : pages()) {
            var blocks = SHOWN.matcher(Files.readString(page));
            while (blocks.find()) {
                shown++;
                assertThat(Files.readString(ROOT.resolve(blocks.group(1))).strip())
                        .as("%s in %s", blocks.group(1), page.getFileName())
                        .isEqualTo(blocks.group(2).strip());
            }
        }
        assertThat(shown).isPositive();
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
                Stream<Path> examples = Files.walk(ROOT.resolve("examples"))) {
            return Stream.of(top, docs, examples)
                    .flatMap(paths -> paths)
                    .filter(path -> path.getFileName().toString().endsWith(".md"))
                    .toList();
        }
    }
}
