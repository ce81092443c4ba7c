package pie.runtime.js;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.io.IOAccess;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.graalvm.polyglot.proxy.ProxyObject;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.trace.StackSource;
import pie.inferlet.Host;
import pie.runtime.Guest;
import pie.runtime.bridge.Bridge;
import pie.runtime.bridge.ContextStop;
import pie.runtime.bridge.GuestFailure;
import pie.runtime.bridge.Operations;
import pie.runtime.bridge.Tape;
import pie.runtime.bridge.Walls;
import pie.runtime.profile.GuestStacks;

/** Hold one JavaScript context with the facade loaded, waiting for its program; its event loop runs here. */
final class JsGuest implements Guest<JsProgram> {
    /** Where the modules of the host find its functions. */
    private static final Source HOST = Source.newBuilder(
                    "js",
                    "(ops) => Object.defineProperty(globalThis, Symbol.for('pie.host'), { value: { ops }, configurable: true })",
                    "<pie>/host.js")
            .buildLiteral();

    private static final Source MAIN = Source.newBuilder("js", "export * from '/lib/host/main.js';", "<pie>/main.mjs")
            .mimeType(JsLanguage.MODULE)
            .uri(URI.create("file:///lib/main.mjs"))
            .buildLiteral();

    private final Engine engine;
    private final JsFiles files;
    private final Context context;
    private final Bridge bridge;
    private final ContextStop stop;
    private final TimerQueue timers = new TimerQueue();
    private final Value prepared;

    /** What became of the program. */
    private record End(
            boolean ok, String text, String type, String stack, String code, String details, List<Object> handles) {}

    private @Nullable End end;
    private @Nullable Tape tape;
    private boolean ending;

    JsGuest(Engine engine, Map<String, String> library) {
        this.engine = engine;
        files = new JsFiles(library);
        var dialect = new JsDialect();
        bridge = new Bridge(dialect);
        bridge.run("timer_start", a -> timers.start(a.integer(0, "timer"), a.number(1, "delay")));
        bridge.run("timer_stop", a -> timers.stop(a.integer(0, "timer")));
        context = Walls.context(
                        engine,
                        "js",
                        JsLanguage.OPTIONS,
                        IOAccess.newBuilder().fileSystem(files).build())
                .build();
        stop = new ContextStop(context, bridge);
        context.eval(HOST).executeVoid(ProxyObject.fromMap(bridge.table()));
        prepared = context.eval(MAIN);
        dialect.bind(prepared);
    }

    /** Return where it runs; for one thread at a time. */
    Context context() {
        return context;
    }

    @Override
    public String run(Host host, JsProgram program, String input) {
        bridge.attach(host, tape);
        files.add(program.files());
        if (host.requests().isPresent()) {
            prepared.invokeMember(
                    "serve",
                    JsFiles.APP + program.file(),
                    program.entry(),
                    host.seed() & 0x1f_ffff_ffff_ffffL,
                    answering());
            return answered(host, program).text();
        }
        prepared.invokeMember(
                "run",
                JsFiles.APP + program.file(),
                program.entry(),
                input,
                host.seed() & 0x1f_ffff_ffff_ffffL,
                bridge.repeatable(),
                answering());
        return answered(host, program).text();
    }

    @Override
    public Host.Foreign open(Host host, JsProgram program) {
        bridge.attach(host, tape);
        files.add(program.files());
        prepared.invokeMember("open", JsFiles.APP + program.file(), host.seed() & 0x1f_ffff_ffff_ffffL, answering());
        List<String> functions = answered(host, program).text().lines().toList();
        return new Host.Foreign() {
            @Override
            public List<String> functions() {
                return functions;
            }

            @Override
            public Host.Passed call(String function, Host.Passed arguments) {
                var all = new ArrayList<Object>(List.of(function, arguments.json(), answering()));
                all.addAll(arguments.handles());
                prepared.invokeMember("invoke", all.toArray());
                End answer = answered(host, program);
                return new Host.Passed(answer.text(), answer.handles());
            }
        };
    }

    private End answered(Host host, JsProgram program) {
        End answer = loop(host);
        if (!answer.ok()) {
            throw GuestFailure.uncaught(
                    answer.text(),
                    answer.type(),
                    JsTrace.shown(answer.stack(), program.sources()),
                    answer.code(),
                    answer.details());
        }
        return answer;
    }

    /** Begin to wait for an answer; returns what takes it. */
    private ProxyExecutable answering() {
        end = null;
        return args -> {
            var handles = new ArrayList<Object>();
            for (int i = 6; i < args.length; i++) {
                handles.add(args[i].asHostObject());
            }
            end = new End(
                    args[0].asBoolean(),
                    args[1].asString(),
                    args[2].asString(),
                    args[3].asString(),
                    args[4].asString(),
                    args[5].asString(),
                    handles);
            return null;
        };
    }

    /** Deliver completed operations and due timers until the program has ended. */
    private End loop(Host host) {
        Value deliver = prepared.getMember("deliver");
        Value fire = prepared.getMember("fire");
        while (true) {
            End result = end;
            if (result != null) {
                return result;
            }
            int turn = bridge.turn("turn", () -> turn(host));
            if (turn < Operations.ENDING) {
                fire.executeVoid(Operations.ENDING - turn);
            } else if (turn > Operations.NOTHING) {
                deliver.executeVoid(turn);
            }
        }
    }

    /** Wait for what comes next: the id of an operation, ENDING less that of a timer, or nothing to deliver. */
    private int turn(Host host) {
        int timer = timers.due();
        if (timer != 0) {
            return Operations.ENDING - timer;
        }
        double wait = timers.secondsToNext();
        if (wait < 0 && bridge.idle() && !ending) {
            throw stalled();
        }
        int id = bridge.poll(ending ? 0 : wait);
        if (id == Operations.ENDING) {
            ending = true;
        } else if (id == Operations.NOTHING && ending) {
            host.checkLive();
        }
        return id;
    }

    @Override
    public void use(Tape recorded) {
        tape = recorded;
    }

    private static PieException stalled() {
        return new PieException(
                ErrorCode.GUEST_ERROR,
                "the program waits for a promise that nothing will settle",
                Map.of("type", "Error", "traceback", ""));
    }

    @Override
    public StackSource stacks(Thread thread) {
        return new GuestStacks(engine, thread, source -> {
            String path = source.getPath();
            return path != null && path.startsWith(JsFiles.APP) ? path.substring(JsFiles.APP.length()) : null;
        });
    }

    @Override
    public void interrupt() {
        stop.interrupt();
    }

    @Override
    public void kill() {
        stop.kill();
    }

    @Override
    public void close() {
        stop.close();
    }
}
