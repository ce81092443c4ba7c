package pie.engine;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import pie.engine.generate.PassSpec;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.snapshot.SnapshotConfig;
import pie.engine.snapshot.SnapshotStore;
import pie.engine.testing.LeakAudit;
import pie.engine.testing.TinyModel;

/** Save contexts over each other until it is killed, and tell of each save before and after. */
final class SnapshotWriter {
    static final int NAMES = 3;

    private SnapshotWriter() {}

    /** Return the tokens of a version: a little longer each time, so that pages are shared. */
    static int[] tokens(int name, int version) {
        return IntStream.range(0, 9 + version % 90)
                .map(i -> (i * 7 + name + (i > 40 ? version : 0)) % TinyModel.VOCAB)
                .toArray();
    }

    public static void main(String[] args) {
        SnapshotStore store = SnapshotStore.open(SnapshotConfig.of(Path.of(args[0])));
        Random random = new Random(Long.parseLong(args[1]));
        Engine engine = Engine.start(
                TinyModel.loaded(),
                LeakAudit.hash(256, 8, 128, java.util.Map.of()),
                EngineConfig.DEFAULT,
                Optional.of(store));
        ProcessId process = ProcessId.random();
        engine.openProcess(process, OwnerId.LOCAL, Budget.UNLIMITED, 1);
        for (int version = Integer.parseInt(args[2]); ; version++) {
            int name = random.nextInt(NAMES);
            ContextHandle context = engine.createContext(process, true);
            context.append(tokens(name, version));
            context.execute(PassSpec.FLUSH).join();
            System.out.println("begin " + name + ' ' + version + " .");
            context.save("n" + name, true, Optional.empty()).join();
            System.out.println("done " + name + ' ' + version + " .");
            context.close();
        }
    }
}
