package pie.engine.schedule;

/** Bring pages back that lie elsewhere than on the device. */
@FunctionalInterface
public interface Restorer {
    /** Have nothing elsewhere. */
    Restorer NONE = (work, end) -> false;

    /**
     * Begin to copy the next pages of a work back, of rows up to {@code end}. Return whether a copy has begun: until it ends no step has
     * rows of the work.
     */
    boolean restore(Work work, int end);
}
