package pie.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Threads take the priority that they are to have, and no other thread does. */
final class ThreadPriorityTest {
    private static final Path STAT = Path.of("/proc/thread-self/stat");
    /** Place of nice after the name, which ends with a bracket; see proc_pid_stat(5). */
    private static final int NICE = 16;

    @Test
    void lowersTheCallingThreadAlone() throws Exception {
        assumeTrue(Files.exists(STAT), "a system without /proc");
        int before = nice();
        var lowered = new CompletableFuture<Integer>();
        var unchanged = new CompletableFuture<Integer>();
        Thread low = Thread.ofPlatform().start(() -> take(ThreadPriority.LOW, lowered));
        Thread normal = Thread.ofPlatform().start(() -> take(ThreadPriority.NORMAL, unchanged));
        low.join();
        normal.join();
        assertThat(lowered.join()).isEqualTo(Math.min(19, before + 5));
        assertThat(unchanged.join()).isEqualTo(before);
        assertThat(nice()).isEqualTo(before);
    }

    private static void take(ThreadPriority priority, CompletableFuture<Integer> nice) {
        try {
            priority.take();
            nice.complete(nice());
        } catch (Exception e) {
            nice.completeExceptionally(e);
        }
    }

    private static int nice() throws Exception {
        String stat = Files.readString(STAT);
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[NICE]);
    }
}
