package pie.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Read what the loop of the one engine of this JVM has allocated. */
final class LoopBytes {
    private LoopBytes() {}

    static long read() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("engine-loop"))
                .mapToLong(Thread::threadId)
                .findFirst()
                .orElseThrow();
        return threads.getThreadAllocatedBytes(id);
    }
}
