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
        Duration time = ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow(() -> new IOException("process " + pid + " has ended"));
        return new ProcessUse(bytes(pid, "VmRSS"), time);
    }

    /** Return the most memory that it had in RAM at a time. @throws IOException as {@link #of} */
    static long mostResidentBytes(long pid) throws IOException {
        return bytes(pid, "VmHWM");
    }

    private static long bytes(long pid, String field) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        String value = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith(field + ":"))
                .findFirst()
                .orElseThrow(() -> new IOException("process " + pid + " has ended"));
        return 1024 * Long.parseLong(value.replaceAll("\\D", ""));
    }
}
