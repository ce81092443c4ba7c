package pie.runtime.wire;

import java.io.IOException;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.bridge.Answers;
import pie.runtime.bridge.Args;
import pie.runtime.bridge.Dialect;
import pie.runtime.bridge.Tape;
import pie.runtime.replay.Datum;

/** Have the server do what a program in this worker calls for, and call the program's methods as the server asks. The guest's thread. */
public final class Caller implements Tape {
    /** Calls that need nothing of the server. */
    private static final Set<String> HERE = Set.of(
            "turn",
            "timer_start",
            "timer_stop",
            "utf8_encode",
            "utf8_decode",
            "utf8_complete",
            "nanos",
            "clock",
            "entropy");

    /** Of these, calls that the server can do as well, and record. */
    private static final Set<String> SERVED =
            Set.of("utf8_encode", "utf8_decode", "utf8_complete", "nanos", "clock", "entropy");

    /** Calls for the guest's own way to files, each of which does what it does by others. */
    private static final String FILES = "file_";

    private static final String CALLBACK = "callback";
    private static final String FORK = "fork";
    private static final String HAS = "has ";
    private static final Cleaner CLEANER = Cleaner.create();

    private final Link link;
    private final BlockingQueue<Message> messages;
    private final Given given;
    private final ConcurrentLinkedQueue<Integer> givenUp = new ConcurrentLinkedQueue<>();
    private final Map<Integer, PolyglotException> thrown = new HashMap<>();
    private int lastThrown;
    private boolean recorded;
    private @Nullable Answers answers;

    /**
     * @param messages what the server sends, INTERRUPT excepted
     * @param membersAreData see {@link Given}
     */
    public Caller(Link link, BlockingQueue<Message> messages, boolean membersAreData) {
        this.link = link;
        this.messages = messages;
        given = new Given(membersAreData);
    }

    @Override
    public Dialect dialect(Dialect plain) {
        answers = new Answers(plain, this::borrow);
        return plain;
    }

    /** Tell the server what is done here, for the recording of the run. */
    public void record() {
        recorded = true;
    }

    @Override
    public boolean repeatable() {
        return recorded;
    }

    @Override
    public OptionalInt poll(double seconds) throws InterruptedException {
        return OptionalInt.of((int) ((Datum.Whole) aside("poll", new Datum.Real(seconds))).value());
    }

    @Override
    public boolean idle() throws InterruptedException {
        return ((Datum.Flag) aside("op_idle")).value();
    }

    @Override
    public void calling(int callback, String member, List<Object> arguments) {}

    @Override
    public @Nullable Object answer(String name, Args args, Call call) throws InterruptedException {
        boolean here = HERE.contains(name) || name.startsWith(FILES);
        if (here && !recorded) {
            return call.run(args);
        }
        Datum[] data = new Datum[args.count()];
        for (int i = 0; i < data.length; i++) {
            data[i] = name.equals(CALLBACK) ? given.keep(args.value(i)) : given.datum(args.value(i));
        }
        return here && !SERVED.contains(name)
                ? noted(name, data, args, call)
                : value(call(Message.Kind.CALL, name, data));
    }

    /** Do a call here and tell the server what came of it. */
    private @Nullable Object noted(String name, Datum[] data, Args args, Call call) throws InterruptedException {
        Object answer;
        try {
            answer = call.run(args);
        } catch (PieException e) {
            note(name, data, Datum.Failure.of(e));
            throw e;
        }
        note(
                name,
                data,
                switch (answer) {
                    case Integer number -> new Datum.Whole(number);
                    case String text -> new Datum.Text(text);
                    case null, default -> Datum.ABSENT;
                });
        return answer;
    }

    private void note(String name, Datum[] data, Datum answer) throws InterruptedException {
        Datum[] all = Arrays.copyOf(data, data.length + 1);
        all[data.length] = answer;
        var unused = call(Message.Kind.NOTE, name, all);
    }

    /** Make a host call that the program does not make itself. @throws PieException what it failed with */
    public Datum aside(String name, Datum... arguments) throws InterruptedException {
        return call(Message.Kind.ASIDE, name, arguments);
    }

    private Datum call(Message.Kind kind, String name, Datum... arguments) throws InterruptedException {
        var all = new ArrayList<Datum>(arguments.length + 1);
        all.add(new Datum.Ints(givenUp()));
        all.addAll(Arrays.asList(arguments));
        try {
            link.send(new Message(kind, name, new Datum.Items(all)));
            return await();
        } catch (IOException e) {
            throw new PieException(ErrorCode.CANCELLED, "the server is gone", Map.of(), e);
        }
    }

    private int[] givenUp() {
        if (givenUp.isEmpty()) {
            return new int[0];
        }
        var numbers = new ArrayList<Integer>();
        for (Integer one = givenUp.poll(); one != null; one = givenUp.poll()) {
            numbers.add(one);
        }
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }

    private Datum await() throws IOException, InterruptedException {
        while (true) {
            Message message = messages.take();
            switch (message.kind()) {
                case ANSWER -> {
                    if (message.value() instanceof Datum.Failure failure) {
                        throw failure.exception();
                    }
                    return message.value();
                }
                case THROWN ->
                    throw Objects.requireNonNull(thrown.remove((int) ((Datum.Whole) message.value()).value()));
                case CALLBACK -> link.send(callBack(message));
                default -> throw new IOException("the server sent " + message.kind() + " where it may not");
            }
        }
    }

    private Message callBack(Message asked) {
        List<Datum> items = ((Datum.Items) asked.value()).items();
        try {
            Value object = given.stayed((int) ((Datum.Whole) items.getFirst()).value());
            return Message.of(Message.Kind.ANSWER, run(object, asked.name(), items.subList(1, items.size())));
        } catch (PolyglotException e) {
            thrown.put(++lastThrown, e);
            return Message.of(Message.Kind.THROWN, new Datum.Whole(lastThrown));
        } catch (PieException e) {
            return Message.of(Message.Kind.ANSWER, Datum.Failure.of(e));
        }
    }

    /** Call a method, or read what stands under its name, or say whether something does. */
    private Datum run(Value object, String asked, List<Datum> arguments) {
        if (asked.startsWith(HAS)) {
            return new Datum.Flag(object.hasMember(asked.substring(HAS.length())));
        }
        Value found = object.getMember(asked);
        if (found == null || !found.canExecute()) {
            if (found == null || !arguments.isEmpty()) {
                throw new PieException(
                        ErrorCode.INVALID_ARGUMENT,
                        "a constraint or a speculator needs a method " + asked,
                        Map.of("wrong_type", true));
            }
            return given.datum(found);
        }
        Object[] made = arguments.stream().map(this::value).toArray();
        Value answer = object.canInvokeMember(asked) ? object.invokeMember(asked, made) : found.execute(made);
        return asked.equals(FORK) && !answer.isNull() ? given.keep(answer) : given.datum(answer);
    }

    private @Nullable Object value(Datum datum) {
        return Objects.requireNonNull(answers).value(datum);
    }

    /** Return what the host object of a handle is known by in this worker. */
    public Object borrow(int number) {
        var object = new Borrowed(number);
        CLEANER.register(object, () -> givenUp.add(number));
        return object;
    }

    /** Return the handle of an object that {@link #borrow} made. */
    public Datum handle(Object object) {
        if (object instanceof Borrowed borrowed) {
            return new Datum.Handle(borrowed.number());
        }
        throw PieException.invalid("only objects of pie's own are passed by reference");
    }
}
