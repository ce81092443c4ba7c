package pie.server.ws;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.EventLog;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.server.programs.Stored;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serve one client. Quick requests are answered by the thread that reads; installs and launches one after another on a thread of their
 * own, so that they keep their order and hold up nothing else.
 */
final class Session implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final Set<String> FIRST = Set.of("auth_identify", "auth_prove", "auth_by_token");
    private static final Set<String> SILENT = Set.of("signal_process", "transfer_file", "mcp_response");
    private static final int LISTED_INPUT_MAX = 1024;

    private final Backend backend;
    private final Channel channel;
    private final Login login;
    private final McpRelay mcp;
    private final Launches launches;
    private final Uploads uploads;
    private final Transfers transfers;
    private final Map<ProcessId, EventPump> pumps = new ConcurrentHashMap<>();
    private final Map<ProcessId, String> inputs = new ConcurrentHashMap<>();
    private final ExecutorService inOrder = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("pie-ws-order").factory());

    Session(Backend backend, WsLimits limits, Channel channel, Login login) {
        this.backend = backend;
        this.channel = channel;
        this.login = login;
        mcp = new McpRelay(channel);
        launches = new Launches(backend, mcp);
        uploads = new Uploads(limits);
        transfers = new Transfers(limits);
    }

    /** Take a MessagePack frame. @throws WsClose if nobody can be answered */
    void binary(byte[] frame) {
        Map<String, @Nullable Object> message;
        try {
            message = Wire.decode(frame);
        } catch (Fields.Refused e) {
            throw new WsClose(WsClose.BAD_DATA, e.text());
        }
        handle(message);
    }

    /** Take a text frame: the word {@code cancel}, or a message as JSON. */
    void text(String text) {
        if (text.strip().equals("cancel")) {
            pumps.keySet().forEach(id -> backend.find(id).ifPresent(p -> p.interrupt("owner")));
            return;
        }
        try {
            handle(Wire.parse(text));
            inOrder.execute(() -> channel.note("turn_done", ""));
        } catch (Fields.Refused e) {
            channel.note("error", e.text());
        }
    }

    private void handle(Map<String, @Nullable Object> map) {
        String type = map.get("type") instanceof String s ? s : "";
        var message = new Fields(type, map);
        OptionalLong corrId = message.corrId();
        if (SILENT.contains(type)) {
            silent(message);
            return;
        }
        if (corrId.isEmpty()) {
            throw new WsClose(WsClose.BAD_DATA, "a message without a corr_id cannot be answered");
        }
        if (login.owner().isEmpty() && !FIRST.contains(type)) {
            channel.response(corrId.getAsLong(), false, "Not authenticated");
            return;
        }
        answer(corrId.getAsLong(), () -> dispatch(corrId.getAsLong(), message));
    }

    /** Give an answer now, or later where it is null. */
    private interface Answer {
        @Nullable
        String get() throws InterruptedException;
    }

    private void answer(long corrId, Answer answer) {
        try {
            String result = answer.get();
            if (result != null) {
                channel.response(corrId, true, result);
            }
        } catch (Fields.Refused e) {
            channel.response(corrId, false, e.text());
        } catch (PieException e) {
            channel.response(corrId, false, said(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            channel.response(corrId, false, "CANCELLED: the session ends");
        } catch (RuntimeException e) {
            LOG.error("a WebSocket request failed", e);
            channel.response(corrId, false, "INTERNAL: an error inside the server");
        }
        if (login.locked()) {
            throw new WsClose(WsClose.POLICY, "too many failed attempts");
        }
    }

    /** Programs that are not there, that clash, or whose id is malformed have texts that clients know. */
    private static String said(PieException e) {
        boolean known = e.code() == ErrorCode.NOT_FOUND
                || e.code() == ErrorCode.ALREADY_EXISTS
                || e.message().startsWith("Invalid program identifier");
        if (e.code() == ErrorCode.INVALID_MANIFEST) {
            return "Invalid manifest: " + e.message();
        }
        return known ? e.message() : e.code() + ": " + e.message();
    }

    private @Nullable String dispatch(long corrId, Fields m) {
        return switch (m.type()) {
            case "auth_identify" -> login.identify(m.text("username"));
            case "auth_prove" -> login.prove();
            case "auth_by_token" -> aside(corrId, () -> login.token(m.text("token")));
            case "ping" -> "Pong";
            case "query" -> query(m.text("subject"));
            case "list_processes" -> list();
            case "check_program" -> check(m);
            case "add_program" -> install(corrId, m);
            case "launch_process" -> ordered(corrId, () -> launch(corrId, m));
            case "launch_processes" -> ordered(corrId, () -> launchAll(corrId, m));
            case "run_processes" -> aside(corrId, () -> run(m));
            case "attach_process" -> ordered(corrId, () -> attach(corrId, m));
            case "terminate_process" -> terminate(m);
            case "register_mcp_server" -> registerMcp(m);
            case "launch_daemon" ->
                throw new Fields.Refused("UNSUPPORTED: launch_daemon is not offered by this server; PUT /v1/apps/NAME"
                        + " starts a program that answers HTTP requests");
            case "submit_workflow", "cancel_workflow", "attach_workflow", "detach_workflow" ->
                throw new Fields.Refused("UNSUPPORTED: workflows");
            default -> throw new Fields.Refused("Unknown message type '" + m.type() + "'");
        };
    }

    private @Nullable String ordered(long corrId, Answer answer) {
        inOrder.execute(() -> answer(corrId, answer));
        return null;
    }

    private @Nullable String aside(long corrId, Answer answer) {
        Thread.ofVirtual().name("pie-ws-aside").start(() -> answer(corrId, answer));
        return null;
    }

    private OwnerId owner() {
        return login.owner().orElseThrow(() -> new Fields.Refused("Not authenticated"));
    }

    private String query(String subject) {
        return switch (subject) {
            case "model_status" -> ModelStatus.json(backend.engines());
            case "stats" -> backend.stats();
            case "version" -> backend.version();
            default -> throw new Fields.Refused("Unknown query subject: " + subject);
        };
    }

    private String check(Fields m) {
        Optional<Stored> found = backend.programs().find(owner(), m.text("name"), m.text("version"));
        boolean upload = m.optionalText("wasm_hash")
                .map(h -> found.isPresent() && found.get().uploadHash().equals(h))
                .orElse(true);
        boolean manifest = m.optionalText("manifest_hash")
                .map(h -> found.isPresent() && found.get().manifestHash().equals(h))
                .orElse(true);
        return String.valueOf(found.isPresent() && upload && manifest);
    }

    private @Nullable String install(long corrId, Fields m) {
        Optional<Uploads.Whole> whole = uploads.take(corrId, m);
        whole.ifPresent(w -> ordered(corrId, () -> {
            backend.programs().add(owner(), w.manifest(), w.content(), w.force(), false, backend::check);
            return "Program installed successfully";
        }));
        return null;
    }

    /** Let the programs that this session launches, and those that it hears of now, call a server. */
    private String registerMcp(Fields m) {
        String name = mcp.register(m);
        pumps.keySet().forEach(id -> offer(id, name));
        return "MCP server registered";
    }

    private void offer(ProcessId id, String server) {
        try {
            mcp.relayed(server, id).ifPresent(peer -> backend.registerMcp(id, server, peer));
        } catch (PieException e) {
            if (e.code() != ErrorCode.NOT_FOUND) { // one that is forgotten, or is no program, calls nobody
                throw e;
            }
        }
    }

    private @Nullable String launch(long corrId, Fields m) {
        boolean capture = m.flag("capture_outputs", true);
        String input = m.optionalText("input").orElse("");
        Launches.Started started =
                launches.launch(owner(), m.text("inferlet"), input, capture, m.optionalLong("token_budget"));
        InferletProcess process = started.process();
        channel.response(corrId, true, capture ? process.id().toString() : "");
        remember(process, input);
        started.events().ifPresent(events -> pump(process, events));
        return null;
    }

    private @Nullable String launchAll(long corrId, Fields m) {
        boolean capture = m.flag("capture_outputs", true);
        var inputTexts = m.texts("inputs");
        var started =
                launches.launchAll(owner(), m.text("inferlet"), inputTexts, capture, m.optionalLongs("token_budgets"));
        ArrayNode ids = JsonMapper.shared().createArrayNode();
        started.forEach(s -> ids.add(s.process().id().toString()));
        channel.response(corrId, true, ids.toString());
        for (int i = 0; i < started.size(); i++) {
            InferletProcess process = started.get(i).process();
            remember(process, inputTexts.get(i));
            started.get(i).events().ifPresent(events -> pump(process, events));
        }
        return null;
    }

    private String run(Fields m) {
        List<InferletProcess> started = launches
                .launchAll(owner(), m.text("inferlet"), m.texts("inputs"), false, m.optionalLongs("token_budgets"))
                .stream()
                .map(Launches.Started::process)
                .toList();
        ArrayNode values = JsonMapper.shared().createArrayNode();
        for (InferletProcess process : started) {
            switch (process.outcome().join()) {
                case Outcome.Completed done -> values.add(done.value());
                case Outcome.Failed failed -> {
                    started.forEach(p -> p.interrupt("owner"));
                    throw new Fields.Refused(
                            failed.code() == ErrorCode.GUEST_ERROR
                                    ? failed.message()
                                    : failed.code() + ": " + failed.message());
                }
            }
        }
        return values.toString();
    }

    private void remember(InferletProcess process, String input) {
        inputs.put(process.id(), input.length() > LISTED_INPUT_MAX ? input.substring(0, LISTED_INPUT_MAX) : input);
        process.outcome().whenComplete((outcome, failure) -> inputs.remove(process.id()));
    }

    private void pump(InferletProcess process, EventLog.Watcher events) {
        var pump = new EventPump(channel, process, events);
        EventPump before = pumps.put(process.id(), pump);
        if (before != null) {
            before.stop();
        }
        Thread.ofVirtual().name("pie-ws-events").start(() -> {
            pump.run();
            pumps.remove(process.id(), pump);
        });
    }

    private @Nullable String attach(long corrId, Fields m) {
        InferletProcess process = own(m, "Invalid process_id");
        long since = m.optionalLong("since").orElse(0);
        if (since < 0 || since > process.log().lastId()) {
            throw new Fields.Refused("Invalid field 'since' in 'attach_process'");
        }
        mcp.names().forEach(name -> offer(process.id(), name));
        channel.response(corrId, true, "Process attached");
        pump(process, process.log().watch(since, true));
        return null;
    }

    private String terminate(Fields m) {
        own(m, "Invalid process ID").interrupt("owner");
        return "Process terminated";
    }

    private InferletProcess own(Fields m, String malformed) {
        ProcessId id = ProcessId.parse(m.text("process_id")).orElseThrow(() -> new Fields.Refused(malformed));
        InferletProcess process = backend.find(id).orElseThrow(() -> new Fields.Refused("Process not found"));
        if (!process.owner().equals(owner())) {
            throw new Fields.Refused("Permission denied");
        }
        return process;
    }

    private String list() {
        ArrayNode all = JsonMapper.shared().createArrayNode();
        for (InferletProcess p : backend.processes()) {
            if (p.state().ended() || !p.owner().equals(owner())) {
                continue;
            }
            ObjectNode one = all.addObject();
            String input = inputs.getOrDefault(p.id(), "");
            one.put("id", p.id().toString());
            one.put("username", p.owner().value());
            one.put("program", p.program());
            one.put("input", input);
            one.put("arguments", input);
            one.put("state", p.state().word());
            one.put("elapsed_secs", Duration.between(p.created(), Instant.now()).toSeconds());
        }
        return all.toString();
    }

    /** Take what is never answered; what cannot be done is told as a line of stderr of the process. */
    private void silent(Fields m) {
        if (login.owner().isEmpty()) {
            return;
        }
        InferletProcess process;
        try {
            if (m.type().equals("mcp_response")) {
                mcp.answer(m);
                return;
            }
            process = own(m, "Invalid process_id");
        } catch (Fields.Refused e) {
            LOG.debug("{} is dropped: {}", m.type(), e.text());
            return;
        }
        try {
            if (m.type().equals("signal_process")) {
                process.deliver(m.text("message"));
            } else {
                Optional<Transfers.Whole> file = transfers.take(m);
                if (file.isPresent()) {
                    deliver(file.get(), process);
                }
            }
        } catch (Fields.Refused e) {
            channel.event(process.id().toString(), "stderr", e.text() + "\n");
        } catch (PieException e) {
            if (e.code() != ErrorCode.CONFLICT) {
                channel.event(process.id().toString(), "stderr", "what was sent was lost: " + e.message() + "\n");
            }
        }
    }

    private static void deliver(Transfers.Whole file, InferletProcess process) {
        try (file;
                InputStream content = file.read()) {
            process.deliverFile(file.name(), content, Optional.of(file.hash()));
        } catch (IOException e) {
            throw new PieException(ErrorCode.STORAGE_FULL, "a file cannot be read: " + e.getMessage(), Map.of(), e);
        }
    }

    /** Let go of everything; the processes go on. */
    @Override
    public void close() {
        pumps.values().forEach(EventPump::stop);
        mcp.close();
        inOrder.shutdownNow();
        transfers.close();
    }
}
