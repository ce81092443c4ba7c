package pie.runtime.python;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.io.FileSystem;
import org.graalvm.polyglot.io.IOAccess;
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
import pie.runtime.bridge.Tape;
import pie.runtime.bridge.TapedFiles;
import pie.runtime.bridge.TextStream;
import pie.runtime.bridge.Walls;
import pie.runtime.profile.GuestStacks;

/** Hold one Python context with what every program needs imported, waiting for its program. */
final class PythonGuest implements Guest<PythonProgram> {
    private final Engine engine;
    private final Context context;
    private final Bridge bridge;
    private final ContextStop stop;
    private final Value run;
    private final Value complete;
    private final Value open;
    private final Value invoke;
    private final PythonFiles files = new PythonFiles();
    private volatile Set<String> names = Set.of();
    private @Nullable Host host;
    private @Nullable Tape tape;

    PythonGuest(Engine engine, Source bootstrap, String library) {
        this.engine = engine;
        var dialect = new PythonDialect();
        bridge = new Bridge(dialect);
        context = Walls.context(engine, "python", PythonLanguage.OPTIONS, access())
                .out(new TextStream(text -> print(text, false)))
                .err(new TextStream(text -> print(text, true)))
                .build();
        stop = new ContextStop(context, bridge);
        context.eval(bootstrap);
        Value globals = context.getBindings("python");
        Value functions = globals.getMember("_prepare")
                .execute(
                        ProxyObject.fromMap(bridge.table()),
                        String.join("\n", bridge.table().keySet()),
                        library);
        run = functions.getArrayElement(0);
        complete = functions.getArrayElement(1);
        open = functions.getArrayElement(2);
        invoke = functions.getArrayElement(3);
        dialect.bind(context);
    }

    private IOAccess access() {
        return IOAccess.newBuilder()
                .fileSystem(FileSystem.allowInternalResourceAccess(files))
                .build();
    }

    /** Without the permission all answers follow from the program, and imports may look for what they like. */
    private boolean taped(Host process) {
        return bridge.repeatable()
                && bridge.asked(
                                "file_permitted",
                                () -> String.valueOf(process.files().permitted()))
                        .equals("true");
    }

    private void print(String text, boolean error) {
        Host attached = host;
        if (attached == null) {
            return;
        }
        if (error) {
            attached.stderr(text);
        } else {
            attached.stdout(text);
        }
    }

    @Override
    public void complete() {
        complete.executeVoid();
    }

    /** Return where it runs; for one thread at a time. */
    Context context() {
        return context;
    }

    @Override
    public String run(Host process, PythonProgram program, String input) {
        host = process;
        names = program.names();
        bridge.attach(process, tape);
        files.use(taped(process) ? new TapedFiles(bridge) : process.files());
        return execute(
                        run,
                        program.files(),
                        program.file(),
                        program.module(),
                        program.entry(),
                        input,
                        process.seed() & 0x1f_ffff_ffff_ffffL,
                        bridge.repeatable(),
                        process.requests().isPresent())
                .getArrayElement(1)
                .asString();
    }

    @Override
    public Host.Foreign open(Host process, PythonProgram program) {
        host = process;
        bridge.attach(process, tape);
        files.use(process.files());
        List<String> functions = execute(open, program.files(), program.file(), process.seed() & 0x1f_ffff_ffff_ffffL)
                .getArrayElement(1)
                .asString()
                .lines()
                .toList();
        return new Host.Foreign() {
            @Override
            public List<String> functions() {
                return functions;
            }

            @Override
            public Host.Passed call(String function, Host.Passed arguments) {
                var all = new ArrayList<Object>(List.of(function, arguments.json()));
                all.addAll(arguments.handles());
                Value answer = execute(invoke, all.toArray());
                var handles = new ArrayList<Object>();
                for (long i = 2; i < answer.getArraySize(); i++) {
                    handles.add(answer.getArrayElement(i).asHostObject());
                }
                return new Host.Passed(answer.getArrayElement(1).asString(), handles);
            }
        };
    }

    @Override
    public void use(Tape recorded) {
        tape = recorded;
    }

    /** Call a function of the bootstrap; returns what it answers if that begins with true. */
    private static Value execute(Value function, Object... arguments) {
        Value result;
        try {
            result = function.execute(arguments);
        } catch (PolyglotException e) {
            String message = String.valueOf(e.getMessage());
            if (message.contains("SecurityException")
                    || message.contains("UnsupportedPosixFeatureException")
                    || message.contains("not allowed")) {
                throw new PieException(
                        ErrorCode.PERMISSION_DENIED, message.replaceFirst("^.*Exception: ", ""), Map.of(), e);
            }
            throw e;
        }
        if (result.getArrayElement(0).asBoolean()) {
            return result;
        }
        throw GuestFailure.uncaught(
                result.getArrayElement(1).asString(),
                result.getArrayElement(2).asString(),
                result.getArrayElement(3).asString(),
                result.getArrayElement(4).asString(),
                result.getArrayElement(5).asString());
    }

    @Override
    public StackSource stacks(Thread thread) {
        return new GuestStacks(engine, thread, source -> names.contains(source.getName()) ? source.getName() : null);
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
