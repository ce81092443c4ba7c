package pie.runtime.bridge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.replay.Datum;
import pie.runtime.replay.Frame;
import pie.runtime.replay.Recording;

/** Answer calls from a recording; only what the program says goes out again. */
public final class Player implements Tape {
    /** Calls whose effect is what the program says. */
    private static final Set<String> SAID =
            Set.of("stdout", "stderr", "flush_output", "session_send", "session_send_async", "session_set_return");

    private final Recording recording;
    private final long until;
    private final Consumer<Frame> watcher;
    private final Runnable stop;
    private final Handles handles = new Handles();
    private final ArgumentDigest digest = new ArgumentDigest(handles);
    private final Map<Integer, Object> objects = new LinkedHashMap<>();
    private final Map<Integer, Callback> callbacks = new HashMap<>();
    private @Nullable Answers answers;
    private volatile int next;
    private volatile @Nullable PieException halted;
    private volatile boolean finished;

    /**
     * @param until event of the process before whose end the run stops, 0 for none
     * @param watcher told each call
     * @param stop called once when the run is to go no further, on the guest's thread; must not wait for it
     */
    public Player(Recording recording, long until, Consumer<Frame> watcher, Runnable stop) {
        this.recording = recording;
        this.until = until;
        this.watcher = watcher;
        this.stop = stop;
    }

    /** Return why the run left its recording, null if it did not. */
    public @Nullable PieException strayed() {
        return halted;
    }

    /** Return how many calls have been answered. */
    public int calls() {
        return next;
    }

    /** Say whether every call that was to be answered has been. */
    public boolean finished() {
        return finished;
    }

    @Override
    public Dialect dialect(Dialect plain) {
        answers = new Answers(plain, number -> objects.computeIfAbsent(number, this::stand));
        return plain;
    }

    @Override
    public @Nullable Object answer(String name, Args args, Call call) throws InterruptedException {
        Args all = args.gathered();
        if (finished || halted != null) {
            throw over();
        }
        List<Frame> frames = recording.frames();
        callBack(frames);
        if (next == frames.size() || until > 0 && frames.get(next).event() >= until) {
            finished = true;
            stop.run();
            throw over();
        }
        Frame frame = frames.get(next);
        if (!frame.call().equals(name) || frame.digest() != digest.of(all)) {
            throw stray(frame, name);
        }
        next = next + 1;
        watcher.accept(frame);
        if (frame.answer() instanceof Datum.Handle handle && name.equals("callback")) {
            var made = (Callback) Objects.requireNonNull(call.run(all));
            callbacks.put(made.number(), made);
            handles.put(made, handle.number());
            objects.put(handle.number(), made);
            return made;
        }
        if (SAID.contains(name)) {
            call.run(all);
        }
        return Objects.requireNonNull(answers).value(frame.answer());
    }

    /** Have the methods of the program run that the host called inside this call. */
    private void callBack(List<Frame> frames) {
        while (next < frames.size() && frames.get(next).call().equals(Recorder.CALLED)) {
            Frame frame = frames.get(next);
            next = next + 1;
            watcher.accept(frame);
            List<Datum> called = ((Datum.Items) frame.answer()).items();
            var arguments = new ArrayList<Object>();
            for (Datum one : called.subList(2, called.size())) {
                arguments.add(
                        one instanceof Datum.Ints ids ? ids.values() : (Object) (int) ((Datum.Whole) one).value());
            }
            Callback callback = callbacks.get((int) ((Datum.Whole) called.get(0)).value());
            if (callback == null) {
                throw stray(frame, "another");
            }
            callback.replay(
                    ((Datum.Text) called.get(1)).value(), arguments, made -> callbacks.put(made.number(), made));
        }
    }

    @Override
    public void calling(int callback, String member, List<Object> arguments) {}

    private static PieException over() {
        return new PieException(ErrorCode.CANCELLED, "the recording ends here");
    }

    private PieException stray(Frame frame, String name) {
        String what = frame.call().equals(name)
                ? "call " + next + " of " + name + " has other arguments"
                : "call " + next + " is " + name + ", where the recording has " + frame.call();
        var strayed = new PieException(
                ErrorCode.CONFLICT,
                "the run strays from its recording: " + what
                        + "; the program depends on something that no host call told it, such as the order of a set of objects",
                Map.of("call", next, "recorded", frame.call(), "made", name));
        halted = strayed;
        stop.run();
        return strayed;
    }

    /** Make an object that stands for one of the recorded run; the guest can only hand it back. */
    private Object stand(int number) {
        var object = new Object();
        handles.put(object, number);
        return object;
    }
}
