package pie.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Measure what the load generator itself takes of the machine. */
final class ClientClock {
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final long begun = System.nanoTime();
    private final long spent = system.getProcessCpuTime();

    /** Return processor time by wall time since this was made. */
    double cores() {
        return (double) (system.getProcessCpuTime() - spent) / (System.nanoTime() - begun);
    }
}
