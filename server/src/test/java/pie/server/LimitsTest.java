package pie.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import pie.runtime.RuntimeConfig;

class LimitsTest {
    @Test
    void areAllInTheGuide() throws IOException {
        var rows = new ArrayList<>(ServerLimits.DEFAULT.rows());
        rows.addAll(RuntimeLimits.rows(RuntimeConfig.DEFAULT));
        var table = new StringBuilder("| limit | default | above it |\n|---|---|---|\n");
        for (ServerLimits.Row row : rows) {
            table.append("| `")
                    .append(row.key())
                    .append("` | ")
                    .append(row.value())
                    .append(" | ")
                    .append(row.over())
                    .append(" |\n");
        }
        Path guide = Path.of(System.getProperty("pie.root", "..")).resolve("docs/limits.md");
        assertThat(Files.readString(guide)).endsWith("\n\n" + table);
        assertThat(ServerLimits.DEFAULT.rows()).hasSameSizeAs(ServerLimits.class.getRecordComponents());
    }
}
