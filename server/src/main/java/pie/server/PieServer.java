package pie.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.helidon.http.DirectHandler;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.PieException;
import pie.engine.process.OwnerId;
import tools.jackson.databind.node.ObjectNode;

/** Bind, answer, drain. */
public final class PieServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PieServer.class);
    private static final Duration SAMPLE = Duration.ofSeconds(1);
    private static final Duration PULSE = Duration.ofSeconds(5);
    private static final Duration LAST_EVENTS = Duration.ofSeconds(2);

    private final ServerConfig config;
    private final Service service;
    private final WebServer web;
    private final URI uri;
    private final RunFiles files;
    private final ScheduledExecutorService timer;
    private final AtomicBoolean closed = new AtomicBoolean();

    private PieServer(
            ServerConfig config,
            Service service,
            WebServer web,
            URI uri,
            RunFiles files,
            ScheduledExecutorService timer) {
        this.config = config;
        this.service = service;
        this.web = web;
        this.uri = uri;
        this.files = files;
        this.timer = timer;
    }

    /**
     * Bind at once, then bring the instance up; requests are answered NOT_READY until it is there. The server closes the instance.
     *
     * @throws PieException INVALID_ARGUMENT for a refused bind, CONFLICT for a port in use, whatever {@code instance} throws
     */
    public static PieServer start(ServerConfig config, Supplier<Instance> instance) {
        return serve(config, () -> new InstanceLauncher(instance.get()));
    }

    static PieServer serve(ServerConfig config, Supplier<? extends Launcher> launcher) {
        PieServer server = bind(config);
        try {
            server.service.ready(launcher.get());
            server.startApps();
            server.files.announce(server.uri, server.service.started());
            return server;
        } catch (RuntimeException | Error e) {
            server.service.state(Service.State.FAILED);
            server.close();
            throw e;
        }
    }

    private void startApps() {
        var starter = new AppStarter(service);
        config.apps().forEach((name, body) -> {
            try {
                starter.start(
                        name,
                        (ObjectNode) service.json().parse(body.getBytes(UTF_8), "app " + name),
                        OwnerId.LOCAL,
                        true);
            } catch (PieException e) {
                throw new PieException(e.code(), "app " + name + " cannot be started: " + e.message(), e.details(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static PieServer bind(ServerConfig config) {
        var address = Binding.check(config);
        var files = new RunFiles(config.home());
        String token = files.token();
        var connections = new ConnectionWatch(config.limits());
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("pie-http-timer").daemon().factory());
        var service = new Service(config, timer, connections);
        var door = new FrontDoor(config, Binding.tokenNeeded(config), token);
        var handler = new FrontHandler(service, door);
        connections.upgradeBy(new WsUpgrader(service, door));
        var direct = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            direct.addHandler(type, DirectErrors.HANDLER);
        }
        WebServer web = WebServer.builder()
                .address(address.getAddress())
                .port(address.getPort())
                .connectionOptions(socket ->
                        socket.tcpNoDelay(true)) // a token must not wait for the one before to be acknowledged
                .shutdownHook(false)
                .protocolsDiscoverServices(false)
                .addConnectionSelector(connections)
                .directHandlers(direct.build())
                .errorHandling(e -> e.includeEntity(true))
                .idleConnectionTimeout(Duration.ofMinutes(5))
                .idleConnectionPeriod(Duration.ofSeconds(15))
                .routing(HttpRouting.builder().any(handler))
                .build()
                .start();
        if (!web.isRunning()) {
            timer.shutdownNow();
            throw Binding.inUse(config);
        }
        long period = connections.period().toMillis();
        timer.scheduleWithFixedDelay(again(connections::sweep), period, period, TimeUnit.MILLISECONDS);
        timer.scheduleWithFixedDelay(
                again(() -> service.pulses().forEach(EnginePulse::ask)),
                PULSE.toMillis(),
                PULSE.toMillis(),
                TimeUnit.MILLISECONDS);
        timer.scheduleAtFixedRate(again(() -> service.sampler().sample()), 0, SAMPLE.toMillis(), TimeUnit.MILLISECONDS);
        URI uri = Binding.uri(config, web.port());
        return new PieServer(config, service, web, uri, files, timer);
    }

    /** Let a task that fails, for want of memory too, be tried again in its time: an executor would drop it. */
    private static Runnable again(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.warn("what is done now and then failed this time", e);
            } catch (OutOfMemoryError e) {
                Thread.yield(); // a line in the log would need memory
            }
        };
    }

    public URI uri() {
        return uri;
    }

    /** Refuse new launches, let processes finish within the drain time, then close everything. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        if (service.state() == Service.State.READY) {
            service.state(Service.State.DRAINING);
        }
        try {
            drain();
        } finally {
            service.streams().close();
            timer.shutdownNow();
            web.stop();
            service.up().ifPresent(Launcher::close);
            files.withdraw(uri);
            service.spans().close();
        }
    }

    private void drain() {
        try {
            service.apps().close();
            if (service.up().isPresent()) {
                service.launcher().drain(config.drain());
            }
            // streams of processes that have ended close themselves once their last events are written
            long until = System.nanoTime() + LAST_EVENTS.toNanos();
            while (service.streams().following() > 0 && System.nanoTime() < until) {
                Thread.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.warn("stopping at once: the drain was interrupted");
        } catch (PieException e) {
            LOG.warn("stopping without an orderly drain: {}", e.message());
        }
    }
}
