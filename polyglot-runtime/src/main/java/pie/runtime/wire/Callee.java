package pie.runtime.wire;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.io.IOAccess;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Host;
import pie.runtime.bridge.Bridge;
import pie.runtime.bridge.Dialect;
import pie.runtime.bridge.Operations;
import pie.runtime.bridge.Tape;
import pie.runtime.bridge.Walls;
import pie.runtime.replay.Datum;

/** Do in the server what a program in a worker calls for, on the thread of its process. */
public final class Callee implements AutoCloseable {
    /** Values need a language that they could be handed to; no code of it runs. */
    private static final String LANGUAGE = "js";

    private final Link link;
    private final Lent lent = new Lent();
    private final WireDialect dialect;
    private final Bridge bridge;
    private final Context context;
    private final Arguments arguments;

    /**
     * @param engine see {@link #engine}
     * @param names spells names as the language of the guest does
     */
    public Callee(Link link, Engine engine, Dialect names) {
        this.link = link;
        dialect = new WireDialect(names, lent);
        bridge = new Bridge(dialect);
        context = Walls.context(engine, LANGUAGE, Map.of(), IOAccess.NONE).build();
        arguments = new Arguments(context, lent, names.kinds(), this::callBack);
    }

    /** Make an engine for any number of these. */
    public static Engine engine() {
        return Walls.engine(LANGUAGE);
    }

    /** @param tape that the calls of the program go through, if any */
    public void attach(Host host, @Nullable Tape tape) {
        bridge.attach(host, tape);
    }

    /** Return data for an object of the host that is handed to the program. */
    public Datum lend(Object object) {
        return dialect.datum(object);
    }

    /** Return the object of the host that a handle stands for. @throws PieException INVALID_ARGUMENT */
    public Object object(Datum handle) {
        if (handle instanceof Datum.Handle h) {
            return lent.object(h.number());
        }
        throw PieException.invalid("a worker answered with something that is no handle");
    }

    /** Wake the program where it waits. Any thread. */
    public void wake() {
        bridge.operations().wake(Operations.ENDING);
    }

    /**
     * Have the worker do something, and do meanwhile what it calls for.
     *
     * @throws IOException if the worker is gone, or sends what is no message
     * @throws PieException what it failed with
     */
    public Datum begin(String what, List<Datum> given) throws IOException {
        link.send(new Message(Message.Kind.BEGIN, what, new Datum.Items(given)));
        return result(await(Message.Kind.ENDED));
    }

    /** Wait for a message of a kind, or THROWN; calls that come before it are done. */
    private Message await(Message.Kind kind) throws IOException {
        while (true) {
            Message message = link.receive();
            if (message.kind() == kind || message.kind() == Message.Kind.THROWN) {
                return message;
            }
            switch (message.kind()) {
                case CALL, ASIDE, NOTE -> perform(message);
                default -> throw new IOException("a worker sent " + message.kind() + " where it may not");
            }
        }
    }

    private void perform(Message call) throws IOException {
        Message answer;
        try {
            answer = Message.of(Message.Kind.ANSWER, dialect.datum(run(call)));
        } catch (PieException e) {
            answer = Message.of(Message.Kind.ANSWER, Datum.Failure.of(e));
        } catch (PolyglotException e) {
            answer = told(e);
        }
        try {
            link.send(answer);
        } catch (PieException tooLarge) {
            link.send(Message.of(Message.Kind.ANSWER, Datum.Failure.of(tooLarge)));
        }
    }

    private static Message told(PolyglotException e) throws IOException {
        Throwable cause = e.isHostException() ? e.asHostException() : e;
        return switch (cause) {
            case Thrown thrown -> Message.of(Message.Kind.THROWN, new Datum.Whole(thrown.number()));
            case PieException failed -> Message.of(Message.Kind.ANSWER, Datum.Failure.of(failed));
            case Gone gone -> throw gone.cause;
            default ->
                Message.of(
                        Message.Kind.ANSWER,
                        Datum.Failure.of(
                                new PieException(ErrorCode.INTERNAL, "internal error: " + cause, Map.of(), cause)));
        };
    }

    private @Nullable Object run(Message call) throws IOException {
        if (!(call.value() instanceof Datum.Items all)
                || all.items().isEmpty()
                || !(all.items().getFirst() instanceof Datum.Ints givenUp)) {
            throw new IOException("a worker sent a call without arguments");
        }
        for (int number : givenUp.values()) {
            lent.giveUp(number);
        }
        List<Datum> given = all.items().subList(1, all.items().size());
        if (call.kind() == Message.Kind.NOTE && !given.isEmpty()) {
            bridge.note(call.name(), values(given.subList(0, given.size() - 1)), given.getLast());
            return null;
        }
        if (!(bridge.table().get(call.name()) instanceof ProxyExecutable operation)) {
            throw PieException.invalid("there is no operation " + call.name());
        }
        Value[] values = values(given);
        return call.kind() == Message.Kind.ASIDE
                ? bridge.<@Nullable Object>aside(() -> operation.execute(values))
                : operation.execute(values);
    }

    private Value[] values(List<Datum> given) {
        return given.stream().map(arguments::value).toArray(Value[]::new);
    }

    /** The pipe broke inside a callback, which can throw no checked exception. */
    private static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final IOException cause;

        Gone(IOException cause) {
            super(cause);
            this.cause = cause;
        }
    }

    private Value callBack(int object, String member, Value[] given) {
        var data = new java.util.ArrayList<Datum>();
        data.add(new Datum.Whole(object));
        for (Value one : given) {
            data.add(
                    one.isHostObject() && one.asHostObject() instanceof Datum made
                            ? made
                            : new Datum.Whole(one.asLong()));
        }
        try {
            link.send(new Message(Message.Kind.CALLBACK, member, new Datum.Items(data)));
            Message answer = await(Message.Kind.ANSWER);
            if (answer.kind() == Message.Kind.THROWN && answer.value() instanceof Datum.Whole number) {
                throw new Thrown((int) number.value());
            }
            return arguments.value(result(answer));
        } catch (IOException e) {
            throw new Gone(e);
        }
    }

    private static Datum result(Message message) {
        if (message.value() instanceof Datum.Failure f) {
            throw f.exception();
        }
        return message.value();
    }

    @Override
    public void close() {
        context.close(true);
    }
}
