package pie.server;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import pie.engine.EngineFigures;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.runtime.ProgramRegistry;
import pie.server.metrics.EngineSource;
import pie.server.metrics.Metrics;
import pie.server.openai.PlainRuns;
import pie.server.programs.Manifest;
import pie.server.programs.ProgramStore;
import pie.server.trace.RequestSpans;
import pie.server.trace.Tracer;

/** Share the state of one server between its routes. */
final class Service {
    /** Say what the server can do now. */
    enum State {
        STARTING,
        READY,
        DRAINING,
        FAILED
    }

    /** Requests of the OpenAI routes that run at once. */
    private static final int PLAIN_RUNS = 2048;

    private final ServerConfig config;
    private final ScheduledExecutorService timer;
    private final AddressLimit strangers = new AddressLimit(AddressLimit.PER_MINUTE);
    private final Streams streams;
    private final Tethers tethers;
    private final Replays replays;
    private final Json json;
    private final ConnectionWatch connections;
    private final ProgramStore programs;
    private final Apps apps = new Apps();
    private final Instant started = Instant.now();
    private final Metrics metrics;
    private final RequestSpans spans;
    private final PlainRuns plainRuns;
    private volatile State state = State.STARTING;
    private volatile @Nullable Launcher launcher;
    private volatile List<EnginePulse> pulses = List.of();
    private volatile Sampler sampler = new Sampler(System::nanoTime, List.of(), List::of);

    Service(ServerConfig config, ScheduledExecutorService timer, ConnectionWatch connections) {
        this.config = config;
        this.timer = timer;
        this.connections = connections;
        streams = new Streams(config.limits());
        tethers = new Tethers(timer, config.disconnectGrace());
        replays = new Replays(config.limits().idempotencyKeys());
        json = new Json(config.limits());
        programs = new ProgramStore(config.home().resolve("programs"));
        metrics = new Metrics(
                this::engineSources,
                () -> up().map(Launcher::processes).orElse(List.of()),
                streams::open,
                started,
                Version.number());
        spans = new RequestSpans(config.otlp().map(to -> new Tracer(to, "pie", Version.number())));
        plainRuns = new PlainRuns(PLAIN_RUNS, metrics.requests(), spans::follow);
    }

    ServerConfig config() {
        return config;
    }

    /** Return what runs short tasks at their time. */
    ScheduledExecutorService timer() {
        return timer;
    }

    /** Return how often who has no token may ask the apps that are open to everybody. */
    AddressLimit strangers() {
        return strangers;
    }

    ServerLimits limits() {
        return config.limits();
    }

    /** Return the folder of recorded runs. */
    Path recordings() {
        return config.home().resolve("recordings");
    }

    Streams streams() {
        return streams;
    }

    Tethers tethers() {
        return tethers;
    }

    Replays replays() {
        return replays;
    }

    ProgramStore programs() {
        return programs;
    }

    Apps apps() {
        return apps;
    }

    RequestSpans spans() {
        return spans;
    }

    Metrics metrics() {
        return metrics;
    }

    private List<EngineSource> engineSources() {
        return up().map(Launcher::engines).orElse(List.of()).stream()
                .map(e -> new EngineSource(
                        e.model().name(), e.capabilities(), () -> e.figures().stats()))
                .toList();
    }

    PlainRuns plainRuns() {
        return plainRuns;
    }

    Json json() {
        return json;
    }

    ConnectionWatch connections() {
        return connections;
    }

    Instant started() {
        return started;
    }

    State state() {
        return state;
    }

    void ready(Launcher up) {
        pulses = up.engines().stream()
                .map(e -> new EnginePulse(e.model().name(), e::stats))
                .toList();
        up.registry((owner, name, version) -> Optional.of(name)
                .filter(Manifest::isName)
                .flatMap(known -> programs.find(owner, known, version))
                .map(stored -> new ProgramRegistry.Entry(
                        stored.source(), stored.manifest().permissions())));
        List<Supplier<EngineFigures>> figures = up.engines().stream()
                .map(engine -> (Supplier<EngineFigures>) engine::figures)
                .toList();
        var all = new AllRuns(up, plainRuns, metrics.requests(), spans);
        sampler = new Sampler(System::nanoTime, figures, all::live);
        metrics.requests().onEnd(this::ended);
        launcher = all;
        state = State.READY;
    }

    private void ended(InferletProcess process, Outcome outcome) {
        String code = outcome instanceof Outcome.Failed failed ? failed.code().name() : "";
        sampler.ended(process, outcome.state(), code);
    }

    /** Return what watches the engines and processes. */
    Sampler sampler() {
        return sampler;
    }

    /** Return the pulses of the engines, in their order. */
    List<EnginePulse> pulses() {
        return pulses;
    }

    void state(State now) {
        state = now;
    }

    Optional<Launcher> up() {
        return Optional.ofNullable(launcher);
    }

    /** @throws PieException NOT_READY while the instance comes up */
    Launcher launcher() {
        Launcher up = launcher;
        if (up == null) {
            throw new PieException(
                    ErrorCode.NOT_READY, "the model is still being loaded; GET /health/ready says when it is there");
        }
        return up;
    }

    /** @throws PieException DRAINING while the server stops */
    void checkLaunching() {
        launcher();
        if (state == State.DRAINING) {
            throw new PieException(ErrorCode.DRAINING, "the server is stopping and starts no more processes");
        }
    }
}
