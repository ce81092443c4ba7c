package pie.runtime.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.SessionFile;
import pie.engine.process.ProcessId;

final class SessionFilesTest {
    private final SessionFiles files = new SessionFiles(ProcessId.random(), new SessionFiles.Limits(10, 25, 4));

    @AfterEach
    void forget() {
        files.forget();
    }

    private SessionFile keep(String name, int size, boolean sent) throws IOException {
        return files.keep(name, new ByteArrayInputStream(new byte[size]), Optional.empty(), sent);
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PieException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    /** What is on disk, whole or not. */
    private static long kept(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.count();
        }
    }

    @Test
    void theLimitsOfAFileOfAllAndOfTheirNumberHoldEach() throws IOException {
        Path folder = files.content(keep("a", 10, false).hash()).getParent();
        refused(ErrorCode.PAYLOAD_TOO_LARGE, () -> keep("b", 11, false));
        keep("b", 9, true);
        refused(ErrorCode.RATE_LIMITED, () -> keep("c", 7, false));
        refused(ErrorCode.BUDGET_EXHAUSTED, () -> keep("c", 7, true));
        keep("c", 6, true);
        keep("d", 0, true);
        refused(ErrorCode.RATE_LIMITED, () -> keep("e", 0, false));
        assertThat(files.all()).extracting(SessionFile::size).containsExactly(10L, 9L, 6L, 0L);
        assertThat(kept(folder)).isEqualTo(4);
    }

    @Test
    void whatBreaksOffOrHasAnotherHashLeavesNothing() throws IOException {
        Path folder = files.content(keep("a", 1, false).hash()).getParent();
        InputStream broken = new InputStream() {
            private int left = 3;

            @Override
            public int read() throws IOException {
                if (left-- <= 0) {
                    throw new IOException("gone");
                }
                return 1;
            }
        };
        assertThatThrownBy(() -> files.keep("b", broken, Optional.empty(), false))
                .hasMessage("gone");
        refused(
                ErrorCode.INVALID_ARGUMENT,
                () -> files.keep("b", new ByteArrayInputStream(new byte[3]), Optional.of("00"), false));
        assertThat(kept(folder)).isEqualTo(1);
        for (int i = 0; i < 3; i++) {
            keep("again", 8, false);
        }
        assertThat(files.all()).hasSize(4);
    }

    @Test
    void whatIsTakenBackCountsNoMoreAndItsContentStaysAsLongAsAnotherFileHasIt() throws IOException {
        SessionFile first = keep("a", 10, false);
        SessionFile second = keep("b", 10, false);
        Path content = files.content(first.hash());
        files.remove(first);
        files.remove(first);
        assertThat(files.all()).containsExactly(second);
        assertThat(content).exists();
        files.remove(second);
        assertThat(content).doesNotExist();
        refused(ErrorCode.NOT_FOUND, () -> files.content(second.hash()));
        for (int i = 0; i < 2; i++) {
            keep("c", 10, false);
        }
        keep("d", 5, false);
    }
}
