package pie.server.hostile;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import pie.engine.EngineConfig;
import pie.engine.EngineStats;
import pie.engine.driver.DriverConfig;
import pie.engine.snapshot.SnapshotConfig;
import pie.engine.testing.TestModel;
import pie.runtime.GuestPolicy;
import pie.runtime.Language;
import pie.runtime.NetworkRule;
import pie.runtime.Permissions;
import pie.runtime.RuntimeConfig;
import pie.server.Instance;
import pie.server.InstanceConfig;
import pie.server.PieServer;
import pie.server.ServerConfig;
import tools.jackson.databind.json.JsonMapper;

/**
 * Be a server in a process of its own: the default model on a driver, all languages. Prints its address, then one line of figures for
 * each line that it reads, and ends with its input.
 */
final class HostileScene {
    private static final GuestPolicy POLICY = GuestPolicy.DEFAULT
            .withCaps(Permissions.DEFAULT.withFiles(true).withNetwork(NetworkRule.ANY))
            .withQuotas(new GuestPolicy.FileQuota(8 << 20, 200), new GuestPolicy.FileQuota(8 << 20, 200));

    /** Names of threads that programs run on. */
    private static final Pattern GUEST = Pattern.compile("pie-guest-[0-9a-f]{8}-.*");

    private HostileScene() {}

    /** @param args a folder for its files, a driver, and how many seconds ended processes are kept */
    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        RuntimeConfig d = RuntimeConfig.DEFAULT;
        var runtime = new RuntimeConfig(
                        Set.of(Language.values()),
                        1,
                        false,
                        64,
                        256,
                        Duration.ofSeconds(2),
                        d.guestMemory(),
                        d.events(),
                        Duration.ofSeconds(Long.parseLong(args[2])))
                .withPolicy(POLICY.withDataFolder(home.resolve("data")));
        var config = new InstanceConfig(
                        TestModel.NAME,
                        TestModel.path(),
                        args[1],
                        DriverConfig.DEFAULT.withPages(512),
                        EngineConfig.DEFAULT,
                        runtime)
                .withSnapshots(Optional.of(SnapshotConfig.of(home.resolve("snapshots"))));
        var opened = new CompletableFuture<Instance>();
        try (PieServer server = PieServer.start(ServerConfig.loopback(home, 0), () -> {
                    Instance instance = Instance.open(config, line -> {});
                    opened.complete(instance);
                    return instance;
                });
                var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            Instance instance = opened.join();
            instance.runtime().awaitWarm(Set.copyOf(HostileCase.LANGUAGES), Duration.ofMinutes(2));
            System.out.println(server.uri());
            while (in.readLine() != null) {
                System.out.println(JsonMapper.shared().writeValueAsString(figures(instance)));
            }
        }
        System.exit(0); // a thread that could not be stopped must not keep the process
    }

    /** Count what a process could leave behind, in pieces and bytes; collects garbage first. */
    private static Map<String, Long> figures(Instance instance) throws IOException, InterruptedException {
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(50);
        }
        var engine = instance.runtime().engines().getFirst();
        engine.checkIntegrity();
        EngineStats stats = engine.stats();
        var figures = new TreeMap<String, Long>();
        figures.put("pages", (long) stats.pagesTotal() - stats.pagesFree() - stats.pagesRetained());
        figures.put("contexts", (long) stats.contexts());
        figures.put("engine_processes", (long) stats.processes());
        figures.put("processes", (long) instance.runtime().processes().size());
        figures.put("live", (long) instance.runtime().live().size());
        figures.put("stuck", (long) instance.runtime().stuckThreads());
        figures.put("threads", (long) ManagementFactory.getThreadMXBean().getThreadCount());
        figures.put("guest_threads", guestThreads());
        figures.put(
                "heap", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        figures.put("classes", (long) ManagementFactory.getClassLoadingMXBean().getLoadedClassCount());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            figures.put("files", unix.getOpenFileDescriptorCount());
        }
        resident(figures);
        return figures;
    }

    private static long guestThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> GUEST.matcher(thread.getName()).matches())
                .count();
    }

    private static void resident(Map<String, Long> figures) throws IOException {
        Path status = Path.of("/proc/self/status");
        if (Files.exists(status)) {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("RssAnon:")) {
                    figures.put("resident", 1024 * Long.parseLong(line.replaceAll("\\D", "")));
                }
            }
        }
    }
}
