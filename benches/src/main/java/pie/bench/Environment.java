package pie.bench;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Describe where a figure was measured; what cannot be found out is null, never guessed. */
final class Environment {
    private Environment() {}

    static Map<String, @Nullable Object> json() {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("time", Instant.now().toString());
        json.put("processor", field("/proc/cpuinfo", "model name"));
        json.put("cores", Runtime.getRuntime().availableProcessors());
        json.put("instruction_sets", sets());
        json.put("memory", field("/proc/meminfo", "MemTotal"));
        json.put("load_before", load());
        json.put("kernel", first("/proc/sys/kernel/osrelease"));
        json.put("jvm", System.getProperty("java.vm.version"));
        json.put("commit", output("git", "rev-parse", "--short=12", "HEAD"));
        json.put(
                "changed_files",
                output("git", "status", "--porcelain") instanceof String s
                        ? s.lines().count()
                        : null);
        return json;
    }

    /** Return how busy the machine is: means of 1, 5 and 15 minutes, and what runs just now. */
    static @Nullable String load() {
        return first("/proc/loadavg");
    }

    private static @Nullable String sets() {
        String flags = field("/proc/cpuinfo", "flags");
        return flags == null
                ? null
                : String.join(
                        " ",
                        Stream.of(flags.split(" "))
                                .filter(f -> f.matches("avx2|avx512f|avx512_bf16|avx512_vnni|avx_vnni|amx_.*|f16c"))
                                .toList());
    }

    private static @Nullable String field(String file, String key) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(l -> l.startsWith(key))
                    .map(l -> l.substring(l.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    private static @Nullable String first(String file) {
        try {
            return Files.readString(Path.of(file)).lines().findFirst().orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    private static @Nullable String output(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(new File(System.getProperty("pie.root", ".")))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0 ? text.strip() : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
