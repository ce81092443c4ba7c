package pie.runtime;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.ProcessId;
import pie.engine.trace.StackSource;
import pie.engine.trace.Timeline;

/** Write the timeline of one process, from its launch or from when somebody asks for it: waits, steps, and the code it is in. */
final class ProcessProfile {
    private final ProcessId id;
    private final ProcessHost host;
    private final EngineAccounts accounts;
    private volatile @Nullable Timeline timeline;
    /** Takes the steps alone, while there is no timeline. */
    private volatile @Nullable Timeline steps;

    private @Nullable Guest<?> guest;
    private @Nullable Thread thread;
    private @Nullable GuestSampler sampler;

    ProcessProfile(ProcessId id, ProcessHost host, EngineAccounts accounts, boolean fromLaunch) {
        this.id = id;
        this.host = host;
        this.accounts = accounts;
        if (fromLaunch) {
            var record = new Timeline();
            host.record(record, true);
            timeline = record;
        }
    }

    void recordSteps(Timeline record) {
        steps = record;
    }

    Optional<Timeline> timeline() {
        Timeline record = timeline;
        if (record != null) {
            host.clock().show();
        }
        return Optional.ofNullable(record);
    }

    /** Return the timeline, begun now if there is none. @throws PieException CONFLICT if the process has ended without one */
    synchronized Timeline begin(boolean ended) {
        Optional<Timeline> known = timeline();
        if (known.isPresent()) {
            return known.get();
        }
        if (ended) {
            throw new PieException(
                    ErrorCode.CONFLICT,
                    "process " + id + " has ended and was not profiled: launch it with \"profile\": true",
                    Map.of("reason", "ended"));
        }
        var record = new Timeline();
        host.record(record, false);
        timeline = record;
        accounts.record(record);
        sampleCode();
        return record;
    }

    /** Take note that the engines know the process now. */
    void opened() {
        Timeline record = timeline != null ? timeline : steps;
        if (record != null) {
            accounts.record(record);
        }
    }

    /** Take note of what runs the program's code, and where. */
    synchronized void entered(Guest<?> runs, Thread on) {
        guest = runs;
        thread = on;
        sampleCode();
    }

    private synchronized void sampleCode() {
        Timeline record = timeline;
        Guest<?> running = guest;
        Thread on = thread;
        if (record != null && running != null && on != null && sampler == null) {
            StackSource stacks = running.stacks(on);
            record.stacks(stacks);
            sampler = GuestSampler.start(record, stacks, on, host.clock());
        }
    }

    /** Take note that the program's code is over. */
    synchronized void left() {
        guest = null;
        if (sampler != null) {
            sampler.close();
        }
    }
}
