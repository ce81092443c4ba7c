package pie.server;

import io.helidon.http.HeaderNames;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.InferletProcess;
import pie.engine.process.ProcessId;
import tools.jackson.databind.node.ObjectNode;

/** Find processes by id or by a unique prefix of one. */
final class Processes {
    private static final int PREFIX_MIN = 4;
    private static final Pattern HEX = Pattern.compile("[0-9a-f-]{4,36}");

    private final Service service;

    Processes(Service service) {
        this.service = service;
    }

    /**
     * Find the process of the path's {@code id}, and name it in the answer's header.
     *
     * @throws PieException INVALID_ARGUMENT for a prefix of several, NOT_FOUND
     */
    InferletProcess of(Exchange exchange) {
        InferletProcess process = find(exchange.path("id").toLowerCase(Locale.ROOT));
        exchange.header(Exchange.PROCESS_ID, process.id().toString());
        return process;
    }

    private InferletProcess find(String id) {
        if (!HEX.matcher(id).matches()) {
            throw unknown(id);
        }
        if (id.length() == 36) {
            return ProcessId.parse(id).flatMap(service.launcher()::find).orElseThrow(() -> unknown(id));
        }
        List<InferletProcess> all = service.launcher().processes().stream()
                .filter(p -> p.id().toString().startsWith(id))
                .toList();
        if (all.size() > 1) {
            throw new PieException(
                    ErrorCode.INVALID_ARGUMENT,
                    "process id prefix \"" + id + "\" stands for " + all.size() + " processes; give more of it",
                    Map.of("matches", all.size()));
        }
        return all.stream().findFirst().orElseThrow(() -> unknown(id));
    }

    private static PieException unknown(String id) {
        String shown = id.length() > 40 ? id.substring(0, 40) + "…" : id;
        return new PieException(
                ErrorCode.NOT_FOUND,
                "no process \"" + shown + "\"; give its id or at least " + PREFIX_MIN
                        + " characters of it, and note that ended ones are kept for a while only",
                Map.of("kind", "process"));
    }

    ObjectNode json(InferletProcess process) {
        return ProcessJson.process(process, process.totals(), !service.tethers().tied(process.id()));
    }

    /** Shape one of many: no engine is asked for anything, so that a list costs none. */
    ObjectNode row(InferletProcess process) {
        return ProcessJson.process(process, process.glance(), !service.tethers().tied(process.id()));
    }

    /** Answer 202 with the process object. */
    void accepted(Exchange exchange, InferletProcess process) {
        exchange.header(Exchange.PROCESS_ID, process.id().toString());
        exchange.header(HeaderNames.LOCATION, "/v1/processes/" + process.id());
        exchange.json(202, json(process));
    }
}
