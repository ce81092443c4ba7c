package pie.server;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import pie.engine.EngineFigures;
import pie.engine.EngineStats;
import pie.engine.process.InferletProcess;
import pie.engine.process.ProcessId;
import pie.engine.process.ProcessState;

/**
 * Look at engines and processes once a second, and tell rates, quantiles and history from that. It reads what they have put up and
 * asks no engine's loop for anything. All methods may be called from any thread.
 */
final class Sampler {
    /** Seconds that a rate is the mean of. */
    static final double RATE = 5;
    /** Seconds that latencies are told over. */
    static final double LATENCY = 60;

    private static final double SECOND = 1;
    private static final double TOKEN_SECONDS = 10;
    private static final int MEASUREMENTS = 8192;

    private final LongSupplier clock;
    private final Supplier<List<InferletProcess>> live;
    private final List<ModelTrack> models = new ArrayList<>();
    private final List<History> histories = new ArrayList<>();
    private final Map<ProcessId, ProcessTrack> tracks = new HashMap<>();
    private final Map<ProcessState, Long> ended = new EnumMap<>(ProcessState.class);
    private final Map<String, Long> errors = new HashMap<>();
    private final Window ends = new Window(16, 1);
    private final Recent firstTokens = new Recent(MEASUREMENTS);
    private final Recent queued = new Recent(MEASUREMENTS);
    private long endedCount;
    /** Time of the last sample. */
    private long sampled;

    /**
     * @param clock gives nanoseconds
     * @param live lists the processes that have not ended
     */
    Sampler(LongSupplier clock, List<Supplier<EngineFigures>> engines, Supplier<List<InferletProcess>> live) {
        this.clock = clock;
        this.live = live;
        sampled = clock.getAsLong();
        ends.add(sampled, 0);
        engines.forEach(e -> {
            models.add(new ModelTrack(e, sampled));
            histories.add(new History());
        });
    }

    /** Take a sample; to be called once a second. */
    synchronized void sample() {
        long now = clock.getAsLong();
        models.forEach(m -> m.sample(now));
        ends.add(now, endedCount);
        Map<ProcessId, ProcessTrack> before = Map.copyOf(tracks);
        tracks.clear();
        int running = 0;
        for (InferletProcess p : live.get()) {
            if (p.outcome().isDone()) {
                continue;
            }
            running += p.state() == ProcessState.QUEUED ? 0 : 1;
            ProcessTrack track = before.getOrDefault(p.id(), new ProcessTrack(sampled));
            tracks.put(p.id(), track);
            track.sample(now, p.glance());
            answered(now, p, track);
        }
        sampled = now;
        for (int i = 0; i < models.size(); i++) {
            histories.get(i).add(second(now, models.get(i), running));
        }
    }

    private void answered(long now, InferletProcess p, ProcessTrack track) {
        if (!track.answered) {
            p.firstTokenNanos().ifPresent(nanos -> {
                track.answered = true;
                firstTokens.add(now, nanos / 1e6);
            });
        }
    }

    private Map<History.Series, Double> second(long now, ModelTrack model, int running) {
        EngineStats s = model.now().stats();
        Map<History.Series, Double> values = new EnumMap<>(History.Series.class);
        values.put(History.Series.DECODE_TOK_S, model.decodeRate(SECOND));
        values.put(History.Series.PREFILL_TOK_S, model.prefillRate(SECOND));
        values.put(History.Series.BATCH_TOKENS, model.meanRows());
        values.put(History.Series.KV_RATIO, (double) (s.pagesWorking() + s.pagesCommitted()) / s.pagesTotal());
        values.put(History.Series.UTIL, model.utilisation(SECOND));
        values.put(History.Series.TPOT_MS, model.tokenMillis(SECOND).orElse(Double.NaN));
        values.put(
                History.Series.TTFT_P95_MS,
                Recent.quantile(firstTokens.sorted(now, LATENCY), 0.95).orElse(Double.NaN));
        values.put(History.Series.PRICE, s.market().price());
        values.put(History.Series.RUNNING, (double) running);
        return values;
    }

    /** Count a process that has ended. */
    synchronized void ended(InferletProcess p, ProcessState state, String code) {
        endedCount++;
        ended.merge(state, 1L, Long::sum);
        if (!code.isEmpty()) {
            errors.merge(code, 1L, Long::sum);
        }
        long now = clock.getAsLong();
        ProcessTrack track = tracks.remove(p.id());
        answered(now, p, track == null ? new ProcessTrack(sampled) : track);
        Long waited = p.waits().get("queued");
        if (waited != null) {
            queued.add(now, waited / 1e6);
        }
    }

    /** Have a look at everything while nothing changes. */
    synchronized <T> T look(java.util.function.Function<View, T> reader) {
        return reader.apply(new View(clock.getAsLong()));
    }

    /** Show the samples, inside {@link #look}. */
    final class View {
        private final long now;
        private final int lately =
                models.stream().mapToInt(ModelTrack::lately).max().orElse(1);
        private final long rows = models.stream().mapToLong(m -> m.rows(lately)).sum();

        private View(long now) {
            this.now = now;
        }

        long now() {
            return now;
        }

        ModelTrack model(int i) {
            return models.get(i);
        }

        History history(int i) {
            return histories.get(i);
        }

        /** Return mean milliseconds between two tokens of a generation, NaN if there were none lately. */
        double tokenMillis(int i) {
            return models.get(i).tokenMillis(TOKEN_SECONDS).orElse(Double.NaN);
        }

        /** Return tokens a second of a process, NaN for one that no sample knows yet. */
        double tokenRate(ProcessId id) {
            ProcessTrack track = tracks.get(id);
            return track == null ? Double.NaN : track.rate(RATE);
        }

        /** Return the share of a process in the rows of the last steps, 0 to 1. */
        double share(ProcessId id) {
            ProcessTrack track = tracks.get(id);
            return track == null || rows == 0 ? 0 : Math.min(1, (double) track.rows(lately) / rows);
        }

        double endedRate() {
            return ends.rate(0, RATE);
        }

        long ended(ProcessState state) {
            return ended.getOrDefault(state, 0L);
        }

        Map<String, Long> errors() {
            return errors;
        }

        /** Return milliseconds from launch to first token, sorted. */
        double[] firstTokens() {
            return firstTokens.sorted(now, LATENCY);
        }

        /** Return milliseconds that launches had to queue, sorted. */
        double[] queued() {
            return queued.sorted(now, LATENCY);
        }
    }
}
