package pie.server;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import pie.engine.Engine;
import pie.engine.process.InferletProcess;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.runtime.LaunchRequest;
import pie.runtime.ProgramSource;
import pie.runtime.mcp.McpPeer;
import pie.server.programs.ProgramStore;
import pie.server.ws.Backend;

/** Show the server to WebSocket sessions. */
final class ServiceBackend implements Backend {
    private final Service service;
    private final FrontDoor door;
    private final StatsJson stats;

    ServiceBackend(Service service, FrontDoor door) {
        this.service = service;
        this.door = door;
        stats = new StatsJson(service);
    }

    @Override
    public InferletProcess launch(LaunchRequest request, Consumer<? super InferletProcess> prepare) {
        service.checkLaunching();
        return service.launcher().launch(request, prepare);
    }

    @Override
    public void check(ProgramSource source) {
        service.launcher().check(source);
    }

    @Override
    public void registerMcp(ProcessId process, String name, McpPeer peer) {
        service.launcher().registerMcp(process, name, peer);
    }

    @Override
    public Optional<InferletProcess> find(ProcessId id) {
        return service.launcher().find(id);
    }

    @Override
    public List<InferletProcess> processes() {
        return service.launcher().processes();
    }

    @Override
    public List<Engine> engines() {
        return service.launcher().engines();
    }

    @Override
    public ProgramStore programs() {
        return service.programs();
    }

    @Override
    public String stats() {
        return Json.text(stats.snapshot(OwnerId.LOCAL));
    }

    @Override
    public String version() {
        return Version.number();
    }

    @Override
    public boolean tokenFits(String token) {
        return door.tokenFits(Optional.of("Bearer " + token));
    }
}
