package pie.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Read what the loop of the one engine of this JVM has allocated. */
final class LoopBytes {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final long loop = Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("engine-loop"))
            .mapToLong(Thread::threadId)
            .findFirst()
            .orElseThrow();

    long read() {
        return THREADS.getThreadAllocatedBytes(loop);
    }
}
