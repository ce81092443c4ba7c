package pie.server;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Share the state of one server between its routes. */
final class Service {
    /** Say what the server can do now. */
    enum State {
        STARTING,
        READY,
        DRAINING,
        FAILED
    }

    private final ServerConfig config;
    private final Streams streams;
    private final Tethers tethers;
    private final Replays replays;
    private final Json json;
    private final ConnectionWatch connections;
    private final Instant started = Instant.now();
    private volatile State state = State.STARTING;
    private volatile @Nullable Launcher launcher;
    private volatile List<EnginePulse> pulses = List.of();

    Service(ServerConfig config, ScheduledExecutorService timer, ConnectionWatch connections) {
        this.config = config;
        this.connections = connections;
        streams = new Streams(config.limits());
        tethers = new Tethers(timer, config.disconnectGrace());
        replays = new Replays(config.limits().idempotencyKeys());
        json = new Json(config.limits());
    }

    ServerConfig config() {
        return config;
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
        launcher = up;
        state = State.READY;
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
