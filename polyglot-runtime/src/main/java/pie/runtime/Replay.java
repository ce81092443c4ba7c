package pie.runtime;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.EventLog;
import pie.inferlet.Host;
import pie.runtime.bridge.Player;
import pie.runtime.replay.Frame;
import pie.runtime.replay.Recording;
import pie.runtime.replay.RecordingEnd;

/** Run a recorded process again: its program in a fresh guest, every host call answered from the recording. No engine is needed. */
public final class Replay {
    /** Say how a replay ended. */
    public sealed interface End {
        /** The program returned the value that it returned then. */
        record Returned(String value) implements End {}

        /** The program failed as it failed then. */
        record Failed(PieException failure) implements End {}

        /** The recorded run was ended from outside here, or was still going on. */
        record Interrupted(String why) implements End {}

        /** The event was reached that the replay was to run to. */
        record Reached() implements End {}
    }

    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);
    private static final long STACK_BYTES = 16L << 20;
    /** A program that was interrupted while it computed makes no more calls: it is given up after this. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Recording recording;
    private final ReplayHost host;
    private final Player player;
    private final long until;
    private final AtomicReference<@Nullable Guest<?>> running = new AtomicReference<>();
    private final AtomicReference<@Nullable Object> result = new AtomicReference<>();

    private Replay(Recording recording, long until, Consumer<Frame> watcher, EventLog log) {
        this.recording = recording;
        this.until = until;
        this.host = new ReplayHost(recording.header(), log);
        this.player = new Player(recording, until, watcher, this::stop);
    }

    /**
     * Run again what was recorded.
     *
     * @param guests with the language of the program
     * @param until event of the process to stop before the end of, 0 for none
     * @param watcher told each host call
     * @param log takes what the program says, but not its end
     * @throws PieException CONFLICT if the program does something else than it did then, UNSUPPORTED without its language
     */
    public static End run(Guests guests, Recording recording, long until, Consumer<Frame> watcher, EventLog log)
            throws InterruptedException {
        GuestPool<?> pool = guests.pool(recording.header().source().language());
        if (pool == null) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED, "programs in " + recording.header().language() + " are not offered here");
        }
        return new Replay(recording, until, watcher, log).run(pool);
    }

    private <P> End run(GuestPool<P> pool) throws InterruptedException {
        P program = pool.language().check(recording.header().source());
        Guest<P> guest = pool.take();
        running.set(guest);
        guest.use(player);
        Thread thread = Thread.ofPlatform()
                .name("pie-replay")
                .stackSize(STACK_BYTES)
                .daemon()
                .start(() -> result.set(outcome(guest, program)));
        boolean ended = thread.join(Duration.ofMillis(10));
        long quietSince = System.nanoTime();
        int calls = -1;
        while (!ended) {
            if (player.calls() != calls) {
                calls = player.calls();
                quietSince = System.nanoTime();
            } else if (mayHang(calls) && System.nanoTime() - quietSince > PATIENCE.toNanos()) {
                stop();
            }
            host.flush();
            ended = thread.join(Duration.ofMillis(100));
        }
        host.flush();
        guest.close();
        return end();
    }

    private boolean mayHang(int calls) {
        return calls == recording.frames().size()
                && !recording.end().map(RecordingEnd::state).orElse("").equals("completed");
    }

    private <P> Object outcome(Guest<P> guest, P program) {
        Host.bind(host);
        try {
            return guest.run(host, program, recording.header().input());
        } catch (Throwable e) {
            return e;
        } finally {
            Host.bind(null);
        }
    }

    /** End the guest without waiting for it. */
    private void stop() {
        Guest<?> guest = running.getAndSet(null);
        if (guest != null) {
            Thread.ofPlatform().name("pie-replay-stop").daemon().start(guest::kill);
        }
    }

    private End end() {
        PieException strayed = player.strayed();
        if (strayed != null) {
            throw strayed;
        }
        if (player.finished() && until > 0) {
            return new End.Reached();
        }
        if (running.get() == null || player.finished()) {
            return interrupted();
        }
        Object what = result.get();
        if (what instanceof String value) {
            String set = host.returned();
            return compared(value.isEmpty() && set != null ? set : value);
        }
        if (what instanceof PieException failure) {
            return compared(failure);
        }
        LOG.error("a replay failed", (Throwable) what);
        throw new PieException(ErrorCode.INTERNAL, "the replay failed: " + what, Map.of(), (Throwable) what);
    }

    private End compared(String value) {
        boolean same = recording.end().map(end -> value.equals(end.value())).orElse(true);
        if (!same) {
            throw strays("it returned something else");
        }
        return new End.Returned(value);
    }

    private End interrupted() {
        return new End.Interrupted(recording
                .end()
                .map(end -> end.message() == null ? end.state() : end.message())
                .orElse("the recording was cut off"));
    }

    /** Whether it went as far as the recorded run, which was then ended from outside: how it fails of that is nothing of its own. */
    private boolean endedFromOutside() {
        return player.calls() == recording.frames().size()
                && recording
                        .end()
                        .filter(end -> end.state().equals("cancelled"))
                        .isPresent();
    }

    private End compared(PieException failure) {
        if (endedFromOutside()) {
            return interrupted();
        }
        boolean same = recording
                .end()
                .map(end -> failure.code().name().equals(end.code()))
                .orElse(true);
        if (!same) {
            throw strays("it failed with " + failure.code() + ": " + failure.message());
        }
        return new End.Failed(failure);
    }

    private static PieException strays(String how) {
        return new PieException(ErrorCode.CONFLICT, "the run strays from its recording at its end: " + how);
    }
}
