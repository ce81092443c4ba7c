package pie.cli.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    private final StringWriter err = new StringWriter();
    private final AtomicLong clock = new AtomicLong();

    private ProgressBar bar(boolean terminal) {
        return new ProgressBar(new PrintWriter(err), terminal, clock::get);
    }

    private void second(ProgressBar bar, long done) {
        clock.addAndGet(1_000_000_000L);
        bar.progress("m.gguf", done, 100_000_000);
    }

    @Test
    void aTerminalSeesOneLineThatIsRedrawnAndTakenAway() {
        try (ProgressBar bar = bar(true)) {
            bar.progress("m.gguf", 0, 100_000_000);
            second(bar, 25_000_000);
            assertThat(err.toString())
                    .endsWith(
                            "\r\u001b[Km.gguf  [#####---------------]  25%  25.0 MB of 100.0 MB  25.0 MB/s  3 s left");
        }
        assertThat(err.toString()).endsWith("\r\u001b[K").doesNotContain("\n");
    }

    @Test
    void aResumedDownloadCountsItsRateFromWhereItStarted() {
        try (ProgressBar bar = bar(true)) {
            bar.progress("m.gguf", 50_000_000, 100_000_000);
            second(bar, 60_000_000);
            assertThat(err.toString()).endsWith("60%  60.0 MB of 100.0 MB  10.0 MB/s  4 s left");
        }
    }

    @Test
    void aFileSeesOneLinePerTenth() {
        try (ProgressBar bar = bar(false)) {
            for (int percent = 0; percent <= 100; percent++) {
                second(bar, percent * 1_000_000L);
            }
        }
        assertThat(err.toString().lines()).hasSize(11).allMatch(line -> line.startsWith("m.gguf"));
        assertThat(err.toString()).doesNotContain("\r", "\u001b");
    }
}
