package pie.cli.doctor;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pie.cli.Build;

/** Look at the JVM, the processor and the memory. */
public final class MachineChecks {
    /** Instruction sets that the CPU driver's kernels are written for, most capable first, by their names in /proc/cpuinfo. */
    private static final List<String> INSTRUCTION_SETS = List.of(
            "amx_bf16",
            "amx_int8",
            "avx512_bf16",
            "avx512_vnni",
            "avx512f",
            "avx_vnni",
            "avx2",
            "fma",
            "f16c",
            "asimd",
            "sve");

    private static final long GIB = 1L << 30;
    private static final long MEMORY_NEEDED = 2 * GIB;

    private MachineChecks() {}

    public static List<Finding> jvm() {
        List<Finding> findings = new ArrayList<>();
        int feature = Runtime.version().feature();
        String text = Build.load().jvm();
        findings.add(
                feature == 25
                        ? Finding.ok("jdk", text)
                        : Finding.failed("jdk", text, "pie needs a JDK 25: set PIE_JAVA_HOME to one"));
        boolean vector = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        if (!vector) {
            findings.add(Finding.failed(
                    "jdk", "module jdk.incubator.vector is not there", "start pie by ./pie, which adds the module"));
        }
        if (ModuleLayer.boot().findModule("jdk.compiler").isEmpty()) {
            findings.add(
                    Finding.failed("jdk", "no compiler in this JVM, Java programs cannot run", "use a JDK, not a JRE"));
        }
        return findings;
    }

    public static List<Finding> processor() {
        int cores = Runtime.getRuntime().availableProcessors();
        Set<String> flags = flags();
        String known = INSTRUCTION_SETS.stream().filter(flags::contains).collect(Collectors.joining(" "));
        String text = "%s, %d %s%s"
                .formatted(name(), cores, cores == 1 ? "core" : "cores", known.isEmpty() ? "" : ", " + known);
        boolean slow = !flags.isEmpty() && !flags.contains("avx2") && !flags.contains("asimd");
        return List.of(
                slow
                        ? Finding.note(
                                "processor",
                                text,
                                "without AVX2 only the scalar kernels run: expect a few tokens a second")
                        : Finding.ok("processor", text));
    }

    public static List<Finding> memory() {
        long available = meminfo("MemAvailable");
        long total = meminfo("MemTotal");
        if (total == 0
                && ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean os) {
            total = os.getTotalMemorySize();
            available = os.getFreeMemorySize();
        }
        String text = "%s GiB, %s GiB free; heap of this JVM at most %s GiB"
                .formatted(gib(total), gib(available), gib(Runtime.getRuntime().maxMemory()));
        return List.of(
                available >= MEMORY_NEEDED
                        ? Finding.ok("memory", text)
                        : Finding.note("memory", text, "the default model and its guests want about 2 GiB free"));
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.1f", (double) bytes / GIB);
    }

    private static String name() {
        return field("/proc/cpuinfo", "model name").orElse(System.getProperty("os.arch", "unknown processor"));
    }

    private static Set<String> flags() {
        return field("/proc/cpuinfo", "flags")
                .or(() -> field("/proc/cpuinfo", "Features"))
                .map(line -> Set.of(line.split("\\s+")))
                .orElse(Set.of());
    }

    private static long meminfo(String key) {
        return field("/proc/meminfo", key)
                .map(v -> Long.parseLong(v.split("\\s+")[0]) * 1024)
                .orElse(0L);
    }

    private static Optional<String> field(String file, String key) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(l -> l.startsWith(key))
                    .map(l -> l.substring(l.indexOf(':') + 1).trim())
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
