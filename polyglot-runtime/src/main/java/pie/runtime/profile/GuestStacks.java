package pie.runtime.profile;

import com.oracle.truffle.api.RootCallTarget;
import com.oracle.truffle.api.Truffle;
import com.oracle.truffle.api.frame.Frame;
import com.oracle.truffle.api.frame.FrameInstance;
import com.oracle.truffle.api.nodes.Node;
import com.oracle.truffle.api.nodes.RootNode;
import com.oracle.truffle.api.source.Source;
import com.oracle.truffle.api.source.SourceSection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.Instrument;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.trace.Place;
import pie.engine.trace.StackSource;

/** Read the stacks of one guest: the frames that are in files of its program. */
public final class GuestStacks implements StackSource {
    private static final int DEEPEST = 64;

    private final Safepoints safepoints;
    private final Thread guest;
    private final Function<Source, @Nullable String> files;

    /**
     * @param guest thread that the program runs on
     * @param files gives the author's name of a file, null for one that is not the program's
     */
    public GuestStacks(Engine engine, Thread guest, Function<Source, @Nullable String> files) {
        Instrument instrument = engine.getInstruments().get(StackInstrument.ID);
        Safepoints found = instrument == null ? null : instrument.lookup(Safepoints.class);
        if (found == null) {
            throw new PieException(ErrorCode.INTERNAL, "the instrument " + StackInstrument.ID + " is not installed");
        }
        safepoints = found;
        this.guest = guest;
        this.files = files;
    }

    @Override
    public List<Place> here() {
        return Thread.currentThread() == guest ? walk(null) : List.of();
    }

    @Override
    public List<Place> of(Thread thread) throws InterruptedException {
        List<Place> seen = new ArrayList<>();
        return safepoints.at(thread, location -> seen.addAll(walk(location))) ? seen : List.of();
    }

    private List<Place> walk(@Nullable Node location) {
        @Nullable Node[] top = {location};
        List<Place> frames = new ArrayList<>();
        Truffle.getRuntime().iterateFrames(instance -> {
            Node call = instance.getCallNode();
            Place place = place(instance, call != null ? call : top[0]);
            top[0] = null;
            if (place != null) {
                frames.add(place);
            }
            return frames.size() < DEEPEST ? null : Boolean.TRUE;
        });
        return frames.reversed();
    }

    private @Nullable Place place(FrameInstance instance, @Nullable Node at) {
        if (!(instance.getCallTarget() instanceof RootCallTarget target)) {
            return null;
        }
        RootNode root = target.getRootNode();
        SourceSection whole = root.getSourceSection();
        if (whole == null || root.isInternal()) {
            return null;
        }
        String file = files.apply(whole.getSource());
        if (file == null) {
            return null;
        }
        String name = root.getName();
        return new Place(name == null ? "" : name, file, line(instance, at, whole));
    }

    private static int line(FrameInstance instance, @Nullable Node node, SourceSection whole) {
        Frame frame = instance.getFrame(FrameInstance.FrameAccess.READ_ONLY);
        int line = PythonLines.line(frame);
        if (line > 0) {
            return line;
        }
        SourceSection at = node == null ? null : node.getEncapsulatingSourceSection();
        return at != null && at.isAvailable() ? at.getStartLine() : whole.getStartLine();
    }
}
