package pie.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Read what a process has of the machine, as Linux tells it.
 *
 * @param residentBytes of its memory that are in RAM: heap, pages of the KV pool and of mapped weights
 * @param processorTime of all its threads since it began
 */
record ProcessUse(long residentBytes, Duration processorTime) {
    /** @throws IOException if it does not run, or the system has no {@code /proc} */
    static ProcessUse of(long pid) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        String resident = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow(() -> new IOException("process " + pid + " has ended"));
        Duration time = ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow(() -> new IOException("process " + pid + " has ended"));
        return new ProcessUse(1024 * Long.parseLong(resident.replaceAll("\\D", "")), time);
    }
}
