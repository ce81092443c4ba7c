package pie.cpu;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** Tell what the processor is and can do, from the flags the system shows; never from its name. */
record Processor(String name, Set<String> flags) {
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");

    static Processor current() {
        String name = System.getProperty("os.arch", "unknown") + " processor";
        Set<String> flags = Set.of();
        if (Files.isReadable(CPUINFO)) {
            try {
                for (String line : Files.readAllLines(CPUINFO)) {
                    int colon = line.indexOf(':');
                    String key =
                            colon < 0 ? "" : line.substring(0, colon).trim().toLowerCase(Locale.ROOT);
                    String value = line.substring(colon + 1).trim();
                    if (key.equals("model name")) {
                        name = value;
                    } else if (key.equals("flags") || key.equals("features")) {
                        flags = Set.of(value.split("\\s+"));
                    }
                    if (line.isEmpty() && !flags.isEmpty()) {
                        break;
                    }
                }
            } catch (IOException e) {
                return new Processor(name, Set.of()); // the system does not tell
            }
        }
        return new Processor(name, flags);
    }

    boolean has(String flag) {
        return flags.contains(flag);
    }

    boolean amx() {
        return has("amx_bf16") && has("amx_tile");
    }

    /** Return bytes of memory that this process may use, limits of a container respected. */
    static long memory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                ? os.getTotalMemorySize()
                : Runtime.getRuntime().maxMemory();
    }
}
