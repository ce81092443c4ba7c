package pie.engine.trace;

import java.util.List;

/** Look at what code of a program a thread is in. */
public interface StackSource {
    /** Know nothing. */
    StackSource NONE = new StackSource() {
        @Override
        public List<Place> here() {
            return List.of();
        }

        @Override
        public List<Place> of(Thread thread) {
            return List.of();
        }
    };

    /** Return the frames of the calling thread that are the program's, outermost first; none on a thread that is not the program's. */
    List<Place> here();

    /** Return the frames of another thread that are the program's, outermost first; none if it is in no code of it soon. */
    List<Place> of(Thread thread) throws InterruptedException;
}
