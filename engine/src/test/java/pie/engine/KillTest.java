package pie.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.snapshot.SnapshotConfig;
import pie.engine.snapshot.SnapshotInfo;
import pie.engine.snapshot.SnapshotStore;
import pie.engine.testing.LeakAudit;

/**
 * Kill a real process in the middle of its saves, again and again over the same files: no save that it told of is lost, and what is
 * there is whole. {@code -Dpie.kills=200} tries more often.
 */
final class KillTest {
    @RegisterExtension
    final LeakAudit audit = new LeakAudit();

    @TempDir
    Path directory;

    private final int[] told = new int[SnapshotWriter.NAMES];
    private final int[] begun = new int[SnapshotWriter.NAMES];
    private int version = 1;

    @Test
    void noAcknowledgedSnapshotIsLost() throws Exception {
        int kills = Integer.getInteger("pie.kills", 3);
        Random random = new Random(kills);
        int saves = 0;
        for (int i = 0; i < kills; i++) {
            int before = version;
            run(random);
            saves += version - before;
            check(i);
            if (kills > 10) {
                System.out.println("kill " + (i + 1) + " of " + kills + ", " + saves + " saves so far, none lost");
            }
        }
        System.out.println(kills + " kills in the middle of " + saves + " saves: none lost");
    }

    private void run(Random random) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + directory.resolveSibling("kills.jsa")));
        command.addAll(List.of("--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SnapshotWriter.class.getName()));
        command.addAll(List.of(directory.toString(), Long.toString(random.nextLong()), Integer.toString(version)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        int lines = 1 + random.nextInt(24);
        long pauseMicros = random.nextInt(4000);
        try (BufferedReader out = process.inputReader()) {
            for (int n = 0; ; n++) {
                String line = out.readLine();
                if (line == null) {
                    break;
                }
                note(line);
                if (n == lines) {
                    TimeUnit.MICROSECONDS.sleep(pauseMicros);
                    process.toHandle().destroyForcibly(); // leaves the pipe readable
                }
            }
        }
        assertThat(process.waitFor()).as("killed").isEqualTo(137);
        version++;
    }

    private void note(String line) {
        String[] words = line.split(" ");
        if (words.length < 4) {
            return; // cut off by the kill
        }
        int name = Integer.parseInt(words[1]);
        int n = Integer.parseInt(words[2]);
        if (words[0].equals("begin")) {
            begun[name] = n;
            version = Math.max(version, n);
        } else if (words[0].equals("done")) {
            told[name] = n;
        }
    }

    private void check(int kill) {
        SnapshotStore store = SnapshotStore.open(SnapshotConfig.of(directory));
        Engine engine = audit.engine(LeakAudit.hash(256, 8, 128, Map.of()), EngineConfig.DEFAULT, Optional.of(store));
        ProcessId process = audit.process(engine);
        List<String> names = engine.snapshots(OwnerId.LOCAL, "").join().stream()
                .map(SnapshotInfo::key)
                .map(key -> key.name())
                .toList();
        for (int name = 0; name < told.length; name++) {
            if (told[name] > 0) {
                assertThat(names).as("after kill %d", kill).contains("n" + name);
            }
            if (names.contains("n" + name)) {
                ContextHandle opened =
                        engine.openContext(process, "n" + name, false).join();
                int[] tokens = opened.tokens();
                boolean old = told[name] > 0 && Arrays.equals(tokens, SnapshotWriter.tokens(name, told[name]));
                boolean fresh = Arrays.equals(tokens, SnapshotWriter.tokens(name, begun[name]));
                assertThat(old || fresh).as("old or new after kill %d", kill).isTrue();
                told[name] = fresh ? begun[name] : told[name];
                ContextHandle plain = engine.createContext(process, false);
                plain.append(tokens);
                assertThat(go(opened)).as("goes on after kill %d", kill).isEqualTo(go(plain));
            }
        }
        assertThat(store.archive().stats().damaged()).as("damaged files").isZero();
        assertThat(engine.totals(process).tokensRecomputed())
                .as("all pages were there")
                .isZero();
        audit.check();
        store.close();
    }

    private static int[] go(ContextHandle context) {
        return context.generate(EngineFaultTest.plan(8)).collect().join().tokens();
    }
}
