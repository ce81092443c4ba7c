package pie.server;

import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.OwnerId;
import pie.runtime.LaunchRequest;
import pie.runtime.ProgramSource;
import pie.server.programs.Manifest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Make apps of what is asked for, by a request or when the server starts. */
final class AppStarter {
    private static final String HANDLE = "handle";

    private final Service service;

    AppStarter(Service service) {
        this.service = service;
    }

    /**
     * Start an app and let it take the place of one of its name; returns once it takes requests.
     *
     * @param body program or source, and how it is run
     * @param keptUp whether a process that fails is started again at once, not by the next request
     * @throws PieException INVALID_ARGUMENT, NOT_FOUND, SOURCE_ERROR; what the program fails with, TIMEOUT
     */
    App start(String name, ObjectNode body, OwnerId owner, boolean keptUp) throws InterruptedException {
        if (!Manifest.isName(name)) {
            throw PieException.invalid(
                    "an app's name must have 1 to 64 of the characters A-Z a-z 0-9 _ -, a letter or digit first, got \""
                            + name + "\"");
        }
        JsonNode program = body.path("program");
        JsonNode table = program.isString()
                ? service.programs()
                        .resolve(owner, program.asString())
                        .manifest()
                        .json()
                        .path("app")
                : Json.object();
        AppTerms terms = AppTerms.take(body, table);
        var launch = new LaunchBody(service.limits(), owner, service.programs()).read(body);
        if (launch.record()) {
            throw new PieException(ErrorCode.UNSUPPORTED, "programs that answer HTTP requests cannot be recorded");
        }
        LaunchRequest request = launch.request();
        var app = new App(
                name, request.running(handling(request.source())), terms, keptUp, service.launcher(), service.timer());
        service.apps().put(name, app, service.launcher().limits().killGrace());
        return app;
    }

    /** A program whose manifest names no other function answers with {@code handle}. */
    private static ProgramSource handling(ProgramSource source) {
        return source.entry().equals(ProgramSource.MAIN)
                ? new ProgramSource(
                        source.language(), source.file(), source.code(), source.files(), HANDLE, source.name())
                : source;
    }
}
