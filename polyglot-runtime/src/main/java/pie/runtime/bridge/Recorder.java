package pie.runtime.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.replay.Datum;
import pie.runtime.replay.Frame;
import pie.runtime.replay.RecordingWriter;

/** Let calls go their way and keep their answers. */
public final class Recorder implements Tape {
    /** Name of a frame that is a call of the program's by the host. */
    static final String CALLED = "called";

    private final RecordingWriter writer;
    private final LongSupplier event;
    private final Handles handles = new Handles();
    private final ArgumentDigest digest = new ArgumentDigest(handles);
    private final long began = System.nanoTime();
    private @Nullable NotingDialect noting;

    /** @param event tells the id of the newest event of the process */
    public Recorder(RecordingWriter writer, LongSupplier event) {
        this.writer = writer;
        this.event = event;
    }

    @Override
    public Dialect dialect(Dialect plain) {
        var made = new NotingDialect(plain, handles);
        noting = made;
        return made;
    }

    @Override
    public @Nullable Object answer(String name, Args args, Call call) throws InterruptedException {
        Args all = args.gathered();
        int arguments = digest.of(all);
        long before = event.getAsLong();
        try {
            Object answer = call.run(all);
            keep(name, arguments, before, Objects.requireNonNull(noting).answer(answer));
            return answer;
        } catch (PieException e) {
            keep(name, arguments, before, Datum.Failure.of(e));
            throw e;
        } catch (InterruptedException e) {
            keep(name, arguments, before, Datum.Failure.of(new PieException(ErrorCode.CANCELLED, "cancelled")));
            throw e;
        }
    }

    @Override
    public void calling(int callback, String member, List<Object> arguments) {
        var called = new ArrayList<Datum>(List.of(new Datum.Whole(callback), new Datum.Text(member)));
        for (Object one : arguments) {
            called.add(one instanceof int[] ids ? new Datum.Ints(ids.clone()) : new Datum.Whole((Integer) one));
        }
        keep(CALLED, 0, event.getAsLong(), new Datum.Items(called));
    }

    private void keep(String name, int arguments, long before, Datum answer) {
        writer.frame(new Frame(name, arguments, before, System.nanoTime() - began, answer));
    }
}
